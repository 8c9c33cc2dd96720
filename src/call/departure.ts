/** Customers who are to leave the agent for somebody else: one whose call is transferred to a number, or two whose calls are joined. Pure. */
import { transferOf, type KeptCall } from "./kept-call.ts";

export interface Departure {
  /** What came of it is not known yet: who hangs up now has left. */
  readonly isOpen: boolean;
  /** Aborts when they have: their calls are over for the agent. */
  readonly left: AbortSignal;
  /** What came of it. The first word counts. */
  settle(haveLeft: boolean): void;
}

export function createDeparture(): Departure {
  const leaving = new AbortController();
  let isOpen = true;
  return {
    get isOpen() {
      return isOpen;
    },
    left: leaving.signal,
    settle(haveLeft) {
      const isFirst = isOpen;
      isOpen = false;
      if (isFirst && haveLeft) leaving.abort();
    },
  };
}

/**
 * Of the calls that the page before was transferring; two that it was joining have one between them, whichever of them is taken up first,
 * or not at all.
 */
export function departuresOf(calls: readonly KeptCall[]): ReadonlyMap<KeptCall, Departure> {
  const departures = new Map<KeptCall, Departure>();
  for (const kept of calls) {
    const transfer = transferOf(kept);
    if (!transfer) continue;
    const departure = createDeparture();
    const other = calls.find(({ dialog }) => dialog.localTag === transfer.otherTag);
    for (const each of other ? [other, kept] : [kept]) departures.set(each, departure);
  }
  return departures;
}
