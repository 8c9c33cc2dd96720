/** Answers that speak of the request as such: another carrier may still read it, so that a call may be tried once more. */
import type { Entry } from "../journal.ts";

/** Bad request, method, content, length, type, scheme, extension (RFC 3261 §21.4): not the callee, and no route. */
const codes: ReadonlySet<number> = new Set([400, 405, 406, 413, 414, 415, 416, 420, 421]);

/** The peer itself could not read what the CRM made of the call, and named no cause that says more. */
export const isMalformed = ({ answer }: Entry<"attempt:ended">): boolean =>
  answer?.said === "peer" && answer.q850 === undefined && codes.has(answer.code);
