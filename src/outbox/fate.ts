/** What an endpoint's answer means for a report: pure. */
import type { TransportAnswer } from "../ports/reports.ts";

export type Fate = "accepted" | "given-up" | "again";

/**
 * 4xx that say "not now" (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4) or "not you, as you are" (RFC 9110 §15.5.2, §15.5.8)
 * instead of "not this": a token that has run out is refused with every report that waits, and the next is taken with all of them.
 * 409: an earlier try of the same is still being worked on (draft-ietf-httpapi-idempotency-key-header-07 §2.7), and whether that
 * one is kept is not known yet; at a page's end it is the one that the page breaks off.
 */
const notNow: readonly number[] = [401, 407, 408, 409, 425, 429];

/** A redirect is not followed: a POST would become a GET, and be answered 200 by a login page. It is tried again instead. */
export function fateOf({ status }: TransportAnswer): Fate {
  if (status >= 200 && status < 300) return "accepted";
  return status >= 400 && status < 500 && !notNow.includes(status) ? "given-up" : "again";
}

/**
 * How long the endpoint asks to be left alone, in ms; 0 where it does not, or where nobody can read it.
 * @param dateMs our time of day, for a date where the answer does not say what time it is there.
 */
export function restMsOf({ retryAfter = "", date = "" }: TransportAnswer, dateMs: number, maxMs: number): number {
  const seconds = /^\s*\d+\s*$/.test(retryAfter) ? Number(retryAfter) : undefined;
  const restMs = seconds === undefined ? Date.parse(retryAfter) - (Date.parse(date) || dateMs) : seconds * 1_000;
  return restMs > 0 ? Math.min(restMs, maxMs) : 0;
}
