import EventEmitter from "eventemitter3";
import { showSafely } from "./checks.ts";
import { LinekeeperError } from "./errors.ts";

/** Subscribes; returns what unsubscribes. */
export type On<Events> = <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) => () => void;

/** The name of every event, so that one which does not exist is told from one which never comes. */
export type EventNames<Told> = Readonly<Record<keyof Told, true>>;

/** How whoever has events is listened to. A name that no event has, or a listener that is no function, throws `bad-config` in a development build, and does nothing in production. */
export interface Events<Told> {
  /** Subscribes a listener to one event. What it throws disturbs nobody: it is journalled as `listener:failed`. */
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
 * A listener to what never comes waits for ever, and what was called in place of being given (`call.hangUp()`) is none: the developer hears of it.
 * @throws LinekeeperError `bad-config`; but never where `NODE_ENV` is `production`, or there is none.
 */
function checkListener(names: object, event: unknown, listener: unknown): void {
  try {
    // oxlint-disable-next-line no-restricted-globals -- a bundler replaces these very words, and drops what cannot happen then
    if (process.env.NODE_ENV === "production") return;
    if (typeof event !== "string" || !Object.hasOwn(names, event))
      throw new LinekeeperError("bad-config", `there is no event ${showSafely(event)}; there are ${Object.keys(names).join(", ")}`);
    if (typeof listener !== "function")
      throw new LinekeeperError("bad-config", `the listener to "${event}" must be a function, not ${showSafely(listener)}`);
  } catch (error) {
    // Outside of a bundle a page has no `process`.
    if (error instanceof LinekeeperError) throw error;
  }
}

/** @param onError receives what a listener threw (or rejected with, if it is async). */
export function createEmitter<Events extends object>(
  names: EventNames<Events>,
  onError: (event: string, error: unknown) => void,
): Emitter<Events> {
  const emitter = new EventEmitter();

  /** Each time as another one, so that what is given back takes out this one, however often it listens. */
  const start = (how: "on" | "once") =>
    function <E extends keyof Events>(event: E, listener: (payload: Events[E]) => unknown): () => void {
      checkListener(names, event, listener);
      if (typeof event !== "string") return () => {};
      let isOver = false;
      const own = (payload: Events[E]): unknown => {
        // Whoever was told before may have told it too.
        if (isOver) return undefined;
        isOver = how === "once";
        return listener(payload);
      };
      emitter[how](event, Object.assign(own, { listener }));
      return () => emitter.off(event, own);
    };

  return {
    on: start("on"),
    once: start("once"),
    off(event, listener) {
      checkListener(names, event, listener);
      if (typeof event !== "string") return;
      for (const own of emitter.listeners(event))
        if ((own as { readonly listener?: unknown }).listener === listener) emitter.off(event, own);
    },
    emit(event, payload) {
      for (const listener of emitter.listeners(event)) {
        // Takes out what wanted to be told once, and nothing else.
        emitter.off(event, listener, undefined, true);
        try {
          const result: unknown = listener(payload);
          if (result instanceof Promise) result.catch((error: unknown) => onError(event, error));
        } catch (error) {
          onError(event, error);
        }
      }
    },
    removeAll: () => emitter.removeAllListeners(),
  };
}
