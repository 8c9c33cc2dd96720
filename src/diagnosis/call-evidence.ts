/** What the INVITEs say: each end, and the same tried another way. */
import { cite, type Detector } from "./cite.ts";
import type { AttemptSeen, Observations } from "./observations.ts";
import {
  codesOf,
  ending,
  firstAfter,
  grouped,
  isCarried,
  isFault,
  isOfCall,
  isOutOfResources,
  isRouteFault,
  isTrunkFault,
  isNumberUnknown,
  togetherMs,
} from "./questions.ts";
import { isRefuted } from "./unblamed-ends.ts";
import type { EvidenceCode } from "./weights.ts";

/** A call this soon after a failed one was made under the same conditions, ms. */
const nearMs = 120_000;

/** The first of each. */
function onePerCall(attempts: readonly AttemptSeen[]): readonly AttemptSeen[] {
  const calls = new Set<string>();
  return attempts.filter(({ callId }) => calls.size < calls.add(callId).size);
}

/**
 * How likely it must be, had they been calls to anywhere, that all of these went to one route: else it is no chance. The share
 * of the route is taken from the agent's other calls (Laplace's rule of succession); of an agent who calls nowhere else it is 1.
 */
const chanceAtMost = 0.65;

function isChance(faults: readonly AttemptSeen[], attempts: readonly AttemptSeen[]): boolean {
  const isSame = ({ route }: AttemptSeen) => route === faults[0]?.route;
  if (attempts.every(isSame)) return true;
  const failed = new Set(faults.map(({ callId }) => callId));
  const others = onePerCall(attempts.filter(({ callId }) => !failed.has(callId)));
  const same = others.filter(isSame).length;
  return same === others.length || ((same + 1) / (others.length + 2)) ** (failed.size - 1) > chanceAtMost;
}

/**
 * Another route of the trunk's had worked shortly before the start of the CRM under which this one fails, and was not tried since.
 * Where all that failed had worked before that start and never since, another that worked under it must be tried anew to have failed.
 */
function isOneUntried({ trunkId, route, startedMs: firstMs }: AttemptSeen, row: readonly AttemptSeen[], seen: Observations): boolean {
  const startMs = seen.boots.findLast((boot) => boot.atMs <= firstMs)?.atMs ?? 0;
  const rowMs = row[0]?.startedMs ?? firstMs;
  const onTrunk = [...seen.earlierAttempts, ...seen.attempts].filter((attempt) => attempt.trunkId === trunkId);
  const inRow = new Set(row.map((attempt) => attempt.route));
  const worked = onTrunk.filter((attempt) => isCarried(attempt) && attempt.startedMs < rowMs && inRow.has(attempt.route));
  const isBroken = worked.length > 0 && worked.every((attempt) => attempt.startedMs < startMs);
  const others = onTrunk.filter((attempt) => attempt.route !== route);
  const tried = new Set(others.filter((attempt) => attempt.startedMs > (isBroken ? rowMs : startMs)).map((attempt) => attempt.route));
  return others.some(
    (attempt) => isCarried(attempt) && attempt.startedMs >= startMs - nearMs && !inRow.has(attempt.route) && !tried.has(attempt.route),
  );
}

/**
 * Is a call that another trunk carried a control of these failures? Not where that trunk failed as well, between the two or with the failure: then
 * what it carried was before the fault, or after. Of the failures the nearest on either side tell.
 */
function isControl(carried: AttemptSeen, faults: readonly AttemptSeen[], failedThere: readonly AttemptSeen[]): boolean {
  const next = firstAfter(faults, carried.atMs, ({ atMs }, limitMs) => atMs < limitMs);
  const isFreeOf = (fromMs: number, toMs: number) => {
    const failed = failedThere[firstAfter(failedThere, fromMs, ({ atMs }, limitMs) => atMs <= limitMs)];
    return failed === undefined || failed.atMs >= toMs;
  };
  const [before, after] = [faults[next - 1], faults[next]];
  return (
    (before !== undefined && isFreeOf(before.atMs - togetherMs, carried.atMs)) ||
    (after !== undefined && isFreeOf(carried.atMs, after.atMs + togetherMs))
  );
}

/** Failures on a trunk that followed on one another, the given one among them, and nothing carried between. */
function rowOf(fault: AttemptSeen, onTrunk: readonly AttemptSeen[]): readonly AttemptSeen[] {
  const isNext = (a: AttemptSeen | undefined, b: AttemptSeen | undefined) =>
    a && b && isTrunkFault(a) && isTrunkFault(b) && b.atMs - a.atMs <= nearMs;
  let from = onTrunk.indexOf(fault);
  let to = from;
  while (isNext(onTrunk[from - 1], onTrunk[from])) from--;
  while (isNext(onTrunk[to], onTrunk[to + 1])) to++;
  return onTrunk.slice(from, to + 1);
}

/** Each trunk and route on which something failed, and what was tried there and elsewhere at the time. */
const routes: Detector = (seen) => {
  const { boots, earlierAttempts, ofTrunks: attempts } = seen;
  const all = [...earlierAttempts, ...attempts];
  const faulty = grouped(attempts.filter(isRouteFault), ({ way }) => way);
  const failedBy = new Map(faulty.map((faults) => [faults[0]?.way, faults]));
  return faulty.flatMap((faults) => {
    const [first] = faults as [AttemptSeen];
    const { trunkId: trunk, carrier, route } = first;
    const params = { trunk, carrier, route };
    const last = faults.at(-1) ?? first;
    const lastMs = last.atMs;
    const isOfNumbers = faults.every(isNumberUnknown);
    // Another start of the CRM is another condition.
    const nextStartMs = boots.find(({ atMs }) => atMs > last.startedMs)?.atMs ?? Infinity;
    const untilMs = lastMs + nearMs;
    const onTrunk = attempts.filter((attempt) => attempt.trunkId === trunk);
    // Once what failed is mended, a route that had failed as well tells nothing.
    const failedToo = new Set(onTrunk.filter(isTrunkFault).map((attempt) => attempt.route));
    const row = rowOf(first, onTrunk);
    const fromMs = Math.min(first.atMs - togetherMs, row[0]?.atMs ?? first.atMs);
    // Where calls to more than one route failed to the last, what is carried next is the recovery.
    const isOver = rowOf(last, onTrunk).some((attempt) => attempt.route !== route);
    const here = onTrunk.filter(
      (attempt) =>
        attempt.route !== route &&
        attempt.atMs >= fromMs &&
        attempt.atMs <= untilMs &&
        attempt.startedMs < nextStartMs &&
        !(isOver && attempt.atMs > lastMs && isCarried(attempt)),
    );
    const otherRoutes = here.filter((attempt) => isCarried(attempt) && attempt.atMs >= first.atMs && !failedToo.has(attempt.route));
    // A trunk on which no number is known has a wrong setting as likely as a broken edge.
    const isAll = !isOfNumbers && !faults.every(isOfCall) && here.length > 0 && here.every(isTrunkFault) && !isOneUntried(first, row, seen);
    // Another trunk of the same carrier shares with it what may have failed; numbers dialled later may be of another list.
    const elsewhere = attempts.filter(
      (attempt) =>
        attempt.carrier !== carrier &&
        attempt.route === route &&
        attempt.atMs >= first.atMs - togetherMs &&
        attempt.atMs <= (isOfNumbers ? lastMs : untilMs) &&
        attempt.startedMs < nextStartMs &&
        isCarried(attempt) &&
        isControl(attempt, faults, failedBy.get(attempt.way) ?? []),
    );
    // A phone was said to ring, and then the network gave up: for one number alone that may be its owner's exchange.
    const given = faults.filter(ending("route-refused", "edge-refused"));
    const isOneNumber = given.every(({ hadRung }) => hadRung) && new Set(given.map(({ number }) => number)).size === 1;
    const rung = isOneNumber ? given : [];
    const refused = isOneNumber ? [] : given.filter(ending("route-refused"));
    const failed = isOneNumber ? [] : given.filter(ending("edge-refused"));
    const unknown = faults.filter(ending("number-unknown"));
    const unexplained = faults.filter(ending("unexplained"));
    const unanswered = faults.filter(ending("unanswered"));
    const away = faults.filter(ending("away"));
    const contradicted = faults.filter(ending("contradicted"));
    const numbers = new Set(unknown.map(({ number }) => number));
    const known = all.filter((attempt) => numbers.has(attempt.number) && isCarried(attempt));
    const knownElsewhere = known.filter((attempt) => isRefuted(first, attempt));
    return [
      ...cite("invite-swallowed-by-live-edge", "inferred", faults.filter(ending("swallowed")), params),
      ...cite("call-stalled-after-trying", "inferred", faults.filter(ending("stalled")), params),
      ...cite("route-refused-by-carrier", "peer", refused, { ...params, ...codesOf(refused) }),
      ...cite("invite-refused-by-edge", "peer", failed, { ...params, ...codesOf(failed) }),
      ...cite("call-failed-after-ringing", "peer", rung, { ...params, ...codesOf(rung) }),
      ...cite("numbers-unknown-on-route", "peer", unknown, { ...params, numbers: numbers.size }),
      ...cite("refusals-without-reason", "peer", unexplained, { ...params, ...codesOf(unexplained) }),
      ...cite("callees-all-away-on-route", "peer", away, {
        ...params,
        ...codesOf(away),
        numbers: new Set(away.map(({ number }) => number)).size,
      }),
      ...cite("callee-answers-contradicted", "peer", contradicted, {
        ...params,
        ...codesOf(contradicted),
        numbers: new Set(contradicted.map(({ number }) => number)).size,
      }),
      ...cite("calls-unanswered-on-route", "inferred", unanswered, {
        ...params,
        numbers: new Set(unanswered.map(({ number }) => number)).size,
      }),
      ...cite("same-number-well-on-other-trunk", "peer", knownElsewhere, { ...params, other: knownElsewhere[0]?.trunkId ?? "" }),
      ...cite(
        "same-number-well-at-other-time",
        "peer",
        known.filter((attempt) => !isRefuted(first, attempt)),
        params,
      ),
      ...cite("other-route-well-on-same-trunk", "peer", otherRoutes, { ...params, other: otherRoutes[0]?.route ?? "" }),
      ...cite("all-routes-failed-on-trunk", "inferred", isAll ? faults : [], params),
      ...cite(
        "failures-on-one-route-only",
        "inferred",
        here.length === 0 && rung.length === 0 && !isChance(faults, all) ? onePerCall(faults) : [],
        params,
      ),
      ...cite("same-route-well-on-other-trunk", "peer", elsewhere, { ...params, other: elsewhere[0]?.trunkId ?? "" }),
    ];
  });
};

/** One carrier was silent and another refused: two faults, rather than one of the number's or of ours. */
const areUnlike = (tries: readonly AttemptSeen[]) =>
  tries.some(ending("swallowed", "stalled")) && tries.some(ending("route-refused", "edge-refused"));

/** What carriers that share nothing refused with the same plain 5xx, though a third may have placed it: two edges seldom break so at one moment. */
const refusedAlike = (tries: readonly AttemptSeen[]) =>
  tries
    .filter(ending("edge-refused"))
    .filter(({ carrier, code }, _, refused) => refused.some((other) => other.carrier !== carrier && other.code === code));

/** Calls that no carrier could place, though they share nothing. */
const everywhere: Detector = (seen) => {
  const placed = new Set<string>();
  for (const attempt of seen.ofTrunks) if (!isFault(attempt)) placed.add(attempt.callId);
  const calls = grouped(
    seen.ofTrunks.filter(({ callId }) => !placed.has(callId)),
    ({ callId }) => callId,
  );
  const failed = calls.filter(
    (tries) => !tries.every(isOutOfResources) && !areUnlike(tries) && new Set(tries.map(({ carrier }) => carrier)).size > 1,
  );
  const placedByThird = grouped(
    seen.ofTrunks.filter(({ callId }) => placed.has(callId)),
    ({ callId }) => callId,
  )
    .map(refusedAlike)
    .filter(({ length }) => length > 1);
  // Who dials by hand what one carrier did not know makes another call of it.
  const unknown = grouped(
    seen.attempts.filter((attempt) => isNumberUnknown(attempt) && attempt.number !== undefined),
    ({ number = "" }) => number,
  ).filter((tries) => tries.some(ending("number-unknown")) && new Set(tries.map(({ carrier }) => carrier)).size > 1);
  const both = [...failed, ...placedByThird, ...unknown];
  return cite(
    "call-failed-on-unrelated-carriers",
    "observed",
    [...new Set([...both.flatMap((tries) => tries.slice(-1)).flatMap((last) => stretchOf(seen, last)), ...undecided(both, calls)])],
    { calls: both.length },
  );
};

/** Where calls failed everywhere, again and again, the latest that has failed does so too, until another carrier places it. */
function undecided(both: readonly (readonly AttemptSeen[])[], calls: readonly (readonly AttemptSeen[])[]): readonly AttemptSeen[] {
  const latest = calls.at(-1) ?? [];
  const isAgain = both.filter((tries) => tries.some(({ code, end }) => end === latest[0]?.end && code === latest[0].code)).length > 1;
  return isAgain ? latest : [];
}

/** Each call to the route that failed before or after it with none carried between: breakers try one carrier at a time meanwhile. */
function stretchOf({ attempts }: Observations, one: AttemptSeen): readonly AttemptSeen[] {
  const same = attempts.filter(({ route }) => route === one.route);
  const at = same.indexOf(one);
  const from = same.slice(0, at).findLastIndex(isCarried) + 1;
  const to = same.findIndex((attempt, index) => index > at && isCarried(attempt));
  return same.slice(from, to < 0 ? same.length : to).filter(isFault);
}

/** One host refused what both carriers should have placed. */
const sharedHost: Detector = (seen) => {
  const refused = [...seen.ofHost];
  return cite("shared-host-refused-calls", "observed", refused, {
    calls: new Set(refused.map(({ callId }) => callId)).size,
    ...codesOf(refused),
  });
};

/** Each call that was refused so alone, among many that were not. */
const inPassing: Detector = ({ hitches, attempts, earlierAttempts }) =>
  onePerCall(hitches).flatMap((hitch) => {
    const { trunkId: trunk, carrier, route } = hitch;
    const calls = [...earlierAttempts, ...attempts].filter(({ trunkId }) => trunkId === trunk).length + 1;
    return cite("call-refused-in-passing", "peer", [hitch], { trunk, carrier, route, calls, ...codesOf([hitch]) });
  });

/** What the page itself may not have, or the browser has not: no agent, and no headset, can help that. By the DOMException's name. */
const evidenceOfPage: ReadonlyMap<string | undefined, EvidenceCode> = new Map([
  ["SecurityError", "page-may-not-use-microphone"],
  ["NotSupportedError", "webrtc-missing"],
]);

const microphone: Detector = ({ refusedCalls }) => {
  const refused = refusedCalls.filter(({ because }) => because === "media-failed");
  const codeOf = ({ error }: (typeof refused)[number]): EvidenceCode => evidenceOfPage.get(error) ?? "microphone-not-to-be-had";
  return [...new Set(refused.map(codeOf))].flatMap((code) => {
    const calls = refused.filter((call) => codeOf(call) === code);
    return cite(code, "observed", calls, { error: calls.at(-1)?.error ?? "", calls: calls.length });
  });
};

export const callDetectors: readonly Detector[] = [routes, everywhere, sharedHost, inPassing, microphone];
