/** What becomes of an INVITE from now on, decided at one moment: the phone's habit, bent by the faults in force. */
import type { Ringing } from "./dialects/dialect.ts";
import type { FaultBoard, Target } from "./fault-board.ts";
import type { AfterCode, FaultKind, FaultOf } from "./faults.ts";
import type { Habit } from "./habit.ts";
import type { Refusal } from "./response.ts";

/** One step, `afterMs` after the one before. */
export type Step = { readonly afterMs: number } & (
  | { readonly does: "try" | "answer" }
  | { readonly does: "hang-up"; readonly headers: readonly string[] }
  | { readonly does: "ring"; readonly tells: readonly Ringing[] }
  | { readonly does: "refuse"; readonly refusal: Refusal }
);

export interface Script {
  readonly steps: readonly Step[];
  /** The fault that bent it. */
  readonly fault?: FaultKind;
  /** The phone rings for so long whatever the steps say. */
  readonly ghostMs?: number;
}

const trying: Step = { afterMs: 0, does: "try" };

/** Without any fault. */
function usual(
  { ringAfterMs, answerAfterMs, hangUpAfterMs, hangUpHeaders, earlyMedia, refusal, refuseAfterMs }: Habit,
  ringing: readonly Ringing[],
): Step[] {
  const ring: Step = { afterMs: ringAfterMs, does: "ring", tells: earlyMedia ? ["183-sdp"] : ringing };
  if (refusal && refuseAfterMs === undefined) return [trying, { afterMs: ringAfterMs, does: "refuse", refusal }];
  if (refusal && refuseAfterMs !== undefined) return [trying, ring, { afterMs: refuseAfterMs, does: "refuse", refusal }];
  if (answerAfterMs === undefined) return [trying, ring];
  const hangUp: Step[] = hangUpAfterMs === undefined ? [] : [{ afterMs: hangUpAfterMs, does: "hang-up", headers: hangUpHeaders }];
  return [trying, ring, { afterMs: answerAfterMs, does: "answer" }, ...hangUp];
}

/** Up to the answer `after`, which comes even from a phone that would refuse. */
function upTo(after: AfterCode | undefined, { ringAfterMs }: Habit): Step[] {
  if (after === undefined) return [];
  return after === 100 ? [trying] : [trying, { afterMs: ringAfterMs, does: "ring", tells: [after === 183 ? "183-sdp" : "180"] }];
}

/** Both times count from the INVITE. */
function lateSteps({ alertAfterMs, answerAfterMs }: FaultOf<"late">): Step[] {
  const ring: Step[] = alertAfterMs === undefined ? [] : [{ afterMs: alertAfterMs, does: "ring", tells: ["180"] }];
  const answer: Step[] = answerAfterMs === undefined ? [] : [{ afterMs: Math.max(0, answerAfterMs - (alertAfterMs ?? 0)), does: "answer" }];
  return [...ring, ...answer];
}

/** @param ringing what the trunk's dialect sends when a phone rings that was told nothing else */
export function scriptFor(habit: Habit, ringing: readonly Ringing[], faults: FaultBoard, target: Target): Script {
  const ghost = faults.strike("ghost", target);
  if (ghost) {
    const refused: Step[] = ghost.code === undefined ? [] : [trying, { afterMs: 0, does: "refuse", refusal: { code: ghost.code } }];
    return { fault: "ghost", ghostMs: ghost.ringMs ?? 10_000, steps: refused };
  }
  const late = faults.strike("late", target);
  if (late) return { fault: "late", steps: lateSteps(late) };
  const reject = faults.strike("reject", target);
  if (reject) return { fault: "reject", steps: [...upTo(reject.after, habit), { afterMs: 0, does: "refuse", refusal: reject }] };
  const stall = faults.strike("stall", target);
  if (stall) return { fault: "stall", steps: upTo(stall.after, habit) };
  return { steps: usual(habit, ringing) };
}
