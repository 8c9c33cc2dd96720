/** How good the verdicts are: pure functions of what was said and what was true. */
import type { Actor, FaultDomain, Verdict } from "../../src/diagnosis/model.ts";
import { faultDomains } from "../../src/diagnosis/model.ts";
import type { Word } from "./spoken.ts";

/** `healthy` where nothing was named. */
export type Answer = FaultDomain | "healthy";

/** One journal, judged. */
export interface Case {
  readonly id: string;
  readonly kind: string;
  readonly truth: readonly FaultDomain[];
  readonly answer: Answer;
  /** Of the answer, 0 to 1. */
  readonly confidence: number;
  /** It named one of those at fault. */
  readonly isNamed: boolean;
  /** It did, or it said that it could not tell where nothing could. */
  readonly isRight: boolean;
  readonly conclusion: Verdict["conclusion"];
  readonly actor: Actor;
  readonly probabilities: Verdict["probabilities"];
  /** The most that was laid on a carrier for the CRM's fault, or on the CRM for a carrier's, in any word of the session's. */
  readonly misled: number;
  /** Whether the first word named one of those at fault; undefined where there was none, or nothing at fault. */
  readonly isFirstRight: boolean | undefined;
  /** The same of the last word that was spoken within `inTimeMs` of the second failed call; undefined where no two failed. */
  readonly isInTime: boolean | undefined;
  /** From the first failed call until one of those at fault led, ms: 0 where it led already, Infinity where it never did; undefined where no call failed. */
  readonly foundAfterMs: number | undefined;
  /** The same from the second failed call. */
  readonly foundAfterSecondMs: number | undefined;
}

/** What a bar of the reliability plot stands for. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean confidence and share that was right. */
  readonly confidence: number;
  readonly accuracy: number;
}

export interface Score {
  readonly cases: number;
  readonly accuracy: number;
  /** Mean over the cases of the squared distance between probabilities and truth (Brier 1950), 0 to 2. */
  readonly brier: number;
  /** Expected calibration error: |confidence − accuracy|, weighted by how many cases (Naeini et al. 2015). */
  readonly ece: number;
  readonly bins: readonly Bin[];
  readonly misses: readonly Case[];
  /** A carrier blamed for the CRM's fault, or the CRM for a carrier's, with more than `blamed`, at any moment. */
  readonly crossBlame: readonly Case[];
  /** Share of the first words that were right. */
  readonly firstRight: number;
  /** Share of the journals in which the right one led within `inTimeMs` of the second failed call, and those in which it did not. */
  readonly inTime: number;
  readonly late: readonly Case[];
  /** Share that ended `inconclusive`. */
  readonly inconclusive: number;
  /** From the first failed call until one of those at fault led, ms: of half the journals in which a call failed, and of 95 in 100, no more. */
  readonly foundMs: { readonly median: number; readonly p95: number };
  /** The same from the second failed call. */
  readonly foundSecondMs: { readonly median: number; readonly p95: number };
}

/** By then two calls have failed, and the harmless tests that the SDK makes itself have come back, ms. */
const inTimeMs = 5_000;

/** From this probability on, a word does harm. */
const blamed = 0.8;
const binCount = 10;

const isCarriers = (domain: FaultDomain) => domain.startsWith("carrier-");
const isCrms = (domain: FaultDomain) => domain === "crm-init" || domain === "crm-config";

/**
 * @param spoken what was said before it, while the session went on.
 * @param failedMs when each call failed that failed, in order.
 * @param isOpen nothing in the journal could tell.
 */
export function caseOf(
  id: string,
  kind: string,
  truth: readonly FaultDomain[],
  verdict: Verdict,
  spoken: readonly Word[] = [],
  [firstFailedMs, secondFailedMs]: readonly number[] = [],
  isOpen = false,
): Case {
  const { leader, probabilities, conclusion, actor } = verdict;
  const answer: Answer = conclusion === "healthy" || leader === undefined ? "healthy" : leader;
  // Where only customers were away, nobody has to act: `healthy` is right as well.
  const isNamed = answer === "healthy" ? truth.every((domain) => domain === "remote-party") : truth.includes(answer);
  const foundAfter = (failedMs: number | undefined) =>
    truth.length === 0 || failedMs === undefined ? undefined : foundMs(spoken, failedMs, truth) - failedMs;
  return {
    id,
    kind,
    truth,
    answer,
    // `healthy` is said outright: there is no sign of a fault.
    confidence: answer === "healthy" ? 1 : probabilities[answer],
    isNamed,
    isRight: isNamed || (isOpen && conclusion === "inconclusive"),
    conclusion,
    actor,
    probabilities,
    misled: Math.max(...[...spoken.map((word) => word.verdict), verdict].map((word) => misledBy(word, truth))),
    isFirstRight: truth.length === 0 ? undefined : spoken[0] && isTrue(spoken[0], truth),
    isInTime: truth.length === 0 || secondFailedMs === undefined ? undefined : isTrue(lastWord(spoken, secondFailedMs + inTimeMs), truth),
    foundAfterMs: foundAfter(firstFailedMs),
    foundAfterSecondMs: foundAfter(secondFailedMs),
  };
}

const isTrue = (word: Word | undefined, truth: readonly FaultDomain[]) =>
  word?.verdict.leader !== undefined && truth.includes(word.verdict.leader);
const lastWord = (spoken: readonly Word[], untilMs: number) => spoken.filter(({ atMs }) => atMs <= untilMs).at(-1);

/** When one of those at fault led first, from the last word before `fromMs` on. */
function foundMs(spoken: readonly Word[], fromMs: number, truth: readonly FaultDomain[]): number {
  if (isTrue(lastWord(spoken, fromMs), truth)) return fromMs;
  return spoken.find((word) => word.atMs > fromMs && isTrue(word, truth))?.atMs ?? Infinity;
}

const sumOf = (probabilities: Case["probabilities"], is: (domain: FaultDomain) => boolean) =>
  faultDomains.filter(is).reduce((sum, domain) => sum + probabilities[domain], 0);

/** What is laid on one side for what only the other did. */
function misledBy({ conclusion, probabilities }: Pick<Verdict, "conclusion" | "probabilities">, truth: readonly FaultDomain[]): number {
  const [byCarrier, byCrm] = [truth.some(isCarriers), truth.some(isCrms)];
  return conclusion === "healthy" || byCarrier === byCrm ? 0 : sumOf(probabilities, byCrm ? isCarriers : isCrms);
}

/** Where several are at fault, the whole truth is shared evenly among them. */
function brierOf({ truth, answer, probabilities }: Case): number {
  if (answer === "healthy" || truth.length === 0) return (answer === "healthy") === (truth.length === 0) ? 0 : 1;
  return faultDomains.reduce((sum, domain) => sum + (probabilities[domain] - (truth.includes(domain) ? 1 / truth.length : 0)) ** 2, 0);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Of those that can be judged. */
const shareOf = (judged: readonly (boolean | undefined)[]) => mean(judged.filter((each) => each !== undefined).map(Number));

/** The least that so large a share does not exceed; 0 of none. */
const quantileOf = (sorted: readonly number[], share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;

function binsOf(cases: readonly Case[]): readonly Bin[] {
  return Array.from({ length: binCount }, (_, index) => {
    const [from, to] = [index / binCount, (index + 1) / binCount];
    const inside = cases.filter(({ confidence }) => confidence > from && confidence <= to);
    return {
      from,
      to,
      count: inside.length,
      confidence: mean(inside.map(({ confidence }) => confidence)),
      accuracy: mean(inside.map(({ isNamed }) => Number(isNamed))),
    };
  });
}

export function scoreOf(cases: readonly Case[]): Score {
  const bins = binsOf(cases);
  const spreadOf = (found: readonly (number | undefined)[]) => {
    const sorted = found.filter((ms) => ms !== undefined).sort((a, b) => a - b);
    return { median: quantileOf(sorted, 0.5), p95: quantileOf(sorted, 0.95) };
  };
  return {
    cases: cases.length,
    accuracy: mean(cases.map(({ isRight }) => Number(isRight))),
    brier: mean(cases.map(brierOf)),
    ece: bins.reduce(
      (sum, { count, confidence, accuracy }) => sum + (count / Math.max(1, cases.length)) * Math.abs(confidence - accuracy),
      0,
    ),
    bins,
    misses: cases.filter(({ isRight }) => !isRight),
    crossBlame: cases.filter(({ misled }) => misled > blamed),
    firstRight: shareOf(cases.map(({ isFirstRight }) => isFirstRight)),
    inTime: shareOf(cases.map(({ isInTime }) => isInTime)),
    late: cases.filter(({ isInTime }) => isInTime === false),
    inconclusive: mean(cases.map(({ conclusion }) => Number(conclusion === "inconclusive"))),
    foundMs: spreadOf(cases.map(({ foundAfterMs }) => foundAfterMs)),
    foundSecondMs: spreadOf(cases.map(({ foundAfterSecondMs }) => foundAfterSecondMs)),
  };
}
