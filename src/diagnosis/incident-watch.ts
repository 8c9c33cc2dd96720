/** When an incident is open: from the first sign of degraded service until all is proven well and stays so. */
import type { Entry } from "../journal.ts";
import { sleepOf, type Sleep } from "../sleeps.ts";
import { count, courseOf, draftOf, noteBlocked, type Course, type Draft } from "./course.ts";
import { createImpairments } from "./impairments.ts";
import type { Beginning } from "./open-impairments.ts";

/** Follows the service, entry by entry. */
export interface IncidentWatch {
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

export function createIncidentWatch(calmMs: number): IncidentWatch {
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
    if (draft) noteBlocked(draft, impairments.isBlocking, nowMs);
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

  const watch: IncidentWatch = {
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
