/**
 * Talks that were heard until the CRM began anew, or set their trunks otherwise, and were heard again with the next start or change: again and again,
 * for once is chance.
 */
import { cite, type Detector } from "./cite.ts";
import type { Evidence } from "./model.ts";
import type { Observations, Seen, SeenOfTrunk } from "./observations.ts";
import { soonMs } from "./questions.ts";

/** A call that was answered, and whether its audio was lost or never came. */
interface Talk extends SeenOfTrunk {
  readonly startedMs: number;
  readonly carrier: string;
  readonly isLost: boolean;
}

/** The last talk of before, and the first one that fared otherwise; and the last start of the CRM, and change of their trunks' settings, between. */
interface AudioTurn {
  readonly last: Talk;
  readonly first: Talk;
  readonly start: Seen | undefined;
  readonly change: Seen | undefined;
}

/** Breaks that came with starts, and with changes. What is set otherwise is seldom set back by chance, and a start is made when something fails. */
const breaksAtLeast = { start: 2, change: 1 };
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

/** Changes that set all of these trunks otherwise at once: what another trunk is sent with says nothing of theirs. */
function changesOf({ settingsChanges }: Observations, trunkIds: ReadonlySet<string>): readonly Seen[] {
  const touched = new Map<number, Set<string>>();
  for (const { seq, trunkId } of settingsChanges) touched.set(seq, (touched.get(seq) ?? new Set()).add(trunkId));
  const isOfAll = ({ seq }: Seen) => [...trunkIds].every((id) => touched.get(seq)?.has(id));
  return [...new Map(settingsChanges.filter(isOfAll).map((change) => [change.seq, change])).values()];
}

/** On these trunks, all of them touched alike; undefined where audio came or went by itself as well, or may have met what is there all the time. */
function turnsOf(seen: Observations, talks: readonly Talk[]): readonly AudioTurn[] | undefined {
  const changes = changesOf(seen, new Set(talks.map(({ trunkId }) => trunkId)));
  const pairs = talks.slice(1).map((first, index): AudioTurn => {
    const last = talks[index] as Talk;
    const isBetween = ({ atMs }: Seen) => atMs > last.startedMs && atMs <= first.startedMs;
    return { last, first, start: seen.boots.findLast(isBetween), change: changes.findLast(isBetween) };
  });
  const hasCause = ({ start, change }: AudioTurn) => start !== undefined || change !== undefined;
  const turns = pairs.filter(({ last, first }) => last.isLost !== first.isLost);
  return turns.every(hasCause) && pairs.filter(hasCause).length * pairsPerCause <= pairs.length ? turns : undefined;
}

function evidenceIn(seen: Observations, talks: readonly Talk[]): readonly Evidence[] {
  const turns = turnsOf(seen, talks) ?? [];
  const [{ trunkId: trunk, carrier } = { trunkId: "", carrier: "" }] = talks;
  const params = (those: readonly Seen[]) => ({
    ...(talks.every((talk) => talk.trunkId === trunk) && { trunk }),
    ...(talks.every((talk) => talk.carrier === carrier) && { carrier }),
    heard: those.length,
  });
  const causedBy = (cause: "start" | "change", isLost: boolean) =>
    turns.flatMap((turn, index) => {
      const { [cause]: by, start, change, last, first } = turn;
      if (!by || (start && change) || first.isLost !== isLost || first.startedMs - last.atMs > soonMs) return [];
      const untilMs = isLost ? (turns[index + 1]?.last ?? talks.at(-1) ?? first).atMs : first.atMs;
      return [{ seq: by.seq, atMs: by.atMs, untilMs }];
    });
  const of = (cause: "start" | "change", broken: "broken-by-start" | "broken-after-change-of-settings") => {
    const [breaks, mends] = [causedBy(cause, true), causedBy(cause, false)];
    if (breaks.length < breaksAtLeast[cause] || mends.length === 0) return [];
    return [
      ...cite(broken, "observed", breaks, params(breaks)),
      ...cite(cause === "start" ? "well-after-reinitialisation" : "well-after-change-of-settings", "observed", mends, params(mends)),
    ];
  };
  return [...of("start", "broken-by-start"), ...of("change", "broken-after-change-of-settings")];
}

/** On all trunks that ever lost a talk; where they did so each in its own way, on each carrier's. */
export const audioOfCauses: Detector = (seen) => {
  if (seen.boots.length < 2 && seen.settingsChanges.length === 0) return [];
  const talks = talksOf(seen);
  const lossy = new Set(talks.filter(({ isLost }) => isLost).map(({ trunkId }) => trunkId));
  const theirs = talks.filter(({ trunkId }) => lossy.has(trunkId));
  const together = evidenceIn(seen, theirs);
  if (together.length > 0) return together;
  const carriers = [...new Set(theirs.map(({ carrier }) => carrier))];
  return carriers.flatMap((of) =>
    evidenceIn(
      seen,
      theirs.filter(({ carrier }) => carrier === of),
    ),
  );
};
