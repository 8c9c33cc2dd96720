/** What the detectors ask of the observations. */
import type { AttemptSeen, BootRun, Observations, Seen, TrunkSeen } from "./observations.ts";

/** Signs this close together are one event, ms. */
export const togetherMs = 5_000;

/** Where no call was tried for longer, a start or a change of the settings that came between may have had no part in what the next one met, ms. */
export const soonMs = 180_000;

/** An attempt that somebody's fault ended: not the callee's choice. */
export const isFault = ({ end }: AttemptSeen): boolean => end !== "carried" && end !== "callee";

/** An attempt that speaks against the trunk it went out on. */
export const isTrunkFault = (attempt: AttemptSeen): boolean =>
  attempt.end === "swallowed" ||
  attempt.end === "stalled" ||
  attempt.end === "route-refused" ||
  attempt.end === "edge-refused" ||
  attempt.end === "number-unknown" ||
  attempt.end === "unexplained" ||
  attempt.end === "forbidden" ||
  attempt.end === "unanswered" ||
  attempt.end === "away" ||
  attempt.end === "contradicted";

/** The same of its route or edge, by what other routes and carriers bring: who forbids a call may do so for the account's sake, whatever they do. */
export const isRouteFault = (attempt: AttemptSeen): boolean => isTrunkFault(attempt) && attempt.end !== "forbidden";

/** 404, without a cause or as unallocated: one void number, or one of many on a route that leads nowhere. */
export const isNumberUnknown = ({ end, code, cause }: AttemptSeen): boolean =>
  end === "number-unknown" || (end === "callee" && code === 404 && (cause === undefined || cause === 1));

/** The trunk got there. */
export const isCarried = (attempt: AttemptSeen) => !isFault(attempt) && !isNumberUnknown(attempt);

/** Whose end is one of these. */
export const ending =
  (...ends: AttemptSeen["end"][]) =>
  (attempt: AttemptSeen) =>
    ends.includes(attempt.end);

/** What the last of them was answered, for the words: 0 where it was not. */
export const codesOf = (faults: readonly AttemptSeen[]) => ({ code: faults.at(-1)?.code ?? 0, cause: faults.at(-1)?.cause ?? 0 });

/** ITU-T Q.850 class 010, resource unavailable (34–47): the carrier's word on itself, whatever others say. */
export const isOutOfResources = ({ cause = 0 }: Pick<AttemptSeen, "cause">): boolean => cause >= 34 && cause <= 47;

/**
 * A word on what was dialled (484, Q.850 28), or the network's on the call (603+ ATIS-1000099, 608 RFC 8688): on neither the account nor the edge. Another
 * cause beside a 484 says more than the code.
 */
export const isOfCall = ({ code, cause }: AttemptSeen): boolean =>
  (code === 484 && cause === undefined) || cause === 28 || code === 603 || code === 608;

/** Under which start of the CRM it was, or was called. */
export const startOf = (
  { boots }: Pick<Observations, "boots">,
  { atMs, startedMs = atMs }: Seen & { readonly startedMs?: number },
): BootRun | undefined => boots.findLast((boot) => boot.atMs <= startedMs);

/** Between the two, whichever was first, neither did the CRM start anew nor was the trunk set otherwise. */
export function isUnchanged({ boots, settingsChanges }: Observations, trunkId: string, oneMs: number, otherMs: number): boolean {
  const isBetween = ({ atMs }: { readonly atMs: number }) => atMs > Math.min(oneMs, otherMs) && atMs <= Math.max(oneMs, otherMs);
  return !boots.some(isBetween) && !settingsChanges.some((change) => change.trunkId === trunkId && isBetween(change));
}

/** The trunk was set otherwise in that change as well. */
export const isSetBy = ({ settingsChanges }: Observations, { seq }: Seen, trunkId: string): boolean =>
  settingsChanges.some((change) => change.seq === seq && change.trunkId === trunkId);

/** The registrar's word on the account itself. */
export const isOfAccount = ({ code }: TrunkSeen["refusals"][number]): boolean => code !== undefined && [401, 403, 404, 407].includes(code);

/** The attempts by what `key` says of them, in the order in which each was first met. */
export function grouped<T>(attempts: readonly T[], key: (attempt: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const attempt of attempts) {
    const of = key(attempt);
    const group = groups.get(of);
    if (group) group.push(attempt);
    else groups.set(of, [attempt]);
  }
  return [...groups.values()];
}

/** Where the first is that is not `isEarlier` than the limit. Binary search: a journal is long, and its observations are in order. */
export function firstAfter<T>(all: readonly T[], limitMs: number, isEarlier: (item: T, limitMs: number) => boolean): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isEarlier(all[middle] as T, limitMs)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Has anything of this trunk been answered between the two times? */
export function isProven({ provenMs }: TrunkSeen, fromMs: number, toMs: number): boolean {
  const next = provenMs[firstAfter(provenMs, fromMs, (atMs, limitMs) => atMs < limitMs)];
  return next !== undefined && next <= toMs;
}

/** Was the edge out of reach at that time, or had it been when it was last heard of? */
export const isOut = ({ outages }: TrunkSeen, atMs: number): boolean =>
  outages.some(({ aliveMs, atMs: lostMs, backMs }) => atMs > (aliveMs ?? lostMs - togetherMs) && atMs < backMs);

/** An idle trunk is probed every 15 s (`limits.probeIntervalMs`): its silence says nothing for that long, ms. */
export const probedWithinMs = 20_000;

/** One edge at least was out of reach then, and no other was heard of soon after. */
export const isNoTrunkLeft = ({ trunks }: Observations, atMs: number): boolean =>
  trunks.some((trunk) => isOut(trunk, atMs)) &&
  trunks.every((trunk) => isOut(trunk, atMs) || !isProven(trunk, atMs, atMs + probedWithinMs));

/** When a trunk was first lost or refused, or a call went out that failed; Infinity where none did. */
export function onsetMs({ trunks, attempts, audio }: Observations): number {
  const silent = audio.find(({ end }) => end === "none");
  const starts = [...trunks.flatMap(({ outages, refusals }) => [outages[0], refusals[0]]), silent];
  return Math.min(attempts.find(isFault)?.startedMs ?? Infinity, ...starts.map((seen) => seen?.atMs ?? Infinity));
}
