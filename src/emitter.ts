import { LinekeeperError } from "./errors.ts";

/** Subscribes; returns what unsubscribes. */
export type On<Events> = <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) => () => void;

/** The name of every event, so that one which does not exist is told from one which never comes. */
export type EventNames<Told> = Readonly<Record<keyof Told, true>>;

/** How whoever has events is listened to. A name that no event has throws `bad-config` in a development build, and does nothing in production. */
export interface Events<Told> {
  readonly on: On<Told>;
  /** The same, for the next time only. */
  readonly once: On<Told>;
  /** Unsubscribes a listener that `on` or `once` was given. Harmless where it is none. */
  off<E extends keyof Told>(event: E, listener: (payload: Told[E]) => void): void;
}

export interface Emitter<Told> extends Events<Told> {
  /** Calls every listener; one that throws disturbs neither the others nor the caller. */
  emit<E extends keyof Told & string>(event: E, payload: Told[E]): void;
  removeAll(): void;
}

/**
 * A listener to what never comes waits for ever, so the developer hears of it.
 * @throws LinekeeperError `bad-config`; but never where `NODE_ENV` is `production`, or there is none.
 */
function checkName(names: object, event: unknown): void {
  try {
    // eslint-disable-next-line no-restricted-globals -- a bundler replaces these very words, and drops what cannot happen then
    if (process.env.NODE_ENV !== "production" && !Object.hasOwn(names, event as string))
      throw new LinekeeperError("bad-config", `there is no event ${JSON.stringify(event)}; there are ${Object.keys(names).join(", ")}`);
  } catch (error) {
    // Outside of a bundle a page has no `process`.
    if (error instanceof LinekeeperError) throw error;
  }
}

interface Listening<Told> {
  readonly event: keyof Told;
  readonly listener: (payload: never) => void;
  readonly isOnce: boolean;
}

/** @param onError receives what a listener threw (or rejected with, if it is async). */
export function createEmitter<Events extends object>(
  names: EventNames<Events>,
  onError: (event: string, error: unknown) => void,
): Emitter<Events> {
  let listening: readonly Listening<Events>[] = [];
  const stop = (isMeant: (each: Listening<Events>) => boolean) => void (listening = listening.filter((each) => !isMeant(each)));
  const start = (isOnce: boolean) =>
    function <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void): () => void {
      checkName(names, event);
      const added = { event, listener, isOnce };
      listening = [...listening, added];
      return () => stop((each) => each === added);
    };
  return {
    on: start(false),
    once: start(true),
    off(event, listener) {
      checkName(names, event);
      stop((each) => each.event === event && each.listener === listener);
    },
    emit(event, payload) {
      for (const told of listening) {
        if (told.event !== event) continue;
        if (told.isOnce) {
          // Whoever was told before may have told it too.
          if (!listening.includes(told)) continue;
          stop((each) => each === told);
        }
        try {
          const result: unknown = told.listener(payload as never);
          if (result instanceof Promise) result.catch((error: unknown) => onError(event, error));
        } catch (error) {
          onError(event, error);
        }
      }
    },
    removeAll: () => stop(() => true),
  };
}
