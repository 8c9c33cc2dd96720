/** Provisional answers that must arrive (RFC 3262). */
import type { IncomingMessage, IncomingRequestMessage, IncomingResponseMessage, Session } from "sip.js/lib/core/index.js";
import type { CancelTimer, Clock, Random } from "../../src/clock.ts";
import { ask } from "./ask.ts";
import { type EdgeContext, TRANSACTION_MS } from "./context.ts";
import { listOf } from "./intake/values.ts";

/** T1 (RFC 3261 table 4). */
const FIRST_REPEAT_MS = 500;

/** In whatever case, and whichever of its Require headers says so. */
export const isReliabilityRequired = (message: IncomingMessage): boolean =>
  listOf(message.getHeaders("require")).some((tag) => tag.toLowerCase() === "100rel");

/** RSeq of a provisional answer that is to be acknowledged; undefined where it is none. */
export function rseqOf(message: IncomingMessage): number | undefined {
  const rseq = /^\s*(\d{1,10})/.exec(message.getHeader("rseq") ?? "")?.[1];
  return rseq !== undefined && isReliabilityRequired(message) ? Number(rseq) : undefined;
}

/** Unless it is acknowledged the peer repeats it, and gives the call up after 64·T1 (§3). */
export function acknowledgeProvisional(edge: EdgeContext, session: Session, { cseq, method }: IncomingResponseMessage, rseq: number): void {
  const rack = `RAck: ${rseq} ${cseq} ${method}`;
  void ask(edge, (authorization, delegate) => session.prack(delegate, { extraHeaders: [rack, ...authorization] }));
}

/** Ours to one INVITE, which asked for it (§3): one after the other, each said again until the peer has acknowledged it. */
export class ReliableProvisionals {
  readonly #clock: Clock;
  readonly #invite: IncomingRequestMessage;
  #rseq: number;
  #isAwaited = false;
  #cancel: CancelTimer = () => {};

  constructor(clock: Clock, random: Random, invite: IncomingRequestMessage) {
    this.#clock = clock;
    this.#invite = invite;
    // §3: anywhere in the lower half of what fits.
    this.#rseq = 1 + Math.floor(random() * (2 ** 31 - 2));
  }

  /** The next one, or that which still waits for its PRACK once more: no second may go before (§3). */
  say(say: (lines: string[]) => void): void {
    this.stop();
    if (!this.#isAwaited) this.#rseq++;
    this.#isAwaited = true;
    const lines = ["Require: 100rel", `RSeq: ${this.#rseq}`];
    const again = (waitMs: number, elapsedMs: number) => {
      say(lines);
      // Deviation: after 64·T1 §3 would refuse the call. It rings on, and whether the caller is there its ACK will say.
      const nextMs = elapsedMs + waitMs;
      if (nextMs < TRANSACTION_MS) this.#cancel = this.#clock.setTimer(() => again(2 * waitMs, nextMs), waitMs);
    };
    again(FIRST_REPEAT_MS, 0);
  }

  /** @returns whether it is for the one that waits, or the same PRACK once more; any other is unknown (§3: 481). */
  acknowledged(prack: IncomingRequestMessage): boolean {
    const [rseq, cseq, method] = (prack.getHeader("rack") ?? "").trim().split(/\s+/);
    if (Number(rseq) !== this.#rseq || Number(cseq) !== this.#invite.cseq || method?.toUpperCase() !== "INVITE") return false;
    this.#isAwaited = false;
    this.stop();
    return true;
  }

  stop(): void {
    this.#cancel();
  }
}
