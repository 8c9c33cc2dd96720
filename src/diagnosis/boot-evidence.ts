/** What the CRM's initialisation says: its own faults, and what came before and after it. */
import { cite, type Detector } from "./cite.ts";
import {
  isFault,
  isNoTrunkLeft,
  isProven,
  isTrunkFault,
  onsetMs,
  togetherMs,
  type AttemptSeen,
  type Observations,
  type StageTrouble,
} from "./observations.ts";

/** Trouble this long before a re-initialisation may be what it was for, ms. */
const reinitialisedForMs = 120_000;

const refusedForBoot = ({ refusedCalls }: Observations) => refusedCalls.filter(({ because }) => because === "boot-incomplete");

/** No edge could be reached either, and no server answered the stage: the network took it, not the CRM. */
export const isOfNetwork = ({ fault, atMs }: StageTrouble, seen: Observations): boolean =>
  fault.httpStatus === undefined && isNoTrunkLeft(seen, atMs);

const stages: Detector = (seen) => {
  const own = seen.stageTroubles.filter((trouble) => !isOfNetwork(trouble, seen));
  const failed = own.filter(({ how }) => how === "failed");
  const hung = own.filter(({ how }) => how === "hung");
  const last = failed.at(-1);
  const refused = own.length > 0 || seen.stageTroubles.length === 0 ? refusedForBoot(seen) : [];
  const early = seen.refusedCalls.filter(({ because }) => because === "not-started");
  return [
    ...cite("critical-stage-failed", "observed", failed, {
      stage: last?.stage ?? "",
      error: last?.fault.name ?? "",
      ...(last?.fault.httpStatus !== undefined && { status: last.fault.httpStatus }),
    }),
    ...cite("critical-stage-hung", "observed", hung, { stage: hung.at(-1)?.stage ?? "" }),
    ...cite("calls-refused-for-boot", "observed", refused, { calls: refused.length }),
    ...cite("called-before-start", "observed", early, { calls: early.length }),
  ];
};

/** The trunks were asked while the CRM could not start, and all was well with them. */
const trunksMeanwhile: Detector = (seen) => {
  const [first] = seen.stageTroubles;
  if (!first) return [];
  const untilMs = (seen.stageTroubles.at(-1) ?? first).atMs + togetherMs;
  const isTroubled = seen.attempts.some((attempt) => isTrunkFault(attempt) && attempt.atMs >= first.atMs && attempt.atMs <= untilMs);
  const lostThen = seen.trunks.some(({ outages }) => outages.some(({ atMs, backMs }) => atMs <= untilMs && backMs >= first.atMs));
  const well = isTroubled || lostThen ? [] : seen.trunks.filter((trunk) => isProven(trunk, first.atMs, Infinity));
  return well.length > 0 ? cite("trunks-well-while-boot-broken", "peer", [first], { trunks: well.map(({ id }) => id).join(", ") }) : [];
};

/** Did the CRM's start-up come before the first failure on a trunk? Says nothing of a CRM that puts no stage on record. */
const order: Detector = (seen) => {
  const failedMs = onsetMs(seen);
  const boot = seen.boots.findLast(({ atMs }) => atMs <= failedMs) ?? seen.boots[0];
  if (!boot || failedMs === Infinity) return [];
  if (boot.completedMs <= failedMs) return cite("boot-complete-before-failure", "observed", [{ seq: boot.seq, atMs: boot.completedMs }]);
  const goesOn =
    seen.trunks.some(({ outages }) => outages.some(({ atMs, backMs }) => atMs < boot.completedMs && backMs > boot.completedMs)) ||
    seen.attempts.some((attempt) => isFault(attempt) && attempt.atMs > boot.completedMs);
  return goesOn && boot.completedMs < Infinity
    ? cite("boot-complete-despite-failure", "observed", [{ seq: boot.seq, atMs: boot.completedMs }])
    : cite("failed-before-boot-complete", "observed", [boot]);
};

/** Before and after the CRM's last re-initialisation, with trunks that were there throughout. */
const reinitialisation: Detector = (seen) => {
  const boot = seen.boots.findLast(({ run, completedMs }) => run > 1 && completedMs < Infinity);
  if (!boot) return [];
  const isBefore = ({ atMs }: { readonly atMs: number }) => atMs <= boot.atMs && atMs >= boot.atMs - reinitialisedForMs;
  const after = seen.attempts.filter(({ atMs }) => atMs > boot.completedMs);
  const faults = seen.attempts.filter((attempt) => isFault(attempt) && isBefore(attempt) && !recovered(attempt, seen, boot.atMs));
  const isSame = (a: AttemptSeen) => faults.some(({ trunkId, route }) => a.trunkId === trunkId && a.route === route);
  const still = after.filter((attempt) => isFault(attempt) && isSame(attempt));
  if (still.length > 0) return cite("failing-after-reinitialisation", "observed", still, { calls: still.length });

  const stageMended =
    seen.stageTroubles.some(({ run }) => run < boot.run) && !seen.stageTroubles.some(({ atMs }) => atMs > boot.completedMs);
  const carried = after.filter((attempt) => !isFault(attempt) && (faults.length > 0 ? isSame(attempt) : stageMended));
  const lostMeanwhile = seen.trunks.some(({ outages }) =>
    outages.some(({ atMs, backMs }) => atMs < boot.completedMs && backMs > boot.atMs - togetherMs),
  );
  return lostMeanwhile || carried.length === 0
    ? []
    : cite("well-after-reinitialisation", "observed", [boot, ...carried], { calls: carried.length });
};

/** It had come back by itself before the CRM began anew. */
const recovered = ({ trunkId, route, atMs }: AttemptSeen, { attempts }: Observations, beforeMs: number) =>
  attempts.some(
    (later) => !isFault(later) && later.trunkId === trunkId && later.route === route && later.atMs > atMs && later.atMs < beforeMs,
  );

export const bootDetectors: readonly Detector[] = [stages, trunksMeanwhile, order, reinitialisation];
