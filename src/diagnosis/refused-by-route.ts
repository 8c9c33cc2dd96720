/** Refusals of what we send by one route of a trunk alone, which the control of its own past, and of the other routes, lays on that route. */
import type { AttemptSeen, Observations } from "./observations.ts";
import { grouped, isUnchanged } from "./questions.ts";
import { isRefuted, refutedWithinMs } from "./unblamed-ends.ts";

export const isOfSettings = ({ end }: AttemptSeen): boolean => end === "caller-refused";

/** Another carrier got through to that very number, in the same call or soon after. */
export const isReachedSoon = (refused: AttemptSeen, other: AttemptSeen): boolean =>
  refused.number !== undefined &&
  other.number === refused.number &&
  isRefuted(refused, other) &&
  other.startedMs >= refused.startedMs &&
  other.startedMs - refused.atMs <= refutedWithinMs;

/** One alone may be about its call. */
const rowAtLeast = 2;

/** Refusals in a row on one route, and what it took before and after. */
interface Row {
  readonly refused: readonly [AttemptSeen, ...AttemptSeen[]];
  readonly before: AttemptSeen | undefined;
  readonly after: AttemptSeen | undefined;
}

function rowsOf(refused: readonly AttemptSeen[], taken: readonly AttemptSeen[]): readonly Row[] {
  const before = (one: AttemptSeen) => taken.findLast(({ startedMs }) => startedMs < one.startedMs);
  return grouped(refused, (one) => String(before(one)?.seq)).flatMap(([first, ...more]) =>
    first && more.length >= rowAtLeast - 1
      ? [{ refused: [first, ...more], before: before(first), after: taken.find(({ startedMs }) => startedMs > first.startedMs) }]
      : [],
  );
}

/** What we offer is not taken (RFC 3261 §21.4.26, §21.6.4; ITU-T Q.850 65). */
const isOfOffer = ({ code = 0, cause }: AttemptSeen) => cause === 65 || (cause === undefined && [488, 606].includes(code));

/** An offer is the same whichever number is called: this route took it once, set as it is, and the trunk's others do still. */
function isOfferTakenElsewhere(seen: Observations, { refused, before }: Row, elsewhere: readonly AttemptSeen[]): boolean {
  const [{ trunkId, startedMs }] = refused;
  const isSet = seen.settingsChanges.some((set) => set.trunkId === trunkId && set.atMs > (before?.startedMs ?? 0) && set.atMs <= startedMs);
  return before !== undefined && !isSet && elsewhere.some((other) => isUnchanged(seen, trunkId, startedMs, other.startedMs));
}

/** So many turns between taken and refused came by themselves: what somebody sets right does not go wrong again of itself. */
const turnsAtLeast = 3;

/** Refusals that came and went by themselves again, while another carrier reached those numbers: nothing of ours had changed. */
function areByTurns(seen: Observations, rows: readonly Row[], carried: readonly AttemptSeen[]): boolean {
  const turns = rows.flatMap(({ refused, before, after }) => {
    const [first, last = first] = [refused[0], refused.at(-1)];
    const isAlone = (one: AttemptSeen, other: AttemptSeen) => isUnchanged(seen, first.trunkId, one.startedMs, other.startedMs);
    return [...(before ? [isAlone(before, first)] : []), ...(after ? [isAlone(last, after)] : [])];
  });
  const alone = turns.filter(Boolean).length;
  const isReached = rows.some(({ refused }) => refused.some((one) => carried.some((other) => isReachedSoon(one, other))));
  return alone >= turnsAtLeast && 2 * alone > turns.length && isReached;
}

/**
 * Refusals that one route of a trunk makes alone, while others of the trunk pass: of an offer that it had taken, or by turns. What an account may do, or
 * has left, is seldom for one route, and what is wrong with what we send is so for all.
 */
export function ofOneRoute(seen: Observations, all: readonly AttemptSeen[], carried: readonly AttemptSeen[]): readonly AttemptSeen[] {
  return grouped(all.filter(isOfSettings), ({ trunkId }) => trunkId).flatMap((refused) => {
    const [first] = refused as [AttemptSeen];
    if (refused.some(({ way }) => way !== first.way)) return [];
    const elsewhere = carried.filter(
      ({ trunkId, way, startedMs }) => trunkId === first.trunkId && way !== first.way && startedMs > first.startedMs,
    );
    const taken = carried.filter(({ way }) => way === first.way);
    const rows = rowsOf(refused, taken);
    if (elsewhere.length === 0 || rows.length === 0) return [];
    if (areByTurns(seen, rows, carried)) return refused;
    return refused.every(isOfOffer) ? rows.filter((row) => isOfferTakenElsewhere(seen, row, elsewhere)).flatMap((row) => row.refused) : [];
  });
}
