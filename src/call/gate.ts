/** May another trunk get the INVITE? A pure decision from the state of the attempt before it. */
import type { Outcome, Progress } from "../outcome.ts";
import type { CallPolicy } from "./policy.ts";

/** How the attempt before stands when the question is put. */
export interface AttemptEnd {
  readonly outcome: Outcome;
  readonly progress: Progress;
  /**
   * True: a final answer, a confirmed cancel, or never written: nothing can ring any more.
   * False: given up without anybody having confirmed its end.
   */
  readonly settled: boolean;
  /** The peer's final code, where there is one. */
  readonly sipCode?: number;
}

export interface GateInput {
  readonly end: AttemptEnd;
  /** A phone was heard to ring for this call, by whichever attempt, since the agent last chose to make one ring. */
  readonly hasRung: boolean;
  /** The agent asked for it so long ago, by whichever clock, that the device has slept meanwhile, and may have been left. */
  readonly isStale: boolean;
  readonly policy: Pick<CallPolicy, "retry" | "asksAgent">;
  /** The agent hung up. */
  readonly cancelled: boolean;
  readonly attemptsMade: number;
  readonly maxAttempts: number;
  readonly trunksLeft: number;
  /** An answer that allows one more trunk only (RFC 3261 has no name for it) was met before. */
  readonly onceUsed: boolean;
}

/** `fail-over`: the next trunk, now. `choose`: only the agent may dial again. `end`: over. */
export type GateDecision = "fail-over" | "choose" | "end";

/**
 * The gate. References: RFC 3263 §4.3 (fail over on 503, transport failure, or a timeout without any
 * response), RFC 3261 §9.1 (no CANCEL before a provisional) and §16.7, and the rule that no phone rings twice.
 */
export function gate({
  end,
  hasRung,
  isStale,
  policy,
  cancelled,
  attemptsMade,
  maxAttempts,
  trunksLeft,
  onceUsed,
}: GateInput): GateDecision {
  const { outcome, progress, settled } = end;
  const retry = policy.retry(outcome.retry);
  if (cancelled || (retry === "no" && outcome.class !== "ambiguous")) return "end";
  // A phone has rung: whatever came after, only a person may make one ring again.
  if ((progress === "alerting" || hasRung) && policy.asksAgent) return faultful(outcome) && trunksLeft > 0 ? "choose" : "end";
  if (retry === "no" || (retry === "once" && onceUsed)) return "end";
  if (trunksLeft === 0 || attemptsMade >= maxAttempts) return "end";
  if (!policy.asksAgent) return "fail-over";
  if (isStale) return "choose";
  // 100 was received and nobody confirmed the cancel: the far phone may ring yet.
  if (progress === "trying" && !settled) return "choose";
  return "fail-over";
}

/** Ends that leave the agent with a reason to dial again by hand. */
function faultful({ class: class_, row }: Outcome): boolean {
  return class_ === "carrier" || class_ === "network" || row === "timeout-after-1xx";
}
