/** What an answer says, whoever asks. */
import type { AnswerFact, Entry } from "../journal.ts";
import { isOfCalleeSide, isOnTheWay, networksFrom } from "../causes.ts";
import { isOutOfResources } from "./questions.ts";

/** Bad request, method, content, length, type, scheme, extension (RFC 3261 §21.4): not the callee, and no route. */
const codes: ReadonlySet<number> = new Set([400, 405, 406, 413, 414, 415, 416, 420, 421]);

/** The peer itself could not read what the CRM made of the call, and named no cause that says more. */
export const isMalformed = ({ answer }: Entry<"attempt:ended">): boolean =>
  answer?.said === "peer" && answer.q850 === undefined && codes.has(answer.code);

/** The server that was asked is overloaded, or broken (RFC 3261 §21.5.1, §21.5.4). */
export const isServerFailing = (answer: AnswerFact | undefined): boolean =>
  answer?.said === "peer" && (answer.code === 500 || answer.code === 503);

/** A phone rings (RFC 3261 §21.1.2), as far as the carrier says. */
export const isAlerting = ({ code }: AnswerFact): boolean => code === 180;

/** A phone rings, or a voice is heard (RFC 3261 §21.1.5): the carrier got there, unless its network says otherwise in the end. */
export const isRinging = (answer: AnswerFact): boolean => isAlerting(answer) || answer.code === 183;

/**
 * The network's own word on a call for which a phone had been said to ring: who would have answered does not speak so. Who rang and was not picked up,
 * declined, or moved, is the callee's (Q.850 16 to 22, 31), and so is what the telephone or its own exchange says.
 */
export function isOfNetwork({ outcome, answer }: Entry<"attempt:ended">): boolean {
  if (answer?.said !== "peer" || (answer.q850 && isOfCalleeSide(answer.q850))) return false;
  if (isFarEndDown(outcome.row)) return isLocated(answer);
  if (outcome.class === "carrier" || outcome.class === "network") return true;
  const { q850, code } = answer;
  if (outcome.class === "caller") return q850 !== undefined && q850.value >= networksFrom && isLocated(answer);
  return outcome.class === "ambiguous" && (q850 ? q850.value >= networksFrom : code >= 500 && code < 600);
}

/**
 * What the peer's answer means that crossed our CANCEL (RFC 3261 §9.1): 487 confirms it; that the network has no resources left, as
 * another says, is as true as before.
 */
export function withoutCancel(end: Entry<"attempt:ended">): Entry<"attempt:ended"> {
  const { outcome, answer } = end;
  const { q850, code, said } = answer ?? {};
  if (outcome.class !== "local" || said !== "peer" || code === 487 || !q850) return end;
  if (isOfCalleeSide(q850) || !isOutOfResources({ cause: q850.value })) return end;
  return { ...end, outcome: { ...outcome, class: "carrier", row: `q850-${q850.value}` } };
}

/** The far end is out of order (Q.850 27): neither side's, but where a network on the way says so of itself. */
export const isFarEndDown = (row: string): boolean => row === "q850-27";

/** The far end says so of itself, whichever carrier got there: its owner's affair, as busy is. */
export const isFarEndsOwn = (end: Entry<"attempt:ended">): boolean =>
  isFullThere(end) || (isFarEndDown(end.outcome.row) && isSaidThere(end));

/** All of the far end's own lines are taken (Q.850 34 to 47). */
export const isFullThere = (end: Entry<"attempt:ended">): boolean =>
  isSaidThere(end) && isOutOfResources({ cause: end.answer?.q850?.value ?? 0 });

/** The callee's own side said it. */
const isSaidThere = ({ answer }: Entry<"attempt:ended">): boolean =>
  answer?.said === "peer" && answer.q850 !== undefined && isOfCalleeSide(answer.q850);

/** Nobody answers there (Q.850 18), as a network says: before any phone rang it is a callee who is away, as a bare 480 is. */
export const isUnresponsive = ({ outcome, answer }: Entry<"attempt:ended">): boolean =>
  answer?.said === "peer" && outcome.row === "q850-18" && !(answer.q850 && isOfCalleeSide(answer.q850));

/** Of one callee: what such an answer is as a rule, and whatever its own side says, be it as vague as a closed shop's switchboard. */
export const isOfCallee = (end: Entry<"attempt:ended">): boolean =>
  end.outcome.class === "callee" || (end.outcome.class === "ambiguous" && (isUnresponsive(end) || isSaidThere(end)));

/** What stands there takes no such call (Q.850 88), as its own side says: a fax line, or nothing of what we offer. */
export const isIncompatibleThere = (end: Entry<"attempt:ended">): boolean => end.outcome.row === "q850-88" && isSaidThere(end);

/**
 * Such a call is forbidden (403, RFC 3261 §21.4.4), for it is rejected (Q.850 21), not by the callee's own side: by what the account may do, or by
 * whoever screens calls on the way.
 */
export const isForbidden = ({ outcome, answer }: Entry<"attempt:ended">): boolean =>
  answer?.said === "peer" && outcome.row === "q850-21" && outcome.class === "ambiguous";

/** Said by a network on the way, neither side's own. */
export const isLocated = (answer: AnswerFact | undefined): boolean => answer?.q850 !== undefined && isOnTheWay(answer.q850);
