import EventEmitter from "eventemitter3";

/** Subscribes; returns what unsubscribes. */
export type On<Events> = <E extends keyof Events>(event: E, listener: (payload: Events[E]) => void) => () => void;

export interface Emitter<Events> {
  readonly on: On<Events>;
  /** Calls every listener; one that throws disturbs neither the others nor the caller. */
  emit<E extends keyof Events & string>(event: E, payload: Events[E]): void;
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
    emit(event, payload) {
      for (const listener of emitter.listeners(event)) {
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
