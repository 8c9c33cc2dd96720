/** What a re-initialisation of the CRM changed: what was broken before it, what works since, and whether the trunks were well throughout. */
import type { AttemptSeen, BootRun, Observations, Seen } from "./observations.ts";
import type { Route } from "../journal.ts";
import { isFault, togetherMs } from "./questions.ts";

/** Something that did not work. */
export type Broken =
  | { readonly kind: "stage"; readonly stage: string }
  /** The agent could not dial: the CRM had not come up, or had not started the line. */
  | { readonly kind: "dialling" }
  | { readonly kind: "calls"; readonly trunkId: string; readonly route: Route }
  | { readonly kind: "trunk"; readonly trunkId: string };

/** What one re-initialisation of the CRM changed, as far as calls have shown since. */
export interface Reinitialisation {
  /** Which initialisation: 2 or more. */
  readonly run: number;
  /** ms since the session's start. */
  readonly startedMs: number;
  /** ms since the session's start. */
  readonly completedMs: number;
  /** What failed in the minutes before it, and had not come back by itself. */
  readonly brokenBefore: readonly Broken[];
  /** What of that was proven since to work. */
  readonly worksAfter: readonly Broken[];
  /** What of that failed again since. */
  readonly stillBroken: readonly Broken[];
  /** No trunk was lost from shortly before it began until it was complete: what came back did not come back with them. */
  readonly trunksHealthy: boolean;
}

/** The same, with where it stands in the journal. */
export interface Course extends Omit<Reinitialisation, "brokenBefore" | "worksAfter" | "stillBroken"> {
  readonly boot: BootRun;
  readonly matters: readonly Matter[];
}

interface Matter {
  readonly broken: Broken;
  readonly worked: readonly Seen[];
  readonly failed: readonly Seen[];
}

/** Trouble this long before a re-initialisation may be what it was for: a route rests up to `limits.ejectionMaxMs`, ms. */
const reinitialisedForMs = 360_000;

/** Every re-initialisation that came through, in order. */
export function coursesOf(seen: Observations): readonly Course[] {
  return seen.boots.flatMap((boot, index) => {
    if (boot.run === 1 || boot.completedMs === Infinity) return [];
    const untilMs = seen.boots[index + 1]?.atMs ?? Infinity;
    const isSince = ({ atMs, startedMs = atMs }: Seen & { readonly startedMs?: number }) =>
      startedMs > boot.completedMs && startedMs <= untilMs;
    const lost = seen.trunks.filter(({ outages, blips }) =>
      [...outages, ...blips].some(({ atMs, backMs }) => atMs < boot.completedMs && backMs > boot.atMs - togetherMs),
    );
    const matters = [...stagesOf(seen, boot), ...diallingOf(seen, boot, isSince), ...callsOf(seen, boot, isSince), ...trunksOf(seen, boot)];
    return { boot, run: boot.run, startedMs: boot.atMs, completedMs: boot.completedMs, trunksHealthy: lost.length === 0, matters };
  });
}

/** The same in words for whoever waits for it. */
export const reinitialisationsOf = (seen: Observations): readonly Reinitialisation[] =>
  coursesOf(seen).map(({ run, startedMs, completedMs, trunksHealthy, matters }) => ({
    run,
    startedMs,
    completedMs,
    brokenBefore: matters.map(({ broken }) => broken),
    worksAfter: matters.filter(({ worked, failed }) => worked.length > 0 && failed.length === 0).map(({ broken }) => broken),
    stillBroken: matters.filter(({ failed }) => failed.length > 0).map(({ broken }) => broken),
    trunksHealthy,
  }));

/** Of all that was broken it is known whether it works. */
export const isSettled = ({ brokenBefore, worksAfter, stillBroken }: Reinitialisation): boolean =>
  brokenBefore.length === worksAfter.length + stillBroken.length;

/** Calls on a trunk that is set aside are few: what failed so long ago, and was not tried since, is still thought broken, ms. */
const untriedForMs = 900_000;

const isBefore = ({ atMs }: Seen, boot: BootRun) => atMs <= boot.atMs && atMs >= boot.atMs - reinitialisedForMs;

/** A critical stage has passed when the run is complete. */
function stagesOf({ stageTroubles }: Observations, boot: BootRun): readonly Matter[] {
  const names = new Set(stageTroubles.filter(({ run }) => run === boot.run - 1).map(({ stage }) => stage));
  return [...names].map((stage) => {
    const failed = stageTroubles.filter((trouble) => trouble.stage === stage && trouble.run === boot.run);
    return { broken: { kind: "stage", stage }, worked: [{ seq: boot.seq, atMs: boot.completedMs }], failed };
  });
}

function diallingOf(
  { refusedCalls, attempts }: Observations,
  boot: BootRun,
  isSince: (seen: Seen & { readonly startedMs?: number }) => boolean,
): readonly Matter[] {
  const refused = refusedCalls.filter(({ because }) => because === "boot-incomplete" || because === "not-started");
  if (!refused.some((call) => isBefore(call, boot))) return [];
  return [{ broken: { kind: "dialling" }, worked: attempts.filter(isSince), failed: refused.filter(isSince) }];
}

function callsOf(
  { attempts }: Observations,
  boot: BootRun,
  isSince: (seen: Seen & { readonly startedMs?: number }) => boolean,
): readonly Matter[] {
  const since = attempts.filter(isSince);
  const failing = new Map<string, AttemptSeen>();
  for (const attempt of attempts) {
    if (attempt.startedMs > boot.atMs || attempt.atMs < boot.atMs - untriedForMs) continue;
    if (isFault(attempt)) failing.set(attempt.way, attempt);
    // It had come back by itself before the CRM began anew.
    else failing.delete(attempt.way);
  }
  return [...failing.values()].map(({ trunkId, route, way }) => {
    const same = since.filter((attempt) => attempt.way === way);
    return {
      broken: { kind: "calls", trunkId, route },
      worked: same.filter((attempt) => !isFault(attempt)),
      failed: same.filter(isFault),
    };
  });
}

function trunksOf({ trunks }: Observations, boot: BootRun): readonly Matter[] {
  return trunks.flatMap(({ id, outages, blips }) => {
    const outage = [...outages, ...blips].find(({ atMs, backMs }) => atMs <= boot.atMs && backMs > boot.atMs);
    if (!outage) return [];
    const back: Seen = { seq: outage.seq, atMs: outage.backMs };
    return [{ broken: { kind: "trunk", trunkId: id }, worked: outage.backMs < Infinity ? [back] : [], failed: [] }];
  });
}
