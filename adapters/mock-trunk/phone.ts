/** A called phone and its owner's habits. */
import type { Refusal } from "./faults.ts";

export interface Habit {
  /** From INVITE to 180 (183 with early media), ms. */
  readonly ringAfterMs: number;
  /** From the ringing to the 200, ms; never when undefined. */
  readonly answerAfterMs: number | undefined;
  readonly earlyMedia: boolean;
  /** Instead of ringing. */
  readonly refusal: Refusal | undefined;
  /** After the answer the callee hangs up, ms; never when undefined. */
  readonly hangUpAfterMs: number | undefined;
}

export const defaultHabit: Habit = { ringAfterMs: 20, answerAfterMs: 60, earlyMedia: false, refusal: undefined, hangUpAfterMs: undefined };

export class Phone {
  readonly number: string;
  habit: Habit;

  constructor(number: string, habit: Habit) {
    this.number = number;
    this.habit = habit;
  }

  /** Rings and answers. */
  answers(
    given: {
      readonly ringAfterMs?: number;
      readonly answerAfterMs?: number;
      readonly earlyMedia?: boolean;
      readonly hangUpAfterMs?: number;
    } = {},
  ): this {
    return this.#set({ ...defaultHabit, ...given });
  }
  /** Rings for ever. */
  doesNotAnswer(): this {
    return this.#set({ ...defaultHabit, answerAfterMs: undefined });
  }
  /** 486, Q.850 17. */
  isBusy(): this {
    return this.refuses({ code: 486, q850: 17, location: "U" });
  }
  /** 603, Q.850 21. */
  declines(): this {
    return this.refuses({ code: 603, q850: 21, location: "U" });
  }
  /** 404, Q.850 1. */
  isUnallocated(): this {
    return this.refuses({ code: 404, q850: 1 });
  }
  /** Whatever answer, before ringing. */
  refuses(refusal: Refusal): this {
    return this.#set({ ...defaultHabit, refusal });
  }

  #set(habit: Habit): this {
    this.habit = habit;
    return this;
  }
}
