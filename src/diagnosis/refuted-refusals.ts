/**
 * Refusals that say that what was sent is wrong, and that a control refutes: what is sent with the same settings is taken otherwise. Then they are
 * no word on our settings any more, but on whose number it is, on the carrier that alone refuses it, or on the account as its registrar knows it.
 */
import { strangersSinceGoodbye } from "./account-turns.ts";
import type { AttemptSeen, Observations, TrunkSeen } from "./observations.ts";
import { grouped, isOfAccount, isOfCall, isUnchanged } from "./questions.ts";
import { isOfSettings, isReachedSoon, ofOneRoute } from "./refused-by-route.ts";
import { isRefuted } from "./unblamed-ends.ts";

/** It went in a circle (RFC 3261 §21.4.20 and §21.4.21; ITU-T Q.850 25). */
const isCircle = ({ end, code, cause }: AttemptSeen) => end === "route-refused" && (code === 483 || cause === 25);

/** Another call of its trunk was carried with the same settings, to the same route: before it, and nothing has changed since; or after. */
function isTakenOtherwise(seen: Observations, carried: readonly AttemptSeen[], { trunkId, way, startedMs }: AttemptSeen): boolean {
  return carried.some((other) => other.way === way && isUnchanged(seen, trunkId, other.startedMs, startedMs));
}

/** Words on a call that unrelated carriers contradict: who reaches that number, dialled by the same settings, needs no more of it than there is. */
function ofCarriers(seen: Observations, all: readonly AttemptSeen[], carried: readonly AttemptSeen[]): readonly AttemptSeen[] {
  const isReached = (refused: AttemptSeen) =>
    refused.number !== undefined && carried.some((other) => other.number === refused.number && isRefuted(refused, other));
  const words = all.filter((attempt) => isOfSettings(attempt) && isOfCall(attempt));
  return grouped(words, ({ trunkId, code = 0, cause = 0 }) => `${trunkId} ${code} ${cause}`).flatMap((alike) => {
    const refuted = alike.filter((refused) => isReached(refused) && isTakenOtherwise(seen, carried, refused));
    return alike.filter(({ trunkId, startedMs }) => refuted.some((one) => isUnchanged(seen, trunkId, one.startedMs, startedMs)));
  });
}

/** What the callee's own side says of its telephone, while others are reached with the same settings. */
const ofCallees = (seen: Observations, all: readonly AttemptSeen[], carried: readonly AttemptSeen[]): readonly AttemptSeen[] =>
  all.filter((refused) => isOfSettings(refused) && refused.byCallee && isTakenOtherwise(seen, carried, refused));

/** Circles that unrelated carriers all meet with a call, while they carry others on that route: whoever forwards that number has made it. */
function ofForwarding(all: readonly AttemptSeen[], carried: readonly AttemptSeen[]): readonly AttemptSeen[] {
  const shared = grouped(all.filter(isCircle), ({ callId }) => callId).filter(
    (tries) =>
      new Set(tries.map(({ carrier }) => carrier)).size > 1 &&
      tries.some((tried) => carried.some(({ way }) => way === tried.way)) &&
      !carried.some(({ callId }) => callId === tries[0]?.callId),
  );
  const routes = new Set(shared.flatMap(([first]) => (first ? [first.route] : [])));
  const reached = new Set(carried.map(({ number }) => number));
  return all.filter((one) => isCircle(one) && routes.has(one.route) && one.number !== undefined && !reached.has(one.number));
}

/** 403, and nothing of why (RFC 3261 §21.4.4). */
const isForbidden = ({ end, code, cause }: AttemptSeen) => end === "caller-refused" && code === 403 && cause === undefined;

/**
 * Calls that are forbidden on one route of a trunk alone, which took others there between, set as it was, while another carrier reached those very
 * numbers: no right to that route is missing. It is the same word as with a cause (Q.850 21), and blames nobody by itself either.
 */
function ofScreening(seen: Observations, all: readonly AttemptSeen[], carried: readonly AttemptSeen[]): readonly AttemptSeen[] {
  return grouped(all.filter(isForbidden), ({ trunkId }) => trunkId).flatMap((refused) => {
    const [{ trunkId, way }] = refused as [AttemptSeen];
    if (refused.some((other) => other.way !== way)) return [];
    const taken = carried.filter((other) => other.way === way);
    const reached = new Set(refused.filter((one) => carried.some((other) => isReachedSoon(one, other))));
    const isBetween = (a: AttemptSeen, b: AttemptSeen) =>
      a.number !== b.number &&
      (reached.has(a) || reached.has(b)) &&
      isUnchanged(seen, trunkId, a.startedMs, b.startedMs) &&
      taken.some(({ startedMs }) => (startedMs - a.startedMs) * (startedMs - b.startedMs) < 0);
    const proven = refused.filter((a) => refused.some((b) => isBetween(a, b)));
    return refused.filter(({ startedMs }) => proven.some((one) => isUnchanged(seen, trunkId, one.startedMs, startedMs)));
  });
}

/** 403 to a call, without a cause, on a trunk whose registrar refuses the account as well: one word, said twice. */
const ofAccounts = (all: readonly AttemptSeen[], trunks: readonly TrunkSeen[]): readonly AttemptSeen[] => {
  const refusing = new Set(trunks.filter(({ refusals }) => refusals.some(isOfAccount)).map(({ id }) => id));
  return all.filter((one) => isForbidden(one) && refusing.has(one.trunkId));
};

/** The same attempts, each with the end that the controls leave it. */
export function withoutRefuted(seen: Observations): Observations {
  const all = [...seen.earlierAttempts, ...seen.attempts];
  const strangers = strangersSinceGoodbye(seen);
  if (strangers.size === 0 && !all.some((attempt) => attempt.end === "caller-refused" || isCircle(attempt))) return seen;
  const carried = all.filter(({ end }) => end === "carried");
  const ends = new Map<AttemptSeen, AttemptSeen["end"]>([
    ...ofOneRoute(seen, all, carried).map((one) => [one, "unexplained"] as const),
    ...ofScreening(seen, all, carried).map((one) => [one, "forbidden"] as const),
    ...ofAccounts(all, seen.trunks).map((one) => [one, "account-refused"] as const),
    ...ofCarriers(seen, all, carried).map((one) => [one, "unexplained"] as const),
    ...ofCallees(seen, all, carried).map((one) => [one, "callee"] as const),
    ...ofForwarding(all, carried).map((one) => [one, "callee"] as const),
    ...[...strangers].map((one) => [one, "account-refused"] as const),
  ]);
  if (ends.size === 0) return seen;
  const judged = (attempt: AttemptSeen): AttemptSeen => {
    const end = ends.get(attempt);
    return end ? { ...attempt, end } : attempt;
  };
  return { ...seen, attempts: seen.attempts.map(judged), earlierAttempts: seen.earlierAttempts.map(judged) };
}
