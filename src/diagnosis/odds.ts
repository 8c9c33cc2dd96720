/** Additive log-odds over the fault domains, one vote per group; and when what leads is enough to conclude from. */
import { keyOf } from "./keys.ts";
import { faultDomains, type Conclusion, type Evidence, type FaultDomain } from "./model.ts";
import {
  defaultPriors,
  halfLifeMs,
  hindsight,
  perDoubling,
  repeatedAtMost,
  sharpness,
  weightOf,
  type EvidenceCode,
  type Priors,
} from "./weights.ts";

export type PerDomain = Record<FaultDomain, number>;

/** The probability of the side that leads, and its lead over the next, that a conclusion takes. */
const clear = { probability: 0.9, margin: 0.7 };
const likely = { probability: 0.65, margin: 0.3 };

/** It tells of a fault. */
export const isSign = ({ code }: Evidence) => weightOf(code as EvidenceCode).sign === true;

/** It accounts for an incident in which no sign is left. */
export const isExcuse = ({ code }: Evidence) => weightOf(code as EvidenceCode).excuses === true;

/** Each item with what it weighs today. */
export const weighed = (evidence: readonly Evidence[]): readonly Evidence[] => fade(evidence).map(raise);

/** Older evidence weighs less. Age counts from the latest evidence, not from now: a verdict does not melt by waiting. */
function fade(evidence: readonly Evidence[]): readonly Evidence[] {
  const latestMs = Math.max(...evidence.map(({ lastMs }) => lastMs));
  return evidence.map((item) => {
    const factor = 2 ** ((item.lastMs - latestMs) / halfLifeMs);
    return factor > 0.99 ? item : times(item, factor);
  });
}

/** What was seen again and again is no coincidence. */
function raise(item: Evidence): Evidence {
  const factor = weightOf(item.code as EvidenceCode).repeats ? Math.min(repeatedAtMost, 1 + perDoubling * Math.log2(item.count)) : 1;
  return factor === 1 ? item : times(item, factor);
}

const times = (item: Evidence, factor: number): Evidence => ({
  ...item,
  weights: Object.fromEntries(Object.entries(item.weights).map(([domain, weight]) => [domain, weight * factor])),
});

/**
 * What the evidence, each item with its weight of today, makes of the priors.
 * @param isOver what it tells of has ended.
 */
export function probabilitiesOf(evidence: readonly Evidence[], priors: Priors, isOver = false): PerDomain {
  const sums = sumsOf(evidence);
  const factor = sharpness * (isOver ? hindsight : 1);
  return softmax(perDomain((domain) => (priors[domain] ?? defaultPriors[domain] ?? 0) + factor * sums[domain]));
}

/** The most probable one first. */
export const ranked = (probabilities: Readonly<PerDomain>): readonly FaultDomain[] =>
  [...faultDomains].sort((a, b) => probabilities[b] - probabilities[a]);

function perDomain(valueOf: (domain: FaultDomain) => number): PerDomain {
  const values = {} as PerDomain;
  for (const domain of faultDomains) values[domain] = valueOf(domain);
  return values;
}

/**
 * A group's vote on a domain is that of its strongest member. On one trunk's route what speaks against the carrier clears
 * no carrier of what was met on another: of several routes the one that speaks most for it has the vote.
 */
export function sumsOf(evidence: readonly Evidence[]): PerDomain {
  const votes = new Map<string, Map<string, PerDomain>>();
  for (const { group, weights, params } of evidence) {
    const where = keyOf(params["trunk"] ?? "", params["route"] ?? "");
    const votesOfGroup = votes.get(group) ?? new Map<string, PerDomain>();
    const vote = votesOfGroup.get(where) ?? perDomain(() => 0);
    votes.set(
      group,
      votesOfGroup.set(
        where,
        perDomain((domain) => stronger(weights[domain] ?? 0, vote[domain])),
      ),
    );
  }
  const ofGroup = (votesOfGroup: ReadonlyMap<string, PerDomain>, domain: FaultDomain) => {
    const each = [...votesOfGroup.values()].map((vote) => vote[domain]);
    const most = Math.max(...each);
    return most > 0 && sideOf(domain) === "carrier" ? most : each.reduce(stronger, 0);
  };
  return perDomain((domain) => [...votes.values()].reduce((sum, votesOfGroup) => sum + ofGroup(votesOfGroup, domain), 0));
}

const stronger = (a: number, b: number) => (Math.abs(a) > Math.abs(b) ? a : b);

function softmax(logOdds: PerDomain): PerDomain {
  const top = Math.max(...Object.values(logOdds));
  const total = faultDomains.reduce((sum, domain) => sum + Math.exp(logOdds[domain] - top), 0);
  return perDomain((domain) => Math.exp(logOdds[domain] - top) / total);
}

/** A carrier's domains are one side: that it is the carrier can be clear before it is clear which part of it. */
export const sideOf = (domain: FaultDomain) => (domain.startsWith("carrier-") ? "carrier" : domain);

export function conclude(probabilities: PerDomain, leader: FaultDomain): Conclusion {
  if (leader === "unknown") return "inconclusive";
  const sides = new Map<string, number>();
  for (const domain of faultDomains) sides.set(sideOf(domain), (sides.get(sideOf(domain)) ?? 0) + probabilities[domain]);
  const own = sides.get(sideOf(leader)) ?? 0;
  sides.delete(sideOf(leader));
  const margin = own - Math.max(...sides.values());
  if (own >= clear.probability && margin >= clear.margin) return "clear";
  return own >= likely.probability && margin >= likely.margin ? "likely" : "inconclusive";
}
