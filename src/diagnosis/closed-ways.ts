/** New connections that were not to be had while older ones lived on: a proxy lets what is open live, and names may resolve no more. */
import { isAsleep } from "./device-sleep.ts";
import type { ControlSeen, Observations, Outage, Seen, TrunkSeen } from "./observations.ts";
import { isOut, isProven, probedWithinMs, togetherMs } from "./questions.ts";

export interface ClosedWays {
  /** Controls that could not be reached while an edge could not either, and another's connection lived on. */
  readonly controls: readonly ControlSeen[];
  /** The same of another socket to an edge, whose older one lived on: as long as the edge that made us try it could not be reached. */
  readonly sockets: readonly (Seen & { readonly trunk: TrunkSeen })[];
}

/** On a connection that is up: of new ones that says nothing. */
export const isAnyWell = ({ trunks }: Observations, atMs: number): boolean => trunks.some((trunk) => isWell(trunk, atMs));

const isWell = (trunk: TrunkSeen, atMs: number) => isProven(trunk, atMs, atMs + probedWithinMs) && !isOut(trunk, atMs);

const isUnconnected = ({ how, lostMs, backMs }: Outage, atMs: number) =>
  how === "unreachable" && atMs >= lostMs - togetherMs && atMs < backMs;

export function closedWaysOf(seen: Observations): ClosedWays {
  const { trunks } = seen;
  const controls = seen.controls.filter(
    ({ reached, atMs, neverSinceMs = Infinity }) =>
      !reached &&
      !isAsleep(seen, atMs) &&
      isAnyWell(seen, atMs) &&
      // One that was never reached, and had failed before that edge was lost, fails for a reason of its own.
      trunks.some(({ outages }) => outages.some((outage) => isUnconnected(outage, atMs) && neverSinceMs >= outage.lostMs - togetherMs)),
  );
  const sockets = seen.deniedSockets.flatMap(({ seq, atMs, trunkId }) => {
    const trunk = trunks.find(({ id }) => id === trunkId);
    if (!trunk || !isWell(trunk, atMs)) return [];
    const others = trunks.filter(({ carrier }) => carrier !== trunk.carrier).flatMap(({ outages }) => outages);
    const outage = others.find((each) => isUnconnected(each, atMs));
    return outage ? [{ seq, atMs, trunk, ...(outage.untilMs !== undefined && { untilMs: outage.untilMs }) }] : [];
  });
  return { controls, sockets };
}

/** No new connection was to be had, of whatever kind: none to this edge either. */
export const isOfClosedWay = ({ controls, sockets }: ClosedWays, outage: Outage): boolean =>
  [...controls, ...sockets].some(({ atMs }) => isUnconnected(outage, atMs));
