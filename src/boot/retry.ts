/** The only place that knows p-retry: it counts the tries, the waiting is done on our clock. */
import pRetry from "p-retry";
import { sleep, type Clock, type Random } from "../clock.ts";

/** The first wait between two tries of a boot stage, and the longest, in ms. */
const baseMs = 250;
const maxMs = 5_000;

export interface RetryOptions {
  readonly retries: number;
  /** Once it aborts no other try follows. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of each failed try; `final` when no other follows. */
  readonly onFailed: (error: unknown, final: boolean) => void;
}

/** p-retry takes Errors only and never retries a TypeError that is not the network's; what a CRM throws may be anything. */
class FailedTry extends Error {
  readonly thrown: unknown;
  constructor(thrown: unknown) {
    super("a try failed");
    this.thrown = thrown;
  }
}

const thrownBy = (error: unknown): unknown => (error instanceof FailedTry ? error.thrown : error);

/**
 * Runs `attempt` up to 1 + `retries` times, with full jitter between: U(0, min(max, base·2ⁿ)).
 * @throws what the last try threw, or the signal's reason when it aborts between two tries.
 */
export async function withRetries<T>(attempt: (number: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const { retries, signal, clock, random, onFailed } = options;
  try {
    return await pRetry((number) => attempt(number).catch((error: unknown) => Promise.reject(new FailedTry(error))), {
      retries,
      minTimeout: 0,
      async onFailedAttempt({ error, attemptNumber, retriesLeft }) {
        const final = retriesLeft === 0 || signal.aborted;
        onFailed(thrownBy(error), final);
        if (!final) await sleep(clock, random() * Math.min(maxMs, baseMs * 2 ** (attemptNumber - 1)), signal);
      },
      shouldRetry: () => !signal.aborted,
    });
  } catch (error) {
    throw thrownBy(error);
  }
}
