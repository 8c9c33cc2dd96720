/** What the CRM's initialisation says: its own faults, and what came before and after it. */
import { cite, type Detector } from "./cite.ts";
import {
  grouped,
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
import { coursesOf } from "./reinitialisation.ts";

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

/** What the CRM did wrong outside its start-up, by its own word or by the number that it handed over. */
const atWork: Detector = ({ crmFailures, refusedCalls }) => {
  const unusable = refusedCalls.filter(({ because, byCrm }) => because === "bad-number" && byCrm);
  return [
    ...cite("crm-said-it-failed", "observed", crmFailures, { what: crmFailures.at(-1)?.what ?? "" }),
    ...cite("number-from-crm-unusable", "observed", unusable, { calls: unusable.length }),
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

/**
 * Did what fails work since the CRM came up, without another start between? Then it had come up with all that such a
 * call takes. What has not worked once since may have been left out of a start-up that came through in part.
 */
const sinceStart: Detector = (seen) => {
  const cases = grouped(seen.attempts.filter(isTrunkFault), ({ trunkId, route }) => `${trunkId} ${route}`).flatMap((faults) => {
    const [first] = faults as [AttemptSeen];
    const boot = seen.boots.findLast(({ atMs }) => atMs <= first.atMs);
    if (!boot) return [];
    const untilMs = seen.boots.find(({ atMs }) => atMs > first.atMs)?.atMs ?? Infinity;
    const worked = [...seen.earlierAttempts, ...seen.attempts].filter(
      (attempt) =>
        !isFault(attempt) &&
        attempt.trunkId === first.trunkId &&
        attempt.route === first.route &&
        attempt.atMs > boot.atMs &&
        attempt.atMs < untilMs,
    );
    return [{ boot, faults, worked: worked.slice(0, 1), params: { trunk: first.trunkId, carrier: first.carrier, route: first.route } }];
  });
  const well = cases.filter(({ worked }) => worked.length > 0);
  return well.length > 0
    ? well.flatMap(({ worked, params }) => cite("worked-since-initialisation", "peer", worked, params))
    : cases.flatMap(({ boot, faults, params }) => cite("never-worked-since-initialisation", "observed", [boot, ...faults], params));
};

/** Before and after the CRM's last re-initialisation, with trunks that were there throughout. */
const reinitialisation: Detector = (seen) => {
  const last = coursesOf(seen).at(-1);
  if (!last) return [];
  const { boot, matters, trunksHealthy } = last;
  const calls = matters.filter(({ broken }) => broken.kind === "calls");
  const still = calls.flatMap(({ failed }) => failed);
  if (still.length > 0) return cite("failing-after-reinitialisation", "observed", still, { calls: still.length });

  const own = matters.filter(({ broken }) => broken.kind === "stage" || broken.kind === "dialling");
  const isMended = own.length > 0 && own.every(({ failed }) => failed.length === 0);
  const carried =
    calls.length > 0
      ? calls.flatMap(({ worked }) => worked)
      : isMended
        ? seen.attempts.filter((attempt) => attempt.atMs > boot.completedMs && !isFault(attempt))
        : [];
  return trunksHealthy && carried.length > 0
    ? cite("well-after-reinitialisation", "observed", [boot, ...carried], { calls: carried.length })
    : [];
};

export const bootDetectors: readonly Detector[] = [stages, atWork, trunksMeanwhile, order, sinceStart, reinitialisation];
