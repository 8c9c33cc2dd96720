/** Outages that nobody was the worse for: soon over, alone, and met by no call. */
import { togetherMs, type Outage, type SeenOfTrunk, type TrunkSeen } from "./observations.ts";

/** Over this soon, ms. */
const blipMs = 5_000;
/** None other of the same trunk came as near as this, ms. */
const apartMs = 120_000;

const isNear = (other: Outage, outage: Outage) =>
  other.trunkId === outage.trunkId
    ? Math.abs(other.atMs - outage.atMs) < apartMs
    : other.atMs <= outage.backMs + togetherMs && outage.atMs <= other.backMs + togetherMs;

/**
 * The trunks with their blips set apart from their outages.
 * @param fallen calls that the loss of their trunk's flow met.
 */
export function withoutBlips(
  trunks: readonly Omit<TrunkSeen, "blips">[],
  fallen: readonly Pick<SeenOfTrunk, "trunkId" | "atMs">[],
): readonly TrunkSeen[] {
  const all = trunks.flatMap(({ outages }) => outages);
  const isMet = ({ trunkId, atMs, backMs }: Outage) =>
    fallen.some((call) => call.trunkId === trunkId && call.atMs >= atMs - blipMs && call.atMs <= backMs + blipMs);
  const isBlip = (outage: Outage) =>
    outage.backMs - outage.atMs < blipMs && !all.some((other) => other !== outage && isNear(other, outage)) && !isMet(outage);
  return trunks.map((trunk) => {
    const blips = trunk.outages.filter(isBlip);
    return { ...trunk, blips, outages: trunk.outages.filter((outage) => !blips.includes(outage)) };
  });
}
