/** What the trunks' breakers tell the other pages of this browser, and learn from them and from the page before. */
import type { Journal } from "../journal.ts";
import type { Clock, HealthNote, SharedHealth } from "../ports.ts";
import type { Trunk } from "./trunk.ts";

export interface Neighbours {
  /** One of our own breakers learnt this. */
  tell(note: HealthNote): void;
  close(): void;
}

/** Takes part from now on; `shared` undefined means that nobody listens. */
export function createNeighbours(
  shared: SharedHealth | undefined,
  trunks: readonly Trunk[],
  { clock, journal }: { readonly clock: Clock; readonly journal: Journal },
): Neighbours {
  if (!shared) return { tell() {}, close() {} };
  const trunkOf = (trunkId: string) => trunks.find(({ id }) => id === trunkId);

  const known = shared.restore();
  for (const { trunkId, route, plane, ...memory } of known?.breakers ?? []) {
    // A wall clock that was set back makes no memory younger than it is.
    trunkOf(trunkId)
      ?.breaker(route, plane)
      .restore(memory, Math.max(0, clock.dateMs() - (known?.dateMs ?? 0)));
    if (trunkOf(trunkId) && memory.state !== "closed")
      journal.append("health:heard", { trunkId, route, plane, from: "last-page", because: memory.state });
  }

  const save = () =>
    shared.save({
      dateMs: clock.dateMs(),
      breakers: trunks.flatMap(({ id, breakers }) =>
        breakers.map(({ route, plane, breaker }) => ({ trunkId: id, route, plane, ...breaker.memory })),
      ),
    });

  const leave = shared.join(
    {
      heard(note) {
        const trunk = trunkOf(note.trunkId);
        if (!trunk) return;
        const { trunkId, route, plane, vote, because } = note;
        const breaker = trunk.breaker(route, plane);
        if (vote === "doubted") void trunk.check();
        else if (vote !== "tripped") breaker.record(vote, breaker.epoch, because);
        else if (breaker.state === "closed") breaker.trip(because, note.restMs);
        if (vote !== "success") journal.append("health:heard", { trunkId, route, plane, from: "tab", because });
      },
      elected: (isProber) => trunks.forEach((trunk) => trunk.probe(isProber)),
    },
    clock,
  );

  return {
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
