/** A customer's phone, and its owner's habits. */
import type { Refusal } from "./response.ts";

/** What a phone does with a call. */
export interface Habit {
  /** From INVITE to ringing, or to the refusal, in ms. Default 20. */
  readonly ringAfterMs: number;
  /** From ringing to the answer, in ms; never when undefined. Default 60. */
  readonly answerAfterMs: number | undefined;
  /** From the answer to the customer's hanging up, in ms; never when undefined. Default: never. */
  readonly hangUpAfterMs: number | undefined;
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
  earlyMedia: false,
  refusal: undefined,
  refuseAfterMs: undefined,
};

/** How a phone answers; what is left out is as the trunk's `habit` says. */
export interface AnswerHabit {
  /** From INVITE to ringing. */
  readonly ringAfterMs?: number;
  /** From ringing to the answer. */
  readonly answerAfterMs?: number;
  /** From the answer to the customer's hanging up. */
  readonly hangUpAfterMs?: number;
  /** Ringing is told by 183 with SDP. */
  readonly earlyMedia?: boolean;
}

/** When a phone refuses. */
export interface RefusalTimes {
  readonly ringAfterMs?: number;
  /** It rings for so long first. Left out: it does not ring. */
  readonly afterMs?: number;
}

/** The phone behind a number. Each of its methods replaces the habit before, from the next call on. */
export class Phone {
  readonly number: string;
  readonly #usual: Habit;
  #habit: Habit;

  constructor(number: string, usual: Habit) {
    this.number = number;
    this.#usual = usual;
    this.#habit = usual;
  }

  get habit(): Habit {
    return this.#habit;
  }

  /** It rings and is answered. */
  answers({ ringAfterMs, answerAfterMs, hangUpAfterMs, earlyMedia }: AnswerHabit = {}): this {
    const usual = this.#usual;
    return this.#take({
      ringAfterMs: ringAfterMs ?? usual.ringAfterMs,
      answerAfterMs: answerAfterMs ?? usual.answerAfterMs ?? defaultHabit.answerAfterMs,
      hangUpAfterMs: hangUpAfterMs ?? usual.hangUpAfterMs,
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
    this.#habit = { ...this.#usual, refusal: undefined, refuseAfterMs: undefined, ...habit };
    return this;
  }
}
