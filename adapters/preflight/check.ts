/** A step of the preflight, what it may look at, and what it may find. */

import type { PagePolicy } from "../../src/platform.ts";

/** What is looked at of the page. */
export interface PreflightHost extends PagePolicy {
  /** Absent, or without `mediaDevices`, on a page that is not secure. */
  readonly navigator?: Pick<Navigator, "mediaDevices">;
  /** Absent where the browser has no WebRTC, or an extension took it away. */
  readonly RTCPeerConnection?: new (configuration?: RTCConfiguration) => RTCPeerConnection;
  /** What the microphone's level is measured with, and whether sound may start by itself. */
  readonly AudioContext?: new () => AudioContext;
}

/** Figures and states by their names, e.g. `rttMs`, `levelDbov`. Nothing personal. */
export type Measured = Readonly<Record<string, number | string>>;

/** What a check that did not fail has to say. `warn`: calls work, but something is to be seen to; no evidence of a fault. */
export interface Remark {
  readonly outcome?: "warn" | "skipped";
  /** What there is to say of it: a key of the language's table. */
  readonly code?: string;
  readonly measured?: Measured;
}

/** One step of the preflight. It fails by throwing; the error's `name` is the finding. */
export interface Check {
  readonly name: string;
  /** Where there is one for each trunk, or for each control: whose it is. */
  readonly trunkId?: string;
  readonly control?: string;
  /** Steps that must have passed first, as `stepOf` names them. */
  readonly needs?: readonly string[];
  readonly timeoutMs?: number;
  /** @returns what there is to remark, if anything. */
  run(signal: AbortSignal): unknown;
}

/** A check's name as a part of the stage `linekeeper`: unique. */
export const stepOf = ({ name, trunkId, control }: Pick<Check, "name" | "trunkId" | "control">): string =>
  [name, trunkId ?? control].filter((word) => word !== undefined).join(" ");

/** What a check found: its name goes on record, its message is for whoever debugs. */
export class Finding extends Error {
  readonly measured: Measured | undefined;

  constructor(name: string, message: string, measured?: Measured) {
    super(message);
    this.name = name;
    this.measured = measured;
  }
}
