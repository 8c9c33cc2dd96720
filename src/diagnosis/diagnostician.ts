/**
 * The live form of the pure diagnosis: follows the journal as it is written, and says what changed. Whatever it
 * tells, `incidentsOf` tells the same from the same entries later.
 */
import type { CancelTimer, Clock } from "../clock.ts";
import type { Journal } from "../journal.ts";
import type { Course } from "./course.ts";
import { createIncidentWatch } from "./incident-watch.ts";
import { contextMs, factsOf, incidentOf } from "./incident.ts";
import type { Incident, Verdict } from "./model.ts";
import type { Observations } from "./observations.ts";
import { createObserver, observe } from "./observe.ts";
import { isSettled, reinitialisationsOf, type Reinitialisation } from "./reinitialisation.ts";
import { diagnoseSeen, type Priors } from "./verdict.ts";

export interface Diagnostician {
  /** Oldest first; the last one may be open. Never older than the journal. */
  readonly incidents: readonly Incident[];
  /** Of the open incident; where there is none, of all since the last one. */
  readonly verdict: Verdict;
  close(): void;
}

interface DiagnosticianPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly calmMs: number;
  readonly priors: Priors;
  readonly on: (change: "opened" | "updated" | "closed", incident: Incident) => void;
  /** The CRM came up again; told again as calls show what works since. */
  readonly onReinitialised: (change: Reinitialisation) => void;
}

/** Entries are gathered for this long before a verdict is told: it takes a few to see what they mean, ms. */
const gatherMs = 250;

/** A new leader is told only when it leads the one told before by this much: a verdict does not flap. */
const hysteresis = 0.1;

export function createDiagnostician({ journal, clock, calmMs, priors, on, onReinitialised }: DiagnosticianPorts): Diagnostician {
  const watch = createIncidentWatch(calmMs);
  /** Closed ones do not change any more, but that the last may be opened again. */
  const final: Incident[] = [];
  /** Verdicts on what is not final, made anew only when something was written: of the open incident, and of no incident. */
  let ofOpen: { readonly seq: number; readonly id: number; readonly verdict: Verdict } | undefined;
  let ofRest: { readonly seq: number; readonly verdict: Verdict } | undefined;
  let observer = createObserver();
  /** How many of the journal's entries it has read, the last of them, and what it has seen by then. */
  let read: { readonly count: number; readonly seq: number; readonly seen: Observations } | undefined;
  let told: Incident | undefined;
  /** A re-initialisation that came through, while it is not known what it changed. */
  let isFollowed = false;
  let toldOfBoot: Reinitialisation | undefined;
  let cancelTimer: CancelTimer = () => {};
  let timerMs = Infinity;
  let closed = false;

  const lastSeq = () => journal.entries.at(-1)?.seq ?? -1;

  /** The journal up to `untilSeq`, or as it is now: of that only what was written since is read. */
  function seen(untilSeq = Infinity): Observations {
    const { entries } = journal;
    if (untilSeq < lastSeq()) return observe(entries.filter(({ seq }) => seq <= untilSeq));
    if (read?.seq === lastSeq()) return read.seen;
    // It has been trimmed: what is gone is known to nobody who reads it elsewhere.
    if (read && entries[read.count - 1]?.seq !== read.seq) [observer, read] = [createObserver(), undefined];
    for (const entry of entries.slice(read?.count ?? 0)) observer.read(entry);
    read = { count: entries.length, seq: lastSeq(), seen: observer.seen() };
    return read.seen;
  }

  function incidents(): readonly Incident[] {
    const { courses } = watch;
    if (courses[final.length - 1]?.reopened !== final.at(-1)?.reopened) final.pop();
    const judged = (course: Course) => incidentOf(seen(course.knownSeq), course, courses[course.id - 2], calmMs, { priors });
    for (const course of courses.slice(final.length)) {
      if (course.closedMs !== undefined) final.push(judged(course));
      else {
        if (ofOpen?.seq !== lastSeq() || ofOpen.id !== course.id)
          ofOpen = { seq: lastSeq(), id: course.id, verdict: judged(course).verdict };
        return [...final, { ...factsOf(course), verdict: ofOpen.verdict }];
      }
    }
    return [...final];
  }

  /** The report on an open incident will need what it was made of, however long it lasts. */
  function hold(): void {
    const last = watch.courses.at(-1);
    journal.hold(last && last.closedMs === undefined ? last.openedMs - contextMs : undefined);
  }

  /** Says what is new since the last time. */
  function tell(): void {
    const isTold = ({ id, reopened = 0 }: Incident) =>
      told !== undefined && told.closedMs !== undefined && (id < told.id || (id === told.id && reopened === (told.reopened ?? 0)));
    for (const incident of incidents().slice(told ? told.id - 1 : 0)) {
      if (isTold(incident)) continue;
      const before = told?.id === incident.id && told.closedMs === undefined ? told : undefined;
      if (!before) on("opened", incident);
      else if (incident.closedMs === undefined && !isNews(before, incident)) continue;
      told = incident;
      if (incident.closedMs !== undefined) on("closed", incident);
      else if (before) on("updated", incident);
    }
  }

  function tellOfBoot(): void {
    const latest = reinitialisationsOf(seen()).at(-1);
    isFollowed = latest !== undefined && !isSettled(latest);
    if (!latest || JSON.stringify(latest) === JSON.stringify(toldOfBoot)) return;
    toldOfBoot = latest;
    onReinitialised(latest);
  }

  function wake(): void {
    timerMs = Infinity;
    watch.pass(journal.nowMs());
    tell();
    hold();
    if (isFollowed) tellOfBoot();
    if (!closed) wakeAt(watch.dueMs);
  }

  function wakeAt(atMs: number): void {
    if (atMs >= timerMs) return;
    cancelTimer();
    timerMs = atMs;
    // Sums of fractions differ by less than the journal tells apart.
    cancelTimer = clock.setTimer(wake, Math.max(0, Math.ceil((atMs - journal.nowMs()) * 1_000) / 1_000));
  }

  for (const entry of journal.entries) watch.read(entry);
  const unsubscribe = journal.subscribe((entry) => {
    watch.read(entry);
    isFollowed ||= entry.type === "boot:completed" && entry.run > 1;
    const last = watch.courses.at(-1);
    const isNews = (last !== undefined && last.closedMs === undefined) || watch.courses.length > final.length || isFollowed;
    if (isNews) hold();
    wakeAt(isNews ? Math.min(journal.nowMs() + gatherMs, watch.dueMs) : watch.dueMs);
  });
  wakeAt(Math.min(watch.dueMs, watch.courses.length > 0 ? journal.nowMs() + gatherMs : Infinity));

  return {
    get incidents() {
      if (!closed) watch.pass(journal.nowMs());
      return incidents();
    },
    get verdict() {
      const last = this.incidents.at(-1);
      if (last && last.closedMs === undefined) return last.verdict;
      if (ofRest?.seq !== lastSeq())
        ofRest = { seq: lastSeq(), verdict: diagnoseSeen(seen(), { fromMs: last?.closedMs ?? -Infinity, priors }) };
      return ofRest.verdict;
    },
    close() {
      if (closed) return;
      closed = true;
      tell();
      unsubscribe();
      cancelTimer();
    },
  };
}

/** Worth telling: more calls met it, or the verdict is another. */
function isNews(before: Incident, { verdict, callsAffected, callsRefused, callsLost }: Incident): boolean {
  if (callsAffected !== before.callsAffected || callsRefused !== before.callsRefused || callsLost !== before.callsLost) return true;
  const { leader, conclusion, probabilities } = verdict;
  if (leader === before.verdict.leader) return conclusion !== before.verdict.conclusion;
  const lead = (leader ? probabilities[leader] : 0) - (before.verdict.leader ? probabilities[before.verdict.leader] : 0);
  return lead >= hysteresis;
}
