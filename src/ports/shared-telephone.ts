/** Which page of a browser is the agent's telephone. `tabs()` implements it. */
import type { Clock, Random } from "../clock.ts";

/** What the agent has declared, or done, in whichever page. Plain JSON. */
export interface SharedAgent {
  /** As `setAvailable()` has it. */
  readonly available: boolean;
  /** When the agent last spoke with the emergency services, in ms since 1970; absent where that never was. */
  readonly emergencyDateMs?: number;
}

/** What the agent does in another page: turns to a call there; did so `before` turning to one here, as both pages agree; or turns away from the last. */
export type Turn = "to" | "before" | "from";

/** What one page serves an account with, as its neighbours need it. */
export interface Handset {
  /** Whose it is, as an address-of-record: each account has a telephone of its own. */
  readonly account: string;
  /** A call is under way in this page, or rings, of whichever account. */
  readonly isInUse: boolean;
  /** A customer can ring it: a registrar has bound it. */
  readonly isReady: boolean;
  /** The agent listens to a call of this page. */
  readonly isHeard: boolean;
  /** What holds of the agent here. */
  readonly agent: SharedAgent;
  /** It is the telephone from now on, and registers; or is no more, and rests as soon as no call is up. */
  moved(isHere: boolean): void;
  /** Another page has unregistered: a registrar that holds one binding for each account (RFC 5626 §6 for each instance) may have taken ours with it. */
  refresh(): void;
  /** The agent has declared this in another page. */
  learn(agent: SharedAgent): void;
  /** Of that page, by a name that it has on each of its accounts. */
  turned(page: string, turn: Turn): void;
}

/** Takes part, until it leaves. Nothing of it throws. */
export interface Seat {
  /** Whatever a handset says of itself may have changed. */
  changed(): void;
  /** This page has unregistered. */
  rested(): void;
  /** Whoever has the telephone lets go of it; nothing is told to this page any more. */
  leave(): void;
}

/** One telephone for all pages of this browser that serve the same account: `tabs()`. A page takes part once for each of its accounts. */
export interface SharedTelephone {
  /** Takes part: `moved` follows, within two seconds. The telephone goes where the agent is, and never from a page where a call is up. */
  attend(handset: Handset, clock: Clock, random: Random): Seat;
}
