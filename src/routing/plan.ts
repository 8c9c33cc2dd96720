/** Which trunk next: a pure choice from what is known of each. */
import type { Random } from "../clock.ts";
import type { BreakerState } from "../states.ts";

/** What the planner may know of a trunk, for one route. */
export interface Candidate {
  /** The trunk, as `TrunkConfig.id` has it. */
  readonly trunkId: string;
  /** Its operator, as `TrunkConfig.carrier` has it. */
  readonly carrier: string;
  /** Lower goes first. */
  readonly priority: number;
  /** Among equal priorities: the share of the calls that it gets (RFC 2782); 0 only when no other is left. */
  readonly weight: number;
  /** Taken out of service by an operator. */
  readonly isolated: boolean;
  /** `ready`: registered on a live flow; for an emergency call, live is enough. `doubted`: the same, but something was not answered lately; or its registrar took us, and lists no binding of ours. `unready`: no usable flow. */
  readonly flow: "ready" | "doubted" | "unready";
  /** Its registrar has bound us. An edge that has not may yet listen to an emergency call. */
  readonly registered: boolean;
  /** The worse of its breakers for signalling and media. */
  readonly breaker: BreakerState;
  /** While probing: the share of calls it is trusted with, in [0, 1]. */
  readonly trust: number;
}

/** What else the order depends on. */
export interface PlanContext {
  readonly emergency: boolean;
  /** All carriers fail together: breakers tell nothing of them then. */
  readonly commonMode: boolean;
}

/**
 * The trunks to try, in order.
 *
 * Open breakers and dead flows go last, not out: when nothing looks healthy, all are tried in order
 * (Envoy's panic threshold), and an emergency call is never refused for want of a closed breaker. A trunk
 * on probation goes first for as many calls as it is trusted with, else behind the healthy ones. An
 * emergency call takes no chances: it goes by breaker and priority alone, of two that stand alike to the one that is
 * registered, and to an isolated trunk if no other is left.
 */
export function plan(candidates: readonly Candidate[], context: PlanContext, random: Random): readonly Candidate[] {
  const ranked = candidates
    .filter(({ isolated }) => !isolated || context.emergency)
    .map((candidate) => ({ candidate, rank: rankOf(candidate, context, random), draw: drawOf(candidate, candidates, context, random) }));
  ranked.sort((a, b) => a.rank - b.rank || a.candidate.priority - b.candidate.priority || a.draw - b.draw);
  return ranked.map(({ candidate }) => candidate);
}

/** An emergency call may go to an edge that has not bound us, but behind those of its rank that have. */
function rankOf(candidate: Candidate, context: PlanContext, random: Random): number {
  return healthRank(candidate, context, random) + (context.emergency && !candidate.registered ? 0.5 : 0);
}

/** 0: fit. 1: fit, but not fully trusted now. 2: breaker open. 3: no usable flow. 4: isolated. */
function healthRank({ isolated, flow, breaker, trust }: Candidate, { emergency, commonMode }: PlanContext, random: Random): number {
  if (isolated) return 4;
  if (flow === "unready") return 3;
  if (breaker === "open" && !commonMode) return 2;
  if (flow === "doubted") return 1;
  return breaker === "closed" || commonMode || emergency || random() < trust ? 0 : 1;
}

/** Ascending draws −ln(u)/w put each first as often as its weight is to the sum (Efraimidis and Spirakis, 2006). */
function drawOf({ priority, weight }: Candidate, all: readonly Candidate[], { emergency }: PlanContext, random: Random): number {
  const alone = all.filter((other) => other.priority === priority).length === 1;
  return alone || emergency ? 0 : -Math.log(1 - random()) / weight;
}
