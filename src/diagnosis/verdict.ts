/** From evidence to a verdict: additive log-odds over the fault domains, one vote per group. */
import type { Entry } from "../journal.ts";
import { evidenceOf } from "./evidence.ts";
import { faultOf, isClearBeside, othersAtFault, speaking } from "./faults.ts";
import { legible } from "./legible.ts";
import type { Evidence, FaultDomain, Verdict } from "./model.ts";
import { nextTestOf } from "./next-test.ts";
import type { Observations } from "./observations.ts";
import { observe } from "./observe.ts";
import { conclude, isExcuse, isSign, probabilitiesOf, ranked, weighed } from "./odds.ts";
import { termsOf } from "./terms.ts";
import type { Priors } from "./weights.ts";
import { windowOf } from "./window.ts";

export type { Priors } from "./weights.ts";

/** The same evidence with some of it dropped, or more added. */
export type Reconsider = (evidence: readonly Evidence[]) => readonly Evidence[];

/** Under what the evidence is weighed. */
export interface VerdictOptions {
  /** Prior log-odds of the domains, from experience: those that the session had if left out. */
  readonly priors?: Priors;
  /** Service is known to be degraded: `healthy` is no answer then, `inconclusive` is, unless what was met is excused. */
  readonly isDegraded?: boolean;
  /** The incident has ended: there is nothing more to see of it. */
  readonly isOver?: boolean;
}

/** Of which part of the journal a verdict is asked, and under what. */
export interface DiagnoseOptions extends VerdictOptions {
  /** What happened before is known but not cited, ms since the session's start. */
  readonly fromMs?: number;
  /** What happens after is not known, ms since the session's start. */
  readonly atMs?: number;
  /** Changes what was found before it is weighed: what if? */
  readonly reconsider?: Reconsider;
}

/**
 * Whose fault is it, in the session as a whole? A pure function of the journal: the same entries give the same verdict anywhere.
 * Of each stretch in which service was degraded there is a verdict of its own: `incidentsOf()`.
 * @param entries oldest first.
 * @returns `healthy` where no sign of a fault was seen.
 */
export function diagnose(entries: readonly Entry[], options: DiagnoseOptions = {}): Verdict {
  const known = legible(entries);
  return diagnoseSeen(observe(known), { ...options, priors: options.priors ?? termsOf(known).priors });
}

/** The same of a journal that was read already. */
export function diagnoseSeen(
  seen: Observations,
  { fromMs = -Infinity, atMs = Infinity, reconsider = (evidence) => evidence, ...options }: DiagnoseOptions = {},
): Verdict {
  return verdictOf(reconsider(evidenceOf(windowOf(seen, fromMs, atMs))), options);
}

/** The verdict on evidence already gathered: `--what-if` drops some of it, or adds. */
export function verdictOf(
  evidence: readonly Evidence[],
  { priors = {}, isDegraded = false, isOver = false }: VerdictOptions = {},
): Verdict {
  const found = weighed(evidence);
  const probabilities = probabilitiesOf(found, priors, isOver);
  if ((!isDegraded || evidence.some(isExcuse)) && !evidence.some(isSign))
    return { conclusion: "healthy", probabilities, faults: [], reasonsFor: [], reasonsAgainst: [], actor: "nobody" };

  const [leader, runnerUp] = ranked(probabilities) as [FaultDomain, FaultDomain];
  const leading = faultOf(found, probabilities, leader);
  const { trunkId, reasonsFor } = leading;
  const others = othersAtFault(evidence, leading, priors);
  const alone = conclude(probabilities, leader);
  const conclusion = alone === "inconclusive" && isClearBeside(others, evidence, leader, priors) ? "likely" : alone;
  const actor = conclusion === "inconclusive" ? "nobody" : leading.actor;
  const nextTest = nextTestOf(evidence, probabilities);
  return {
    conclusion,
    leader,
    runnerUp,
    probabilities,
    faults: [{ ...leading, actor }, ...others],
    ...(trunkId !== undefined && { trunkId }),
    reasonsFor,
    reasonsAgainst: speaking(found, leader, -1),
    ...(nextTest && { nextTest }),
    actor,
  };
}
