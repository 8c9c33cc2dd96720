/** What an answer says, whoever asks. */
import type { AnswerFact, Entry } from "../journal.ts";

/** Bad request, method, content, length, type, scheme, extension (RFC 3261 §21.4): not the callee, and no route. */
const codes: ReadonlySet<number> = new Set([400, 405, 406, 413, 414, 415, 416, 420, 421]);

/** The peer itself could not read what the CRM made of the call, and named no cause that says more. */
export const isMalformed = ({ answer }: Entry<"attempt:ended">): boolean =>
  answer?.said === "peer" && answer.q850 === undefined && codes.has(answer.code);

/** A phone rings, or a voice is heard (RFC 3261 §21.1.2, §21.1.5): the carrier got there. */
export const isRinging = ({ code }: AnswerFact): boolean => code === 180 || code === 183;
