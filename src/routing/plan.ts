/** Which trunk next: a pure choice from what is known of each. */
import type { Random } from "../ports.ts";
import type { BreakerState } from "../states.ts";

/** What the planner may know of a trunk, for one route. */
export interface Candidate {
  readonly trunkId: string;
  readonly carrier: string;
  /** Lower goes first. */
  readonly priority: number;
  /** `ready`: registered on a live flow. `doubted`: the same, but something was not answered lately. `unready`: no usable flow. */
  readonly flow: "ready" | "doubted" | "unready";
  readonly breaker: BreakerState;
  /** While probing: the share of calls it is trusted with, in [0, 1]. */
  readonly trust: number;
}

/**
 * The trunks to try, in order.
 *
 * Open breakers and dead flows go last, not out: when nothing looks healthy, all are tried in order
 * (Envoy's panic threshold), and an emergency call is never refused for want of a closed breaker. A trunk
 * on probation goes first for as many calls as it is trusted with, else behind the healthy ones.
 *
 * @param tried trunks that this call has tried already; they are left out.
 */
export function plan(candidates: readonly Candidate[], tried: ReadonlySet<string>, random: Random): readonly Candidate[] {
  const ranked = candidates
    .filter(({ trunkId }) => !tried.has(trunkId))
    .map((candidate) => ({ candidate, rank: rankOf(candidate, random) }));
  ranked.sort((a, b) => a.rank - b.rank || a.candidate.priority - b.candidate.priority);
  return ranked.map(({ candidate }) => candidate);
}

/** 0: fit. 1: fit, but not fully trusted now. 2: breaker open. 3: no usable flow. */
function rankOf({ flow, breaker, trust }: Candidate, random: Random): 0 | 1 | 2 | 3 {
  if (flow === "unready") return 3;
  if (breaker === "open") return 2;
  if (flow === "doubted") return 1;
  return breaker === "closed" || random() < trust ? 0 : 1;
}
