/** What it means for a call that one INVITE comes to an end, or to nothing, and when another may follow. Pure. */
import type { Facts, FailoverReason } from "../journal.ts";
import {
  cancelledOutcome,
  flowLostOutcome,
  notConnectedOutcome,
  outcomeOf,
  silentOutcome,
  stalledOutcome,
  swallowedOutcome,
  type Outcome,
  type Progress,
} from "../outcome.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";
import type { Awaited, EdgeAlive } from "./patience.ts";

export interface Ending {
  readonly outcome: Outcome;
  readonly because: FailoverReason;
}

/** Nobody ended it: it is to be given up. */
export interface Loss extends Ending {
  /** `confirmed`: 100 came, so a phone may ring yet. The next trunk only once the CANCEL is confirmed; after a while the agent chooses. */
  readonly next: "at-once" | "confirmed";
}

/** What came too late, or never. */
export function overdueLoss(awaited: Awaited, edgeAlive: EdgeAlive): Loss {
  if (awaited === "any-answer") return { outcome: edgeAlive ? swallowedOutcome : silentOutcome, because: "silence", next: "at-once" };
  if (awaited === "ringing") return { outcome: stalledOutcome, because: "stalled", next: "confirmed" };
  return { outcome: cancelledOutcome, because: "answer", next: "confirmed" };
}

/** The flow went, and no phone rings. */
export const flowLoss = (progress: Progress): Loss => ({
  outcome: flowLostOutcome,
  because: "flow-lost",
  next: progress === "trying" ? "confirmed" : "at-once",
});

/** A final answer, or what stands for one. */
export function rejectedEnding(answer: SipAnswer, progress: Progress): Ending {
  const outcome = outcomeOf(answer, progress);
  return { outcome, because: outcome === notConnectedOutcome ? "not-connected" : "answer" };
}

/** How nothing more can come of it; a time-out of ours leaves open what the peer did. */
export function settledBy({ code, said }: Pick<SipAnswer, "code" | "said">): Facts["attempt:settled"]["how"] {
  if (code === 487) return "cancelled";
  return code === 408 && said === "inferred" ? "never-answered" : "rejected";
}
