import EventEmitter from "eventemitter3";

/** Subscribes; returns what unsubscribes. */
export type On<Events> = <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) => () => void;

/** How whoever has events is listened to. */
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

/** @param onError receives what a listener threw (or rejected with, if it is async). */
export function createEmitter<Events extends object>(onError: (event: string, error: unknown) => void): Emitter<Events> {
  const emitter = new EventEmitter();
  return {
    on(event, listener) {
      emitter.on(event as string, listener);
      return () => emitter.off(event as string, listener);
    },
    once(event, listener) {
      emitter.once(event as string, listener);
      return () => emitter.off(event as string, listener, undefined, true);
    },
    off: (event, listener) => void emitter.off(event as string, listener),
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
