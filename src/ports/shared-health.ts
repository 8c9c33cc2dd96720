/** What the pages of one browser tell each other of the trunks. `tabs()` implements it. */
import type { Clock } from "../clock.ts";

/** `signalling`: do calls get through. `media`: do they have audio. */
export type Plane = "signalling" | "media";

/** A breaker's news, for whoever else uses the same trunk. Plain JSON, nothing personal in it. */
export interface HealthNote {
  /** Whose breaker it is, as `TrunkConfig.id` has it in all pages. */
  readonly trunkId: string;
  /** Class of destinations (`Route`); `*`: the whole trunk. */
  readonly route: string;
  /** Which of the two breakers that a route has. */
  readonly plane: Plane;
  /**
   * One call's vote; or, from hard evidence, `tripped`, for `restMs` at least; or `pardoned`: it was not the trunk's fault,
   * or an operator took it back, with `withinMs` only what opened so short a time ago; or `doubted`: the trunk's edge left a
   * probe unanswered. `left-alone` is no vote on a breaker: the trunk's registrar is not asked for `restMs`; without, it may be again.
   */
  readonly vote: "success" | "failure" | "half-failure" | "tripped" | "pardoned" | "doubted" | "left-alone";
  /** Stable code of the outcome. */
  readonly because: string;
  /** How long the breaker stays open, or the registrar is left alone, at least, ms; absent where the note asks for no rest. */
  readonly restMs?: number;
  /** How far back a pardon reaches, ms; absent where it is for all. */
  readonly withinMs?: number;
}

/** All that is known of the breakers, for the next page. Plain JSON. */
export interface HealthSnapshot {
  /** When it was taken, in ms since 1970. */
  readonly dateMs: number;
  /** One for each trunk, route and plane of which something is known. */
  readonly breakers: readonly {
    readonly trunkId: string;
    readonly route: string;
    readonly plane: Plane;
    readonly state: "closed" | "open" | "probing";
    /** Of an open one: how long it was still to rest, in ms. */
    readonly restMs: number;
    readonly ejections: number;
    /** What the sequential test had gathered, in nats. */
    readonly logOdds: number;
  }[];
  /** Registrars that want to be asked later, and for how long they did, ms; absent in what a page of before has written. */
  readonly registrars?: readonly { readonly trunkId: string; readonly restMs: number }[];
}

/** What a page hears of its neighbours. */
export interface NeighbourEvents {
  /** Another page of this browser met this. */
  heard(note: HealthNote): void;
}

/** Health shared with the other pages of this browser, and with this page's next life: `tabs()`. */
export interface SharedHealth {
  /** What was last saved, whoever saved it; undefined when nothing is, or nothing that can be read. Never throws. */
  restore(): HealthSnapshot | undefined;
  /** Never throws: storage that is full or blocked loses nothing but this. */
  save(snapshot: HealthSnapshot): void;
  /** Tells the other pages, not this one. Never throws. */
  tell(note: HealthNote): void;
  /** Takes part. @returns what leaves. */
  join(events: NeighbourEvents, clock: Clock): () => void;
}
