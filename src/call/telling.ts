/** What a call tells of itself, whoever began it: its events, the last of which is its end, and the promise of that. */
import { createEmitter, type EventNames, type Events } from "../emitter.ts";

interface Telling<Told extends { ended: unknown }> {
  /** The call's own, as the integrator has them. */
  readonly heard: Events<Told> & { readonly ended: Promise<Told["ended"]> };
  /** Nothing once it is over, whoever ended it: whoever was told of the same thing before, be it by the journal. */
  readonly emit: <E extends keyof Told & string>(event: E, payload: Told[E]) => void;
  /** It is over: nothing follows. */
  readonly end: (summary: Told["ended"]) => void;
}

export function createTelling<Told extends { ended: unknown }>(
  names: EventNames<Told>,
  onListenerError: (event: string, error: unknown) => void,
  over: AbortSignal,
): Telling<Told> {
  const { on, once, off, emit, removeAll } = createEmitter<Told>(names, onListenerError);
  let resolve: (summary: Told["ended"]) => void = () => {};
  const ended = new Promise<Told["ended"]>((resolveIt) => (resolve = resolveIt));

  return {
    heard: { on, once, off, ended },
    emit: (event, payload) => void (over.aborted || emit(event, payload)),
    end(summary) {
      emit("ended", summary);
      removeAll();
      resolve(summary);
    },
  };
}
