/** What the edges say: each alone, against another carrier's, and as other pages of this browser met them. */
import { everyRoute } from "../journal.ts";
import { cite, type Detector } from "./cite.ts";
import { isOfClosedWay } from "./closed-ways.ts";
import { isOfSleep } from "./device-sleep.ts";
import type { AttemptSeen, Outage, Seen } from "./observations.ts";
import { isOfAccount, isOut, isProven, isTrunkFault, probedWithinMs } from "./questions.ts";
import { isOutside } from "./shared-outages.ts";

/** An edge was lost, or refused us, while another carrier's answered. */
const otherCarrier: Detector = (seen) => {
  const { trunks, sharedOutages: shared, silence, closedWays, filled } = seen;
  return trunks.flatMap(({ id, carrier, outages, refusals, lateAnswers }) => {
    const others = trunks.filter((trunk) => trunk.carrier !== carrier);
    const lost: readonly Seen[] = outages.filter(
      (outage) =>
        isOutside(outage) &&
        outage.how !== "unread" &&
        !shared.has(outage) &&
        !isOfClosedWay(closedWays, outage) &&
        seen.wellDuring(outage, others).length > 0,
    );
    const refused = refusals.filter(
      (refusal) =>
        !silence.refusals.has(refusal) &&
        !isOfAccount(refusal) &&
        // Another carrier counts contacts of its own.
        !filled.has(refusal) &&
        others.some((other) => isProven(other, refusal.atMs, refusal.atMs + probedWithinMs) && !isOut(other, refusal.atMs)),
    );
    const late = lateAnswers.filter(
      (answer) => !silence.lateAnswers.has(answer) && others.some((other) => isProven(other, answer.atMs, answer.atMs + probedWithinMs)),
    );
    return cite("other-carrier-well-meanwhile", "peer", [...lost, ...refused, ...late], { trunk: id, carrier });
  });
};

/** The same trunk failed another page of this browser too: not this page's own start-up. */
const otherPage: Detector = (seen) =>
  seen.trunks.flatMap(({ id, carrier, outages }) => {
    const heard = seen.heardFromPages.filter(({ trunkId, atMs }) => {
      const isNear = (fault: Seen) => Math.abs(fault.atMs - atMs) <= probedWithinMs;
      const failed = (attempt: AttemptSeen) => attempt.trunkId === id && isTrunkFault(attempt) && isNear(attempt);
      return trunkId === id && (outages.some(isNear) || seen.attempts.some(failed));
    });
    return cite("other-page-met-it-too", "observed", heard, { trunk: id, carrier });
  });

/** The same route of the same trunk had failed when the page before ended, and fails from the first call on: not one start's doing. */
const lastPage: Detector = ({ heardFromLastPage, earlierAttempts, attempts, trunks }) =>
  heardFromLastPage.flatMap(({ seq, atMs, trunkId, route }) => {
    const first = [...earlierAttempts, ...attempts].find(
      (attempt) => attempt.trunkId === trunkId && (route === everyRoute || attempt.route === route),
    );
    const carrier = trunks.find(({ id }) => id === trunkId)?.carrier ?? trunkId;
    return first && isTrunkFault(first)
      ? cite("last-page-met-it-too", "observed", [{ seq, atMs, untilMs: first.atMs }], { trunk: trunkId, carrier, route: first.route })
      : [];
  });

const edges: Detector = (seen) => {
  const { sharedOutages: shared, silence, filled } = seen;
  return seen.trunks.flatMap((trunk) => {
    const params = { trunk: trunk.id, carrier: trunk.carrier };
    // A socket that died in the device's sleep tells nothing of its edge.
    const alone = (how: Outage["how"]) =>
      trunk.outages.filter((outage) => outage.how === how && !shared.has(outage) && !isOfSleep(seen, outage));
    const unreachable = alone("unreachable");
    const ofServer = trunk.refusals.filter(({ code }) => code !== undefined && code >= 500 && code < 600);
    const [failed, full] = [ofServer.filter((one) => !filled.has(one)), ofServer.filter((one) => filled.has(one))];
    const silent = trunk.refusals.filter(
      (refusal) => refusal.code === undefined && !silence.refusals.has(refusal) && !isOut(trunk, refusal.atMs),
    );
    const late = trunk.lateAnswers.filter((answer) => !silence.lateAnswers.has(answer));
    const unread = seen.unreadAnswers.filter(({ trunkId }) => trunkId === trunk.id);
    return [
      ...cite("messages-unreadable", "observed", unread, params),
      ...cite("page-forbids-socket", "observed", alone("forbidden"), params),
      ...cite("edge-fell-silent", "inferred", alone("silent"), params),
      ...cite("edge-refuses-probes", "peer", trunk.refusedProbes, params),
      ...cite("edge-answers-late", "observed", late, params),
      ...cite(
        "edge-unreachable",
        "inferred",
        unreachable.filter(({ isReached }) => isReached),
        params,
      ),
      ...cite(
        "edge-never-reached",
        "inferred",
        unreachable.filter(({ isReached }) => !isReached),
        params,
      ),
      ...cite("edge-closed-by-server", "peer", alone("closed"), { ...params, code: alone("closed").at(-1)?.code ?? 0 }),
      ...cite("registrar-failed", "peer", failed, { ...params, code: failed.at(-1)?.code ?? 0 }),
      ...cite("registrar-failed-after-starts", "peer", full, { ...params, code: full.at(-1)?.code ?? 0 }),
      ...cite("registrar-silent", "inferred", silent, params),
    ];
  });
};

export const edgeDetectors: readonly Detector[] = [otherCarrier, otherPage, lastPage, edges];
