/** Stretches of degraded service, read from the journal. */
import type { Entry } from "../journal.ts";
import type { Incident } from "./model.ts";
import { diagnose, type Priors } from "./verdict.ts";

export interface IncidentOptions {
  /** Service must have been well for this long before an incident is closed, ms. */
  readonly calmMs: number;
  /** What is now, ms since the session's start: the last entry's time if left out. */
  readonly nowMs?: number;
  readonly priors?: Priors;
}

/** How far before an incident evidence still belongs to it, ms. */
const contextMs = 10_000;

/** One incident while the journal is read. */
interface Draft {
  readonly openedMs: number;
  readonly firstSeq: number;
  lastSeq: number;
  lastTroubleMs: number;
  stageFaults: number;
  reinitialised: boolean;
  lostMs: number;
  readonly affected: Set<string>;
  readonly saved: Set<string>;
  readonly lost: Set<string>;
  readonly refused: Set<string>;
}

/** What is wrong at this moment. */
interface Condition {
  /** A critical stage failed or hangs, and no run has completed since. */
  bootBroken: boolean;
  readonly trunksDown: Set<string>;
  readonly trunksReady: Set<string>;
  readonly breakersOpen: Set<string>;
  everReady: boolean;
  /** Since when no call could be placed. */
  unserviceableMs: number | undefined;
}

/** Every incident, oldest first; the last one may be open. */
export function incidentsOf(entries: readonly Entry[], { calmMs, nowMs = entries.at(-1)?.atMs ?? 0, priors = {} }: IncidentOptions): readonly Incident[] {
  const incidents: Incident[] = [];
  const now: Condition = { bootBroken: false, trunksDown: new Set(), trunksReady: new Set(), breakersOpen: new Set(), everReady: false, unserviceableMs: undefined };
  let draft: Draft | undefined;

  const isWell = () => !now.bootBroken && now.trunksDown.size === 0 && now.breakersOpen.size === 0;
  const finish = (closed: boolean) => {
    if (!draft) return;
    const closedMs = closed ? draft.lastTroubleMs : undefined;
    const lostMs = draft.lostMs + (now.unserviceableMs === undefined ? 0 : nowMs - Math.max(now.unserviceableMs, draft.openedMs));
    incidents.push({
      id: incidents.length + 1,
      openedMs: draft.openedMs,
      ...(closedMs !== undefined && { closedMs }),
      firstSeq: draft.firstSeq,
      lastSeq: draft.lastSeq,
      callsAffected: draft.affected.size,
      callsSaved: draft.saved.size,
      callsLost: draft.lost.size,
      callsRefused: draft.refused.size,
      minutesLost: Math.round(lostMs / 600) / 100,
      endedByReinitialisation: closed && draft.stageFaults > 0 && draft.reinitialised,
      verdict: diagnose(entries, { fromMs: draft.openedMs - contextMs, untilMs: closedMs === undefined ? Infinity : closedMs + calmMs, priors }),
    });
    draft = undefined;
  };

  for (const entry of entries) {
    if (entry.type === "session:closing") break;
    if (draft && isWell() && entry.atMs >= draft.lastTroubleMs + calmMs) finish(true);
    const trouble = note(entry, now);
    const unserviceable = now.bootBroken || (now.everReady && now.trunksReady.size === 0);
    if (trouble || (!draft && unserviceable)) draft ??= begin(entry);
    if (unserviceable) now.unserviceableMs ??= entry.atMs;
    else if (now.unserviceableMs !== undefined) {
      if (draft) draft.lostMs += entry.atMs - Math.max(now.unserviceableMs, draft.openedMs);
      now.unserviceableMs = undefined;
    }
    if (!draft) continue;
    draft.lastSeq = entry.seq;
    if (trouble || !isWell() || isRecovery(entry)) draft.lastTroubleMs = entry.atMs;
    count(entry, draft);
  }
  if (draft) finish(isWell() && nowMs >= draft.lastTroubleMs + calmMs);
  return incidents;
}

function begin({ atMs, seq }: Entry): Draft {
  return {
    openedMs: atMs, firstSeq: seq, lastSeq: seq, lastTroubleMs: atMs, stageFaults: 0, reinitialised: false, lostMs: 0,
    affected: new Set(), saved: new Set(), lost: new Set(), refused: new Set(),
  };
}

/** Takes an entry into account. @returns whether it is a sign of degraded service by itself. */
function note(entry: Entry, now: Condition): boolean {
  switch (entry.type) {
    case "stage:failed":
      if (!entry.critical || !entry.final || entry.fault.kind === "aborted") return false;
      return (now.bootBroken = true);
    case "stage:stalled":
      return true;
    case "boot:completed":
      now.bootBroken = false;
      return false;
    case "flow:changed":
      if (entry.to === "waiting") now.trunksDown.add(entry.trunkId);
      return false;
    case "registration:changed":
      if (entry.to === "registered") {
        now.trunksDown.delete(entry.trunkId);
        now.trunksReady.add(entry.trunkId);
        now.everReady = true;
      } else if (entry.to === "none" || entry.to === "refused") {
        now.trunksReady.delete(entry.trunkId);
        if (entry.to === "refused") now.trunksDown.add(entry.trunkId);
      }
      return false;
    case "breaker:changed": {
      const key = `${entry.trunkId} ${entry.route}`;
      if (entry.to === "open") now.breakersOpen.add(key);
      else now.breakersOpen.delete(key);
      return entry.to === "open";
    }
    case "call:failed-over":
      return true;
    case "call:ended":
      return entry.end === "failed" || entry.end === "flow-lost";
    case "call:refused":
      return entry.because !== "bad-number" && entry.because !== "closed";
    default:
      return false;
  }
}

/** The moment in which something came back is the last of the trouble. */
const isRecovery = (entry: Entry) =>
  entry.type === "boot:completed" || (entry.type === "registration:changed" && entry.to === "registered" && entry.from !== "refreshing") || entry.type === "breaker:changed";

function count(entry: Entry, draft: Draft): void {
  switch (entry.type) {
    case "stage:failed":
    case "stage:stalled":
      draft.stageFaults += 1;
      return;
    case "boot:completed":
      draft.reinitialised = true;
      return;
    case "attempt:abandoned":
      if (entry.because !== "hung-up") draft.affected.add(entry.callId);
      return;
    case "call:failed-over":
      draft.affected.add(entry.callId);
      return;
    case "call:ringing":
    case "call:answered":
      if (draft.affected.has(entry.callId)) draft.saved.add(entry.callId);
      return;
    case "call:ended":
      if (entry.end !== "failed" && entry.end !== "flow-lost") return;
      draft.affected.add(entry.callId);
      draft.saved.delete(entry.callId);
      draft.lost.add(entry.callId);
      return;
    case "call:refused":
      draft.refused.add(entry.callId);
      return;
    default:
  }
}
