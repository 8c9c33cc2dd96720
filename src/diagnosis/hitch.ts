/**
 * Refusals in passing, which are nobody's fault: networks that are well refuse one call in some dozens (ITU-T E.425, NER). For want of resources or
 * without a cause: the only one of all calls, carried by another trunk. For what was sent: each its own word, far apart, while what is sent so is
 * carried before and after. An agent of few calls cannot tell them from the beginning of a fault: there they stay a sign, and so they do until that has
 * been proven well.
 */
import type { AttemptSeen, Observations } from "./observations.ts";
import { ending, grouped, isCarried, isFault, isOutOfResources, isUnchanged } from "./questions.ts";

/** No more than one in so many: what the breakers take for a trunk that is well (`limits.healthyFailurePercent`). */
const oneIn = 50;

/** No more than one call in so many has a word of its own said to it: it is proven well, besides. */
const oneWordIn = 25;

/** So many calls are carried between it and whatever else fails. */
const apart = 10;

/** @returns what was refused in passing up to now, with what came before the window: of each call first what tells that it was. */
export function hitchesOf(seen: Observations): ReadonlySet<AttemptSeen> {
  const all = [...seen.earlierAttempts, ...seen.attempts];
  const faults = all.filter(isFault);
  if (faults.length === 0) return new Set();
  const odd = oddWords(seen, all, faults);
  const hitch = onlyOne(seen, all, odd.length === 0 ? faults : faults.filter((fault) => !odd.includes(fault)));
  return new Set(hitch ? [...odd, hitch] : odd);
}

/** The only INVITE that failed, where it was in this window and says nothing of anybody. */
function onlyOne(
  { attempts }: Pick<Observations, "attempts">,
  all: readonly AttemptSeen[],
  [failed, ...more]: readonly AttemptSeen[],
): AttemptSeen | undefined {
  if (!failed || more.length > 0 || !isInPassing(failed) || !attempts.includes(failed)) return undefined;
  const here = all.filter(({ trunkId }) => trunkId === failed.trunkId);
  const wasCarried = (isThen: (attempt: AttemptSeen) => boolean) =>
    here.some((attempt) => attempt.end === "carried" && attempt.way === failed.way && isThen(attempt));
  const isSaved = all.some((attempt) => attempt.callId === failed.callId && attempt !== failed);
  const isProven = wasCarried(({ seq }) => seq < failed.seq) && wasCarried(({ seq }) => seq > failed.seq);
  return here.length >= oneIn && isSaved && isProven ? failed : undefined;
}

const isInPassing = (attempt: AttemptSeen) =>
  attempt.end === "edge-refused" || (attempt.end === "route-refused" && isOutOfResources(attempt));

/** It speaks of what was sent, and not of what the account may do or has left (402, ITU-T Q.850 50 to 57): that is missing for all like it. */
const isWord = (attempt: AttemptSeen) =>
  ending("caller-refused", "malformed")(attempt) && attempt.code !== 402 && !((attempt.cause ?? 0) >= 50 && (attempt.cause ?? 0) <= 57);

const isSameWord = (a: AttemptSeen, b: AttemptSeen) => a.code === b.code || (a.cause !== undefined && a.cause === b.cause);

/** Words on what was sent that were said of one call each, by whichever carriers it went to. */
function oddWords(seen: Observations, all: readonly AttemptSeen[], faults: readonly AttemptSeen[]): readonly AttemptSeen[] {
  if (!faults.some(isWord)) return [];
  const carried = all.filter(isCarried);
  const calls = grouped(faults, ({ callId }) => callId);
  const isAlone = ([first, ...more]: readonly AttemptSeen[]) =>
    first !== undefined &&
    more.every((other) => isSameWord(first, other)) &&
    faults.every((other) => other.callId === first.callId || (!isSameWord(first, other) && countBetween(carried, first, other) >= apart));
  const isProven = ({ trunkId, way, startedMs }: AttemptSeen) => {
    const same = carried.filter((other) => other.way === way && isUnchanged(seen, trunkId, other.startedMs, startedMs));
    return same.some((other) => other.startedMs < startedMs) && same.some((other) => other.startedMs > startedMs);
  };
  const odd = calls.filter((tries) => tries.every(isWord) && isAlone(tries) && tries.some(isProven));
  return new Set(all.map(({ callId }) => callId)).size >= odd.length * oneWordIn
    ? odd.flatMap((tries) => [...tries.filter(isProven), ...tries])
    : [];
}

const countBetween = (carried: readonly AttemptSeen[], a: AttemptSeen, b: AttemptSeen): number =>
  carried.filter(({ seq }) => seq > Math.min(a.seq, b.seq) && seq < Math.max(a.seq, b.seq)).length;
