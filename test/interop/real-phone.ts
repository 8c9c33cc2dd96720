import type { Edge } from "./edge.ts";

/** A phone that others wrote, behind a carrier's edge and driven by its own control interface. */
export interface RealPhone {
  /** The number that the edges have it under. */
  readonly number: string;
  /**
   * All that it says happened, in order, and in one tongue for all phones: `rings NAME`, `talks`, `digit 5`, `over`; and `held` when we
   * hold the call, `refreshed` and `refreshes` when we or it say that the call goes on, where the phone has words for it.
   */
  said(): Promise<readonly string[]>;
  dial(uri: string): Promise<void>;
  answer(): Promise<void>;
  /** A call that rings. */
  decline(): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  sendDigit(digit: string): Promise<void>;
  /** Asks the other side to call somebody else (REFER). */
  transfer(uri: string): Promise<void>;
  /** Asks the other side of its first call to take the place of its second (REFER with Replaces), where it can. */
  join?(): Promise<void>;
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

export interface RealPhoneOptions {
  /** Path of the phone. */
  readonly program: string;
  readonly folder: string;
  /** Through which it calls. */
  readonly edge: Edge;
  readonly displayName: string;
}

/** How many calls a phone has at most: to another it is busy. */
export const LINES = 2;
