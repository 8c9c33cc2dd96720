/**
 * What an attempt's end means. RFC 3398 §8.2.6.1 folds many ITU-T Q.850 causes into one SIP code (34, 38,
 * 41, 42, 47, 58 and 88 all become 503), so the cause is read first; the code alone lies.
 */
import { isOfCalleeSide } from "./causes.ts";
import type { Q850Cause, SipAnswer } from "./ports/sip-answer.ts";

/**
 * Who an end speaks of: the `carrier`; the `callee` (not a fault); the `caller`, that is the CRM's or the
 * account's configuration; the `network` between; `local`, we ended it; or `ambiguous`.
 */
export type OutcomeClass = "answered" | "carrier" | "callee" | "caller" | "network" | "ambiguous" | "local";

/** May another trunk be tried, as far as the answer goes (the gate decides): always, on one more trunk only, never. */
export type RetryAdvice = "yes" | "once" | "no";

/** What the breaker is told. `ignored` neither opens nor closes it. */
export type BreakerVote = "failure" | "half-failure" | "success" | "ignored";

/** What the end of one attempt means, by the one table: for another try, for the breaker, and for the verdict. */
export interface Outcome {
  /** Who it speaks of. */
  readonly class: OutcomeClass;
  /** Whether the answer itself lets another trunk be tried; the last word has the gate, which knows whether a phone has rung. */
  readonly retry: RetryAdvice;
  /** What it counts as in the trunk's breaker for signalling. */
  readonly vote: BreakerVote;
  /** Whom a `Retry-After` concerns: the trunk as a whole, or the callee only. */
  readonly retryAfterConcerns: "trunk" | "callee" | "nobody";
  /** Stable code of the table row, e.g. `sip-503`, `q850-34`. */
  readonly row: string;
}

/** How far the attempt had come: the gate and some rows depend on it. */
export type Progress = "not-sent" | "sent" | "trying" | "alerting";

type Row = readonly [class_: OutcomeClass, retry: RetryAdvice, vote: BreakerVote, retryAfterConcerns?: "trunk" | "callee"];

const refusedByCallee: Row = ["callee", "no", "success"];
const wrongSettings: Row = ["caller", "once", "ignored"];
const carrierFault: Row = ["carrier", "yes", "failure", "trunk"];
const routeFault: Row = ["carrier", "yes", "failure"];
const undecided: Row = ["ambiguous", "once", "ignored"];

/** ITU-T Q.850 causes (SIP code per RFC 3398 §8.2.6.1 in the comment). */
export const causeRows: Readonly<Record<number, Row>> = {
  1: refusedByCallee, // 404 unallocated number
  2: routeFault, // 404 no route to transit network
  3: routeFault, // 404 no route to destination
  16: refusedByCallee, // normal clearing
  17: ["callee", "no", "success", "callee"], // 486 busy
  18: ["ambiguous", "no", "ignored"], // 408 no user responding
  19: ["callee", "no", "success", "callee"], // 480 no answer
  20: ["callee", "no", "success", "callee"], // 480 subscriber absent
  21: undecided, // 403 rejected; 603 where the user did (`callRejected`)
  22: refusedByCallee, // 410 number changed
  25: routeFault, // 483 exchange routing error
  27: ["carrier", "yes", "ignored"], // 502 the far end is out of order: not this trunk's doing
  28: ["caller", "no", "ignored"], // 484 number incomplete
  29: wrongSettings, // 501 facility rejected
  31: ["ambiguous", "no", "ignored"], // 480 normal, unspecified
  34: carrierFault, // 503 no circuit
  38: carrierFault, // 503 network out of order
  41: carrierFault, // 503 temporary failure
  42: carrierFault, // 503 switch congestion
  44: carrierFault, // requested circuit not available
  47: carrierFault, // 503 resource unavailable
  50: wrongSettings, // facility not subscribed
  55: ["caller", "no", "ignored"], // 403 barred within closed user group
  57: wrongSettings, // 403 bearer capability not authorised
  58: carrierFault, // 503 bearer capability not available
  63: undecided, // 500 service unavailable, unspecified
  65: wrongSettings, // 488 bearer capability not implemented
  79: wrongSettings, // 501 service not implemented
  88: ["caller", "no", "ignored"], // 503! incompatible destination
  95: ["caller", "no", "ignored"], // 500 invalid message
  97: undecided, // 500 message type unknown
  102: ["network", "yes", "failure"], // 504 recovery on timer expiry
  111: ["ambiguous", "once", "half-failure"], // 500 protocol error
  127: ["ambiguous", "once", "half-failure"], // 500 interworking
};

/** Final SIP codes, where no Q.850 cause says more. */
export const codeRows: Readonly<Record<number, Row>> = {
  401: wrongSettings,
  402: wrongSettings, // the account's credit
  403: ["caller", "once", "ignored"],
  404: refusedByCallee, // without a cause: the number, not the route
  407: wrongSettings,
  408: ["ambiguous", "no", "ignored"],
  410: refusedByCallee,
  // The Identity that it misses, or cannot use, is put in by the carrier that takes our call (RFC 8224 §6.2.2): another does so anew.
  428: routeFault,
  436: routeFault,
  437: routeFault,
  438: routeFault,
  433: refusedByCallee, // who takes no anonymous calls (RFC 5079 §5)
  480: ["callee", "no", "success", "callee"],
  483: routeFault, // it went in a circle: what comes back to us has more hops left than that takes
  484: ["caller", "no", "ignored"],
  486: ["callee", "no", "success", "callee"],
  487: ["ambiguous", "no", "ignored"], // unsolicited
  488: wrongSettings,
  491: ["caller", "no", "ignored"],
  500: carrierFault, // proxies turn 503 into 500 (RFC 3261 §16.7)
  501: wrongSettings,
  502: routeFault, // its Retry-After, if any, is the far end's
  503: carrierFault,
  504: ["network", "yes", "failure"],
  600: ["callee", "no", "success", "callee"],
  603: ["callee", "no", "success", "callee"],
  604: refusedByCallee,
  606: ["caller", "no", "ignored"],
  607: refusedByCallee,
  608: ["caller", "no", "ignored"], // RFC 8688 §3: no new branches
};

/** By the first digit, for codes that have no row (RFC 3261 §8.1.3.2: treat as x00). */
const familyRows: Readonly<Record<number, Row>> = {
  3: routeFault, // a redirect that was not followed: this route leads nowhere
  4: ["ambiguous", "once", "ignored"],
  5: carrierFault,
  6: refusedByCallee,
};

const outcome = (row: string, [class_, retry, vote, retryAfterConcerns]: Row): Outcome => ({
  class: class_,
  retry,
  vote,
  retryAfterConcerns: retryAfterConcerns ?? "nobody",
  row,
});

/** The outcome of a call that was answered. */
export const answeredOutcome: Outcome = outcome("answered", ["answered", "no", "success"]);
/** We ended it ourselves, and not in order to fail over. */
export const cancelledOutcome: Outcome = outcome("own-cancel", ["local", "no", "ignored"]);
/** The INVITE was never written: the trunk had no usable flow. */
export const notConnectedOutcome: Outcome = outcome("not-connected", ["network", "yes", "ignored"]);
/** The flow was lost under the attempt: a fatal transport error counts as 503 (RFC 3261 §8.1.3.1), or an edge that falls at each INVITE would get each. */
export const flowLostOutcome: Outcome = outcome("flow-lost", ["network", "yes", "failure"]);
/** No answer at all within the deadline while the edge answered other traffic on the same flow: hard evidence. */
export const swallowedOutcome: Outcome = outcome("silence-edge-alive", ["carrier", "yes", "failure"]);
/** No answer at all, and the edge answered nothing else either: the flow is dead. */
export const silentOutcome: Outcome = outcome("silence-edge-dead", ["network", "yes", "ignored"]);
/** 100, then nothing within the route's PDD limit. */
export const stalledOutcome: Outcome = outcome("stalled-after-100", ["carrier", "yes", "failure"]);

/** Q.850 21 is by location: the callee declined, or the network barred the call. */
function callRejected(cause: Q850Cause): Row {
  return isOfCalleeSide(cause) ? ["callee", "no", "success"] : undecided;
}

/**
 * The outcome of a final answer to an INVITE.
 * @param progress how far the attempt had come before it.
 */
export function outcomeOf(answer: SipAnswer, progress: Progress): Outcome {
  if (answer.code < 300) return answeredOutcome;
  if (answer.said === "inferred") return inferredOutcome(answer.code, progress);
  if (answer.blockedByNetwork) return outcome("sip-603-plus", ["caller", "no", "ignored"]);
  const { q850, code } = answer;
  if (q850?.value === 21) return outcome("q850-21", code === 603 ? ["callee", "no", "success"] : callRejected(q850));
  const byCause = q850 && causeRows[q850.value];
  if (byCause) return outcome(`q850-${q850.value}`, afterAlerting(byCause, progress));
  const byCode = codeRows[code];
  if (byCode) return outcome(`sip-${code}`, afterAlerting(byCode, progress));
  const family = Math.floor(code / 100);
  return outcome(`sip-${family}xx`, afterAlerting(familyRows[family] ?? undecided, progress));
}

/** A timeout or a transport error of our own (RFC 3261 §8.1.3.1): never "the carrier said". */
function inferredOutcome(code: number, progress: Progress): Outcome {
  if (progress === "not-sent") return notConnectedOutcome;
  if (code === 487) return cancelledOutcome;
  if (code === 408)
    return progress === "sent"
      ? outcome("timeout-no-answer", ["network", "yes", "failure"])
      : outcome("timeout-after-1xx", ["ambiguous", "no", "ignored"]);
  return flowLostOutcome;
}

/** Once a phone has rung, a timeout on the way says nothing of the trunk and another INVITE would ring it again. */
function afterAlerting(row: Row, progress: Progress): Row {
  return progress === "alerting" && row[0] === "network" ? ["ambiguous", "no", "ignored"] : row;
}
