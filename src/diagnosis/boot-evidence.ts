/** What the CRM's initialisation says: its own faults, and what came before and after it. */
import { cite, type Detector } from "./cite.ts";
import { isCutOff, unreachedBeside } from "./cut-off.ts";
import { fortunesOf, startOf, type Fortune, type Turn } from "./fortunes.ts";
import {
  isFault,
  isNoTrunkLeft,
  isOutOfResources,
  isProven,
  isTrunkFault,
  isNumberUnknown,
  onsetMs,
  probedWithinMs,
  togetherMs,
  type AttemptSeen,
  type BootRun,
  type Observations,
  type Seen,
  type StageTrouble,
} from "./observations.ts";
import { coursesOf } from "./reinitialisation.ts";

const refusedForBoot = ({ refusedCalls }: Observations) => refusedCalls.filter(({ because }) => because === "boot-incomplete");

/** No edge could be reached either, or no control, and no server answered the stage: the network took it, not the CRM. */
export const isOfNetwork = (trouble: StageTrouble, seen: Observations): boolean =>
  trouble.fault.httpStatus === undefined && (isNoTrunkLeft(seen, trouble.atMs) || isCutOff(seen, trouble));

const stages: Detector = (seen) => {
  const own = seen.stageTroubles.filter((trouble) => !isOfNetwork(trouble, seen));
  const failed = own.filter(({ how }) => how === "failed");
  const hung = own.filter(({ how }) => how === "hung");
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
  if (boot.completedMs <= failedMs) return cite("boot-complete-before-failure", "observed", [{ seq: boot.seq, atMs: boot.completedMs }]);
  const goesOn =
    seen.trunks.some(({ outages }) => outages.some(({ atMs, backMs }) => atMs < boot.completedMs && backMs > boot.completedMs)) ||
    seen.trunks.some(({ refusals }) => refusals.some(({ atMs }) => atMs > boot.completedMs)) ||
    seen.attempts.some((attempt) => isFault(attempt) && attempt.atMs > boot.completedMs);
  return goesOn && boot.completedMs < Infinity
    ? cite("boot-complete-despite-failure", "observed", [{ seq: boot.seq, atMs: boot.completedMs }])
    : cite("failed-before-boot-complete", "observed", [boot]);
};

/**
 * What calls say of the CRM's starts. What worked since the CRM came up, or came back by itself, shows that it had come up
 * with all that such a call takes. What one start breaks and another mends points at a start that came through in part.
 */
const starts: Detector = (seen) =>
  fortunesOf(seen).flatMap((fortune) => {
    const { boots } = seen;
    if (boots.length === 0) return [];
    const { trunkId: trunk, carrier, route, turns, faults, despiteStarts, neverWorked } = fortune;
    const [fault] = faults as [AttemptSeen];
    const params = { trunk, carrier, route };
    const byItself = turns.filter((turn) => turn.start === undefined && turn.first.atMs >= fault.atMs);
    const brokeByItself = byItself.filter(({ to }) => to === "broken");
    const workedSince = brokeByItself.slice(0, 1).map(({ last, first }) => ({ ...last, untilMs: first.atMs }));
    const backByItself = byItself.filter(({ to }) => to === "well").map(({ first }) => first);
    const of = (to: Turn["to"]) => turns.flatMap((turn) => (turn.to === to && turn.start ? [{ ...turn, start: turn.start }] : []));
    /** One start each, until calls have shown what it did. */
    const during = (those: ReturnType<typeof of>) => those.map(({ start: { seq, atMs }, first }) => ({ seq, atMs, untilMs: first.atMs }));
    /** What a start broke is so as long as it has not worked once since. */
    const lasting = (those: ReturnType<typeof of>) =>
      during(those).map((one) => {
        const wellMs = turns.find(({ to, first }) => to === "well" && first.atMs > one.untilMs)?.first.atMs ?? Infinity;
        return { ...one, untilMs: faults.findLast(({ atMs }) => atMs > one.untilMs && atMs < wellMs)?.atMs ?? one.untilMs };
      });
    const isSoon = ({ last, first }: Turn) => first.atMs - last.atMs <= soonMs;
    const broken = lasting(byItself.length === 0 && of("broken").some(isSoon) ? of("broken") : []);
    const lost = lostWith(seen, fortune);
    const isMendedSoon = of("well").some(isSoon);
    // No start is known to have broken it, one may have left it broken, and nobody tried for long before it was well: what mended it is not known.
    const isOneOfMany = of("well").some(({ last, start }) => boots.some(({ atMs }) => atMs > last.atMs && atMs < start.atMs));
    const isUnknown = (despiteStarts.length > 0 || isOneOfMany) && broken.length === 0 && lost.length === 0 && !isMendedSoon;
    const mended = during(
      backByItself.length === 0 && !isUnknown
        ? of("well").filter(
            ({ last, start, first }) => isQuiet(seen, start, first) && !isTroubled(seen, start, first) && !isBackBefore(seen, last, start),
          )
        : [],
    );
    // A start that again left a step out was no fresh one.
    const recent = despiteStarts.filter((call) => call.atMs > fault.atMs && !lost.some(({ run }) => run === startOf(seen, call)?.run));
    // The carrier's own word on what it lacks is not undone by a coincidence; nor what broke with no start, when nobody tried for long.
    const isChance = faults.some(
      (call) =>
        isOutOfResources(call) ||
        (brokeByItself.length > 0 && (call.cause !== undefined || isNumberUnknown(call) || !isMendedSoon || recent.length > 0)),
    );
    // No start is known to have broken it, and for most of the time that it was wrong nobody had tried.
    const isUnwatched =
      broken.length === 0 &&
      lost.length === 0 &&
      of("well").every(({ last, first }) => 2 * (first.atMs - last.atMs) > first.atMs - fault.atMs);
    // One start that it breaks after, or is well after, is one coincidence in time: with one carrier it takes something to hold it against.
    const isBare =
      [brokeByItself, lost, despiteStarts].every(({ length }) => length === 0) && seen.trunks.every((other) => other.carrier === carrier);
    const isOneBreak = isBare && broken.length === 1 && of("well").length === 0;
    const isOneSight =
      isBare && neverWorked && mended.length === 1 && broken.length === 0 && (seen.controls.length === 0 || faults.every(isStalled));
    const boot = startOf(seen, fault);
    return [
      ...cite(isOneBreak ? "broken-after-one-start" : "broken-by-start", "observed", broken, params),
      ...cite("worked-since-initialisation", "peer", workedSince, params),
      ...cite("never-worked-since-initialisation", "observed", neverWorked && boot && broken.length === 0 ? [boot, ...faults] : [], params),
      ...cite("well-without-reinitialisation", "peer", backByItself, { ...params, calls: backByItself.length }),
      ...cite("failing-after-reinitialisation", "observed", recent, { ...params, calls: recent.length }),
      ...cite(
        isChance
          ? "well-as-reinitialised"
          : isOneSight
            ? "well-after-one-start"
            : isUnwatched
              ? "well-after-untried-start"
              : "well-after-reinitialisation",
        "observed",
        mended,
        { ...params, calls: mended.length },
      ),
      ...cite("stage-failed-with-calls", "observed", lost, { ...params, stage: lost.at(-1)?.stage ?? "" }),
    ];
  });

/** 100 is the edge's word that it had the call: a start that left something out does not bring that about alone. */
const isStalled = ({ end }: AttemptSeen) => end === "stalled";

/** Where no call was tried for longer, a start that came between may have had no part in it, ms. */
const soonMs = 180_000;

/** No trunk was lost from shortly before the start until the call. */
const isQuiet = ({ trunks }: Observations, start: BootRun, call: Seen) =>
  !trunks.some(({ outages, blips }) =>
    [...outages, ...blips].some(({ atMs, backMs }) => atMs < call.atMs && backMs > start.atMs - togetherMs),
  );

/** Other calls on the trunk failed since the start: it had not mended the trunk, and this route may have come back by itself. */
const isTroubled = ({ attempts }: Observations, start: BootRun, call: AttemptSeen) =>
  attempts.some((other) => other.trunkId === call.trunkId && isTrunkFault(other) && other.atMs > start.atMs && other.atMs < call.atMs);

/** All that was tried on the trunk had failed, and what was tried next was carried before that start: this route was back with it. */
function isBackBefore({ attempts }: Observations, last: AttemptSeen, start: BootRun): boolean {
  const onTrunk = attempts.filter((attempt) => attempt.trunkId === last.trunkId && attempt.atMs < start.atMs);
  const at = onTrunk.findIndex(({ seq }) => seq === last.seq);
  const since = onTrunk.slice(at + 1);
  const firstBack = since.findIndex((attempt) => !isFault(attempt));
  const before = onTrunk.slice(0, at + 1 + firstBack).findLast(({ route }) => route === since[firstBack]?.route);
  return at >= 0 && before !== undefined && isTrunkFault(before) && !since.slice(firstBack).some(isTrunkFault);
}

/** Steps that the CRM can do without, which failed in those starts only under which no such call has worked. */
function lostWith(seen: Observations, { attempts }: Fortune): Observations["lostExtras"] {
  if (seen.lostExtras.length === 0) return [];
  const runs = new Map<number, "worked" | "failed">();
  for (const attempt of attempts) {
    const run = startOf(seen, attempt)?.run;
    if (run !== undefined && runs.get(run) !== "worked") runs.set(run, isFault(attempt) ? "failed" : "worked");
  }
  const isInnocent = (stage: string) => seen.lostExtras.some((lost) => lost.stage === stage && runs.get(lost.run) === "worked");
  return seen.lostExtras.filter(({ stage, run }) => runs.get(run) === "failed" && !isInnocent(stage));
}

/** The start-up, and dialling at all, before and after the CRM's last re-initialisation, with trunks that were there throughout. */
const reinitialisation: Detector = (seen) => {
  const last = coursesOf(seen).at(-1);
  if (!last) return [];
  const { boot, matters, trunksHealthy } = last;
  const own = matters.filter(({ broken }) => broken.kind === "stage" || broken.kind === "dialling");
  const isMended = own.length > 0 && own.every(({ failed }) => failed.length === 0);
  const isStillFailing = matters.some(({ broken, failed }) => broken.kind === "calls" && failed.length > 0);
  const carried = seen.attempts.filter((attempt) => attempt.atMs > boot.completedMs && !isFault(attempt));
  const [first] = carried;
  return trunksHealthy && isMended && !isStillFailing && first
    ? cite("well-after-reinitialisation", "observed", [{ seq: boot.seq, atMs: boot.atMs, untilMs: first.atMs }], { calls: carried.length })
    : [];
};

export const bootDetectors: readonly Detector[] = [stages, atWork, trunksMeanwhile, order, starts, reinitialisation];
