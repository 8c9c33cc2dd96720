/** What stood in evidence at a few moments of each journal of the tuning half, and what the table makes of it. */
import { explain } from "../../../src/diagnosis/explain.ts";
import { faultDomains, type Evidence, type FaultDomain } from "../../../src/diagnosis/model.ts";
import { isSign, sumsOf, weighed } from "../../../src/diagnosis/odds.ts";
import { rules } from "../../../src/diagnosis/rules.ts";
import { defaultPriors, hindsight, sharpness, type Weight } from "../../../src/diagnosis/weights.ts";
import type { Entry } from "../../../src/journal.ts";
import { readJournal, readLabels } from "../files.ts";
import { worstOf } from "../judge.ts";
import { failedCallsMs } from "../spoken.ts";
import type { Example, Weights } from "./fitter.ts";
import { table, weightsFrom } from "./table.ts";

export interface Moment {
  readonly kind: string;
  readonly truth: readonly FaultDomain[];
  /** As it was found, with the weights of the table. */
  readonly evidence: readonly Evidence[];
  /** Of an incident that has ended. */
  readonly isOver: boolean;
}

/** So soon after the first and after the second failed call, ms: then a word is wanted. */
const afterMs = [2_000, 5_000] as const;

/** The tuning half's, and never the other's. */
export function tuningMoments(): readonly Moment[] {
  const tuning = Object.entries(readLabels()).filter(([, { half }]) => half === "tune");
  return tuning.flatMap(([id, { kind, truth }]) => {
    const entries = readJournal(id);
    const limits = [...afterMs.flatMap((after, index) => (failedCallsMs(entries)[index] ?? Infinity) + after), Infinity];
    const moments = [...new Set(limits)].map((limitMs) => evidenceThen(entries.filter(({ atMs }) => atMs <= limitMs)));
    // Without any sign of a fault the verdict is `healthy`, whatever the weights.
    return moments.filter(({ evidence }) => evidence.some(isSign)).map((found) => ({ kind, truth, ...found }));
  });
}

/** What the verdict rests on that `judge` would give. */
function evidenceThen(entries: readonly Entry[]): Pick<Moment, "evidence" | "isOver"> {
  const found: (readonly Evidence[])[] = [];
  const { incidents } = explain(entries, { reconsider: (evidence) => (found.push(evidence), evidence) });
  const worst = worstOf(incidents, entries);
  return { evidence: found[worst ? incidents.indexOf(worst) : incidents.length] ?? [], isOver: worst?.closedMs !== undefined };
}

const expert = table.map((entry) => entry.expert);

/** The votes for each domain, in the order of `faultDomains`, by the rules and by what is in force besides the weights. */
function votes({ evidence, isOver }: Moment, weights: ReadonlyMap<string, Weight["weights"]>): readonly number[] {
  const of = evidence.map((item) => ({ ...item, weights: weights.get(item.code) ?? {} }));
  const sums = sumsOf(weighed(rules.reduce((items, rule) => rule(items), of as readonly Evidence[])));
  return faultDomains.map((domain) => sums[domain] * (isOver ? hindsight : 1));
}

const priorOf = (domain: FaultDomain) => defaultPriors[domain] ?? 0;

/** @returns the probabilities, in the order of `faultDomains`. */
export function judged(moment: Moment, { values, sharpness: factor }: Weights): readonly number[] {
  const sums = votes(moment, weightsFrom(values));
  const odds = faultDomains.map((domain, index) => Math.exp(priorOf(domain) + factor * (sums[index] ?? 0)));
  const total = odds.reduce((sum, each) => sum + each, 0);
  return odds.map((each) => each / total);
}

/** As far as a weight is moved to learn what it changes. */
const nudge = 1e-4;

/** Where nothing is at fault, `unknown` is what a sign should come to. */
export const truthOf = ({ truth }: Moment): readonly number[] =>
  (truth.length === 0 ? (["unknown"] as const) : truth).map((domain) => faultDomains.indexOf(domain));

/**
 * Each moment as a linear function of the weights: near the present table, the strongest vote of each group is what it is.
 * Every kind has the same share, however many moments it has.
 */
export function examplesOf(moments: readonly Moment[]): readonly Example[] {
  const count = (kind: string) => moments.filter((moment) => moment.kind === kind).length;
  const kinds = new Set(moments.map(({ kind }) => kind)).size;
  return moments.map((moment) => {
    const { kind, evidence } = moment;
    const codes = new Set(evidence.map(({ code }) => code));
    const sums = votes(moment, weightsFrom(expert));
    const slopes = table.flatMap(({ code }, of) => {
      if (!codes.has(code)) return [];
      const nudged = votes(moment, weightsFrom(expert.map((value, index) => (index === of ? value + nudge : value))));
      const on = nudged.map((sum, index) => (sum - (sums[index] ?? 0)) / nudge);
      return on.some((slope) => slope !== 0) ? [{ of, on }] : [];
    });
    return { share: 1 / (kinds * count(kind)), truth: truthOf(moment), priors: faultDomains.map(priorOf), sums, slopes };
  });
}

export const present: Weights = { values: expert, sharpness };
