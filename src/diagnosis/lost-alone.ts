/**
 * Audio that stops in the midst of talks and comes back with new candidates. Once, the agent's own path has changed, as by a Wi-Fi that roams. But such a path
 * is everybody's: that talk after talk by one carrier is met and none by another is chance as often as the share of that carrier in all talks, to the power of
 * how many were.
 */
import type { AudioSeen } from "./observations.ts";

/** By chance that often: those that were spared are controls. */
export const seldom = 1 / 20;
/** That often: it may be either's. */
export const nowAndThen = 1 / 4;

/** One may be anybody's. */
const callsAtLeast = 2;

/** What speaks against a carrier of its own where another's talk has it as well, or the device has changed its network. */
const common: ReadonlySet<string> = new Set(["none", "cut-short", "poor", "poor-uplink", "mended"]);

const callsOf = (those: readonly AudioSeen[]) => new Set(those.map(({ callId }) => callId)).size;

/**
 * How often chance alone would lay them all on the one carrier that had them.
 * @param lost one carrier's. @param beside what was had at the time. @param well those of them that sounded well for longer than the lost ones had.
 */
export function chanceOf(lost: readonly AudioSeen[], beside: readonly AudioSeen[], well: readonly AudioSeen[]): number {
  const calls = callsOf(lost);
  if (calls < callsAtLeast) return 1;
  const isOther = ({ carrier }: AudioSeen) => carrier !== lost[0]?.carrier;
  if (beside.some((one) => one.end === "moved-here" || (isOther(one) && common.has(one.end)))) return 1;
  const here = callsOf([...lost, ...well.filter((one) => !isOther(one))]);
  return (here / (here + callsOf(well.filter(isOther)))) ** calls;
}
