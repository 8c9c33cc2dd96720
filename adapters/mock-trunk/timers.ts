import type { CancelTimer, Clock } from "../../src/clock.ts";

/** Timers that end together. */
export class Timers {
  readonly #clock: Clock;
  readonly #cancels = new Set<CancelTimer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns what cancels it. */
  after(delayMs: number, fire: () => void): CancelTimer {
    const cancel = this.#clock.setTimer(() => {
      this.#cancels.delete(cancel);
      fire();
    }, delayMs);
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }

  clear(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}
