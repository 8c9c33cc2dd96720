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

/** @param book has read each entry before. */
export function createOpening({ carrierOf, numberOf }: CallBook): Opening {
  /** By carrier and route: whom it missed since it last reached somebody. */
  const rows = new Map<string, Set<string | undefined>>();
  const openedMs = new Map<string, number>();
  const wayOf = ({ trunkId, route }: OfAttempt) => keyOf(carrierOf(trunkId), route);

  return {
    miss(entry) {
      const way = wayOf(entry);
      rows.set(way, (rows.get(way) ?? new Set()).add(numberOf(entry.callId)));
    },
    reach(entry) {
      const way = wayOf(entry);
      if ((rows.get(way)?.size ?? 0) >= rowAtLeast) openedMs.set(way, entry.atMs);
      rows.delete(way);
    },
    isControl: (entry, missedMs) => missedMs > (openedMs.get(wayOf(entry)) ?? -1),
  };
}
