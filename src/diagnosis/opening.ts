/**
 * Until when a carrier itself found nobody there. Customers who open at one hour are away by every carrier until then, and whoever calls first thereafter
 * reaches them: that contradicts nobody who had found them away before.
 */
import type { Entry } from "../journal.ts";
import type { CallBook } from "./call-book.ts";
import { keyOf } from "./keys.ts";

type OfAttempt = Pick<Entry<"attempt:ended">, "trunkId" | "route" | "callId" | "atMs">;

export interface Opening {
  /** Nobody was to be had at that number. */
  miss(entry: OfAttempt): void;
  reach(entry: OfAttempt): void;
  /** Whether what was found there at `missedMs` may be held against who did, by the carrier that has just reached it. */
  isControl(entry: OfAttempt, missedMs: number): boolean;
}

/** So many different numbers in a row: one in twenty-five times by chance, where one in five is away. */
const rowAtLeast = 2;

/** What was longer ago is of another hour, ms. */
const soonMs = 600_000;

/** @param book has read each entry before. */
export function createOpening({ carrierOf, numberOf }: Pick<CallBook, "carrierOf" | "numberOf">): Opening {
  /** By carrier and route: whom it misses, and when each was last. */
  const rows = new Map<string, Map<string, number>>();
  const openedMs = new Map<string, number>();
  const wayOf = ({ trunkId, route }: OfAttempt) => keyOf(carrierOf(trunkId), route);

  return {
    miss(entry) {
      const row = rows.get(wayOf(entry)) ?? new Map<string, number>();
      rows.set(wayOf(entry), row.set(numberOf(entry.callId) ?? "", entry.atMs));
    },
    reach(entry) {
      const missed = [...(rows.get(wayOf(entry))?.values() ?? [])].filter((atMs) => entry.atMs - atMs <= soonMs);
      rows.delete(wayOf(entry));
      if (missed.length >= rowAtLeast) openedMs.set(wayOf(entry), entry.atMs);
    },
    isControl: (entry, missedMs) => missedMs > (openedMs.get(wayOf(entry)) ?? -Infinity),
  };
}
