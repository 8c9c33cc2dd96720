/** Calls that are forbidden to one trunk, while another carrier places them: by what its account may do, or by who screens them on the way. */
import { cite, type Detector } from "./cite.ts";
import type { AttemptSeen } from "./observations.ts";
import { codesOf, ending, grouped, isCarried } from "./questions.ts";

/** How likely it may be at most, had they been calls to anywhere, that of all those which the trunk was given the forbidden ones went to one route. */
const chanceAtMost = 0.01;

/** The same where the route itself takes others between: no right to it is missing, and a limit of the account would be met on any. */
const mixedChanceAtMost = 0.05;

/**
 * Others pass as that route does not: an account that has no channel left, or may not call, may not call elsewhere either. By the hypergeometric
 * distribution, between the first and the last that was forbidden.
 */
function isOfRoute(refused: readonly AttemptSeen[], onTrunk: readonly AttemptSeen[]): boolean {
  const [first, last] = [refused[0], refused.at(-1)];
  if (!first || !last || refused.some(({ way }) => way !== first.way)) return false;
  const passed = onTrunk.filter((attempt) => isCarried(attempt) && attempt.atMs >= first.atMs && attempt.atMs <= last.atMs);
  const onRoute = refused.length + passed.filter(({ way }) => way === first.way).length;
  const all = refused.length + passed.length;
  const most = onRoute > refused.length ? mixedChanceAtMost : chanceAtMost;
  return refused.reduce((chance, _, index) => (chance * (onRoute - index)) / (all - index), 1) <= most;
}

const forbidden: Detector = ({ earlierAttempts, attempts }) =>
  grouped(attempts.filter(ending("forbidden")), ({ trunkId }) => trunkId).flatMap((refused) => {
    const [{ trunkId: trunk, carrier, route }] = refused as [AttemptSeen];
    const onTrunk = [...earlierAttempts, ...attempts].filter(({ trunkId }) => trunkId === trunk);
    const numbers = new Set(refused.map(({ number }) => number)).size;
    const params = { trunk, carrier, numbers, ...codesOf(refused) };
    return isOfRoute(onTrunk.filter(ending("forbidden")), onTrunk)
      ? cite("calls-forbidden-on-one-route", "peer", refused, { ...params, route })
      : cite("calls-forbidden-on-trunk", "peer", refused, params);
  });

export const forbiddenDetectors: readonly Detector[] = [forbidden];
