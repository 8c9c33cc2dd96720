/** What an incident comes to while it lasts: the calls that it meets, and the time in which none could be placed. */
import type { Entry } from "../journal.ts";
import { awakeMs, type Sleep } from "../sleeps.ts";
import { isLost } from "./impairments.ts";
import type { Incident } from "./model.ts";
import type { Beginning } from "./open-impairments.ts";

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

/** An incident while it lasts. */
export interface Draft {
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

export function draftOf(id: number, opened: Beginning): Draft {
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
export function noteBlocked({ blocked, opened }: Draft, isBlocking: boolean, nowMs: number): void {
  const last = blocked.at(-1);
  const isOpen = last?.toMs === Infinity;
  if (isBlocking && !isOpen) blocked.push({ fromMs: Math.max(nowMs, opened.atMs), toMs: Infinity });
  else if (!isBlocking && last && isOpen) last.toMs = nowMs;
}

export function courseOf(draft: Draft, sleeps: readonly Sleep[], knownSeq = Infinity, closedMs?: number): Course {
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
export function count(entry: Entry, draft: Draft): void {
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
