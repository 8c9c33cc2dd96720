/** What keeps a flow for an edge that lets go of silent ones (RFC 5626 §4.4.1, §5.4, RFC 7118 §6). Our probes most often come first. */
import type { CancelTimer, Clock, Random } from "../../src/clock.ts";
import { secondsIn } from "./intake/values.ts";

/** What an edge may ask for, in s: more often would be a flood, and for longer nobody needs to be asked. */
const SHORTEST_S = 10;
const LONGEST_S = 3_600;

export class KeepAlive {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #ping: () => void;
  #withinMs = 0;
  #sentAtMs = 0;
  #cancel: CancelTimer = () => {};

  constructor(clock: Clock, random: Random, ping: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#ping = ping;
  }

  /** @param flowTimer the header of the last 200 to REGISTER; what is none, or 0, asks for nothing. */
  agree(flowTimer: string | undefined): void {
    this.stop();
    const withinS = secondsIn(flowTimer);
    if (!withinS) return;
    this.#withinMs = Math.min(Math.max(SHORTEST_S, withinS), LONGEST_S) * 1_000;
    this.sent();
    this.#wait();
  }

  /** Whatever is sent keeps the flow. */
  sent(): void {
    this.#sentAtMs = this.#clock.nowMs();
  }

  stop(): void {
    this.#cancel();
  }

  /** §4.4.1: a share of it, between 80 % and 100 %, so that not all come at once. Deviation: 95 %, for a timer of a page may be late. */
  #wait(): void {
    const dueMs = this.#withinMs * (0.8 + 0.15 * this.#random());
    const wait = () => {
      const leftMs = this.#sentAtMs + dueMs - this.#clock.nowMs();
      if (leftMs >= 1) return void (this.#cancel = this.#clock.setTimer(wait, leftMs));
      this.#ping();
      this.#wait();
    };
    wait();
  }
}
