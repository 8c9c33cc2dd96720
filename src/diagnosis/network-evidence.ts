/** What the edges say, each alone and against each other, the CRM's own endpoint, and the host. */
import { everyRoute } from "../journal.ts";
import { isOfNetwork } from "./boot-evidence.ts";
import { cite, type Detector } from "./cite.ts";
import { isCutOff, unreachedBeside } from "./cut-off.ts";
import {
  isFault,
  isNoTrunkLeft,
  isOut,
  isProven,
  isTrunkFault,
  probedWithinMs,
  togetherMs,
  type AttemptSeen,
  type Observations,
  type Outage,
  type Seen,
} from "./observations.ts";
import type { Sight } from "./sight.ts";

/** A socket that died in the device's sleep is noticed this soon after it, ms. */
const afterSleepMs = 30_000;
/** By then a device that woke up has its network back, ms. */
const wakesWithinMs = 60_000;

/** The device slept, or was waking up. */
const isAsleep = ({ sleeps }: Observations, atMs: number): boolean => sleeps.some((sleep) => Math.abs(atMs - sleep.atMs) <= afterSleepMs);

/** The device's sleep is all the reason that it takes. */
const isOfSleep = (seen: Observations, { atMs, backMs }: Outage): boolean => isAsleep(seen, atMs) && backMs - atMs <= wakesWithinMs;

/** Something outside the page: its own policy lets nothing out that could meet carrier or network. */
const isOutside = ({ how }: Outage): boolean => how !== "forbidden";

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
const wellDuring = (seen: Observations, outage: Outage, trunks = seen.trunks) =>
  trunks.filter(
    (trunk) =>
      trunk.id !== outage.trunkId &&
      isProven(trunk, outage.atMs, Math.min(outage.backMs, outage.atMs + probedWithinMs)) &&
      !trunk.outages.some((other) => isOneEvent(seen, outage, other)),
  );

/** Outages of unrelated carriers that are one event. */
function outagesTogether(seen: Observations): readonly Outage[] {
  const { trunks } = seen;
  const all = trunks.flatMap(({ outages }) => outages).filter((outage) => isOutside(outage) && !isOfSleep(seen, outage));
  const hostOf = ({ trunkId }: Outage) => trunks.find(({ id }) => id === trunkId)?.host;
  return all.filter((outage) => {
    const beside = all.filter((other) => other.carrier !== outage.carrier && isOneEvent(seen, outage, other));
    // Carriers that are reached by one host are so through something of the site's own.
    return beside.some((other) => hostOf(other) === hostOf(outage)) || (beside.length > 0 && wellDuring(seen, outage).length === 0);
  });
}

/** Those, and silences that all carriers share. */
function sharedOutages(seen: Sight): readonly Outage[] {
  const { outages: silent } = seen.silence;
  const together = outagesTogether(seen);
  return [...together, ...[...silent].filter((outage) => !together.includes(outage))];
}

const commonMode: Detector = (seen) => {
  const shared = outagesTogether(seen);
  const { silence } = seen;
  const late = seen.trunks.flatMap(({ id: trunkId, lateAnswers }) => lateAnswers.map((answer) => ({ trunkId, answer })));
  const silent = [
    ...silence.attempts,
    ...[...silence.outages].filter((outage) => !shared.includes(outage)),
    ...late.filter(({ answer }) => silence.lateAnswers.has(answer)).map(({ trunkId, answer }) => ({ ...answer, trunkId })),
  ];
  const countOf = (those: readonly { readonly trunkId: string }[]) => ({ trunks: new Set(those.map(({ trunkId }) => trunkId)).size });
  return [
    ...cite("unrelated-trunks-failed-together", "inferred", shared, countOf(shared)),
    ...cite("unrelated-trunks-silent-in-turn", "inferred", silent, countOf(silent)),
  ];
};

/** On a connection that is up: of new ones that says nothing. */
const isAnyWell = ({ trunks }: Observations, atMs: number) =>
  trunks.some((trunk) => isProven(trunk, atMs, atMs + probedWithinMs) && !isOut(trunk, atMs));

/** Controls that could not be reached while an edge could not either, and another's connection lived on: names that do not resolve any more. */
const unconnected = (seen: Observations) =>
  seen.controls.filter(
    ({ reached, atMs }) =>
      !reached &&
      !isAsleep(seen, atMs) &&
      isAnyWell(seen, atMs) &&
      seen.trunks.some(({ outages }) => outages.some((outage) => isUnconnected(outage, atMs))),
  );

const isUnconnected = ({ how, lostMs, backMs }: Outage, atMs: number) =>
  how === "unreachable" && atMs >= lostMs - togetherMs && atMs < backMs;

/** The same of another socket to an edge, whose older one lived on: as long as the edge that made us try it could not be reached. */
const denied = (seen: Observations) =>
  seen.deniedSockets.flatMap((socket) => {
    const trunk = seen.trunks.find(({ id }) => id === socket.trunkId);
    const outages = seen.trunks.flatMap((other) => (other.carrier === trunk?.carrier ? [] : other.outages));
    const outage = outages.find((each) => isUnconnected(each, socket.atMs));
    const isWell = trunk && isProven(trunk, socket.atMs, socket.atMs + probedWithinMs) && !isOut(trunk, socket.atMs);
    return isWell && outage ? [{ ...socket, ...(outage.untilMs !== undefined && { untilMs: outage.untilMs }), trunk }] : [];
  });

/** No new connection was to be had, of whatever kind. */
const closedWays = (seen: Observations): readonly Seen[] => [...unconnected(seen), ...denied(seen)];

const newSockets: Detector = (seen) =>
  denied(seen).flatMap(({ trunk: { id, carrier }, ...socket }) =>
    cite("another-socket-denied", "observed", [socket], { trunk: id, carrier }),
  );

/** The CRM's own endpoint, and its start-up, against the edges. */
const controls: Detector = (seen) => {
  const { trunks } = seen;
  const failedToo = seen.controls.filter(({ reached, atMs }) => !reached && isNoTrunkLeft(seen, atMs) && !isAsleep(seen, atMs));
  const neither = unconnected(seen);
  const failedAlone = seen.controls.filter((control) => !control.well && isAnyWell(seen, control.atMs) && !neither.includes(control));
  // Only the first one asked during an outage counts: a later one may have met the network on its way back.
  const during = (outages: readonly Outage[]): readonly (Seen & { readonly reached: boolean })[] =>
    outages.flatMap(({ atMs, backMs, untilMs }) => {
      const asked = seen.controls.find((control) => control.atMs >= atMs && control.atMs < backMs);
      return asked ? [{ ...asked, ...(untilMs !== undefined && { untilMs }) }] : [];
    });
  const shared = sharedOutages(seen);
  const closed = closedWays(seen);
  const isAlone = (outage: Outage) => !shared.includes(outage) && !closed.some(({ atMs }) => isUnconnected(outage, atMs));
  const duringOutages = during(trunks.flatMap(({ outages }) => outages.filter((outage) => isOutside(outage) && isAlone(outage))));
  const duringShared = during(shared).filter(({ reached }) => reached);
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
    ...cite("new-connections-failed", "inferred", neither),
    ...cite("control-failed-alone", "observed", failedAlone),
    ...cite("control-well-while-trunk-failed", "peer", failedToo.length === 0 && shared.length === 0 ? once(well) : []),
    ...cite("control-well-while-all-trunks-failed", "peer", failedToo.length === 0 ? once(duringShared) : []),
  ];
};

/** One answer counts once, whatever it is held against. */
const once = <T extends Seen>(all: readonly T[]): readonly T[] =>
  all.filter(({ seq }, index) => all.findIndex((one) => one.seq === seq) === index);

/** The registrar's word on the account itself. */
const isOfAccount = (code: number | undefined) => code !== undefined && [401, 403, 404, 407].includes(code);

/** An edge was lost, or refused us, while another carrier's answered. */
const otherCarrier: Detector = (seen) => {
  const { trunks } = seen;
  const shared = new Set(sharedOutages(seen));
  const { silence } = seen;
  const closed = closedWays(seen);
  return trunks.flatMap(({ id, carrier, outages, refusals, lateAnswers }) => {
    const others = trunks.filter((trunk) => trunk.carrier !== carrier);
    const lost: readonly Seen[] = outages.filter(
      (outage) =>
        isOutside(outage) &&
        outage.how !== "unread" &&
        !shared.has(outage) &&
        !closed.some(({ atMs }) => isUnconnected(outage, atMs)) &&
        wellDuring(seen, outage, others).length > 0,
    );
    const refused = refusals.filter(
      (refusal) =>
        !silence.refusals.has(refusal) &&
        !isOfAccount(refusal.code) &&
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
  const shared = new Set(sharedOutages(seen));
  const { silence } = seen;
  return seen.trunks.flatMap((trunk) => {
    const params = { trunk: trunk.id, carrier: trunk.carrier };
    // A socket that died in the device's sleep tells nothing of its edge.
    const alone = (how: Outage["how"]) =>
      trunk.outages.filter((outage) => outage.how === how && !shared.has(outage) && !isOfSleep(seen, outage));
    const unreachable = alone("unreachable");
    const failed = trunk.refusals.filter(({ code }) => code !== undefined && code >= 500 && code < 600);
    const account = trunk.refusals.filter(({ code }) => isOfAccount(code));
    const silent = trunk.refusals.filter(
      (refusal) => refusal.code === undefined && !silence.refusals.has(refusal) && !isOut(trunk, refusal.atMs),
    );
    const late = trunk.lateAnswers.filter((answer) => !silence.lateAnswers.has(answer));
    const unread = seen.unreadAnswers.filter(({ trunkId }) => trunkId === trunk.id);
    return [
      ...cite("messages-unreadable", "observed", unread, params),
      ...cite("page-forbids-socket", "observed", alone("forbidden"), params),
      ...cite("edge-fell-silent", "inferred", alone("silent"), params),
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
      ...cite("registrar-silent", "inferred", silent, params),
      ...cite(
        "account-accepted-before",
        "peer",
        account[0] && trunk.granted && trunk.granted.seq < account[0].seq ? [trunk.granted] : [],
        params,
      ),
      ...cite("credentials-refused", "peer", account, { ...params, code: account.at(-1)?.code ?? 0 }),
    ];
  });
};

const host: Detector = (seen) => {
  const { trunks, sleeps, refusedCalls, missingCredentials, unknownDigests } = seen;
  const outages = trunks.flatMap((trunk) => trunk.outages);
  const slept = sleeps.filter((sleep) => outages.some(({ atMs }) => Math.abs(atMs - sleep.atMs) <= afterSleepMs));
  const offline = seen.offline.filter(({ atMs }) => !isAsleep(seen, atMs));
  const noTrunk = refusedCalls.filter(({ because }) => because === "no-trunk");
  const of = ([first]: readonly { readonly trunkId: string }[]) => {
    const trunk = trunks.find(({ id }) => id === first?.trunkId);
    return { trunk: trunk?.id ?? "", carrier: trunk?.carrier ?? "" };
  };
  return [
    ...cite("host-says-offline", "observed", offline),
    ...cite("device-slept", "observed", slept),
    ...cite("no-trunk-ready", "observed", noTrunk, { calls: noTrunk.length }),
    ...cite("credentials-not-to-be-had", "observed", missingCredentials, of(missingCredentials)),
    ...cite("digest-not-known", "observed", unknownDigests, of(unknownDigests)),
  ];
};

export const networkDetectors: readonly Detector[] = [commonMode, newSockets, controls, otherCarrier, otherPage, lastPage, edges, host];
