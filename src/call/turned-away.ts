/** INVITEs that the agent was not shown, on record: each of them, until they come so thick that they are only counted. */
import type { CancelTimer, Clock } from "../clock.ts";
import type { Facts, Journal } from "../journal.ts";

type Fact = Facts["call:turned-away"];

/** So many of a kind are told singly within `windowMs`: a person may call so often, a machine calls more. */
const toldSingly = 10;
/** How long the rest are counted before they are written down, in ms. */
const windowMs = 60_000;

interface Kind {
  readonly sinceMs: number;
  told: number;
  counted?: { count: number; readonly firstMs: number; lastMs: number; readonly flush: () => void; readonly cancelTimer: CancelTimer };
}

export interface TurnedAway {
  /** @param fact made only where it is told singly: an alias for each number of a flood would drive out those that are needed. */
  note(kind: Pick<Fact, "trunkId" | "because">, fact: () => Omit<Fact, "trunkId" | "because">): void;
  /** Writes down what was counted. */
  close(): void;
}

export function createTurnedAway({ clock, journal }: { clock: Clock; journal: Journal }): TurnedAway {
  const kinds = new Map<string, Kind>();

  return {
    note({ trunkId, because }, fact) {
      const key = `${trunkId} ${because}`;
      const atMs = Math.round(journal.nowMs());
      let kind = kinds.get(key);
      if (!kind || (!kind.counted && atMs - kind.sinceMs >= windowMs)) kinds.set(key, (kind = { sinceMs: atMs, told: 0 }));
      if (kind.counted) {
        kind.counted.count += 1;
        kind.counted.lastMs = atMs;
      } else if (kind.told < toldSingly) {
        kind.told += 1;
        journal.append("call:turned-away", { trunkId, because, ...fact() });
      } else {
        const flush = () => {
          const counted = kinds.get(key)?.counted;
          kinds.delete(key);
          if (!counted) return;
          const { count, firstMs, lastMs } = counted;
          journal.append("call:turned-away", { trunkId, because, count, firstMs, lastMs });
        };
        kind.counted = { count: 1, firstMs: atMs, lastMs: atMs, flush, cancelTimer: clock.setTimer(flush, windowMs) };
      }
    },
    close() {
      for (const { counted } of [...kinds.values()]) {
        counted?.cancelTimer();
        counted?.flush();
      }
    },
  };
}
