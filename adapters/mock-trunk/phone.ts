/** A customer's phone. */
import { checkHabit, defaultHabit, type Habit } from "./habit.ts";
import type { Refusal } from "./response.ts";

/** How a phone answers; what is left out is as the trunk's `habit` says. */
export interface AnswerHabit {
  /** From INVITE to ringing. */
  readonly ringAfterMs?: number;
  /** From ringing to the answer. */
  readonly answerAfterMs?: number;
  /** From the answer to the customer's hanging up. */
  readonly hangUpAfterMs?: number;
  /** Header lines of that BYE, e.g. `Reason: Q.850;cause=16;location=U`. */
  readonly hangUpHeaders?: readonly string[];
  /** Ringing is told by 183 with SDP. */
  readonly earlyMedia?: boolean;
}

/** When a phone refuses. */
export interface RefusalTimes {
  /** From INVITE to ringing, or to the refusal where it does not ring; as the trunk's `habit` says when left out. */
  readonly ringAfterMs?: number;
  /** It rings for so long first. Left out: it does not ring. */
  readonly afterMs?: number;
}

/** The phone behind a number. Each of its methods replaces the habit before, from the next call on; a wrong field is a TypeError that names it. */
export class Phone {
  /** The customer's, without spaces, dots, hyphens and brackets. */
  readonly number: string;
  readonly #usual: Habit;
  #habit: Habit;

  constructor(number: string, usual: Habit) {
    this.number = number;
    this.#usual = usual;
    this.#habit = usual;
  }

  /** What it does with the next call, in full: what was told to it and, where that says nothing, the trunk's `habit`. */
  get habit(): Habit {
    return this.#habit;
  }

  /** It rings and is answered. */
  answers({ ringAfterMs, answerAfterMs, hangUpAfterMs, hangUpHeaders, earlyMedia, ...unknown }: AnswerHabit = {}): this {
    const usual = this.#usual;
    return this.#take({
      ...unknown,
      ringAfterMs: ringAfterMs ?? usual.ringAfterMs,
      answerAfterMs: answerAfterMs ?? usual.answerAfterMs ?? defaultHabit.answerAfterMs,
      hangUpAfterMs: hangUpAfterMs ?? usual.hangUpAfterMs,
      hangUpHeaders: hangUpHeaders ?? usual.hangUpHeaders,
      earlyMedia: earlyMedia ?? usual.earlyMedia,
    });
  }

  /** It rings for ever. */
  doesNotAnswer(): this {
    return this.#take({ answerAfterMs: undefined });
  }

  /** 486, cause 17. */
  isBusy(): this {
    return this.refuses({ code: 486, q850: 17, location: "U" });
  }

  /** 603, cause 21. */
  declines(times: RefusalTimes = {}): this {
    return this.refuses({ code: 603, q850: 21, location: "U" }, times);
  }

  /** 404, cause 1. */
  isUnallocated(): this {
    return this.refuses({ code: 404, q850: 1, location: "LN" });
  }

  /** Any other refusal. */
  refuses(refusal: Refusal, { ringAfterMs, afterMs }: RefusalTimes = {}): this {
    return this.#take({ refusal, refuseAfterMs: afterMs, ringAfterMs: ringAfterMs ?? this.#usual.ringAfterMs });
  }

  #take(habit: Partial<Habit>): this {
    const taken = { ...this.#usual, refusal: undefined, refuseAfterMs: undefined, ...habit };
    checkHabit(taken);
    this.#habit = taken;
    return this;
  }
}
