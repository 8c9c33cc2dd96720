/** How long a carrier has, and for what: a pure decision from what was heard of the INVITE so far. */
import type { Limits } from "../limits.ts";

/** `any-answer`: the INVITE was written. `ringing`: the carrier has it. `pickup`: a phone rings. */
export type Awaited = "any-answer" | "ringing" | "pickup";

export interface Heard {
  /** Of the last provisional answer that changed anything; undefined while there was none. */
  readonly code?: number;
  /** Since the INVITE was written. */
  readonly sinceSentMs: number;
  /** Round trip of the flow, where it was measured. */
  readonly rttMs: number | undefined;
  /** Post-dial delay that this trunk and route have been seen to need. */
  readonly pddLimitMs: number;
}

export interface Patience {
  readonly awaited: Awaited;
  /** From now on. */
  readonly withinMs: number;
  /** So long before time is up the edge is asked on the same flow, that its answer may be there by then; 0: it is not. */
  readonly askMs: number;
}

/** Whether the edge answered something else on the same flow; nobody asks it once it has answered the INVITE. */
export type EdgeAlive = boolean | "unknown";

export function patience({ code, sinceSentMs, rttMs, pddLimitMs }: Heard, limits: Limits): Patience {
  if (code === undefined) {
    const withinMs = silenceMs(rttMs, limits);
    return { awaited: "any-answer", withinMs, askMs: Math.min(withinMs, (rttMs ?? 0) + limits.crossCheckMs) };
  }
  if (rings(code)) return { awaited: "pickup", withinMs: limits.ringLimitMs, askMs: 0 };
  return { awaited: "ringing", withinMs: grantedMs(code, limits) ?? pddLimitMs - sinceSentMs, askMs: 0 };
}

/** A phone alerts, or the network plays what stands for it (RFC 3261 §21.1.2, §21.1.5). */
export const rings = (code: number): boolean => code === 180 || code === 183;

/** It tells of progress without a phone that rings: the carrier has its time anew, each time. */
export const grantsTime = (code: number): boolean => code === 181 || code === 182 || code === 199;

/**
 * The call is forwarded (181), or one branch of a fork is over and others may go on (199, RFC 6228); or it waits in a queue (182),
 * as long as a phone may ring.
 */
function grantedMs(code: number, { ringLimitMs, pddMaxMs }: Limits): number | undefined {
  if (!grantsTime(code)) return undefined;
  return code === 182 ? ringLimitMs : pddMaxMs;
}

/** RTT of this flow + 200 ms (RFC 3261 §17.2.1) + margin, within its bounds. */
function silenceMs(rttMs: number | undefined, { silenceMinMs, silenceMaxMs, silenceMarginMs }: Limits): number {
  if (rttMs === undefined) return silenceMaxMs;
  return Math.min(silenceMaxMs, Math.max(silenceMinMs, rttMs + 200 + silenceMarginMs));
}
