/**
 * How calls on one trunk and route fared, and what each change came with: a start of the CRM, or none. A step that the CRM can
 * do without, run again alone, is a start as well where it was missing before or is missing since, and such calls miss it.
 */
import { keyOf } from "./keys.ts";
import type { AttemptSeen, LostExtra, Observations } from "./observations.ts";
import { firstAfter, grouped, isFault, isNumberUnknown, isTrunkFault, startOf } from "./questions.ts";
import { turnsAtLeast, turnsByStarts } from "./start-runs.ts";
import type { Start, Turn } from "./turns.ts";
import { widerBreaksOf, type Break } from "./wider-turns.ts";

export interface Fortune {
  readonly trunkId: string;
  readonly carrier: string;
  readonly route: AttemptSeen["route"];
  /** All of them in the order in which they went out, those before the window too. */
  readonly attempts: readonly AttemptSeen[];
  /** What failed within the window. */
  readonly faults: readonly AttemptSeen[];
  /** From the beginning on: that it was not the first time counts. But for those that a loss of the trunk explains. */
  readonly turns: readonly Turn[];
  /** Failed before a start and after it. What lies more than one start back tells nothing of those between. */
  readonly despiteStarts: readonly AttemptSeen[];
  /** Failures of steps that the CRM can do without: such calls failed while one of those was missing, not once worked then, and not next failed when it was back. */
  readonly lost: readonly LostExtra[];
  /** Not one had worked since the start under which the first of the faults was met. */
  readonly neverWorked: boolean;
  /** What seemed to be their callees' answers, one by one. */
  readonly isOfCallees: boolean;
  /** When starts broke all calls on the trunk, or all there are; only where each such break came with one. */
  readonly widerBreaks: readonly Break[];
}

/** Was the CRM without it when the call was made? */
export const isMissing = (seen: Observations, { run, since, passed }: LostExtra, call: AttemptSeen): boolean =>
  call.startedMs >= since.atMs && call.startedMs < (passed?.atMs ?? Infinity) && startOf(seen, call)?.run === run;

function lostWith(seen: Observations, attempts: readonly AttemptSeen[]): readonly LostExtra[] {
  const stretches = new Map(seen.lostExtras.map((lost) => [stretchOf(lost), lost]));
  const missed = new Set<string>();
  const innocent = new Set<string>();
  for (const [stretch, lost] of stretches) {
    const calls = attempts.filter((call) => isMissing(seen, lost, call));
    if (calls.length > 0) missed.add(stretch);
    if (!calls.every(isFault) || failedOn(seen, lost, attempts)) innocent.add(lost.stage);
  }
  return seen.lostExtras.filter((lost) => missed.has(stretchOf(lost)) && !innocent.has(lost.stage));
}

/** It was back, and the next such call failed as before. */
function failedOn(seen: Observations, { run, passed }: LostExtra, attempts: readonly AttemptSeen[]): boolean {
  const next = passed && attempts[firstAfter(attempts, passed.atMs, (call, limitMs) => call.startedMs < limitMs)];
  return next !== undefined && isTrunkFault(next) && startOf(seen, next)?.run === run;
}

/** It may fail again and again while it is missing. */
const stretchOf = ({ stage, since }: LostExtra) => `${since.seq} ${stage}`;

/** When all of the CRM began anew, or a step that these calls miss went missing or came back alone; in order. */
function startsFor({ boots }: Observations, lost: readonly LostExtra[]): readonly Start[] {
  const steps = lost.flatMap(({ stage, since, passed }) => [since, ...(passed ? [passed] : [])].map((seen) => ({ ...seen, stage })));
  // What has been missing since a run began went missing with all of it.
  const starts = new Map<number, Start>([...steps, ...boots].map((start) => [start.seq, start]));
  return [...starts.values()].sort((a, b) => a.seq - b.seq);
}

/** One start left each of them refused, and another took it away: so it is with what a trunk cannot place, whatever the peer's word is. */
const isOfStarts = ({ turns }: Fortune) =>
  turns.every(({ start, change }) => start !== undefined && change === undefined) &&
  turns.some(({ to }) => to === "broken") &&
  turns.some(({ to }) => to === "well");

/** What is forbidden comes and goes as the account's channels do, for one: where no start and no change was near, it tells nothing of them. */
const isOfLimit = ({ faults, turns, despiteStarts }: Fortune) =>
  faults.every(({ end }) => end === "forbidden") &&
  despiteStarts.length === 0 &&
  turns.every(({ start, change }) => start === undefined && change === undefined);

/** So many callees who are told alike to be away, busy or unwilling before a phone has rung: were they? Only where starts bring that about, and end it. */
const alikeAtLeast = 6;
const isUnrung = ({ end, hadRung, code }: AttemptSeen) => end === "callee" && !hadRung && code !== 404;

/** Every trunk and route on which something failed; or was refused for its settings, where starts alone bring that about and end it. */
export function fortunesOf(seen: Observations): readonly Fortune[] {
  const all = [...seen.earlierAttempts, ...seen.attempts];
  const ofTrunks = grouped(seen.attempts.filter(isTrunkFault), ({ way }) => way);
  const widerBreaks = widerBreaksOf(seen);
  const failed = new Set(ofTrunks.map(([first]) => first?.way));
  const isRefused = ({ end, way }: AttemptSeen) => end === "caller-refused" && !failed.has(way);
  const ofCaller = grouped(seen.attempts.filter(isRefused), ({ way }) => way);
  const fortuneOf = (faults: readonly AttemptSeen[], told = all): Fortune => {
    const [first] = faults as [AttemptSeen];
    const { trunkId, carrier, route, way } = first;
    const attempts = told.filter((attempt) => attempt.way === way).sort((a, b) => a.startedMs - b.startedMs);
    const lost = lostWith(seen, attempts);
    const starts = startsFor(seen, lost);
    const trunk = seen.trunks.find(({ id }) => id === trunkId);
    const isLost = (last: AttemptSeen, next: AttemptSeen) =>
      trunk?.outages.some(({ atMs, backMs }) => atMs < next.atMs && backMs > last.startedMs) === true;
    const startsBetween = (last: AttemptSeen, next: AttemptSeen) =>
      starts.filter(({ atMs }) => atMs > last.startedMs && atMs <= next.startedMs);
    const changeBetween = (last: AttemptSeen, next: AttemptSeen) =>
      seen.settingsChanges.findLast(
        (change) => change.trunkId === trunkId && change.atMs > last.startedMs && change.atMs <= next.startedMs,
      );
    const turns: Turn[] = [];
    const despiteStarts: AttemptSeen[] = [];
    // Beside numbers that are unknown though another carrier reaches them, one that nobody tried elsewhere tells of no change that it was undone.
    const isUnsure = (attempt: AttemptSeen) => !isFault(attempt) && isNumberUnknown(attempt);
    const isSet = seen.settingsChanges.some((change) => change.trunkId === trunkId);
    const tells = isSet && faults.some(isNumberUnknown) ? attempts.filter((attempt) => !isUnsure(attempt)) : attempts;
    tells.slice(1).forEach((next, index) => {
      const last = tells[index] as AttemptSeen;
      if (isFault(last) === isFault(next)) {
        if (isFault(next) && startsBetween(last, next).length === 1) despiteStarts.push(next);
      } else if (!isLost(last, next))
        turns.push({
          to: isFault(next) ? "broken" : "well",
          last,
          first: next,
          start: startsBetween(last, next).at(-1),
          change: changeBetween(last, next),
        });
    });
    const byStarts = turnsByStarts(attempts, seen.boots, (attempt) => isTrunkFault(attempt) || isNumberUnknown(attempt));
    const sinceMs = startOf(seen, first)?.atMs ?? 0;
    return {
      trunkId,
      carrier,
      route,
      attempts,
      faults,
      turns: byStarts.length > 0 ? byStarts : turns,
      despiteStarts,
      lost,
      neverWorked: !attempts.some((attempt) => !isFault(attempt) && attempt.startedMs < first.startedMs && attempt.startedMs >= sinceMs),
      isOfCallees: told !== all,
      widerBreaks: widerBreaks(trunkId),
    };
  };
  const ofCallees = grouped(seen.attempts.filter(isUnrung), ({ way, code = 0 }) => keyOf(way, code))
    .filter(([first, ...more]) => first && more.length >= alikeAtLeast - 1 && !failed.has(first.way))
    .map((alike) => {
      const unasked = new Map(alike.map((attempt) => [attempt.seq, { ...attempt, end: "away" as const }]));
      return fortuneOf(
        [...unasked.values()],
        all.map((attempt) => unasked.get(attempt.seq) ?? attempt),
      );
    });
  return [
    ...ofTrunks.map((faults) => fortuneOf(faults)).filter((fortune) => !isOfLimit(fortune)),
    ...ofCaller.map((faults) => fortuneOf(faults)).filter(isOfStarts),
    ...ofCallees.filter((fortune) => fortune.turns.length >= turnsAtLeast && isOfStarts(fortune)),
  ];
}
