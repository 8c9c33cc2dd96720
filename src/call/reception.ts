/** What to do with an INVITE to the agent: a new call, one that rings already, or not now. Pure. */

/** A call under way, as far as this question needs it. */
export interface UnderWay {
  readonly kind: "outgoing" | "incoming";
  readonly state: string;
  /** Only of an incoming one. */
  readonly arrival?: {
    readonly alias: string;
    readonly offeredMs: number;
    /** It came by the trunk in question. */
    readonly byTrunk: boolean;
    /** It came with the Call-ID in question. */
    readonly bySipCallId: boolean;
  };
}

/** The index of the call that it belongs to, or what else becomes of it. */
export type Reception = "offer" | "busy" | { readonly sameAs: number };

export interface Arrival {
  /** Undefined when the caller withholds the number: two strangers are not one. */
  readonly alias: string | undefined;
  readonly nowMs: number;
  readonly sameCallMs: number;
  /** The agent declared it, or wants no second call. */
  readonly refuses: { readonly always: boolean; readonly whileTalking: boolean };
}

/**
 * One customer's call may come by two trunks (a carrier that forks, two numbers that lead to one agent): it has the
 * same Call-ID, or the same number within `sameCallMs` by another trunk.
 */
export function receive(arrival: Arrival, calls: readonly UnderWay[]): Reception {
  const { alias, nowMs, sameCallMs, refuses } = arrival;
  const sameAs = calls.findIndex(
    ({ state, arrival: other }) =>
      other &&
      state !== "ended" &&
      (other.bySipCallId || (alias === other.alias && !other.byTrunk && nowMs - other.offeredMs <= sameCallMs)),
  );
  if (sameAs >= 0) return { sameAs };
  const isTalking = calls.some(({ kind, state }) => state !== "ended" && (kind === "outgoing" || state !== "ringing"));
  return refuses.always || (refuses.whileTalking && isTalking) ? "busy" : "offer";
}
