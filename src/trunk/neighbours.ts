/** What the trunks' health books tell the other pages of this browser, and learn from them and from the page before. */
import type { Clock } from "../clock.ts";
import type { Journal } from "../journal.ts";
import type { HealthNote, SharedHealth } from "../ports/shared-health.ts";
import type { Trunk } from "./trunk.ts";

export interface Neighbours {
  /** These are in use from now on: they learn what the page before knew of them. */
  welcome(trunks: readonly Trunk[]): void;
  /** One of our own books learnt this. */
  tell(note: HealthNote): void;
  close(): void;
}

interface NeighboursPorts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** A neighbour doubts an edge. */
  readonly onDoubt: () => void;
}

/** Takes part from now on; `shared` undefined means that nobody listens. */
export function createNeighbours(
  shared: SharedHealth | undefined,
  trunks: () => readonly Trunk[],
  { clock, journal, onDoubt }: NeighboursPorts,
): Neighbours {
  if (!shared) return { welcome() {}, tell() {}, close() {} };
  const bookOf = (trunkId: string) => trunks().find(({ id }) => id === trunkId)?.book;

  const known = shared.restore();
  /** Of trunks that were not in use yet. */
  let untold = known?.breakers ?? [];

  function welcome(come: readonly Trunk[]): void {
    const ids = come.map(({ id }) => id);
    const told = untold.filter(({ trunkId }) => ids.includes(trunkId));
    untold = untold.filter(({ trunkId }) => !ids.includes(trunkId));
    for (const memory of told) {
      const { trunkId, route, plane, state } = memory;
      // A wall clock that was set back makes no memory younger than it is.
      const isBelieved = bookOf(trunkId)?.remember(memory, Math.max(0, clock.dateMs() - (known?.dateMs ?? 0)));
      if (isBelieved && state !== "closed") journal.append("health:heard", { trunkId, route, plane, from: "last-page", because: state });
    }
  }

  // Of no trunk there is nothing to say, and what the page before said may still be wanted.
  const save = () =>
    void (trunks().length > 0 && shared.save({ dateMs: clock.dateMs(), breakers: trunks().flatMap(({ book }) => book.memory) }));

  welcome(trunks());

  const leave = shared.join(
    {
      heard(note) {
        const { trunkId, route, plane, vote, because } = note;
        if (!bookOf(trunkId)?.heard(note)) return;
        // Good news needs no record of its own: what it changes has one.
        if (vote !== "success" && vote !== "pardoned") journal.append("health:heard", { trunkId, route, plane, from: "tab", because });
        if (vote === "doubted") onDoubt();
      },
    },
    clock,
  );

  return {
    welcome,
    tell(note) {
      shared.tell(note);
      save();
    },
    close() {
      save();
      leave();
    },
  };
}
