import type { Clock } from "../../src/clock.ts";

/** A clock that moves only when told to, for what needs no promise of the host. */
export interface VirtualClock extends Clock {
  /** Moves on, firing what falls due in order. Timers set while firing count. */
  advance(ms: number): void;
  /** Lets the wall clock jump, the monotonic one not. */
  jumpDate(ms: number): void;
  /** How long until the next timer falls due, in ms; Infinity where none waits. */
  readonly dueInMs: number;
  /** Timers that wait. */
  readonly pending: number;
  /** In how many ms each of them is due, soonest first. */
  readonly dues: readonly number[];
}

export function createVirtualClock(): VirtualClock {
  let nowMs = 0;
  let dateOffsetMs = Date.UTC(2026, 0, 1);
  const timers = new Set<{ readonly dueMs: number; readonly fire: () => void }>();
  return {
    nowMs: () => nowMs,
    dateMs: () => nowMs + dateOffsetMs,
    setTimer(fire, delayMs) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), fire };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        const [next] = [...timers].sort((a, b) => a.dueMs - b.dueMs);
        if (!next || next.dueMs > untilMs) break;
        timers.delete(next);
        nowMs = next.dueMs;
        next.fire();
      }
      nowMs = untilMs;
    },
    jumpDate: (ms) => void (dateOffsetMs += ms),
    get dueInMs() {
      return Math.min(Infinity, ...[...timers].map(({ dueMs }) => dueMs - nowMs));
    },
    get dues() {
      return [...timers].map(({ dueMs }) => dueMs - nowMs).sort((a, b) => a - b);
    },
    get pending() {
      return timers.size;
    },
  };
}
