/** How long this trunk takes to make a phone of this route ring, and when it is late. */
import type { Limits } from "../limits.ts";

export interface PostDialDelay {
  /** PDD after which an attempt counts as stalled, ms. */
  readonly limitMs: number;
  /** A phone rang (or was answered) `pddMs` after the INVITE. */
  sample(pddMs: number): void;
}

/** Gains and width of RFC 6298 §2: a smoothed mean plus four smoothed deviations. */
const meanGain = 1 / 8;
const deviationGain = 1 / 4;
const width = 4;
/** Calls before the estimate is trusted; until then the longest limit holds. */
const enough = 5;

export function createPostDialDelay({ pddMinMs, pddMaxMs }: Limits): PostDialDelay {
  let meanMs = 0;
  let deviationMs = 0;
  let samples = 0;
  return {
    get limitMs() {
      return samples < enough ? pddMaxMs : Math.min(pddMaxMs, Math.max(pddMinMs, meanMs + width * deviationMs));
    },
    sample(pddMs) {
      samples += 1;
      if (samples === 1) {
        meanMs = pddMs;
        deviationMs = pddMs / 2;
        return;
      }
      deviationMs += deviationGain * (Math.abs(pddMs - meanMs) - deviationMs);
      meanMs += meanGain * (pddMs - meanMs);
    },
  };
}
