/** From evidence to a verdict: additive log-odds over the fault domains, one vote per group. */
import type { Entry } from "../journal.ts";
import { evidenceOf } from "./evidence.ts";
import { faultDomains, type Actor, type Conclusion, type Evidence, type FaultDomain, type Verdict } from "./model.ts";
import { nextTestOf } from "./next-test.ts";
import type { Observations } from "./observations.ts";
import { observe } from "./observe.ts";
import { defaultPriors, halfLifeMs, perDoubling, repeatedAtMost, sharpness, weightOf, type EvidenceCode, type Priors } from "./weights.ts";
import { windowOf } from "./window.ts";

export type { Priors } from "./weights.ts";

/** The same evidence with some of it dropped, or more added. */
export type Reconsider = (evidence: readonly Evidence[]) => readonly Evidence[];

export interface VerdictOptions {
  readonly priors?: Priors;
  /** Service is known to be degraded: `healthy` is no answer then, `inconclusive` is. */
  readonly isDegraded?: boolean;
}

export interface DiagnoseOptions extends VerdictOptions {
  /** What happened before is known but not cited, ms since the session's start. */
  readonly fromMs?: number;
  /** The same by the entry's number. */
  readonly fromSeq?: number;
  /** What happens after is not known, ms since the session's start. */
  readonly atMs?: number;
  readonly reconsider?: Reconsider;
}

type PerDomain = Record<FaultDomain, number>;

/** The probability of the side that leads, and its lead over the next, that a conclusion takes. */
const clear = { probability: 0.9, margin: 0.7 };
const likely = { probability: 0.65, margin: 0.3 };

/** A second domain with this much from signs of its own is at fault too. */
const ownSigns = 2;

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

/**
 * Whose fault is it? A pure function of the journal: the same entries give the same verdict anywhere.
 * @returns `healthy` where no sign of a fault was seen.
 */
export function diagnose(entries: readonly Entry[], options: DiagnoseOptions = {}): Verdict {
  const { fromSeq, fromMs = fromSeq === undefined ? undefined : entries.find(({ seq }) => seq >= fromSeq)?.atMs } = options;
  return diagnoseSeen(observe(entries), { ...options, ...(fromMs !== undefined && { fromMs }) });
}

/** The same of a journal that was read already. */
export function diagnoseSeen(
  seen: Observations,
  { fromMs = -Infinity, atMs = Infinity, reconsider = (evidence) => evidence, ...options }: Omit<DiagnoseOptions, "fromSeq"> = {},
): Verdict {
  return verdictOf(reconsider(evidenceOf(windowOf(seen, fromMs, atMs))), options);
}

/** The verdict on evidence already gathered: `--what-if` drops some of it, or adds. */
export function verdictOf(evidence: readonly Evidence[], { priors = {}, isDegraded = false }: VerdictOptions = {}): Verdict {
  const faded = fade(evidence).map(raise);
  const sums = sumsOf(faded);
  const probabilities = softmax(perDomain((domain) => (priors[domain] ?? defaultPriors[domain] ?? 0) + sharpness * sums[domain]));
  if (!isDegraded && !evidence.some(isSign))
    return { conclusion: "healthy", probabilities, alsoAtFault: [], reasonsFor: [], reasonsAgainst: [], actor: "nobody" };

  const [leader, runnerUp] = [...faultDomains].sort((a, b) => probabilities[b] - probabilities[a]) as [FaultDomain, FaultDomain];
  const conclusion = conclude(probabilities, leader);
  const speaking = (sign: 1 | -1) => {
    const weightFor = ({ weights }: Evidence) => (weights[leader] ?? 0) * sign;
    return faded.filter((item) => weightFor(item) > 0).sort((a, b) => weightFor(b) - weightFor(a));
  };
  const trunkId = trunkOf(faded, leader);
  const nextTest = nextTestOf(evidence, probabilities);
  return {
    conclusion,
    leader,
    runnerUp,
    probabilities,
    alsoAtFault: alsoAtFault(faded, leader),
    ...(trunkId !== undefined && { trunkId }),
    reasonsFor: speaking(1),
    reasonsAgainst: speaking(-1),
    ...(nextTest && { nextTest }),
    actor: conclusion === "inconclusive" ? "nobody" : actors[leader],
  };
}

const isSign = ({ code }: Evidence) => weightOf(code as EvidenceCode).sign === true;

const perDomain = (valueOf: (domain: FaultDomain) => number) =>
  Object.fromEntries(faultDomains.map((domain) => [domain, valueOf(domain)])) as PerDomain;

/** Older evidence weighs less. Age counts from the latest evidence, not from now: a verdict does not melt by waiting. */
function fade(evidence: readonly Evidence[]): readonly Evidence[] {
  const latestMs = Math.max(...evidence.map(({ lastMs }) => lastMs));
  return evidence.map((item) => {
    const factor = 2 ** ((item.lastMs - latestMs) / halfLifeMs);
    return factor > 0.99 ? item : weighed(item, factor);
  });
}

/** What was seen again and again is no coincidence. */
function raise(item: Evidence): Evidence {
  const factor = weightOf(item.code as EvidenceCode).repeats ? Math.min(repeatedAtMost, 1 + perDoubling * Math.log2(item.count)) : 1;
  return factor === 1 ? item : weighed(item, factor);
}

const weighed = (item: Evidence, factor: number): Evidence => ({
  ...item,
  weights: Object.fromEntries(Object.entries(item.weights).map(([domain, weight]) => [domain, weight * factor])),
});

/**
 * A group's vote on a domain is that of its strongest member. On one trunk's route what speaks against the carrier clears
 * no carrier of what was met on another: of several routes the one that speaks most for it has the vote.
 */
function sumsOf(evidence: readonly Evidence[]): PerDomain {
  const votes = new Map<string, Map<string, PerDomain>>();
  for (const { group, weights, params } of evidence) {
    const where = `${params["trunk"] ?? ""} ${params["route"] ?? ""}`;
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
const sideOf = (domain: FaultDomain) => (domain.startsWith("carrier-") ? "carrier" : domain);

function conclude(probabilities: PerDomain, leader: FaultDomain): Conclusion {
  if (leader === "unknown") return "inconclusive";
  const sides = new Map<string, number>();
  for (const domain of faultDomains) sides.set(sideOf(domain), (sides.get(sideOf(domain)) ?? 0) + probabilities[domain]);
  const own = sides.get(sideOf(leader)) ?? 0;
  sides.delete(sideOf(leader));
  const margin = own - Math.max(...sides.values());
  if (own >= clear.probability && margin >= clear.margin) return "clear";
  return own >= likely.probability && margin >= likely.margin ? "likely" : "inconclusive";
}

/** Domains of another side with signs that speak of them before all others. */
function alsoAtFault(evidence: readonly Evidence[], leader: FaultDomain): readonly FaultDomain[] {
  const own = sumsOf(evidence.filter(isSign).map((item) => ({ ...item, weights: onlyStrongest(item.weights) })));
  return faultDomains.filter((domain) => sideOf(domain) !== sideOf(leader) && own[domain] >= ownSigns);
}

function onlyStrongest(weights: Evidence["weights"]): Evidence["weights"] {
  const [strongest] = Object.entries(weights).sort(([, a], [, b]) => b - a);
  return strongest && strongest[1] > 0 ? { [strongest[0]]: strongest[1] } : {};
}

/** The trunk that most of what speaks for a carrier's domain is about. */
function trunkOf(evidence: readonly Evidence[], leader: FaultDomain): string | undefined {
  if (sideOf(leader) !== "carrier") return undefined;
  const totals = new Map<string, number>();
  for (const { params, weights, count } of evidence) {
    const { trunk } = params;
    const weight = weights[leader] ?? 0;
    if (typeof trunk === "string" && weight > 0) totals.set(trunk, (totals.get(trunk) ?? 0) + weight * Math.log2(1 + count));
  }
  return [...totals].sort(([, a], [, b]) => b - a)[0]?.[0];
}
