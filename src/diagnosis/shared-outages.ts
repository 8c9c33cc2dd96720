/** Outages that unrelated carriers share: one event near the agent is enough for all of them. */
import { isOfSleep } from "./device-sleep.ts";
import type { Observations, Outage, TrunkSeen } from "./observations.ts";
import { firstAfter, isNoTrunkLeft, isProven, probedWithinMs, togetherMs } from "./questions.ts";

/** Something outside the page: where its own policy lets nothing out, or the CRM names no edge, nothing meets carrier or network. */
export const isOutside = ({ how }: Outage): boolean => how !== "forbidden" && how !== "unasked";

const startMs = ({ aliveMs, atMs }: Outage) => aliveMs ?? atMs;

/** Both out at once, and neither proven well after the other was lost: one event, though found at different times. */
const isTogether = (a: Outage, b: Outage) =>
  Math.max(startMs(a), startMs(b)) <= Math.min(a.atMs, b.atMs) + togetherMs && a.atMs < b.backMs && b.atMs < a.backMs;

/** Sockets that fall one after the other within this time, and none opens again, fell of one cause, ms. */
const oneByOneMs = 120_000;

const isUnreachable = ({ how }: Outage) => how === "unreachable";

/** However its socket ended: a server, or what looks like one, may close what is idle, and no other opens. */
const isShut = (outage: Outage) => isUnreachable(outage) || (isOutside(outage) && outage.deniedMs < Infinity);

const areOneByOne = (a: Outage, b: Outage) => isShut(a) && isShut(b) && Math.abs(a.lostMs - b.lostMs) <= oneByOneMs;

const endsUpTo = ({ backMs }: Outage, limitMs: number) => backMs <= limitMs;

/** Its socket was gone then. A trunk's outages are one after the other. */
function isGone({ outages }: TrunkSeen, atMs: number): boolean {
  const outage = outages[firstAfter(outages, atMs, endsUpTo)];
  return outage !== undefined && outage.lostMs <= atMs;
}

/** Those that may be one event with `outage`: out at once with it, or lost soon before or after. */
function* near(outage: Outage, outages: readonly Outage[]): Iterable<Outage> {
  const fromMs = Math.min(outage.atMs, outage.lostMs - oneByOneMs);
  const untilMs = Math.max(outage.backMs, outage.lostMs + oneByOneMs);
  const first = firstAfter(outages, fromMs, ({ backMs }, limitMs) => backMs < limitMs);
  for (let index = first; index < outages.length; index++) {
    const other = outages[index] as Outage;
    if (other.atMs > untilMs) return;
    yield other;
  }
}

export interface SharedOutages {
  /** Outages of unrelated carriers that are one event. */
  readonly together: readonly Outage[];
  /** Those of `trunks` that answered while `outage` lasted, and did not share it. */
  wellDuring(outage: Outage, trunks: readonly TrunkSeen[]): readonly TrunkSeen[];
}

export function sharedOutagesOf(seen: Observations): SharedOutages {
  const { trunks } = seen;
  const hosts = new Map(trunks.map(({ id, host }) => [id, host]));
  /** When what is no carrier's could not be reached either, and no edge was left. */
  const darkMs = seen.controls.filter(({ reached, atMs }) => !reached && isNoTrunkLeft(seen, atMs)).map(({ atMs }) => atMs);
  /** Every carrier's socket falls, and falls again. */
  const fallInTurn = trunks.every(({ outages }) => outages.filter(isUnreachable).length > 1);

  /** While both last no edge is left, and what is no carrier's cannot be reached either. */
  function areAllDark(a: Outage, b: Outage): boolean {
    const nextMs = darkMs[firstAfter(darkMs, Math.max(a.lostMs, b.lostMs), (atMs, limitMs) => atMs < limitMs)];
    return nextMs !== undefined && nextMs < Math.min(a.backMs, b.backMs);
  }

  /** Both out, the later one so soon that no trunk was left: a proxy lets what is open live, and nothing new be. */
  function isNoneLeft(a: Outage, b: Outage): boolean {
    const laterMs = Math.max(a.lostMs, b.lostMs);
    return laterMs < Math.min(a.backMs, b.backMs) && trunks.every((trunk) => isGone(trunk, laterMs));
  }

  /** One cause is enough for both. Where each falls soon after another, again and again, what cuts them all is near the agent, though one at least is always up. */
  const isOneEvent = (a: Outage, b: Outage) =>
    isTogether(a, b) || (areOneByOne(a, b) && (fallInTurn || isNoneLeft(a, b))) || areAllDark(a, b);

  const besideIn = (outage: Outage, outages: readonly Outage[]) => [...near(outage, outages)].filter((other) => isOneEvent(outage, other));

  const wellDuring = (outage: Outage, among: readonly TrunkSeen[]) =>
    among.filter(
      (trunk) =>
        trunk.id !== outage.trunkId &&
        isProven(trunk, outage.atMs, Math.min(outage.backMs, outage.atMs + probedWithinMs)) &&
        besideIn(outage, trunk.outages).length === 0,
    );

  const outside = trunks.map(({ id, carrier, outages }) => ({
    id,
    carrier,
    outages: outages.filter((outage) => isOutside(outage) && !isOfSleep(seen, outage)),
  }));
  const together = outside.flatMap(({ id, carrier, outages }) => {
    const others = outside.filter((other) => other.carrier !== carrier);
    return outages.filter((outage) => {
      const beside = others.flatMap((other) => besideIn(outage, other.outages));
      // Carriers that are reached by one host are so through something of the site's own.
      return (
        beside.some(({ trunkId }) => hosts.get(trunkId) === hosts.get(id)) || (beside.length > 0 && wellDuring(outage, trunks).length === 0)
      );
    });
  });
  return { together, wellDuring };
}
