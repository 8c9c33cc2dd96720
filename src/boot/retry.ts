/** The only place that knows p-retry: it counts the tries, the waiting is done on our clock. */
import pRetry from "p-retry";
import { sleep } from "../clock.ts";
import type { Clock, Random } from "../ports.ts";

/** The first wait between two tries of a boot stage, and the longest, in ms. */
const baseMs = 250;
const maxMs = 5_000;

export interface RetryOptions {
  readonly retries: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of each failure; `final` when no other try follows. */
  readonly onFailed: (error: unknown, attempt: number, final: boolean) => void;
}

/** p-retry takes Errors only, and never retries a TypeError; what a CRM throws may be anything. */
class Wrapped extends Error {
  readonly thrown: unknown;
  constructor(thrown: unknown) {
    super("a try failed");
    this.thrown = thrown;
  }
}

/**
 * Runs `attempt` up to 1 + `retries` times, with full jitter between (U(0, min(max, base·2ⁿ))).
 * @throws what the last try threw, or the signal's reason.
 */
export async function withRetries<T>(attempt: (number: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { retries, signal, clock, random, onFailed } = options;
  try {
    return await pRetry((number) => attempt(number).catch((error: unknown) => Promise.reject(new Wrapped(error))), {
      retries,
      signal,
      minTimeout: 0,
      async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
        const final = retriesLeft === 0;
        onFailed(error instanceof Wrapped ? error.thrown : error, attemptNumber, final);
        if (!final) await sleep(clock, random() * Math.min(maxMs, baseMs * 2 ** (attemptNumber - 1)), signal);
      },
    });
  } catch (error) {
    throw error instanceof Wrapped ? error.thrown : error;
  }
}
