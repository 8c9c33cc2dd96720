/** Stretches of degraded service: open on the first sign, closed once all is proven well and stays so. */
import type { Entry } from "../journal.ts";
import { awakeMs, sleepOf, type Sleep } from "../sleeps.ts";
import { createImpairments, isLost, type Beginning } from "./impairments.ts";
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

/** An incident but for its verdict, which costs more to tell. */
export interface Course extends Omit<Incident, "verdict"> {
  /** Until when something was in doubt: a route that nobody's call proved well may be so long after the last sign. */
  readonly doubtedMs: number;
  /**
   * The last entry that had been written when it was closed; Infinity while it is open. In one millisecond much may be
   * written before a timer is heard, or after: what is judged is the same by place, not by time.
   */
  readonly knownSeq: number;
}

/** Follows the service, entry by entry. */
export interface Watch {
  /** Oldest first; the last one may be open. */
  readonly courses: readonly Course[];
  read(entry: Entry): void;
  /** Time has come to `nowMs`, whether or not anything happened. */
  pass(nowMs: number): void;
  /** When the passing of time alone will next change something, ms since the session's start. */
  readonly dueMs: number;
}

/** A doubt that nobody's call settles goes stale after so many calm periods. */
const staleCalms = 60;
/** Of a call that was lost, or a device: after so many. */
const blockedCalms = 12;

/**
 * What was wrong and comes back this soon after the incident was closed is the same one, open again, ms. Each time it takes
 * twice as long until it is closed, up to `mostCalms` periods, and until it is forgotten, up to `mostMs`: an agent alone
 * meets a brown-out once in ten minutes.
 */
const relapseMs = 15 * 60_000;
const mostMs = 60 * 60_000;
const mostCalms = 16;

/** How far before an incident evidence still belongs to it, ms. */
export const contextMs = 5 * 60_000;

/** An incident while it lasts. */
interface Draft {
  readonly id: number;
  readonly opened: Beginning;
  /** The last sign, or the last proof that something is well again. */
  last: Beginning;
  lastSign: Beginning;
  doubtedMs: number;
  readonly blocked: { readonly fromMs: number; toMs: number }[];
  readonly met: Set<string>;
  readonly saved: Set<string>;
  readonly lost: Set<string>;
  readonly refused: Set<string>;
  /** Calls on a line that kept silent, and was not given up for want of a better one. */
  readonly waiting: Set<string>;
  /** What was wrong in it, by trunk where it is one's. */
  readonly causes: Set<string>;
  /** How often it came back after it had been closed. */
  relapses: number;
  unproven: boolean;
  trunksLost: boolean;
  restartedMs: number;
  completedMs: number;
}

export function createWatch(calmMs: number): Watch {
  const impairments = createImpairments(staleCalms * calmMs, blockedCalms * calmMs);
  const closed: Course[] = [];
  let draft: Draft | undefined;
  /** Calls of the preflight, no customers'. */
  const checks = new Set<string>();
  const sleeps: Sleep[] = [];
  /** The last one that was closed. */
  let last: Draft | undefined;
  let isOver = false;
  let readSeq = -1;

  function follow(changes: ReturnType<typeof impairments.read>, nowMs: number): void {
    for (const { began, mended, unproven, cause, lostCall, savedCall } of changes) {
      if (began) draft ??= reopened(began, cause) ?? draftOf(closed.length + 1, began);
      if (!draft) continue;
      if (cause !== undefined) draft.causes.add(cause);
      draft.unproven ||= unproven === true;
      if (lostCall !== undefined) for (const calls of [draft.met, draft.lost]) calls.add(lostCall);
      if (savedCall !== undefined) for (const calls of [draft.met, draft.saved]) calls.add(savedCall);
      const latest = began ?? mended ?? draft.last;
      if (latest.seq > draft.last.seq) draft.last = latest;
      if (began && began.seq > draft.lastSign.seq) draft.lastSign = began;
    }
    if (draft && impairments.count > 0) draft.doubtedMs = Infinity;
    else if (draft?.doubtedMs === Infinity) draft.doubtedMs = nowMs;
    if (draft) note(draft, impairments.isBlocking, nowMs);
  }

  /** The same trouble again is the same incident. */
  function reopened({ atMs }: Beginning, cause: string | undefined): Draft | undefined {
    if (!last || cause === undefined || !last.causes.has(cause)) return undefined;
    if (atMs - last.last.atMs > Math.min(mostMs, relapseMs * 2 ** last.relapses)) return undefined;
    closed.pop();
    last.relapses++;
    last.unproven = false;
    return last;
  }

  const closesMs = () =>
    draft && impairments.count === 0 ? draft.last.atMs + calmMs * Math.min(mostCalms, 2 ** draft.relapses) : Infinity;

  function pass(nowMs: number): void {
    // In the order in which it falls due, so that a late timer tells the same story as an early one.
    for (let dueMs = watch.dueMs; dueMs <= nowMs && dueMs < Infinity; dueMs = watch.dueMs) {
      if (draft && closesMs() <= dueMs) {
        closed.push(courseOf(draft, sleeps, readSeq, draft.last.atMs));
        last = draft;
        draft = undefined;
      } else follow(impairments.pass(dueMs), dueMs);
    }
  }

  const watch: Watch = {
    get courses() {
      return draft ? [...closed, courseOf(draft, sleeps)] : closed;
    },
    read(entry) {
      // What ends because we close is nobody's fault.
      if (entry.type === "session:closing" || entry.type === "session:closed") isOver = true;
      if (isOver) return;
      pass(entry.atMs);
      readSeq = entry.seq;
      follow(impairments.read(entry), entry.atMs);
      if (entry.type === "page:woke") sleeps.push(sleepOf(entry));
      if (entry.type === "call:placed" && entry.by === "check") checks.add(entry.callId);
      if (draft && !("callId" in entry && checks.has(entry.callId))) count(entry, draft);
    },
    pass,
    get dueMs() {
      return isOver ? Infinity : Math.min(impairments.dueMs, closesMs());
    },
  };
  return watch;
}

/**
 * Every incident of a journal, each with its verdict: those that the live session told, from the same entries.
 * @param entries oldest first.
 * @returns oldest first; the last one may be open.
 */
export function incidentsOf(entries: readonly Entry[], options: IncidentOptions = {}): readonly Incident[] {
  const session = termsOf(entries);
  const { calmMs = session.calmMs, priors = session.priors, nowMs, reconsider } = options;
  const weighing = { priors, ...(reconsider && { reconsider }) };
  const watch = createWatch(calmMs);
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
  return { ...factsOf(course), verdict: diagnoseSeen(seen, { ...weighing, fromMs, atMs, isDegraded: true }) };
}

export const factsOf = ({ doubtedMs: _, knownSeq: __, ...facts }: Course): Omit<Incident, "verdict"> => facts;

function draftOf(id: number, opened: Beginning): Draft {
  return {
    id,
    opened,
    last: opened,
    lastSign: opened,
    doubtedMs: opened.atMs,
    blocked: [],
    met: new Set(),
    saved: new Set(),
    lost: new Set(),
    refused: new Set(),
    waiting: new Set(),
    causes: new Set(),
    relapses: 0,
    unproven: false,
    trunksLost: false,
    restartedMs: Infinity,
    completedMs: Infinity,
  };
}

/** Keeps the stretches in which calls could not be placed. */
function note({ blocked, opened }: Draft, isBlocking: boolean, nowMs: number): void {
  const last = blocked.at(-1);
  const isOpen = last?.toMs === Infinity;
  if (isBlocking && !isOpen) blocked.push({ fromMs: Math.max(nowMs, opened.atMs), toMs: Infinity });
  else if (!isBlocking && last && isOpen) last.toMs = nowMs;
}

function courseOf(draft: Draft, sleeps: readonly Sleep[], knownSeq = Infinity, closedMs?: number): Course {
  const { id, opened, last, lastSign, doubtedMs, blocked, met, saved, lost, refused, trunksLost, restartedMs, completedMs, relapses } =
    draft;
  const untilMs = closedMs ?? last.atMs;
  // Nobody wanted to call while the device slept.
  const lostMs = blocked.reduce((sum, { fromMs, toMs }) => sum + awakeMs(sleeps, fromMs, Math.min(toMs, untilMs)), 0);
  return {
    id,
    openedMs: opened.atMs,
    doubtedMs,
    knownSeq,
    ...(relapses > 0 && { reopened: relapses }),
    ...(closedMs !== undefined && { closedMs, ...(draft.unproven && { unproven: true as const }) }),
    firstSeq: opened.seq,
    lastSeq: last.seq,
    callsAffected: met.size,
    callsSaved: saved.size,
    callsLost: lost.size,
    callsRefused: refused.size,
    minutesLost: Math.round(lostMs / 600) / 100,
    endedByReinitialisation:
      closedMs !== undefined && !trunksLost && restartedMs < Infinity && completedMs <= closedMs && lastSign.atMs <= completedMs,
  };
}

/** What became of the calls, and what the CRM did meanwhile. */
function count(entry: Entry, draft: Draft): void {
  const { met, saved, lost, refused, waiting } = draft;
  switch (entry.type) {
    case "boot:started":
      if (entry.run > 1) [draft.restartedMs, draft.completedMs] = [entry.atMs, Infinity];
      return;
    case "boot:completed":
      draft.completedMs = Math.min(draft.completedMs, entry.atMs);
      return;
    case "flow:changed":
      draft.trunksLost ||= entry.to === "waiting";
      return;
    case "call:failed-over":
    case "audio:given-up":
      met.add(entry.callId);
      return;
    case "audio:rated":
      if (entry.level === "poor") met.add(entry.callId);
      return;
    case "attempt:overdue":
      waiting.add(entry.callId);
      return;
    case "call:ringing":
    case "call:answered":
      waiting.delete(entry.callId);
      if (!met.has(entry.callId)) return;
      lost.delete(entry.callId);
      saved.add(entry.callId);
      return;
    case "call:cut":
      met.add(entry.callId);
      return;
    case "call:ended":
      if (met.has(entry.callId) && !lost.has(entry.callId) && entry.end === "callee-refused") saved.add(entry.callId);
      if (entry.end === "hung-up-here" && waiting.delete(entry.callId)) {
        met.add(entry.callId);
        lost.add(entry.callId);
        return;
      }
      if (entry.end !== "flow-lost" && (entry.end !== "failed" || !(isLost(entry) || met.has(entry.callId)))) return;
      met.add(entry.callId);
      saved.delete(entry.callId);
      lost.add(entry.callId);
      return;
    case "call:refused":
      if (!["bad-number", "bad-options", "closed"].includes(entry.because)) refused.add(entry.callId);
      return;
    default:
  }
}
