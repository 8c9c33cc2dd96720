/** What a REGISTER that bound nobody tells of the next one. Pure. */
import type { SipAnswer } from "../ports/sip-answer.ts";

/**
 * `account`: who we are is refused, and others may not be. `request`: the same REGISTER will be refused again, until somebody changes
 * something there. `passing`: the registrar's trouble, or its moment; what it granted before holds. `unmet`: nothing was refused.
 */
export type Refusal = "account" | "request" | "passing" | "unmet";

const restCauses = ["retry-after", "account-refused", "registered"] as const;
/** Why a registrar is not to be asked by any page of the browser for a while; `registered`: it may be again, for it has bound one of them. */
export type RestCause = (typeof restCauses)[number];
export const isRestCause = (because: string): because is RestCause => (restCauses as readonly string[]).includes(because);

/**
 * What passes by itself, by RFC 3261. 408 (§21.4.9): a server on the way had no answer in time. 480 (§21.4.18) and 486 (§21.4.24):
 * not now, in so many words; 491 (§21.4.27): another is under way. 429: too many just now (RFC 6585 §4). 5xx (§21.5): the server's own
 * failure, but for the four below.
 */
const passing: ReadonlySet<number> = new Set([408, 429, 480, 486, 491]);

/** 5xx that speak of the request: no such method (§21.5.2), SIP version (§21.5.6), too large (§21.5.7), no push for us (RFC 8599 §8). */
const lasting: ReadonlySet<number> = new Set([501, 505, 513, 555]);

/**
 * Whatever else is said is of the request itself. 3xx (§21.3): elsewhere, where a trunk of one edge does not go. 4xx (§21.4): not to be
 * tried again without a change; 403 and 404 before any credentials among them, of an account that the registrar does not know, an
 * address that it has blocked, or one that starts anew and has not read its accounts yet (§10.3). 6xx (§21.6): nobody anywhere will.
 */
export function refusalBy({ code, said, toCredentials, unanswerable }: SipAnswer): Refusal {
  if (said === "inferred") return "passing";
  // To ask again in the same way is to hammer (§22.1, §21.4.4).
  if (unanswerable || (toCredentials && [401, 403, 404, 407].includes(code))) return "account";
  // A 200 that lists no binding of ours; a challenge to which our own source gave no answer yet.
  if (code < 300 || code === 401 || code === 407) return "unmet";
  if (passing.has(code)) return "passing";
  return code >= 500 && code < 600 && !lasting.has(code) ? "passing" : "request";
}
