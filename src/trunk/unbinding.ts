/** Taking a binding away: on the flow that is there, or, where it outlived its flow, on the next, should that come in time. */
import { sleep, type Clock } from "../clock.ts";
import type { Registration } from "./registration.ts";

export interface Unbinding {
  /** @returns whether the registrar may have had one of ours. */
  unbind(withinMs: number): Promise<boolean>;
  /** A flow is open. @returns whether it is wanted for nothing else. */
  opened(): boolean;
  /** The binding is needed again: what waits for a flow leaves it alone. */
  callOff(): void;
}

interface UnbindingPorts {
  readonly clock: Clock;
  readonly registration: Pick<Registration, "isLeftBehind" | "remove">;
  readonly isOpen: () => boolean;
  readonly connect: () => void;
}

export function createUnbinding({ clock, registration, isOpen, connect }: UnbindingPorts): Unbinding {
  let waiting: AbortController | undefined;

  return {
    async unbind(withinMs) {
      if (isOpen()) return registration.remove(withinMs);
      if (!registration.isLeftBehind) return false;
      const untilMs = clock.nowMs() + withinMs;
      const reopened = (waiting = new AbortController());
      connect();
      await sleep(clock, withinMs, reopened.signal).catch(() => {});
      if (waiting !== reopened) return false;
      waiting = undefined;
      return isOpen() && registration.remove(untilMs - clock.nowMs());
    },
    opened() {
      waiting?.abort();
      return waiting !== undefined;
    },
    callOff: () => void (waiting = undefined),
  };
}
