/** Provisional answers that must arrive (RFC 3262 §3): the carrier's side. */
import { listed, type SipRequest } from "./message.ts";
import type { ResponseParts } from "./response.ts";
import type { Timers } from "./timers.ts";

/** T1 and 64·T1 (RFC 3261 table 4). */
const firstRepeatMs = 500;
const transactionMs = 32_000;

/** The softphone can acknowledge them. */
export const supportsReliability = (invite: SipRequest) =>
  [...invite.all("supported"), ...invite.all("require")].some((value) => listed(value, ",").includes("100rel"));

export class Provisionals {
  readonly #timers: Timers;
  readonly #waits = new Map<number, () => void>();
  #rseq = 0;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Has it said again and again until it is acknowledged, and goes on then; or gives up. */
  say(parts: ResponseParts, say: (parts: ResponseParts) => void, goOn: () => void, giveUp: () => void): void {
    const rseq = ++this.#rseq;
    const whole = { ...parts, headers: [...(parts.headers ?? []), "Require: 100rel", `RSeq: ${rseq}`] };
    const again = (waitMs: number, elapsedMs: number) => {
      if (!this.#waits.has(rseq)) return;
      if (elapsedMs >= transactionMs) return giveUp();
      say(whole);
      const nextMs = Math.min(waitMs, transactionMs - elapsedMs);
      this.#timers.after(nextMs, () => again(2 * waitMs, elapsedMs + nextMs));
    };
    this.#waits.set(rseq, goOn);
    again(firstRepeatMs, 0);
  }

  /** @returns what goes on once the PRACK was answered; undefined when it is for none of ours. */
  acknowledged(prack: SipRequest): (() => void) | undefined {
    const rseq = Number.parseInt(prack.header("rack"), 10);
    const goOn = this.#waits.get(rseq);
    this.#waits.delete(rseq);
    return goOn;
  }
}
