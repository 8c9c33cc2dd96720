import type { CancelTimer, Clock } from "../../src/ports.ts";

/** Timers that end together. */
export class Timers {
  readonly #clock: Clock;
  readonly #cancels = new Set<CancelTimer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(delayMs: number, fire: () => void): void {
    const cancel = this.#clock.setTimer(() => {
      this.#cancels.delete(cancel);
      fire();
    }, delayMs);
    this.#cancels.add(cancel);
  }

  clear(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }
}
