/** What the CRM's initialisation says of itself: its own faults, and what came before and after it. What calls say of it: `start-evidence.ts`. */
import { cite, type Detector } from "./cite.ts";
import { isCutOff, unreachedBeside } from "./cut-off.ts";
import type { Observations, StageTrouble } from "./observations.ts";
import { isFault, isNoTrunkLeft, isProven, isTrunkFault, onsetMs, probedWithinMs, togetherMs } from "./questions.ts";
import { coursesOf } from "./reinitialisation.ts";

const refusedForBoot = ({ refusedCalls }: Observations) => refusedCalls.filter(({ because }) => because === "boot-incomplete");

/** No edge could be reached either, or no control, and no server answered the stage: the network took it, not the CRM. */
export const isOfNetwork = (trouble: StageTrouble, seen: Observations): boolean =>
  trouble.fault.httpStatus === undefined && (isNoTrunkLeft(seen, trouble.atMs) || isCutOff(seen, trouble));

const stages: Detector = (seen) => {
  const own = seen.stageTroubles.filter((trouble) => !isOfNetwork(trouble, seen));
  const failed = own.filter(({ how }) => how === "failed");
  const hung = own.filter(({ how }) => how === "hung");
  // One that had stalled and was then given up hung once.
  const stalled = hung.filter(({ isEnd }) => !isEnd);
  const last = failed.at(-1);
  // That the CRM had not come up says the less of whose fault that is while the network is in doubt.
  const isOwn = own.some((trouble) => unreachedBeside(seen, trouble).length === 0);
  const refused = isOwn || seen.stageTroubles.length === 0 ? refusedForBoot(seen) : [];
  const early = seen.refusedCalls.filter(({ because }) => because === "not-started");
  return [
    ...cite("critical-stage-failed", "observed", failed, {
      stage: last?.stage ?? "",
      error: last?.fault.name ?? "",
      ...(last?.fault.httpStatus !== undefined && { status: last.fault.httpStatus }),
    }),
    ...cite("critical-stage-hung", "observed", stalled.length > 0 ? stalled : hung, { stage: hung.at(-1)?.stage ?? "" }),
    ...cite("calls-refused-for-boot", "observed", refused, { calls: refused.length }),
    ...cite("called-before-start", "observed", early, { calls: early.length }),
  ];
};

/** What the CRM did wrong outside its start-up, by its own word or by the number that it handed over. */
const atWork: Detector = ({ crmFailures, refusedCalls }) => {
  const unusable = refusedCalls.filter(({ because, byCrm }) => because === "bad-number" && byCrm);
  const nowhere = refusedCalls.filter(({ because }) => because === "trunks-missing");
  return [
    ...cite("crm-said-it-failed", "observed", crmFailures, { what: crmFailures.at(-1)?.what ?? "" }),
    ...cite("called-without-trunks", "observed", nowhere, { calls: nowhere.length }),
    ...cite("number-from-crm-unusable", "observed", unusable, { calls: unusable.length }),
  ];
};

/** The trunks were asked while the CRM could not start, and all was well with them. */
const trunksMeanwhile: Detector = (seen) => {
  const own = seen.stageTroubles.filter((trouble) => unreachedBeside(seen, trouble).length === 0);
  const [first] = own;
  if (!first) return [];
  const untilMs = (own.at(-1) ?? first).atMs + togetherMs;
  const isTroubled = seen.attempts.some((attempt) => isTrunkFault(attempt) && attempt.atMs >= first.atMs && attempt.atMs <= untilMs);
  const lostThen = seen.trunks.some(({ outages }) => outages.some(({ atMs, backMs }) => atMs <= untilMs && backMs >= first.atMs));
  const well = isTroubled || lostThen ? [] : seen.trunks.filter((trunk) => isProven(trunk, first.atMs, untilMs + probedWithinMs));
  return well.length > 0 ? cite("trunks-well-while-boot-broken", "peer", [first], { trunks: well.map(({ id }) => id).join(", ") }) : [];
};

/** Did the CRM's start-up come before the first failure on a trunk? Says nothing of a CRM that puts no stage on record. */
const order: Detector = (seen) => {
  const failedMs = onsetMs(seen);
  const boot = seen.boots.findLast(({ atMs }) => atMs <= failedMs) ?? seen.boots[0];
  if (!boot || failedMs === Infinity) return [];
  // What starts leave behind fails after the last of them, however well that came through.
  if ([...seen.filled].some(({ atMs }) => atMs === failedMs)) return [];
  if (boot.completedMs <= failedMs) return cite("boot-complete-before-failure", "observed", [{ seq: boot.seq, atMs: boot.completedMs }]);
  const goesOn =
    seen.trunks.some(({ outages }) => outages.some(({ atMs, backMs }) => atMs < boot.completedMs && backMs > boot.completedMs)) ||
    seen.trunks.some(({ refusals }) => refusals.some(({ atMs }) => atMs > boot.completedMs)) ||
    seen.attempts.some((attempt) => isFault(attempt) && attempt.startedMs > boot.completedMs);
  return goesOn && boot.completedMs < Infinity
    ? cite("boot-complete-despite-failure", "observed", [{ seq: boot.seq, atMs: boot.completedMs }])
    : cite("failed-before-boot-complete", "observed", [boot]);
};

/** The start-up, and dialling at all, before and after the CRM's last re-initialisation, with trunks that were there throughout. */
const reinitialisation: Detector = (seen) => {
  const last = coursesOf(seen).at(-1);
  if (!last) return [];
  const { boot, matters, trunksHealthy } = last;
  const own = matters.filter(({ broken }) => broken.kind === "stage" || broken.kind === "dialling");
  const isMended = own.length > 0 && own.every(({ failed }) => failed.length === 0);
  const isStillFailing = matters.some(({ broken, failed }) => broken.kind === "calls" && failed.length > 0);
  const carried = seen.attempts.filter((attempt) => attempt.startedMs > boot.completedMs && !isFault(attempt));
  const [first] = carried;
  return trunksHealthy && isMended && !isStillFailing && first
    ? cite("well-after-reinitialisation", "observed", [{ seq: boot.seq, atMs: boot.atMs, untilMs: first.atMs }], { calls: carried.length })
    : [];
};

export const bootDetectors: readonly Detector[] = [stages, atWork, trunksMeanwhile, order, reinitialisation];
