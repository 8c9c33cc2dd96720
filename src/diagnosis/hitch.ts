/**
 * Refusals in passing, which are nobody's fault: networks that are well refuse one call in some dozens (ITU-T E.425, NER). For want of resources or
 * without a cause: the only one of all calls, carried by another trunk. For what was sent: each its own word, far apart, while what is sent so is
 * carried before and after. An agent of few calls cannot tell them from the beginning of a fault: there they stay a sign, and so they do until that has
 * been proven well.
 */
import type { AttemptSeen, Observations } from "./observations.ts";
import { grouped, isFault, isOutOfResources, isUnchanged } from "./questions.ts";

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
  const carried = all.filter(({ end }) => end === "carried");
  const isProven = ({ trunkId, way, startedMs }: AttemptSeen) => {
    const same = carried.filter((other) => other.way === way && isUnchanged(seen, trunkId, other.startedMs, startedMs));
    return same.some((other) => other.startedMs < startedMs) && same.some((other) => other.startedMs > startedMs);
  };
  const odd = new Set(oddWords(all, faults, carried, isProven));
  const [failed, ...more] = faults.filter((fault) => !odd.has(fault));
  const isOnly =
    failed !== undefined &&
    more.length === 0 &&
    isInPassing(failed) &&
    seen.attempts.includes(failed) &&
    all.filter(({ trunkId }) => trunkId === failed.trunkId).length >= oneIn &&
    all.some((attempt) => attempt.callId === failed.callId && attempt !== failed) &&
    isProven(failed);
  return isOnly ? odd.add(failed) : odd;
}

const isInPassing = (attempt: AttemptSeen) =>
  attempt.end === "edge-refused" || (attempt.end === "route-refused" && isOutOfResources(attempt));

/** It speaks of what was sent, and not of what the account may do or has left (402, ITU-T Q.850 50 to 57): that is missing for all like it. */
const isWord = ({ end, code, cause = 0 }: AttemptSeen) =>
  (end === "caller-refused" || end === "malformed") && code !== 402 && (cause < 50 || cause > 57);

const isSameWord = (a: AttemptSeen, b: AttemptSeen) => a.code === b.code || (a.cause !== undefined && a.cause === b.cause);

/** Words on what was sent that were said of one call each, by whichever carriers it went to. */
function oddWords(
  all: readonly AttemptSeen[],
  faults: readonly AttemptSeen[],
  carried: readonly AttemptSeen[],
  isProven: (attempt: AttemptSeen) => boolean,
): readonly AttemptSeen[] {
  const isApart = (a: AttemptSeen, b: AttemptSeen) => carried.filter(({ seq }) => (seq - a.seq) * (seq - b.seq) < 0).length >= apart;
  const isAlone = (one: AttemptSeen) =>
    isWord(one) &&
    faults.every(
      (other) => (other.callId === one.callId) === isSameWord(one, other) && (other.callId === one.callId || isApart(one, other)),
    );
  const odd = grouped(faults, ({ callId }) => callId).filter((tries) => tries.every(isAlone) && tries.some(isProven));
  return grouped(all, ({ callId }) => callId).length >= odd.length * oneWordIn
    ? odd.flatMap((tries) => [...tries.filter(isProven), ...tries])
    : [];
}
