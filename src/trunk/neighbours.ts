/** What the trunks' health books tell the other pages of this browser, and learn from them and from the page before. */
import type { Clock } from "../clock.ts";
import { guarded, type OnListenerError } from "../guarded.ts";
import { everyRoute, type Journal } from "../journal.ts";
import type { HealthNote, NeighbourEvents, SharedHealth } from "../ports/shared-health.ts";
import { isRestCause } from "./refusal.ts";
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
  readonly onListenerError: OnListenerError;
}

/** Takes part from now on; `shared` undefined means that nobody listens. */
export function createNeighbours(
  shared: SharedHealth | undefined,
  trunks: () => readonly Trunk[],
  { clock, journal, onDoubt, onListenerError }: NeighboursPorts,
): Neighbours {
  if (!shared) return { welcome() {}, tell() {}, close() {} };
  const find = (trunkId: string) => trunks().find(({ id }) => id === trunkId);
  const bookOf = (trunkId: string) => find(trunkId)?.book;

  /** What cannot be shared costs no trunk its start, nor its end. */
  const sharing = <T>(task: () => T): T | undefined => guarded("shared", task, onListenerError);

  const known = sharing(() => shared.restore());
  /** Of trunks that were not in use yet. */
  let untold = known?.breakers ?? [];
  let untoldRests = known?.registrars ?? [];

  function welcome(come: readonly Trunk[]): void {
    const ids = come.map(({ id }) => id);
    const isOfThem = ({ trunkId }: { readonly trunkId: string }) => ids.includes(trunkId);
    // A wall clock that was set back makes no memory younger than it is.
    const ageMs = Math.max(0, clock.dateMs() - (known?.dateMs ?? 0));
    const told = untold.filter(isOfThem);
    const rests = untoldRests.filter(isOfThem);
    untold = untold.filter((each) => !isOfThem(each));
    untoldRests = untoldRests.filter((each) => !isOfThem(each));
    for (const memory of told) {
      const { trunkId, route, plane, state } = memory;
      const isBelieved = bookOf(trunkId)?.remember(memory, ageMs);
      if (isBelieved && state !== "closed") journal.append("health:heard", { trunkId, route, plane, from: "last-page", because: state });
    }
    for (const { trunkId, restMs } of rests) if (restMs > ageMs) leaveAlone(trunkId, "retry-after", restMs - ageMs, "last-page");
  }

  /** A reason that we do not know, or a rest that is none, moves nothing; nor does the refusal of an account that is good here. */
  function leaveAlone(trunkId: string, because: string, restMs: number, from: "tab" | "last-page"): void {
    if (!isRestCause(because) || !find(trunkId)?.connection.leaveAlone(because, restMs)) return;
    if (restMs > 0) journal.append("health:heard", { trunkId, route: everyRoute, plane: "signalling", from, because });
  }

  // Of no trunk there is nothing to say, and what the page before said may still be wanted.
  const save = () =>
    void (
      trunks().length > 0 &&
      shared.save({
        dateMs: clock.dateMs(),
        breakers: trunks().flatMap(({ book }) => book.memory),
        registrars: trunks().flatMap(({ id: trunkId, connection: { registrarRestMs: restMs } }) => (restMs > 0 ? { trunkId, restMs } : [])),
      })
    );

  welcome(trunks());

  const events: NeighbourEvents = {
    heard(note) {
      const { trunkId, route, plane, vote, because } = note;
      if (vote === "left-alone") return leaveAlone(trunkId, because, note.restMs ?? 0, "tab");
      if (!bookOf(trunkId)?.heard(note)) return;
      // Good news needs no record of its own: what it changes has one.
      if (vote !== "success" && vote !== "pardoned") journal.append("health:heard", { trunkId, route, plane, from: "tab", because });
      if (vote === "doubted") onDoubt();
    },
  };
  const leave = sharing(() => shared.join(events, clock));

  return {
    welcome,
    tell(note) {
      sharing(() => shared.tell(note));
      sharing(save);
    },
    close() {
      sharing(save);
      sharing(() => leave?.());
    },
  };
}
