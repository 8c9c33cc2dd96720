/** From a response of sip.js to a `SipAnswer`, pure. */
import type { IncomingMessage, IncomingResponseMessage } from "sip.js/lib/core/index.js";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import { secondsIn } from "./intake/values.ts";
import { parseReasons, q850Of } from "./reason.ts";
import { parseSipDate } from "./sip-date.ts";

/** Peers may write what they like; a journal need not keep all of it. */
const LONGEST_TEXT = 200;

/**
 * An answer that our own side made up, for want of the peer's (RFC 3261 §8.1.3.1: 408 for a timeout, 503 for
 * a transport error).
 */
export const inferred = (code: number, text?: string): SipAnswer => ({ code, said: "inferred", ...(text !== undefined && { text }) });

/** The SDP body of a message, if it has one. */
export function sdpOf(message: IncomingMessage): string | undefined {
  const isSdp = /^\s*application\/sdp\s*(;|$)/i.test(message.getHeader("content-type") ?? "");
  return isSdp && message.body ? message.body : undefined;
}

/**
 * `Retry-After: 120 (in a meeting);duration=3600` → 120 (RFC 3261 §20.33). A date (RFC 2543 §6.32) counts from the `Date` of the same
 * answer: our clock and the peer's need not agree.
 */
function retryAfterS(message: IncomingMessage, dateMs: number | undefined): number | undefined {
  const value = message.getHeader("retry-after") ?? "";
  const seconds = secondsIn(value);
  if (seconds !== undefined) return seconds;
  const untilMs = parseSipDate(value);
  return untilMs === undefined || dateMs === undefined || untilMs < dateMs ? undefined : Math.round((untilMs - dateMs) / 1_000);
}

/**
 * Reduces a response to what decisions and evidence need.
 *
 * What sip.js made up itself has no Via header, and nothing without one gets past our intake: so its absence
 * tells that no carrier said this.
 */
export function answerOf(message: IncomingResponseMessage): SipAnswer {
  const code = message.statusCode ?? 0;
  if (!message.hasHeader("via")) return inferred(code, message.reasonPhrase);
  const reasons = parseReasons(message.getHeaders("reason"));
  const q850 = q850Of(reasons);
  const phrase = message.reasonPhrase ?? "";
  const text = (reasons.find((reason) => reason.text)?.text ?? phrase).slice(0, LONGEST_TEXT);
  const dateMs = parseSipDate(message.getHeader("date") ?? "");
  const retryAfter = retryAfterS(message, dateMs);
  // 603+ (ATIS-1000099): the phrase tells the network's refusal from the callee's.
  const blockedByNetwork = code === 603 && /network\s+blocked/i.test(`${phrase} ${text}`);
  return {
    code,
    said: "peer",
    ...(q850 && { q850 }),
    ...(text !== "" && { text }),
    ...(retryAfter !== undefined && { retryAfterS: retryAfter }),
    ...(dateMs !== undefined && { dateMs }),
    ...(sdpOf(message) !== undefined && { hasSdp: true }),
    ...(blockedByNetwork && { blockedByNetwork }),
  };
}
