/** Outages that unrelated carriers share: one event near the agent is enough for all of them. */
import { isOfSleep } from "./device-sleep.ts";
import { isNoTrunkLeft, isProven, probedWithinMs, togetherMs, type Observations, type Outage, type TrunkSeen } from "./observations.ts";

/** Something outside the page: its own policy lets nothing out that could meet carrier or network. */
export const isOutside = ({ how }: Outage): boolean => how !== "forbidden";

const startMs = ({ aliveMs, atMs }: Outage) => aliveMs ?? atMs;

/** Both out at once, and neither proven well after the other was lost: one event, though found at different times. */
const isTogether = (a: Outage, b: Outage) =>
  Math.max(startMs(a), startMs(b)) <= Math.min(a.atMs, b.atMs) + togetherMs && a.atMs < b.backMs && b.atMs < a.backMs;

/** Sockets that fall one after the other within this time, and none opens again, fell of one cause, ms. */
const oneByOneMs = 120_000;

/** Both out, the later one so soon that no trunk was left: a proxy lets what is open live, and nothing new be. */
const isOneByOne = ({ trunks }: Observations, a: Outage, b: Outage) => {
  const laterMs = Math.max(a.lostMs, b.lostMs);
  return (
    a.how === "unreachable" &&
    b.how === "unreachable" &&
    laterMs - Math.min(a.lostMs, b.lostMs) <= oneByOneMs &&
    laterMs < Math.min(a.backMs, b.backMs) &&
    trunks.every(({ outages }) => outages.some(({ lostMs, backMs }) => lostMs <= laterMs && laterMs < backMs))
  );
};

/** Every carrier's socket falls, and falls again, each soon after another's: what cuts them all is near the agent, though one at least is always up. */
const isInTurn = ({ trunks }: Observations, a: Outage, b: Outage) =>
  a.how === "unreachable" &&
  b.how === "unreachable" &&
  Math.abs(a.lostMs - b.lostMs) <= oneByOneMs &&
  trunks.every(({ outages }) => outages.filter(({ how }) => how === "unreachable").length > 1);

/** While both last no edge is left, and what is no carrier's cannot be reached either. */
const isAllDark = (seen: Observations, a: Outage, b: Outage) =>
  seen.controls.some(({ reached, atMs }) => !reached && isDuring(a, atMs) && isDuring(b, atMs) && isNoTrunkLeft(seen, atMs));

const isDuring = ({ lostMs, backMs }: Outage, atMs: number) => atMs >= lostMs && atMs < backMs;

/** One cause is enough for both. */
const isOneEvent = (seen: Observations, a: Outage, b: Outage) =>
  isTogether(a, b) || isOneByOne(seen, a, b) || isInTurn(seen, a, b) || isAllDark(seen, a, b);

/** Trunks that answered while `outage` lasted, and did not share it. */
export const wellDuring = (seen: Observations, outage: Outage, trunks = seen.trunks): readonly TrunkSeen[] =>
  trunks.filter(
    (trunk) =>
      trunk.id !== outage.trunkId &&
      isProven(trunk, outage.atMs, Math.min(outage.backMs, outage.atMs + probedWithinMs)) &&
      !trunk.outages.some((other) => isOneEvent(seen, outage, other)),
  );

/** Outages of unrelated carriers that are one event. */
export function outagesTogether(seen: Observations): readonly Outage[] {
  const { trunks } = seen;
  const all = trunks.flatMap(({ outages }) => outages).filter((outage) => isOutside(outage) && !isOfSleep(seen, outage));
  const hostOf = ({ trunkId }: Outage) => trunks.find(({ id }) => id === trunkId)?.host;
  return all.filter((outage) => {
    const beside = all.filter((other) => other.carrier !== outage.carrier && isOneEvent(seen, outage, other));
    // Carriers that are reached by one host are so through something of the site's own.
    return beside.some((other) => hostOf(other) === hostOf(outage)) || (beside.length > 0 && wellDuring(seen, outage).length === 0);
  });
}
