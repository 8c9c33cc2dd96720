/** What to do with an INVITE to the agent: a new call, one that rings already, or not now. Pure. */

/** A call under way, as far as this question needs it. */
export interface UnderWay {
  readonly kind: "outgoing" | "incoming";
  readonly state: string;
  /** Only of an incoming one. */
  readonly arrival?: {
    /** Undefined when the caller withholds it: two strangers are not one. */
    readonly number: string | undefined;
    readonly offeredMs: number;
    /** It came by the trunk in question. */
    readonly byTrunk: boolean;
    /** It came with the Call-ID in question. */
    readonly bySipCallId: boolean;
    /** How long the agent's answer has waited for the caller's ACK, ms; undefined where it waits for none. */
    readonly unconfirmedMs: number | undefined;
  };
}

/** The index of the call that it belongs to, or what else becomes of it. `isAnew`: in place of what came before. */
export type Reception = "offer" | "busy" | "flood" | { readonly sameAs: number; readonly isAnew?: true };

export interface Arrival {
  readonly number: string | undefined;
  readonly nowMs: number;
  readonly sameCallMs: number;
  readonly maxRinging: number;
  /** The emergency services call back (RFC 7090): nothing that the agent declared holds. */
  readonly isPsapCallback: boolean;
  /** The agent listens to a call of another page. */
  readonly talksElsewhere: boolean;
  /** The agent declared it, or wants no second call. */
  readonly refuses: { readonly always: boolean; readonly whileTalking: boolean };
}

/**
 * One customer's call may come by two trunks, and should ring once. The same Call-ID tells for sure that a proxy forked it. An
 * exchange that rings two trunks makes up a Call-ID for each, and names the agent's own address in each To; From is then all
 * that they have in common, and a company's callers have the same one there. So time decides: a fork reaches both trunks at
 * once (`sameCallMs`). Later, the second is offered as well: if it was the same call after all, its fork ends it with the
 * answer, while a customer taken for another's echo would ring unheard.
 *
 * Who was answered and has not confirmed it for as long, which takes a round trip, never heard of it: the same number is the carrier's
 * second try, by whatever trunk, and so is the same Call-ID by the same one; the agent who has taken the call takes it.
 */
export function receive(arrival: Arrival, calls: readonly UnderWay[]): Reception {
  const { number, nowMs, sameCallMs, maxRinging, isPsapCallback, talksElsewhere, refuses } = arrival;
  const isFork = (other: NonNullable<UnderWay["arrival"]>) =>
    number !== undefined && number === other.number && !other.byTrunk && nowMs - other.offeredMs <= sameCallMs;
  const isSecondTry = (other: NonNullable<UnderWay["arrival"]>) =>
    (other.unconfirmedMs ?? 0) > sameCallMs && (other.bySipCallId ? other.byTrunk : number !== undefined && number === other.number);
  const anew = calls.findIndex(({ arrival: other }) => other && isSecondTry(other));
  if (anew >= 0) return { sameAs: anew, isAnew: true };
  const sameAs = calls.findIndex(({ state, arrival: other }) => other && state !== "ended" && (other.bySipCallId || isFork(other)));
  if (sameAs >= 0) return { sameAs };
  if (isPsapCallback) return "offer";
  const isTalking = talksElsewhere || calls.some(({ kind, state }) => state !== "ended" && (kind === "outgoing" || state !== "ringing"));
  if (refuses.always || (refuses.whileTalking && isTalking)) return "busy";
  const ringing = calls.filter(({ kind, state }) => kind === "incoming" && state === "ringing").length;
  return ringing < maxRinging ? "offer" : "flood";
}
