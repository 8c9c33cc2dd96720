import { excerptOf } from "./excerpt.ts";
import type { AnswerFact } from "./journal.ts";
import type { SipAnswer } from "./ports/sip-answer.ts";

/** The longest free text that is kept, where it is kept at all. */
const textLength = 80;

/** What the journal keeps of an answer. @param reasonText whether the integrator allowed free text. */
export function factOf({ code, said, q850, retryAfterS, blockedByNetwork, askedAgain, text }: SipAnswer, reasonText: boolean): AnswerFact {
  return {
    code,
    said,
    ...(q850 && { q850 }),
    ...(retryAfterS !== undefined && { retryAfterS }),
    ...(blockedByNetwork && { blockedByNetwork }),
    ...(askedAgain && { askedAgain }),
    ...(reasonText && text && { text: excerptOf(text, textLength) }),
  };
}
