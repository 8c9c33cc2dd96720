/** Stretches of degraded service, each with its verdict. */
import type { Entry } from "../journal.ts";
import type { Course } from "./course.ts";
import { createIncidentWatch } from "./incident-watch.ts";
import { legible } from "./legible.ts";
import type { Incident } from "./model.ts";
import type { Observations } from "./observations.ts";
import { createObserver } from "./observe.ts";
import { termsOf } from "./terms.ts";
import { diagnoseSeen, type Priors, type Reconsider } from "./verdict.ts";

/** Under what incidents are opened, closed and judged. */
export interface IncidentOptions {
  /** Service must have been well for this long before an incident is closed, ms: as long as the session asked for if left out. */
  readonly calmMs?: number;
  /** Now, ms since the session's start: the last entry's time if left out. */
  readonly nowMs?: number;
  /** Prior log-odds of the domains, from experience: those that the session had if left out. */
  readonly priors?: Priors;
  /** Changes what was found before it is weighed: what if? */
  readonly reconsider?: Reconsider;
}

/** How far before an incident evidence still belongs to it, ms. */
export const contextMs = 5 * 60_000;

/**
 * Every incident of a journal, each with its verdict: those that the live session told, from the same entries.
 * @param journal its entries, oldest first. One that does not hold what its type says is passed over.
 * @returns oldest first; the last one may be open.
 */
export function incidentsOf(journal: readonly Entry[], options: IncidentOptions = {}): readonly Incident[] {
  const entries = legible(journal);
  const session = termsOf(entries);
  const { calmMs = session.calmMs, priors = session.priors, nowMs, reconsider } = options;
  const weighing = { priors, ...(reconsider && { reconsider }) };
  const watch = createIncidentWatch(calmMs);
  for (const entry of entries) watch.read(entry);
  watch.pass(nowMs ?? entries.at(-1)?.atMs ?? 0);
  const observer = createObserver();
  let next = 0;
  return watch.courses.map((course, index, courses) => {
    for (let entry = entries[next]; entry && entry.seq <= course.knownSeq; entry = entries[++next]) observer.read(entry);
    return incidentOf(observer.seen(), course, courses[index - 1], calmMs, weighing);
  });
}

/**
 * The verdict over the incident's own window: some time before it, for what worked then, and the calm after it,
 * for what mended it.
 * @param seen up to `knownSeq`.
 * @param before the incident before it: its signs belong to it alone.
 */
export function incidentOf(
  seen: Observations,
  course: Course,
  before: Course | undefined,
  calmMs: number,
  weighing: Pick<IncidentOptions, "priors" | "reconsider">,
): Incident {
  const fromMs = Math.max(course.openedMs - contextMs, Math.min(before?.closedMs ?? -Infinity, course.openedMs));
  const atMs = course.closedMs === undefined ? Infinity : Math.max(course.closedMs + calmMs, course.doubtedMs);
  const isOver = course.closedMs !== undefined;
  return { ...factsOf(course), verdict: diagnoseSeen(seen, { ...weighing, fromMs, atMs, isDegraded: true, isOver }) };
}

export const factsOf = ({ doubtedMs: _, knownSeq: __, ...facts }: Course): Omit<Incident, "verdict"> => facts;
