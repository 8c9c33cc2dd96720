/** Customers who are to leave the agent for somebody else: one whose call is transferred to a number, or two whose calls are joined. Pure. */
import { transferOf, type KeptCall } from "./kept-call.ts";

export interface Departure {
  /** What came of it is not known yet. */
  readonly isOpen: boolean;
  /** The other side has taken it on: who hangs up while it is open has left. */
  readonly isAccepted: boolean;
  /** Aborts when they have: their calls are over for the agent. */
  readonly left: AbortSignal;
  accept(): void;
  /** What came of it. The first word counts. */
  settle(haveLeft: boolean): void;
}

export function createDeparture(): Departure {
  const leaving = new AbortController();
  let isOpen = true;
  let isAccepted = false;
  return {
    get isOpen() {
      return isOpen;
    },
    get isAccepted() {
      return isAccepted;
    },
    left: leaving.signal,
    accept: () => void (isAccepted = true),
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
export function departuresOf<K extends KeptCall>(calls: readonly K[]): ReadonlyMap<K, Departure> {
  const departures = new Map<K, Departure>();
  for (const kept of calls) {
    const transfer = transferOf(kept);
    if (!transfer) continue;
    const departure = createDeparture();
    // So it may be: the page that asked it is gone.
    departure.accept();
    const other = calls.find(({ dialog }) => dialog.localTag === transfer.otherTag);
    for (const each of other ? [other, kept] : [kept]) departures.set(each, departure);
  }
  return departures;
}
