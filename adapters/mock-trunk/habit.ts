/** What a customer's phone is used to do. */
import { checkRefusal } from "./fault-fields.ts";
import type { Refusal } from "./response.ts";
import { checkFields, headerLines, optional, timeMs, type Rule } from "./rule.ts";

/** What a phone does with a call. */
export interface Habit {
  /** From INVITE to ringing, or to the refusal, in ms. Default 20. */
  readonly ringAfterMs: number;
  /** From ringing to the answer, in ms; never when undefined. Default 60. */
  readonly answerAfterMs: number | undefined;
  /** From the answer to the customer's hanging up, in ms; never when undefined. Default: never. */
  readonly hangUpAfterMs: number | undefined;
  /** Header lines of that BYE, e.g. `Reason: Q.850;cause=16;location=U`. Default: none. */
  readonly hangUpHeaders: readonly string[];
  /** The phone rings by 183 with SDP (an announcement, a ring-back tone) instead of 180. Default: no. */
  readonly earlyMedia: boolean;
  /** The phone does not answer but refuses. */
  readonly refusal: Refusal | undefined;
  /** It rings before it refuses, for so many ms. Default: it does not ring. */
  readonly refuseAfterMs: number | undefined;
}

export const defaultHabit: Habit = {
  ringAfterMs: 20,
  answerAfterMs: 60,
  hangUpAfterMs: undefined,
  hangUpHeaders: [],
  earlyMedia: false,
  refusal: undefined,
  refuseAfterMs: undefined,
};

const rules: Readonly<Record<keyof Habit, Rule>> = {
  ringAfterMs: timeMs,
  answerAfterMs: optional(timeMs),
  hangUpAfterMs: optional(timeMs),
  hangUpHeaders: headerLines,
  earlyMedia: { words: "true or false", allows: (value) => typeof value === "boolean" },
  refusal: optional({ words: "a refusal", allows: (value) => typeof value === "object" && value !== null }),
  refuseAfterMs: optional(timeMs),
};

/** @throws TypeError that names the field and what is wrong with it. */
export function checkHabit(habit: Habit): void {
  checkFields("habit", habit, rules);
  if (habit.refusal) checkRefusal(habit.refusal);
}
