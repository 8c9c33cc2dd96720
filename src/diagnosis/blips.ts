/** Outages that nobody was the worse for: soon over, alone, and met by no call. */
import type { Outage, SeenOfTrunk, TrunkSeen } from "./observations.ts";
import { firstAfter, togetherMs } from "./questions.ts";

/** Over this soon, ms. */
const blipMs = 5_000;
/** None other of the same trunk came as near as this, ms. */
const apartMs = 120_000;

type Losses = Pick<TrunkSeen, "outages">;

/** None of its own trunk's came near, and of another trunk's none was met at the same time: of each, the outages are one after the other. */
function isAlone(outage: Outage, index: number, own: Losses, trunks: readonly Losses[]): boolean {
  const beside = [own.outages[index - 1], own.outages[index + 1]];
  if (beside.some((other) => other && Math.abs(other.atMs - outage.atMs) < apartMs)) return false;
  return trunks.every((trunk) => {
    const other = trunk.outages[firstAfter(trunk.outages, outage.atMs - togetherMs, ({ backMs }, limitMs) => backMs < limitMs)];
    return trunk === own || other === undefined || other.atMs > outage.backMs + togetherMs;
  });
}

/**
 * The trunks with their blips set apart from their outages.
 * @param fallen calls that the loss of their trunk's flow met.
 */
export function withoutBlips(
  trunks: readonly Omit<TrunkSeen, "blips">[],
  fallen: readonly Pick<SeenOfTrunk, "trunkId" | "atMs">[],
): readonly TrunkSeen[] {
  const isMet = ({ trunkId, atMs, backMs }: Outage) =>
    fallen.some((call) => call.trunkId === trunkId && call.atMs >= atMs - blipMs && call.atMs <= backMs + blipMs);
  return trunks.map((trunk) => {
    const blips = trunk.outages.filter(
      (outage, index) => outage.backMs - outage.atMs < blipMs && isAlone(outage, index, trunk, trunks) && !isMet(outage),
    );
    const apart = new Set(blips);
    return { ...trunk, blips, outages: trunk.outages.filter((outage) => !apart.has(outage)) };
  });
}
