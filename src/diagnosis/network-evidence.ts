/** What all edges share, and the CRM's own endpoint and its start-up beside them. */
import { isOfNetwork } from "./boot-evidence.ts";
import { cite, type Detector } from "./cite.ts";
import { isAnyWell, isOfClosedWay } from "./closed-ways.ts";
import { isCutOff, unreachedBeside } from "./cut-off.ts";
import { isAsleep } from "./device-sleep.ts";
import type { Outage, Seen } from "./observations.ts";
import { isFault, isNoTrunkLeft, togetherMs } from "./questions.ts";
import { isOutside } from "./shared-outages.ts";

/** A network that was well for so long has not been failing meanwhile: what it did before and after are two events, ms. */
const apartMs = 60_000;

/** What comes back more often is one trouble that lasts. */
const eventsAtMost = 3;

/** Each time for itself, for what one carrier met between was its own. */
function eventsOf(outages: readonly Outage[]): readonly (readonly Outage[])[] {
  const events: Outage[][] = [];
  let backMs = -Infinity;
  for (const outage of [...outages].sort((a, b) => a.atMs - b.atMs)) {
    if (outage.atMs - backMs > apartMs) events.push([]);
    events.at(-1)?.push(outage);
    backMs = Math.max(backMs, outage.backMs);
  }
  return events.length > eventsAtMost ? [outages] : events;
}

const commonMode: Detector = (seen) => {
  const { together, silence } = seen;
  const late = seen.trunks.flatMap(({ id: trunkId, lateAnswers }) => lateAnswers.map((answer) => ({ trunkId, answer })));
  const silent = [
    ...silence.attempts,
    ...[...silence.outages].filter((outage) => !together.includes(outage)),
    ...late.filter(({ answer }) => silence.lateAnswers.has(answer)).map(({ trunkId, answer }) => ({ ...answer, trunkId })),
  ];
  const countOf = (those: readonly { readonly trunkId: string }[]) => ({ trunks: new Set(those.map(({ trunkId }) => trunkId)).size });
  return [
    ...eventsOf(together).flatMap((event) => cite("unrelated-trunks-failed-together", "inferred", event, countOf(event))),
    ...cite("unrelated-trunks-silent-in-turn", "inferred", silent, countOf(silent)),
  ];
};

const newSockets: Detector = ({ closedWays }) =>
  closedWays.sockets.flatMap(({ trunk: { id, carrier }, ...socket }) =>
    cite("another-socket-denied", "observed", [socket], { trunk: id, carrier }),
  );

/** The CRM's own endpoint, and its start-up, against the edges. */
const controls: Detector = (seen) => {
  const { trunks, sharedOutages: shared, closedWays } = seen;
  const failedToo = seen.controls.filter(({ reached, atMs }) => !reached && isNoTrunkLeft(seen, atMs) && !isAsleep(seen, atMs));
  const failedAlone = seen.controls.filter(
    (control) => !control.well && isAnyWell(seen, control.atMs) && !closedWays.controls.includes(control),
  );
  // Only the first one asked during an outage counts: a later one may have met the network on its way back.
  const during = (outages: readonly Outage[]): readonly (Seen & { readonly reached: boolean })[] =>
    outages.flatMap(({ atMs, backMs, untilMs }) => {
      const asked = seen.controls.find((control) => control.atMs >= atMs && control.atMs < backMs);
      return asked ? [{ ...asked, ...(untilMs !== undefined && { untilMs }) }] : [];
    });
  const isAlone = (outage: Outage) => !shared.has(outage) && !isOfClosedWay(closedWays, outage);
  const duringOutages = during(trunks.flatMap(({ outages }) => outages.filter((outage) => isOutside(outage) && isAlone(outage))));
  const duringShared = during([...shared]).filter(({ reached }) => reached);
  // One host refusing calls is near the agent, and answers HTTP or not as it likes.
  const isAfter = (asked: Seen, { atMs }: Seen) => asked.atMs >= atMs && asked.atMs <= atMs + togetherMs;
  const duringFaults = seen.controls.filter((asked) => seen.ofTrunks.some((attempt) => isFault(attempt) && isAfter(asked, attempt)));
  const well = [...duringOutages, ...duringFaults].filter(({ reached }) => reached);
  const stages = seen.stageTroubles.filter((trouble) => isOfNetwork(trouble, seen) && !isCutOff(seen, trouble));
  const unanswered = seen.stageTroubles.filter(({ fault }) => fault.httpStatus === undefined);
  const beside = once(unanswered.flatMap((trouble) => unreachedBeside(seen, trouble)));
  return [
    ...cite("control-failed-with-trunks", "observed", failedToo),
    ...cite("stage-failed-with-trunks", "observed", stages, { stage: stages.at(-1)?.stage ?? "" }),
    ...cite("control-failed-with-stage", "observed", beside, { controls: beside.map(({ name }) => name).join(", ") }),
    ...cite("new-connections-failed", "inferred", closedWays.controls),
    ...cite("control-failed-alone", "observed", failedAlone),
    ...cite("control-well-while-trunk-failed", "peer", failedToo.length === 0 && shared.size === 0 ? once(well) : []),
    ...cite("control-well-while-all-trunks-failed", "peer", failedToo.length === 0 ? once(duringShared) : []),
  ];
};

/** One answer counts once, whatever it is held against. */
const once = <T extends Seen>(all: readonly T[]): readonly T[] =>
  all.filter(({ seq }, index) => all.findIndex((one) => one.seq === seq) === index);

export const networkDetectors: readonly Detector[] = [commonMode, newSockets, controls];
