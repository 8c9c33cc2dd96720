/** Frames of one edge that were faulty: the first of a kind is told at once, what repeats is counted. */
import type { CancelTimer, Clock } from "../clock.ts";
import type { Journal } from "../journal.ts";
import type { FrameFault } from "../ports/sip-edge.ts";

/** How long repeats are counted before they are written down, in ms: an edge that speaks nonsense all day is one entry a minute. */
const countedForMs = 60_000;

interface Repeats {
  count: number;
  bytes: number;
  firstMs: number;
  lastMs: number;
}

export interface FrameFaults {
  /** Frames so far of which nobody knows what they said: each may have been the answer that somebody waits for. */
  readonly unread: number;
  note(fault: FrameFault, bytes: number, header?: string): void;
  /** Writes down what was counted. */
  close(): void;
}

export function createFrameFaults({ trunkId, clock, journal }: { trunkId: string; clock: Clock; journal: Journal }): FrameFaults {
  const counting = new Map<string, { repeats?: Repeats; readonly flush: () => void; readonly cancelTimer: CancelTimer }>();

  let unread = 0;

  return {
    get unread() {
      return unread;
    },
    note(fault, bytes, header) {
      if (fault === "malformed" || fault === "oversize") unread += 1;
      const kind = `${fault} ${header}`;
      const what = { trunkId, fault, ...(header !== undefined && { header }) };
      const known = counting.get(kind);
      const atMs = Math.round(journal.nowMs());
      if (known) {
        const { repeats = { count: 0, bytes, firstMs: atMs, lastMs: atMs } } = known;
        known.repeats = { count: repeats.count + 1, bytes: Math.max(repeats.bytes, bytes), firstMs: repeats.firstMs, lastMs: atMs };
        return;
      }
      const flush = () => {
        const repeats = counting.get(kind)?.repeats;
        counting.delete(kind);
        if (repeats) journal.append("frame:discarded", { ...what, ...repeats });
      };
      counting.set(kind, { flush, cancelTimer: clock.setTimer(flush, countedForMs) });
      journal.append("frame:discarded", { ...what, bytes });
    },
    close() {
      for (const { flush, cancelTimer } of [...counting.values()]) {
        cancelTimer();
        flush();
      }
    },
  };
}
