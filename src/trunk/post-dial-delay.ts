/** How long this trunk takes to make a phone of this route ring, and when it is late. */
import type { Limits } from "../limits.ts";

export interface PostDialDelay {
  /** PDD after which an attempt counts as stalled, ms. */
  readonly limitMs: number;
  /** A phone rang (or was answered) `pddMs` after the INVITE. */
  sample(pddMs: number): void;
  /**
   * Nothing rang within the limit. How long it would have taken nobody will know, so the longest limit holds until
   * many phones have rung since: a route of fast fixed lines and slow mobiles is learnt as it is.
   */
  overdue(): void;
}

/** Gains and width of RFC 6298 §2: a smoothed mean plus four smoothed deviations. */
const meanGain = 1 / 8;
const deviationGain = 1 / 4;
const width = 4;
/** Calls before the estimate is trusted; until then the longest limit holds. */
const enough = 5;
/** Phones that must have rung since one was overdue before the estimate is trusted again. */
const enoughSince = 20;

export function createPostDialDelay({ pddMinMs, pddMaxMs }: Limits): PostDialDelay {
  let meanMs = 0;
  let deviationMs = 0;
  let samples = 0;
  let untrusted = enough;
  return {
    get limitMs() {
      return untrusted > 0 ? pddMaxMs : Math.min(pddMaxMs, Math.max(pddMinMs, meanMs + width * deviationMs));
    },
    sample(measuredMs) {
      // However late: nobody waits longer, and the device may have slept meanwhile.
      const pddMs = Math.min(measuredMs, pddMaxMs);
      samples += 1;
      untrusted -= 1;
      if (samples === 1) {
        meanMs = pddMs;
        deviationMs = pddMs / 2;
        return;
      }
      deviationMs += deviationGain * (Math.abs(pddMs - meanMs) - deviationMs);
      meanMs += meanGain * (pddMs - meanMs);
    },
    overdue: () => void (untrusted = enoughSince),
  };
}
