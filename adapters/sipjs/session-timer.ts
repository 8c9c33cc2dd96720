/**
 * How long a call lasts without a word (RFC 4028): whichever side is named says in time that it goes on, else a proxy or the peer
 * hangs up.
 *
 * Deviation: where the peer is to refresh and does not, §10 lets us end the call. Its audio may be well, so that is left to those
 * who asked for the timer.
 */
import type { IncomingMessage } from "sip.js/lib/core/index.js";
import type { CancelTimer, Clock } from "../../src/clock.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { KeptDialog } from "../../src/ports/sip-dialog.ts";
import { listOf, secondsIn } from "./intake/values.ts";

type Agreement = NonNullable<KeptDialog["sessionTimer"]>;

/** The shortest interval that may be asked for, in s (§4). */
const SHORTEST_S = 90;
/** The shortest that we keep to where the peer's answer lays a shorter one on us than it may, in s: who says 60 hangs up after 60, or before. */
const SHORTEST_KEPT_S = 30;
/** The shortest that we grant who asks for less than may be asked for, in s: we may not say more (§9), and a 422 most would take for the end. */
const SHORTEST_GRANTED_S = 10;
/** The longest that we let a peer raise it to: a week. */
const LONGEST_S = 604_800;
/** After a refresh that nobody answered, and the least after one that was refused, in ms. */
const AGAIN_MS = 10_000;

const supportsTimer = (message: IncomingMessage): boolean =>
  listOf([...message.getHeaders("supported"), ...message.getHeaders("require")]).some((tag) => tag.toLowerCase() === "timer");

/** @param we the side that we are in the transaction that `message` belongs to. */
function agreementOf(message: IncomingMessage, we: "uac" | "uas"): Agreement | undefined {
  const value = message.getHeader("session-expires") ?? "";
  const intervalS = secondsIn(value);
  if (intervalS === undefined) return undefined;
  const named = /;\s*refresher\s*=\s*"?(uac|uas)/i.exec(value)?.[1]?.toLowerCase();
  // §9: in a request that names nobody the choice is ours, and who asked shall do it; but not one who knows no timer, to whose request a proxy has
  // added it: there, nobody would, and the proxy hang up. A response names one.
  const able = we === "uac" || supportsTimer(message) ? "uac" : "uas";
  // Less than that nobody can mean: we agree to no timer, so that nobody hangs up by it.
  if (we === "uas" && intervalS < SHORTEST_GRANTED_S) return undefined;
  return { intervalS: we === "uac" ? Math.max(SHORTEST_KEPT_S, intervalS) : intervalS, refresher: (named ?? able) === we ? "we" : "peer" };
}

/** The header lines of our 2xx to the peer's INVITE, re-INVITE or UPDATE. */
export function grantLines(message: IncomingMessage): string[] {
  const agreement = agreementOf(message, "uas");
  if (!agreement) return [];
  const refresher = agreement.refresher === "we" ? "uas" : "uac";
  // §9: who refreshes must know of it.
  return [`Session-Expires: ${agreement.intervalS};refresher=${refresher}`, ...(refresher === "uac" ? ["Require: timer"] : [])];
}

/**
 * The header lines of an INVITE that is sent again, for a proxy on its way has added too short a timer to it, as to whoever supports one (§7.3,
 * §8.1); none where it was refused for anything else.
 */
export function longerLines(message: IncomingMessage & { readonly statusCode?: number | undefined }): string[] {
  const leastS = message.statusCode === 422 ? secondsIn(message.getHeader("min-se")) : undefined;
  if (leastS === undefined || leastS > LONGEST_S) return [];
  const intervalS = Math.max(SHORTEST_S, leastS);
  return [`Session-Expires: ${intervalS}`, `Min-SE: ${intervalS}`];
}

export class SessionTimer {
  readonly #clock: Clock;
  readonly #refresh: () => Promise<SipAnswer>;
  #agreement: Agreement | undefined;
  /** When the call is over for who asked for the timer, unless it is refreshed, ms. */
  #untilMs = 0;
  /** How long before that the peer hangs up, ms (§10). */
  #marginMs = 0;
  /** The shortest interval that the peer takes from us, as far as it has said, s. */
  #leastS = 0;
  #cancel: CancelTimer = () => {};
  #isStopped = false;

  /** @param refresh tells the peer that the call goes on. Resolves with what it said. */
  constructor(clock: Clock, refresh: () => Promise<SipAnswer>) {
    this.#clock = clock;
    this.#refresh = refresh;
  }

  /** The peer's answer to our INVITE or re-INVITE. One without a timer ends what was agreed before (§7.2). */
  answered(message: IncomingMessage): void {
    this.#agree(agreementOf(message, "uac"));
  }

  /** The peer's INVITE, re-INVITE or UPDATE, once it is granted. */
  granted(message: IncomingMessage): void {
    this.#agree(agreementOf(message, "uas"));
  }

  /** The peer's 422 to our re-INVITE (§7.4). @returns whether it may be sent again, with the interval that is asked for. */
  tooShort(message: IncomingMessage): boolean {
    const leastS = secondsIn(message.getHeader("min-se")) ?? 0;
    if (!this.#agreement || leastS <= Math.max(this.#leastS, this.#agreement.intervalS) || leastS > LONGEST_S) return false;
    this.#leastS = leastS;
    return true;
  }

  /** The header lines of our next re-INVITE. */
  get lines(): string[] {
    if (!this.#agreement) return [];
    const { intervalS, refresher } = this.#agreement;
    const least = this.#leastS > 0 ? [`Min-SE: ${this.#leastS}`] : [];
    return [`Session-Expires: ${Math.max(SHORTEST_S, intervalS, this.#leastS)};refresher=${refresher === "we" ? "uac" : "uas"}`, ...least];
  }

  /** What the next page is to know of it. */
  get agreement(): KeptDialog["sessionTimer"] {
    return this.#agreement;
  }

  /** What the page before had agreed: our re-INVITE asks for it again, and its answer sets the time. */
  resume(agreement: KeptDialog["sessionTimer"]): void {
    this.#agreement = agreement;
  }

  /** For good: a change that was under way may be answered after the end of the call. */
  stop(): void {
    this.#isStopped = true;
    this.#agreement = undefined;
    this.#cancel();
  }

  #agree(agreement: Agreement | undefined): void {
    if (this.#isStopped) return;
    this.#cancel();
    this.#agreement = agreement;
    if (agreement?.refresher !== "we") return;
    const { intervalS } = agreement;
    this.#untilMs = this.#clock.nowMs() + intervalS * 1_000;
    this.#marginMs = Math.min(32, intervalS / 3) * 1_000;
    // §10: half-way, so that there is time for another try.
    this.#wait(intervalS * 500);
  }

  #wait(delayMs: number): void {
    this.#cancel = this.#clock.setTimer(() => {
      const before = this.#agreement;
      void this.#refresh().then(({ said }) => {
        if (!before || this.#agreement !== before) return;
        const leftMs = this.#untilMs - this.#clock.nowMs();
        if (said === "inferred") this.#wait(AGAIN_MS);
        // It may be busy with a change of its own; half-way through what is left there is time for another try again.
        else if (leftMs > 0) this.#wait(Math.max(AGAIN_MS, (leftMs - this.#marginMs) / 2));
      });
    }, delayMs);
  }
}
