/** What is wrong with the service at the moment, and what changed of that since it was last told. */
import type { Route } from "../journal.ts";
import { keyOf } from "./keys.ts";

/** Where and when an impairment began: an attempt's with the attempt, a trunk's with the loss. */
export interface Beginning {
  readonly seq: number;
  readonly atMs: number;
}

/** What one entry, or the passing of time, changed. */
export interface Change {
  /** A sign of degraded service. */
  readonly began?: Beginning;
  /** Something was proven well again. */
  readonly mended?: Beginning;
  /** A doubt went stale: nothing proved it either way. */
  readonly unproven?: true;
  /** Of what began: the trunk, where it is one's, or what else is wrong. */
  readonly cause?: string;
  /** A call that came to nothing by it, though it was told as the callee's answer. */
  readonly lostCall?: string;
  /** One that met it, and went on over another trunk. */
  readonly savedCall?: string;
}

/** What is wrong: its kind, and where it is one trunk's or one route's, theirs. */
export type Trouble =
  | readonly [kind: "boot" | "not-started" | "device" | "no-trunk"]
  | readonly [kind: "trunk" | "flow" | "sound" | "cut" | "ended" | "hold" | "hidden", trunkId: string]
  | readonly [kind: "route" | "audio" | "vain" | "away", trunkId: string, route: Route]
  | readonly [kind: "lost", route: Route];

interface Impairment {
  readonly isBlocking: boolean;
  /** Nothing proves or disproves it after this time; Infinity for what cannot go stale. */
  staleMs: number;
}

export interface OpenImpairments {
  readonly count: number;
  /** True while no call, or none to some route, can be placed. */
  readonly isBlocking: boolean;
  /** When the next one goes stale, ms since the session's start. */
  readonly dueMs: number;
  has(trouble: Trouble): boolean;
  /** @param since where it had begun, if that was before `at`. */
  begin(trouble: Trouble, at: Beginning, how?: { isBlocking?: boolean; goesStale?: boolean; since?: Beginning }): void;
  /** It is proven well. */
  mend(trouble: Trouble, at: Beginning): void;
  /** Nobody will prove it either way. */
  drop(trouble: Trouble): void;
  /** From now on it blocks nobody, and the doubt goes stale. */
  doubt(trouble: Trouble, atMs: number): void;
  /** Drops what has gone stale. */
  pass(nowMs: number): void;
  /** Another change, told along with the rest. */
  note(change: Change): void;
  /** @returns the changes since it was last asked. */
  news(): readonly Change[];
}

/**
 * @param unprovenMs how long a doubt about a route or its audio lasts when nobody calls.
 * @param blockedMs the same of what blocks all calls, or all to a route: minutes are counted by it.
 */
export function createOpenImpairments(unprovenMs: number, blockedMs: number): OpenImpairments {
  const open = new Map<string, Impairment>();
  let changes: Change[] = [];

  function drop(key: string): void {
    if (open.delete(key)) changes.push({ unproven: true });
  }

  return {
    get count() {
      return open.size;
    },
    get isBlocking() {
      for (const { isBlocking } of open.values()) if (isBlocking) return true;
      return false;
    },
    get dueMs() {
      let dueMs = Infinity;
      for (const { staleMs } of open.values()) dueMs = Math.min(dueMs, staleMs);
      return dueMs;
    },
    has: (trouble) => open.has(keyOf(...trouble)),
    begin(trouble, at, { isBlocking = false, goesStale = false, since = at } = {}) {
      const key = keyOf(...trouble);
      open.set(key, {
        isBlocking: isBlocking || open.get(key)?.isBlocking === true,
        staleMs: goesStale ? at.atMs + (isBlocking ? blockedMs : unprovenMs) : Infinity,
      });
      changes.push({ began: { seq: since.seq, atMs: since.atMs }, cause: causeOf(trouble) });
    },
    mend(trouble, { seq, atMs }) {
      if (open.size > 0 && open.delete(keyOf(...trouble))) changes.push({ mended: { seq, atMs } });
    },
    drop: (trouble) => drop(keyOf(...trouble)),
    doubt(trouble, atMs) {
      const key = keyOf(...trouble);
      if (open.has(key)) open.set(key, { isBlocking: false, staleMs: atMs + unprovenMs });
    },
    pass(nowMs) {
      for (const [key, { staleMs }] of open) if (staleMs <= nowMs) drop(key);
    },
    note: (change) => void changes.push(change),
    news() {
      const news = changes;
      changes = [];
      return news;
    },
  };
}

/** One trunk's registration, flow and routes fail of one cause; its audio may of another. */
function causeOf(trouble: Trouble): string {
  switch (trouble[0]) {
    case "trunk":
    case "flow":
    case "route":
    case "vain":
    case "away":
      return causeOfTrunk(trouble[1]);
    case "sound":
    case "audio":
      return keyOf("audio", trouble[1]);
    default:
      return keyOf(...trouble);
  }
}

/** Of whatever is wrong with the trunk but its audio. */
export const causeOfTrunk = (trunkId: string): string => keyOf("trunk", trunkId);
