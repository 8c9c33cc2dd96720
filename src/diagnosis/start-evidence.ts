/**
 * What calls say of the CRM's starts. What worked since the CRM came up, or came back by itself, shows that it had come up
 * with all that such a call takes. What one start breaks and another mends points at a start that came through in part.
 */
import { cite, type Detector } from "./cite.ts";
import { isMissing, type Fortune } from "./fortunes.ts";
import type { AttemptSeen, Observations, Seen } from "./observations.ts";
import { codesOf, grouped, isFault, isNumberUnknown, isOutOfResources, isTrunkFault, soonMs, startOf, togetherMs } from "./questions.ts";
import type { Start, Turn } from "./turns.ts";
import type { EvidenceCode } from "./weights.ts";

/** A turn that came with a start of the CRM. */
interface StartedTurn extends Turn {
  readonly start: Start;
}

/** A fortune, its turns told apart by what they came with. */
interface Course extends Fortune {
  /** The first of its faults. */
  readonly fault: AttemptSeen;
  /** With no start, from the first fault on. */
  readonly brokeByItself: readonly Turn[];
  readonly backByItself: readonly Turn[];
  readonly wellWithStart: readonly StartedTurn[];
  readonly brokenWithStart: readonly StartedTurn[];
  /** What is known to have been broken by a start, each until it worked again. */
  readonly broken: readonly Seen[];
  /** And with it all calls on the trunk, or all there are. */
  readonly isWider: boolean;
}

function courseOf(fortune: Fortune): Course {
  const { attempts, faults, turns, despiteStarts, widerBreaks } = fortune;
  const [fault] = faults as [AttemptSeen];
  const byItself = turns.filter(({ start, change, first }) => !start && !change && first.atMs >= fault.atMs);
  const withStart = turns.filter((turn): turn is StartedTurn => turn.start !== undefined);
  const brokenWithStart = withStart.filter(({ to }) => to === "broken");
  // Each time it broke it was by a start: one that takes its time with a part of its work, if it then comes back by itself.
  const soon = turns.every(({ to, start }) => to === "well" || start !== undefined) ? brokenWithStart.filter(isSoon) : [];
  const wider = widerBreaks.filter(({ atMs, untilMs }) =>
    attempts.some((attempt) => isFault(attempt) && attempt.startedMs >= atMs && attempt.atMs <= untilMs),
  );
  const isOfStarts = soon.length > 1 || widerBreaks.length > 1;
  return {
    ...fortune,
    fault,
    // Where all calls on the trunk broke again and again, they were well between, though nobody tried this route then.
    despiteStarts: widerBreaks.length > 1 ? [] : despiteStarts,
    brokeByItself: byItself.filter(({ to }) => to === "broken"),
    backByItself: isOfStarts ? [] : byItself.filter(({ to }) => to === "well"),
    wellWithStart: withStart.filter(({ to }) => to === "well"),
    brokenWithStart,
    ...(wider.length > soon.length
      ? { broken: wider, isWider: true }
      : {
          broken:
            soon.length > 0 || (byItself.length === 0 && brokenWithStart.some(isOfStart))
              ? brokenWithStart.map((turn) => lasting(turn, fortune))
              : [],
          isWider: false,
        }),
  };
}

const isSoon = ({ last, first }: Turn) => first.atMs - last.atMs <= soonMs;

/** It worked until shortly before the start. That nobody tried for long after it, as at noon, does not part the two. */
const isOfStart = ({ last, start }: StartedTurn) => start.atMs - last.atMs <= soonMs;

/** One step of the CRM was run again, and not all of it. */
const isOfStep = ({ start }: StartedTurn) => start.stage !== undefined;
const stepOf = (turns: readonly StartedTurn[]) => (turns.every(isOfStep) ? { stage: turns.at(-1)?.start.stage ?? "" } : {});

/** A start, until calls have shown what it did. */
const until = ({ start: { seq, atMs }, first }: StartedTurn) => ({ seq, atMs, untilMs: first.atMs });

/** The same; or as long as starts, and nothing else, break it and mend it. */
const during = (turn: StartedTurn, { turns, faults }: Fortune) =>
  turns.length > 2 && turns.every(({ start }) => start !== undefined)
    ? { ...until(turn), untilMs: Math.max(turn.first.atMs, faults.at(-1)?.atMs ?? 0) }
    : until(turn);

/** What a start broke is so as long as it has not worked once since. */
function lasting(turn: StartedTurn, { turns, faults }: Fortune): Seen {
  const one = until(turn);
  const wellMs = turns.find(({ to, first }) => to === "well" && first.atMs > one.untilMs)?.first.atMs ?? Infinity;
  return { ...one, untilMs: faults.findLast(({ atMs }) => atMs > one.untilMs && atMs < wellMs)?.atMs ?? one.untilMs };
}

// ── What a start seems to have mended ─────────────────────────────────────────────────────────────

/** The starts after which it was well, and nothing else that would explain it. */
function mendedIn(seen: Observations, course: Course): readonly StartedTurn[] {
  if (course.backByItself.length > 0 || isMenderUnknown(seen, course)) return [];
  return course.wellWithStart.filter(
    ({ last, start, first }) => isQuiet(seen, start, first) && !isTroubled(seen, start, first) && !isBackBefore(seen, last, start),
  );
}

/** No start is known to have broken it, one may have left it broken, and nobody tried for long before it was well. */
function isMenderUnknown({ boots }: Observations, { despiteStarts, broken, lost, wellWithStart }: Course): boolean {
  const isOneOfMany = wellWithStart.some(({ last, start }) => boots.some(({ atMs }) => atMs > last.atMs && atMs < start.atMs));
  return (despiteStarts.length > 0 || isOneOfMany) && broken.length === 0 && lost.length === 0 && !wellWithStart.some(isSoon);
}

/** No trunk was lost from shortly before the start until the call. */
const isQuiet = ({ trunks }: Observations, start: Seen, call: Seen) =>
  !trunks.some(({ outages, blips }) =>
    [...outages, ...blips].some(({ atMs, backMs }) => atMs < call.atMs && backMs > start.atMs - togetherMs),
  );

/** Other calls on the trunk failed since the start: it had not mended the trunk, and this route may have come back by itself. */
const isTroubled = ({ attempts }: Observations, start: Seen, call: AttemptSeen) =>
  attempts.some((other) => other.trunkId === call.trunkId && isTrunkFault(other) && other.startedMs > start.atMs && other.atMs < call.atMs);

/** All that was tried on the trunk had failed, and what was tried next was carried before that start: this route was back with it. */
function isBackBefore({ attempts }: Observations, last: AttemptSeen, start: Seen): boolean {
  const onTrunk = attempts.filter((attempt) => attempt.trunkId === last.trunkId && attempt.startedMs < start.atMs);
  const at = onTrunk.findIndex(({ seq }) => seq === last.seq);
  const since = onTrunk.slice(at + 1);
  const firstBack = since.findIndex((attempt) => !isFault(attempt));
  const before = onTrunk.slice(0, at + 1 + firstBack).findLast(({ route }) => route === since[firstBack]?.route);
  return at >= 0 && before !== undefined && isTrunkFault(before) && !since.slice(firstBack).some(isTrunkFault);
}

// ── How much it says ──────────────────────────────────────────────────────────────────────────────

/** Failed again under a later start. A start that again left a step out was no fresh one. */
const stillFailing = (seen: Observations, { despiteStarts, fault, lost }: Course) =>
  despiteStarts.filter((call) => call.atMs > fault.atMs && !lost.some((step) => isMissing(seen, step, call)));

/** One start that it breaks after, or is well after, is one coincidence in time: with one carrier it takes something to hold it against. */
const isBare = ({ trunks }: Observations, { brokeByItself, lost, despiteStarts, carrier }: Course) =>
  [brokeByItself, lost, despiteStarts].every(({ length }) => length === 0) && trunks.every((other) => other.carrier === carrier);

const brokenCode = (seen: Observations, course: Course): EvidenceCode =>
  isBare(seen, course) && course.broken.length === 1 && course.wellWithStart.length === 0 ? "broken-after-one-start" : "broken-by-start";

function mendedCode(seen: Observations, course: Course, mended: readonly StartedTurn[]): EvidenceCode {
  if (isChance(seen, course, mended)) return "well-as-reinitialised";
  if (isOneSight(seen, course, mended)) return "well-after-one-start";
  return isUnwatched(course) || mended.every((turn) => isDueAnyway(seen, course, turn))
    ? "well-after-untried-start"
    : "well-after-reinitialisation";
}

/** Those that were to be expected anyway tell nothing beside others. */
function tellingOf(seen: Observations, course: Course, mended: readonly StartedTurn[]): readonly StartedTurn[] {
  const telling = mended.filter((turn) => !isDueAnyway(seen, course, turn));
  return telling.length > 0 ? telling : mended;
}

/** The CRM was started so often meanwhile that one start at least was to be expected in the time for which nobody had tried. */
function isDueAnyway({ boots }: Observations, { attempts }: Course, { last, first }: Turn): boolean {
  const fromMs = attempts.find(isFault)?.atMs ?? last.atMs;
  const starts = boots.filter(({ atMs }) => atMs > fromMs && atMs <= first.startedMs).length;
  return starts > 1 && starts * (first.atMs - last.atMs) > first.atMs - fromMs;
}

/**
 * The carrier's own word on what it lacks is not undone by a coincidence, nor any cause that it named by one step that came back
 * alone; nor what broke with no start, when nobody tried for long, or one call alone had failed.
 */
const isChance = (seen: Observations, course: Course, mended: readonly StartedTurn[]) =>
  course.faults.some(
    (call) =>
      isOutOfResources(call) ||
      (call.cause !== undefined && !isNumberUnknown(call) && course.wellWithStart.every(isOfStep)) ||
      (course.brokeByItself.length > 0 &&
        (call.cause !== undefined || isNumberUnknown(call) || !course.wellWithStart.some(isSoon) || stillFailing(seen, course).length > 0)),
  ) ||
  (course.brokeByItself.length > 0 && mended.every((turn) => isOfOneCall(course, turn)));

/** One call alone failed before it was well. */
function isOfOneCall({ attempts }: Course, { last }: Turn): boolean {
  const before = attempts[attempts.indexOf(last) - 1];
  return before === undefined || !isFault(before);
}

const isOneSight = (seen: Observations, course: Course, mended: readonly StartedTurn[]) =>
  isBare(seen, course) &&
  course.neverWorked &&
  mended.length === 1 &&
  course.broken.length === 0 &&
  (seen.controls.length === 0 || course.faults.every(isStalled));

/** 100 is the edge's word that it had the call: a start that left something out does not bring that about alone. */
const isStalled = ({ end }: AttemptSeen) => end === "stalled";

/** No start is known to have broken it, and for most of the time that it was wrong nobody had tried. */
const isUnwatched = ({ broken, lost, wellWithStart, fault }: Course) =>
  broken.length === 0 &&
  lost.length === 0 &&
  wellWithStart.every(({ last, first }) => 2 * (first.atMs - last.atMs) > first.atMs - fault.atMs);

/** What comes back by itself each time may meet starts by chance as often as they are made: that it did so again is not more. */
const certain = ({ broken, wellWithStart }: Course) => (wellWithStart.length === 0 ? broken.slice(-1) : broken);

// ── Evidence ──────────────────────────────────────────────────────────────────────────────────────

function evidenceIn(seen: Observations, course: Course) {
  const { trunkId: trunk, carrier, route, fault, faults, broken, brokenWithStart, brokeByItself, backByItself, lost, neverWorked } = course;
  const params = { trunk, carrier, route };
  const workedSince = brokeByItself.slice(0, 1).map(({ last, first }) => ({ ...last, untilMs: first.atMs }));
  const boot = startOf(seen, fault);
  const neverSince = neverWorked && boot && broken.length === 0 ? [boot, ...faults] : [];
  const back = backByItself.map(({ first }) => first);
  const failing = stillFailing(seen, course);
  const mended = tellingOf(seen, course, mendedIn(seen, course));
  const unasked = course.isOfCallees ? faults : [];
  return [
    ...cite("callee-answers-between-starts", "peer", unasked, {
      ...params,
      ...codesOf(unasked),
      numbers: new Set(unasked.map(({ number }) => number)).size,
    }),
    ...cite(brokenCode(seen, course), "observed", certain(course), {
      ...params,
      ...(course.isWider ? { wider: broken.length } : stepOf(brokenWithStart)),
    }),
    ...cite("worked-since-initialisation", "peer", workedSince, params),
    ...cite("never-worked-since-initialisation", "observed", neverSince, params),
    ...cite("well-without-reinitialisation", "peer", back, { ...params, calls: back.length }),
    ...cite("failing-after-reinitialisation", "observed", failing, { ...params, calls: failing.length }),
    ...cite(
      mendedCode(seen, course, mended),
      "observed",
      mended.map((turn) => during(turn, course)),
      { ...params, ...stepOf(mended), calls: mended.length },
    ),
    ...cite("stage-failed-with-calls", "observed", lost, { ...params, stage: lost.at(-1)?.stage ?? "" }),
  ];
}

/** What the CRM begins anew opens its sockets within so long, ms. */
const opensWithinMs = 10_000;

/**
 * Edges that were well until the CRM began anew, and that no socket of the new start reached; and that another start's reached, the first that it
 * opened. Who closed what stood were we: nobody lost it.
 */
const edgesOfStarts: Detector = (seen) => {
  const startBefore = (untilMs: number) => seen.boots.findLast(({ atMs }) => atMs <= untilMs && untilMs - atMs <= opensWithinMs);
  return seen.trunks.flatMap(({ id: trunk, carrier, outages }) => {
    const lost = outages.filter(({ isSinceOurClose, lostMs }) => isSinceOurClose && startBefore(lostMs));
    const back = lost.flatMap(({ lostMs, backMs }) => {
      const start = startBefore(backMs);
      return start && start.atMs > lostMs ? [{ seq: start.seq, atMs: start.atMs, untilMs: backMs }] : [];
    });
    const isBackByItself = lost.some(({ backMs }) => backMs < Infinity && !startBefore(backMs));
    return [
      ...cite("edge-lost-with-start", "observed", lost, { trunk, carrier }),
      ...cite("edge-back-with-start", "observed", isBackByItself ? [] : back, { trunk, carrier }),
    ];
  });
};

/** So many calls in a row that no carrier placed before a start, and so many after it that the first placed: twice, or it may be chance. */
const refusedBefore = 2;
const wellSince = 3;
const startsOf = 2;

/** All carriers refused call after call, and none any more once the CRM had begun anew; again and again. */
const freshStarts: Detector = (seen) => {
  const calls = grouped([...seen.earlierAttempts, ...seen.attempts], ({ callId }) => callId);
  const isRefusedByAll = (tries: readonly AttemptSeen[]) =>
    tries.every(({ end }) => end === "edge-refused") && new Set(tries.map(({ carrier }) => carrier)).size > 1;
  const fresh = seen.boots.flatMap(({ seq, atMs }) => {
    const isSince = ([first]: readonly AttemptSeen[]) => first !== undefined && first.startedMs > atMs;
    const before = calls.filter((tries) => !isSince(tries)).slice(-refusedBefore);
    const after = calls.filter(isSince).slice(0, wellSince);
    const [last, first] = [before.at(-1)?.at(-1), after[0]?.[0]];
    if (!last || !first || before.length < refusedBefore || after.length < wellSince) return [];
    const isNear = atMs - last.atMs <= soonMs && first.atMs - atMs <= soonMs;
    return isNear && before.every(isRefusedByAll) && !after.flat().some(isFault) ? [{ seq, atMs, untilMs: first.atMs }] : [];
  });
  return fresh.length < startsOf ? [] : cite("well-after-reinitialisation", "observed", fresh, { calls: fresh.length * wellSince });
};

const callsOfStarts: Detector = (seen) => seen.fortunes.flatMap((fortune) => evidenceIn(seen, courseOf(fortune)));

export const startDetector: Detector = (seen) =>
  seen.boots.length === 0 ? [] : [...callsOfStarts(seen), ...freshStarts(seen), ...edgesOfStarts(seen)];
