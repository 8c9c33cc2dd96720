/** From evidence to a verdict: additive log-odds over the fault domains, one vote per group. */
import type { Entry } from "../journal.ts";
import { evidenceOf } from "./evidence.ts";
import { faultDomains, type Actor, type Conclusion, type Evidence, type FaultDomain, type Verdict } from "./model.ts";
import { observe } from "./observations.ts";
import { evidenceWeights, type EvidenceCode } from "./weights.ts";

/** Prior log-odds: what is common is believed sooner. `unknown` holds what no evidence speaks for. */
export type Priors = Partial<Record<FaultDomain, number>>;

export interface DiagnoseOptions {
  /** Look no further back, ms since the session's start. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  readonly priors?: Priors;
}

const defaultPriors: Priors = { unknown: 1, "remote-party": -0.5 };

/** Probability of the leader, and its lead over the runner-up, that a conclusion takes. */
const clear = { probability: 0.9, margin: 0.7 };
const likely = { probability: 0.65, margin: 0.3 };
/** A second domain with this much evidence of its own is at fault too. */
const ownEvidence = 2.5;

const actors: Readonly<Record<FaultDomain, Actor>> = {
  "crm-init": "crm-vendor",
  "crm-config": "crm-administrator",
  "agent-device": "agent",
  "local-network": "local-it",
  "carrier-signalling": "carrier",
  "carrier-routing": "carrier",
  "carrier-media": "carrier",
  "remote-party": "nobody",
  unknown: "nobody",
};

/** What one could try, and the evidence that a success would bring. */
const tests: readonly { readonly code: string; readonly yields: EvidenceCode }[] = [
  { code: "call-same-number-over-other-trunk", yields: "same-route-well-on-other-trunk" },
  { code: "call-other-route-over-same-trunk", yields: "other-route-well-on-same-trunk" },
  { code: "ask-crm-endpoint", yields: "control-well-while-trunk-failed" },
  { code: "reinitialise-crm", yields: "well-after-reinitialisation" },
  { code: "ask-other-carrier", yields: "other-carrier-well-meanwhile" },
];

/**
 * Whose fault is it? A pure function of the journal.
 * @returns `healthy` where nothing speaks for any fault.
 */
export function diagnose(entries: readonly Entry[], { fromMs, untilMs, priors = {} }: DiagnoseOptions = {}): Verdict {
  return verdictOf(evidenceOf(observe(entries, fromMs, untilMs)), priors);
}

/** The verdict on evidence already gathered: `--what-if` drops some of it. */
export function verdictOf(evidence: readonly Evidence[], priors: Priors = {}): Verdict {
  const sums = sumsOf(evidence);
  const logOdds = Object.fromEntries(faultDomains.map((domain) => [domain, (priors[domain] ?? defaultPriors[domain] ?? 0) + sums[domain]])) as Record<FaultDomain, number>;
  const probabilities = softmax(logOdds);
  const [leader, runnerUp] = [...faultDomains].sort((a, b) => probabilities[b] - probabilities[a]) as [FaultDomain, FaultDomain];
  if (!evidence.some(isAccusation)) return { conclusion: "healthy", probabilities, alsoAtFault: [], reasonsFor: [], reasonsAgainst: [], actor: "nobody" };
  const conclusion = conclude(probabilities[leader], probabilities[runnerUp], leader);
  const speaking = (sign: 1 | -1) => evidence.filter(({ weights }) => (weights[leader] ?? 0) * sign > 0).sort((a, b) => Math.abs(b.weights[leader] ?? 0) - Math.abs(a.weights[leader] ?? 0));
  const trunkId = trunkOf(evidence, leader);
  const nextTest = nextTestOf(evidence, leader, runnerUp);
  return {
    conclusion,
    leader,
    runnerUp,
    probabilities,
    alsoAtFault: faultDomains.filter((domain) => domain !== leader && domain !== runnerUpOfSameCarrier(leader, domain) && sums[domain] >= ownEvidence && hasOwnGroup(evidence, domain, leader)),
    ...(trunkId !== undefined && { trunkId }),
    reasonsFor: speaking(1),
    reasonsAgainst: speaking(-1),
    ...(nextTest && { nextTest }),
    actor: conclusion === "inconclusive" ? "nobody" : actors[leader],
  };
}

/** A group's vote on a domain is its strongest member's. */
function sumsOf(evidence: readonly Evidence[]): Record<FaultDomain, number> {
  const votes = new Map<string, number>();
  for (const { group, weights } of evidence) {
    for (const [domain, weight] of Object.entries(weights)) {
      const key = `${group} ${domain}`;
      if (Math.abs(weight) > Math.abs(votes.get(key) ?? 0)) votes.set(key, weight);
    }
  }
  const sums = Object.fromEntries(faultDomains.map((domain) => [domain, 0])) as Record<FaultDomain, number>;
  for (const [key, weight] of votes) sums[key.slice(key.indexOf(" ") + 1) as FaultDomain] += weight;
  return sums;
}

function softmax(logOdds: Readonly<Record<FaultDomain, number>>): Record<FaultDomain, number> {
  const top = Math.max(...Object.values(logOdds));
  const odds = faultDomains.map((domain) => Math.exp(logOdds[domain] - top));
  const total = odds.reduce((sum, value) => sum + value, 0);
  return Object.fromEntries(faultDomains.map((domain, index) => [domain, (odds[index] ?? 0) / total])) as Record<FaultDomain, number>;
}

function conclude(first: number, second: number, leader: FaultDomain): Conclusion {
  if (leader === "unknown") return "inconclusive";
  if (first >= clear.probability && first - second >= clear.margin) return "clear";
  return first >= likely.probability && first - second >= likely.margin ? "likely" : "inconclusive";
}

/** Some evidence only excuses; a fault needs one item that accuses. */
const isAccusation = ({ weights }: Evidence) => Object.values(weights).some((weight) => weight >= 1.5);

/** Signalling and routing of one carrier are told apart by degrees: both together are one fault, not two. */
const runnerUpOfSameCarrier = (leader: FaultDomain, domain: FaultDomain) => (leader.startsWith("carrier-") && domain.startsWith("carrier-") ? domain : undefined);

function hasOwnGroup(evidence: readonly Evidence[], domain: FaultDomain, leader: FaultDomain): boolean {
  return evidence.some(({ weights }) => (weights[domain] ?? 0) >= 1.5 && (weights[leader] ?? 0) < 1);
}

function trunkOf(evidence: readonly Evidence[], leader: FaultDomain): string | undefined {
  if (!leader.startsWith("carrier-")) return undefined;
  const totals = new Map<string, number>();
  for (const { params, weights, count } of evidence) {
    const weight = weights[leader] ?? 0;
    if (typeof params["trunk"] === "string" && weight > 0) totals.set(params["trunk"], (totals.get(params["trunk"]) ?? 0) + weight * Math.log2(1 + count));
  }
  return [...totals].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** Of what has not been seen yet, the test that would part the first two most. */
function nextTestOf(evidence: readonly Evidence[], leader: FaultDomain, runnerUp: FaultDomain): Verdict["nextTest"] {
  const seen = new Set(evidence.map(({ code }) => code));
  const parting = (code: EvidenceCode) => {
    const weights: Partial<Record<FaultDomain, number>> = evidenceWeights[code].weights;
    return Math.abs((weights[leader] ?? 0) - (weights[runnerUp] ?? 0));
  };
  const best = tests.filter(({ yields }) => !seen.has(yields)).sort((a, b) => parting(b.yields) - parting(a.yields))[0];
  return best && parting(best.yields) > 0.5 ? { code: best.code, params: {} } : undefined;
}
