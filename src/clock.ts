import { anyOf } from "./platform.ts";

/** Ends a timer that has not fired yet; harmless after it has. */
export type CancelTimer = () => void;

/**
 * The one source of time. Every timer of Linekeeper goes through it, so that a test, a replay or a
 * simulation can supply its own time.
 */
export interface Clock {
  /** Monotonic time in ms from an arbitrary origin; never goes back. */
  nowMs(): number;
  /** Wall-clock time in ms since 1970-01-01 UTC; may jump. */
  dateMs(): number;
  /** Calls `fire` once after `delayMs`; returns what cancels it. */
  setTimer(fire: () => void, delayMs: number): CancelTimer;
}

/** Where the monotonic clock goes on in a sleep, a timer that comes this late has slept through it; a hidden tab's is a minute late at most, ms. */
export const sleptMs = 90_000;

/** A uniform random number in [0, 1). */
export type Random = () => number;

/** The longest delay that a browser's or Node's timer can hold, in ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The host's clock. Globals are looked up at each call, so that fake timers installed later are honoured. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  dateMs: () => Date.now(),
  setTimer(fire, delayMs) {
    const timer = setTimeout(fire, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** The host's randomness, looked up at each call. */
export const systemRandom: Random = () => Math.random();

/**
 * What `promise` comes to, if it does so within `boundMs` on `clock` and before `signal` aborts.
 * @throws TimeoutError (a DOMException), or the signal's reason.
 */
export function within<T>(clock: Clock, promise: Promise<T>, boundMs: number, signal: AbortSignal): Promise<T> {
  const bound = new AbortController();
  const late = sleep(clock, boundMs, anyOf(bound.signal, signal)).then(() => {
    throw new DOMException("not ready in time", "TimeoutError");
  });
  return Promise.race([promise, late]).finally(() => bound.abort());
}

/**
 * Resolves after `delayMs` on `clock`.
 * @throws the signal's reason when it aborts first.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.setTimer(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
