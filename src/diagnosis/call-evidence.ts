/** What the INVITEs say: each end, and the same tried another way. */
import { cite, type Detector } from "./cite.ts";
import {
  grouped,
  isFault,
  isOutOfResources,
  isTrunkFault,
  isNumberUnknown,
  onsetMs,
  refusedByHost,
  togetherMs,
  type AttemptSeen,
  type Observations,
} from "./observations.ts";
import { sharedSilence } from "./shared-silence.ts";
import type { EvidenceCode } from "./weights.ts";

/** A call this soon after a failed one was made under the same conditions, ms. */
const nearMs = 120_000;

/** Callees' refusals are worth a word when they are at least so many, and half of all calls. */
const refusalsAtLeast = 3;

const isCarried = (attempt: AttemptSeen) => !isFault(attempt) && !isNumberUnknown(attempt);
const ending =
  (...ends: AttemptSeen["end"][]) =>
  (attempt: AttemptSeen) =>
    ends.includes(attempt.end);
const codesOf = (faults: readonly AttemptSeen[]) => ({ code: faults.at(-1)?.code ?? 0, cause: faults.at(-1)?.cause ?? 0 });

const onePerCall = (attempts: readonly AttemptSeen[]) => grouped(attempts, ({ callId }) => callId).map(([first]) => first as AttemptSeen);

/**
 * How likely it must be, had they been calls to anywhere, that all of these went to one route: else it is no chance. The share
 * of the route is taken from the agent's other calls (Laplace's rule of succession); of an agent who calls nowhere else it is 1.
 */
const chanceAtMost = 0.65;

function isChance(faults: readonly AttemptSeen[], attempts: readonly AttemptSeen[]): boolean {
  const failed = new Set(faults.map(({ callId }) => callId));
  const others = onePerCall(attempts.filter(({ callId }) => !failed.has(callId)));
  const same = others.filter(({ route }) => route === faults[0]?.route).length;
  return same === others.length || ((same + 1) / (others.length + 2)) ** (failed.size - 1) > chanceAtMost;
}

/**
 * Another route of the trunk's had worked shortly before the start of the CRM under which this one fails, and was not tried since.
 * Where all that failed had worked before that start and never since, another that worked under it must be tried anew to have failed.
 */
function isOneUntried({ trunkId, route, atMs }: AttemptSeen, row: readonly AttemptSeen[], seen: Observations): boolean {
  const startedMs = seen.boots.findLast((boot) => boot.atMs <= atMs)?.atMs ?? 0;
  const rowMs = row[0]?.atMs ?? atMs;
  const onTrunk = [...seen.earlierAttempts, ...seen.attempts].filter((attempt) => attempt.trunkId === trunkId);
  const inRow = new Set(row.map((attempt) => attempt.route));
  const worked = onTrunk.filter((attempt) => isCarried(attempt) && attempt.atMs < rowMs && inRow.has(attempt.route));
  const isBroken = worked.length > 0 && worked.every((attempt) => attempt.atMs < startedMs);
  const others = onTrunk.filter((attempt) => attempt.route !== route);
  const tried = new Set(others.filter((attempt) => attempt.atMs > (isBroken ? rowMs : startedMs)).map((attempt) => attempt.route));
  return others.some(
    (attempt) => isCarried(attempt) && attempt.atMs >= startedMs - nearMs && !inRow.has(attempt.route) && !tried.has(attempt.route),
  );
}

/** On the trunk that carried, with the failure or between the two. */
const isBetween = ({ trunkId, atMs }: AttemptSeen, fault: AttemptSeen, carried: AttemptSeen) =>
  trunkId === carried.trunkId &&
  (fault.atMs < carried.atMs
    ? atMs > fault.atMs - togetherMs && atMs < carried.atMs
    : atMs > carried.atMs && atMs < fault.atMs + togetherMs);

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

/** But for those that something refused or swallowed which all trunks share. */
function ofTrunks(seen: Observations): readonly AttemptSeen[] {
  const ofHost = refusedByHost(seen);
  const silent = sharedSilence(seen).attempts;
  return seen.attempts.filter((attempt) => !ofHost.has(attempt) && !silent.has(attempt));
}

/** Each trunk and route on which something failed, and what was tried there and elsewhere at the time. */
const routes: Detector = (seen) => {
  const { boots, earlierAttempts } = seen;
  const attempts = ofTrunks(seen);
  const faulty = grouped(attempts.filter(isTrunkFault), ({ trunkId, route }) => `${trunkId} ${route}`);
  return faulty.flatMap((faults) => {
    const [first] = faults as [AttemptSeen];
    const { trunkId: trunk, carrier, route } = first;
    const params = { trunk, carrier, route };
    // Once what failed is mended, a route that had failed as well tells nothing.
    const failedToo = new Set(
      attempts.filter((attempt) => attempt.trunkId === trunk && isTrunkFault(attempt)).map((attempt) => attempt.route),
    );
    const last = faults.at(-1) ?? first;
    const lastMs = last.atMs;
    const isOfNumbers = faults.every(isNumberUnknown);
    // Another start of the CRM is another condition.
    const untilMs = Math.min(lastMs + nearMs, boots.find(({ atMs }) => atMs > lastMs)?.atMs ?? Infinity);
    const meanwhile = attempts.filter(({ atMs }) => atMs >= first.atMs - togetherMs && atMs <= untilMs);
    const onTrunk = attempts.filter((attempt) => attempt.trunkId === trunk);
    const row = rowOf(first, onTrunk);
    const rowMs = row[0]?.atMs ?? first.atMs;
    // Where calls to more than one route failed to the last, what is carried next is the recovery.
    const isOver = rowOf(last, onTrunk).some((attempt) => attempt.route !== route);
    const here = onTrunk.filter(
      (attempt) =>
        attempt.route !== route &&
        attempt.atMs >= Math.min(first.atMs - togetherMs, rowMs) &&
        attempt.atMs <= untilMs &&
        !(isOver && attempt.atMs > lastMs && isCarried(attempt)),
    );
    const otherRoutes = here.filter((attempt) => isCarried(attempt) && attempt.atMs >= first.atMs && !failedToo.has(attempt.route));
    // A trunk on which no number is known has a wrong setting as likely as a broken edge.
    const isAll = !isOfNumbers && here.length > 0 && here.every(isTrunkFault) && !isOneUntried(first, row, seen);
    // Where calls failed over both, what the other carries before or after that is no control of what failed here.
    const failedElsewhere = meanwhile.filter((attempt) => attempt.trunkId !== trunk && attempt.route === route && isTrunkFault(attempt));
    const isBeside = (carried: AttemptSeen) => faults.some((fault) => !failedElsewhere.some((other) => isBetween(other, fault, carried)));
    // Another trunk of the same carrier shares with it what may have failed; numbers dialled later may be of another list.
    const elsewhere = meanwhile.filter(
      (attempt) =>
        attempt.carrier !== carrier &&
        attempt.route === route &&
        isCarried(attempt) &&
        !(isOfNumbers && attempt.atMs > lastMs) &&
        isBeside(attempt),
    );
    const refused = faults.filter(ending("route-refused"));
    const failed = faults.filter(ending("edge-refused"));
    const unknown = faults.filter(ending("number-unknown"));
    const numbers = new Set(unknown.map(({ number }) => number));
    const known = [...earlierAttempts, ...attempts].filter((attempt) => isCarried(attempt) && numbers.has(attempt.number));
    const knownElsewhere = known.filter((attempt) => attempt.carrier !== carrier);
    return [
      ...cite("invite-swallowed-by-live-edge", "inferred", faults.filter(ending("swallowed")), params),
      ...cite("call-stalled-after-trying", "inferred", faults.filter(ending("stalled")), params),
      ...cite("route-refused-by-carrier", "peer", refused, { ...params, ...codesOf(refused) }),
      ...cite("invite-refused-by-edge", "peer", failed, { ...params, ...codesOf(failed) }),
      ...cite("numbers-unknown-on-route", "peer", unknown, { ...params, numbers: numbers.size }),
      ...cite("same-number-well-on-other-trunk", "peer", knownElsewhere, { ...params, other: knownElsewhere[0]?.trunkId ?? "" }),
      ...cite(
        "same-number-well-at-other-time",
        "peer",
        known.filter(({ trunkId }) => trunkId === trunk),
        params,
      ),
      ...cite("other-route-well-on-same-trunk", "peer", otherRoutes, { ...params, other: otherRoutes[0]?.route ?? "" }),
      ...cite("all-routes-failed-on-trunk", "inferred", isAll ? faults : [], params),
      ...cite(
        "failures-on-one-route-only",
        "inferred",
        here.length === 0 && !isChance(faults, [...earlierAttempts, ...attempts]) ? onePerCall(faults) : [],
        params,
      ),
      ...cite("same-route-well-on-other-trunk", "peer", elsewhere, { ...params, other: elsewhere[0]?.trunkId ?? "" }),
    ];
  });
};

/** One carrier was silent and another refused: two faults, rather than one of the number's or of ours. */
const areUnlike = (tries: readonly AttemptSeen[]) =>
  tries.some(ending("swallowed", "stalled")) && tries.some(ending("route-refused", "edge-refused"));

/** Calls that no carrier could place, though they share nothing. */
const everywhere: Detector = (seen) => {
  const calls = grouped(ofTrunks(seen), ({ callId }) => callId);
  const failed = calls.filter(
    (tries) =>
      tries.every(isFault) && !tries.every(isOutOfResources) && !areUnlike(tries) && new Set(tries.map(({ carrier }) => carrier)).size > 1,
  );
  // Who dials by hand what one carrier did not know makes another call of it.
  const unknown = grouped(
    seen.attempts.filter((attempt) => isNumberUnknown(attempt) && attempt.number !== undefined),
    ({ number = "" }) => number,
  ).filter((tries) => tries.some(ending("number-unknown")) && new Set(tries.map(({ carrier }) => carrier)).size > 1);
  const both = [...failed, ...unknown];
  return cite(
    "call-failed-on-unrelated-carriers",
    "observed",
    [...new Set(both.flatMap((tries) => tries.slice(-1)).flatMap((last) => stretchOf(seen, last)))],
    { calls: both.length },
  );
};

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
  const refused = [...refusedByHost(seen)];
  return cite("shared-host-refused-calls", "observed", refused, {
    calls: new Set(refused.map(({ callId }) => callId)).size,
    ...codesOf(refused),
  });
};

const settings: Detector = ({ attempts }) => {
  const account = attempts.filter(ending("account-refused"));
  const refused = attempts.filter(ending("caller-refused"));
  const malformed = attempts.filter(ending("malformed"));
  const [first] = [...account, ...refused, ...malformed].sort((a, b) => a.atMs - b.atMs);
  const before = first
    ? attempts.filter(
        (attempt) => isCarried(attempt) && attempt.atMs < first.atMs && attempt.trunkId === first.trunkId && attempt.route === first.route,
      )
    : [];
  const params = ({ trunkId: trunk = "", carrier = "" }: Partial<AttemptSeen> = {}) => ({ trunk, carrier });
  return [
    ...cite("credentials-refused", "peer", account, { ...params(account[0]), ...codesOf(account) }),
    ...cite("call-refused-as-misconfigured", "peer", refused, { ...params(refused[0]), ...codesOf(refused) }),
    ...cite("call-refused-as-malformed", "peer", malformed, { ...params(malformed[0]), ...codesOf(malformed) }),
    ...cite("same-settings-worked-before", "peer", before, params(first)),
  ];
};

/** What callees said before anything else was wrong explains nothing of it. */
const callees: Detector = (seen) => {
  const onset = onsetMs(seen);
  const attempts = seen.attempts.filter(({ atMs }) => onset === Infinity || atMs >= onset);
  const refused = attempts.filter(ending("callee"));
  const isMany = refused.length >= refusalsAtLeast && refused.length * 2 >= attempts.length;
  return cite("callee-refused", "peer", isMany ? refused : [], { calls: refused.length });
};

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

export const callDetectors: readonly Detector[] = [routes, everywhere, sharedHost, settings, callees, microphone];
