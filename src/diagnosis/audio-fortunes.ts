/**
 * Talks that were heard until the CRM began anew, or set their trunks otherwise, and were heard again with the next start or change. One start that took
 * them away is chance; one change, with nothing set back yet, leaves it open.
 */
import { cite, type Detector } from "./cite.ts";
import type { Evidence } from "./model.ts";
import type { Observations, Seen, SeenOfTrunk } from "./observations.ts";
import { grouped, isSetBy, soonMs } from "./questions.ts";
import type { EvidenceCode } from "./weights.ts";

/** A call that was answered, and whether its audio was lost or never came. */
interface Talk extends SeenOfTrunk {
  readonly startedMs: number;
  readonly carrier: string;
  readonly isLost: boolean;
}

/** What brings it about, and how often at least. What is set otherwise is seldom set back by chance, and a start is made when something fails. */
const causes = [
  ["start", "broken-by-start", "well-after-reinitialisation", 2],
  ["change", "broken-after-change-of-settings", "well-after-change-of-settings", 1],
] as const;
/** One pair of talks in so many may have a start or a change between: where there is one all the time, whatever comes and goes does so with one. */
const pairsPerCause = 3;

function talksOf({ earlierAudio, audio, earlierAttempts, attempts }: Observations): readonly Talk[] {
  const sentMs = new Map([...earlierAttempts, ...attempts].map(({ callId, startedMs }) => [callId, startedMs]));
  const talks = new Map<string, Talk>();
  for (const { seq, atMs, trunkId, carrier, callId, end, answeredMs = atMs } of [...earlierAudio, ...audio]) {
    const isLost = end === "none" || end === "cut-short";
    if ((!isLost && end !== "good") || (talks.has(callId) && !isLost)) continue;
    talks.set(callId, { seq, atMs, trunkId, carrier, isLost, startedMs: sentMs.get(callId) ?? answeredMs });
  }
  return [...talks.values()].sort((a, b) => a.startedMs - b.startedMs);
}

/** Nothing where audio on these trunks came or went by itself as well, or may have met what is there all the time. */
function evidenceIn(seen: Observations, talks: readonly Talk[]): readonly Evidence[] {
  const { boots, settingsChanges } = seen;
  // What other trunks alone are sent with says nothing of theirs.
  const changes = settingsChanges.filter((change) => talks.every(({ trunkId }) => isSetBy(seen, change, trunkId)));
  const pairs = talks.slice(1).map((first, index) => {
    const last = talks[index] as Talk;
    const isBetween = ({ atMs }: Seen) => atMs > last.startedMs && atMs <= first.startedMs;
    const isTurn = last.isLost !== first.isLost;
    return { last, first, isTurn, start: boots.findLast(isBetween), change: changes.findLast(isBetween) };
  });
  const turns = pairs.filter(({ isTurn }) => isTurn);
  const caused = pairs.filter(({ start, change }) => start ?? change);
  if (!turns.every((turn) => caused.includes(turn)) || caused.length * pairsPerCause > pairs.length) return [];
  const carrier = talks.every((talk) => talk.carrier === talks[0]?.carrier) ? talks[0]?.carrier : undefined;
  return causes.flatMap(([cause, broken, mended, breaksAtLeast]) => {
    const [mends, breaks] = [false, true].map((isLost) =>
      turns.flatMap(({ last, first, ...by }, index) => {
        const { seq, atMs = NaN } = by[cause] ?? {};
        if (seq === undefined || (by.start && by.change) || first.isLost !== isLost || first.startedMs - last.atMs > soonMs) return [];
        return [{ seq, atMs, untilMs: (isLost ? (turns[index + 1]?.last ?? talks.at(-1)) : first)?.atMs ?? atMs }];
      }),
    ) as [Seen[], Seen[]];
    const found = (code: EvidenceCode, those: readonly Seen[]) =>
      cite(code, "observed", those, { ...(carrier !== undefined && { carrier }), heard: those.length });
    if (cause === "change" && mends.length === 0) return found("broken-after-one-change", breaks.slice(0, 1));
    return breaks.length < breaksAtLeast || mends.length === 0 ? [] : [...found(broken, breaks), ...found(mended, mends)];
  });
}

/** On all trunks that ever lost a talk; where they did so each in its own way, on each carrier's. */
export const audioOfCauses: Detector = (seen) => {
  const talks = talksOf(seen);
  const lossy = new Set(talks.filter(({ isLost }) => isLost).map(({ trunkId }) => trunkId));
  const theirs = talks.filter(({ trunkId }) => lossy.has(trunkId));
  const together = evidenceIn(seen, theirs);
  return together.length > 0 ? together : grouped(theirs, ({ carrier }) => carrier).flatMap((ofOne) => evidenceIn(seen, ofOne));
};
