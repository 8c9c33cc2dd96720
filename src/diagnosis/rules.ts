/** Rules that hold whatever the weights: what must never be laid on a carrier. */
import type { Evidence, FaultDomain } from "./model.ts";
import { probedWithinMs, togetherMs } from "./questions.ts";
import { weightOf, type EvidenceCode } from "./weights.ts";

/** Evidence with other weights than the table gives it: on a carrier never with more. */
type Rule = (evidence: readonly Evidence[]) => readonly Evidence[];

/** What silence alone may say against a carrier when nothing else was tried. */
const silenceAtMost = 1;

const isCarriers = (domain: string) => domain.startsWith("carrier-");
const has = (evidence: readonly Evidence[], code: EvidenceCode) => evidence.some((item) => item.code === code);

const isControl = ({ code }: Evidence) => weightOf(code as EvidenceCode).control === true;

/** The same evidence, laying at most `most` on a carrier. */
function sparing(item: Evidence, most: number): Evidence {
  const weights = Object.entries(item.weights).map(
    ([domain, weight]) => [domain, isCarriers(domain) ? Math.min(weight, most) : weight] as const,
  );
  return { ...item, weights: Object.fromEntries(weights) as Partial<Record<FaultDomain, number>> };
}

/** What our own stack made up is never "the carrier said": without a control it only raises the question. */
const inferenceIsNoWord: Rule = (evidence) =>
  evidence.some(isControl) ? evidence : evidence.map((item) => (item.said === "inferred" ? sparing(item, silenceAtMost) : item));

/**
 * An edge that answers its probes with a failure of its own refuses whatever meets it at a bad moment: which calls it lets through
 * then tells no route from it. A cause that is named does.
 */
const edgeSpeaksOfItself: Rule = (evidence) => {
  const own = evidence.filter(({ code }) => code === ("edge-refuses-probes" satisfies EvidenceCode));
  const isThen = (item: Evidence) =>
    own.some(
      ({ params, firstMs, lastMs }) =>
        params["trunk"] === item.params["trunk"] && item.firstMs <= lastMs + probedWithinMs && item.lastMs >= firstMs - probedWithinMs,
    );
  const isNamed = (item: Evidence) => evidence.some((other) => isOfSame(other, item) && other.group === "route-cause");
  const tells = ({ group, weights }: Evidence) => group === "other-route" && (weights["carrier-routing"] ?? 0) > 0;
  return evidence.map((item) => (tells(item) && isThen(item) && !isNamed(item) ? withoutCarriers(item) : item));
};

const withoutCarriers = (item: Evidence): Evidence => ({
  ...item,
  weights: Object.fromEntries(Object.entries(item.weights).filter(([domain]) => !isCarriers(domain))),
});

/** All that a network which carries everybody's audio badly explains of what a peer says. */
const ofAudio: ReadonlySet<string> = new Set(["audio", "audio-path", "audio-edge", "audio-recovery", "same-audio", "other-audio"]);

/** What one trunk shows says so much of the CRM's start-up, where it is one of several things that all of them share. */
const besideOthers = 0.25;

/** What an INVITE came to, and the cause that the carrier named for it. */
const ofCalls: ReadonlySet<string> = new Set(["invite", "route-cause"]);

/** Calls that failed everywhere, again and again, are of one trouble with what fails so shortly before or after, ms. */
const againMs = 120_000;
const again = 3;

const reachMs = ({ code, params }: Evidence) =>
  code === ("call-failed-on-unrelated-carriers" satisfies EvidenceCode) && Number(params["calls"]) >= again ? againMs : togetherMs;

/**
 * When unrelated carriers fail together, look at what they share: what they did then speaks against none of them. The
 * CRM's start-up is one thing of several that they share.
 */
const togetherIsNobodys: Rule = (evidence) => {
  const failuresOf = (trunk: unknown) =>
    evidence.reduce((sum, { group, params, count }) => (ofCalls.has(group) && params["trunk"] === trunk ? sum + count : sum), 0);
  // A carrier that fails as many calls as it placed of these acquits what they share of nothing.
  const elsewhereWell = evidence.some(
    ({ code, params, count }) => code === ("same-route-well-on-other-trunk" satisfies EvidenceCode) && count > failuresOf(params["other"]),
  );
  const shared = evidence.filter(
    ({ code, group }) =>
      code === "unrelated-trunks-failed-together" ||
      code === "unrelated-trunks-silent-in-turn" ||
      code === "shared-host-refused-calls" ||
      code === "another-socket-denied" ||
      (group === "other-audio" && code !== "audio-well-on-other-trunk") ||
      (code === "call-failed-on-unrelated-carriers" && !elsewhereWell),
  );
  const explains = ({ group }: Evidence, item: Evidence) => group !== "other-audio" || item.said !== "peer" || ofAudio.has(item.group);
  const isWithin = (item: Evidence) =>
    shared.some(
      (event) => explains(event, item) && item.firstMs >= event.firstMs - reachMs(event) && item.lastMs <= event.lastMs + reachMs(event),
    );
  // What went through elsewhere tells of the same failures, and may have come later than they.
  const isThen = (item: Evidence) =>
    isWithin(item) ||
    (item.group === "other-route" && evidence.some((other) => other.group === "invite" && isOfSame(other, item) && isWithin(other)));
  const isOfTrunk = ({ group, params }: Evidence) => alike.has(group) && params["trunk"] !== undefined;
  return evidence.map((item) => (isThen(item) ? sparing(isOfTrunk(item) ? times(item, besideOthers) : item, 0) : item));
};

/** A fault whose onset comes before the CRM finished initialising cannot be laid on a carrier without a control that clears the CRM. */
const bootComesFirst: Rule = (evidence) => {
  const isCleared = evidence.some((item) => isControl(item) && (item.weights["crm-init"] ?? 0) < 0);
  return has(evidence, "failed-before-boot-complete") && !isCleared ? evidence.map((item) => sparing(item, 0)) : evidence;
};

/** What a route and a start-up that came through in part show alike. */
const alike = new Set(["invite", "other-route", "other-trunk"]);

/** What tells a route from its edge while no other was tried makes nobody surer of the start. */
const isOfFew = ({ code }: Evidence) => code === ("failures-on-one-route-only" satisfies EvidenceCode);

/** How much less a start-up that came through in part is thought of when another carrier reached the same numbers. */
const perCarrier = 0.5;

/** What a start broke may come back with no other, where a part of its work takes its time: how much the less that clears it. */
const backAlone = 0.25;

/**
 * A start-up that came through in part shows like a fault of the carrier's route: the edge lives, other calls are
 * well, and only these fail, from the first one on. Until one of them worked, or the CRM was started anew, what
 * speaks for the route speaks for such a start-up as well.
 */
const partialStartLooksAlike: Rule = (evidence) => {
  const suspects = evidence.filter(({ code }) => suspicious.has(code));
  if (suspects.length === 0) return evidence;
  const isRouteApart = (item: Evidence) =>
    evidence.some((other) => isOfSame(other, item) && other.code === ("other-route-well-on-same-trunk" satisfies EvidenceCode));
  const isBreak = ({ code }: Evidence) => code.startsWith("broken-");
  const isBrokenByStart = (item: Evidence) => suspects.some((suspect) => isBreak(suspect) && isOfSame(suspect, item));
  const isEdgeBroken = suspects.some((item) => item.code === ("broken-after-one-start" satisfies EvidenceCode) && !isRouteApart(item));
  const isOpen = (item: Evidence) => {
    const there = evidence.filter((other) => isOfSame(other, item));
    const isThere = (code: EvidenceCode) => there.some((other) => other.code === code);
    // A start that leaves something out seldom leaves out every route; unless what had been tried worked until that very start.
    const isBroken = suspects.some((suspect) => isBreak(suspect) && suspect.params["trunk"] === item.params["trunk"]);
    const isWhole = isThere("all-routes-failed-on-trunk") && !isBroken;
    const mayEnd = !isThere("well-without-reinitialisation") || isBrokenByStart(item);
    return suspects.some((suspect) => isOfSame(suspect, item)) && !isWhole && mayEnd;
  };
  return evidence.map((item) => {
    // That the start-up came through clears it of nothing that has not worked since.
    if (item.code === "boot-complete-before-failure") return { ...item, weights: {} };
    // That HTTP passes tells an edge from the network, and not from the one start that it broke after; of one route it says nothing.
    if (item.code === "control-well-while-trunk-failed" && isEdgeBroken)
      return { ...item, weights: { ...item.weights, "crm-init": item.weights["carrier-signalling"] ?? 0 } };
    if (item.code === "well-without-reinitialisation" && isBrokenByStart(item)) return times(item, backAlone);
    // A start that leaves something out may do so twice.
    if (item.code === "failing-after-reinitialisation")
      return suspects.some((suspect) => isOfSame(suspect, item)) ? times(item, 0.5) : item;
    if (!alike.has(item.group) || isOfFew(item) || !isOpen(item)) return item;
    // Where another route went through, what speaks for the edge speaks for no such start.
    const isOneRoute = isRouteApart(item);
    const forCarrier = Math.max(
      ...Object.entries(item.weights).map(([domain, weight]) =>
        (isOneRoute ? domain === "carrier-routing" : isCarriers(domain)) ? weight : -Infinity,
      ),
    );
    const forStart = forCarrier - (item.group === "other-trunk" ? perCarrier : 0);
    return forStart > 0 ? { ...item, weights: { ...item.weights, "crm-init": forStart } } : item;
  });
};

/**
 * That a start came through clears it of no edge that none of its sockets reached; and where another start reached that, what was seen of the edge
 * between the two speaks for the first.
 */
const startsHaveTheirEdges: Rule = (evidence) => {
  if (!has(evidence, "edge-lost-with-start")) return evidence;
  const back = new Set(
    evidence.filter(({ code }) => code === ("edge-back-with-start" satisfies EvidenceCode)).map(({ params }) => params["trunk"]),
  );
  return evidence.map((item) => {
    if (item.code === ("boot-complete-before-failure" satisfies EvidenceCode)) return { ...item, weights: {} };
    return item.group === "edge" && back.has(item.params["trunk"]) ? alsoFor(item, "crm-init") : item;
  });
};

/** Whatever was heard, or not. */
const heardOr: ReadonlySet<string> = new Set(["audio", "audio-path", "other-audio"]);

/** Where audio came and went with starts of the CRM, or changes of its settings, what was heard and what was not speaks for these as much as for whoever else. */
const audioHasItsCauses: Rule = (evidence) => {
  const causes = evidence.filter(({ code, params }) => code.startsWith("broken-") && params["heard"] !== undefined);
  return evidence.map((item) => {
    const of = causes.filter(({ params: { carrier } }) => carrier === undefined || carrier === item.params["carrier"]);
    return heardOr.has(item.group) ? of.reduce((so, { code }) => alsoFor(so, code === startBroke ? "crm-init" : "crm-config"), item) : item;
  });
};

const startBroke: EvidenceCode = "broken-by-start";

/** It speaks for this domain as much as for whichever it speaks most for. */
const alsoFor = (item: Evidence, domain: FaultDomain): Evidence => ({
  ...item,
  weights: { ...item.weights, [domain]: Math.max(...Object.values(item.weights)) },
});

/**
 * Where calls on one trunk broke as its own settings changed, what another trunk carries speaks for them as much as for the carrier. Where they were well
 * again as these changed, so does whatever was met between; and where nothing was set back yet, whatever is met since.
 */
const settingsAreOfOneTrunk: Rule = (evidence) => {
  const of = (code: EvidenceCode) => evidence.filter((item) => item.code === code);
  const once = of("broken-after-one-change");
  const broken = [...of("broken-after-change-of-settings"), ...once];
  const undone = of("well-after-change-of-settings").filter((back) => broken.some((item) => isOfSame(item, back)));
  const trunks = new Set(broken.map(({ params }) => params["trunk"]));
  // What the carrier's other trunks met between, or meet since, was set with it (`settings-evidence.ts`).
  const isMeanwhile = ({ group, params: { carrier, route } }: Evidence) =>
    alike.has(group) && [...undone, ...once].some(({ params }) => params["carrier"] === carrier && params["route"] === route);
  const isTheirs = (item: Evidence) => (item.group === "other-trunk" && trunks.has(item.params["trunk"])) || isMeanwhile(item);
  return evidence.map((item) =>
    isTheirs(item) ? { ...item, weights: { ...item.weights, "crm-config": Math.max(...Object.values(item.weights)) } } : item,
  );
};

const times = (item: Evidence, factor: number): Evidence => ({
  ...item,
  weights: Object.fromEntries(Object.entries(item.weights).map(([domain, weight]) => [domain, weight * factor])),
});

const suspicious = new Set<string>([
  "never-worked-since-initialisation",
  "broken-by-start",
  "broken-after-one-start",
] satisfies EvidenceCode[]);

/** Callees of one route may be away together while those of others are not: what tells the route from its edge tells nothing between these two. */
const calleesShareTheirRoute: Rule = (evidence) => {
  const away = evidence.filter(({ code }) => code === ("callees-all-away-on-route" satisfies EvidenceCode));
  return evidence.map((item) =>
    item.group === "other-route" && away.some((other) => isOfSame(other, item))
      ? { ...item, weights: { ...item.weights, "remote-party": Math.max(0, item.weights["carrier-routing"] ?? 0) } }
      : item,
  );
};

/** About the same trunk and route. */
const isOfSame = ({ params: a }: Evidence, { params: b }: Evidence) => a["trunk"] === b["trunk"] && a["route"] === b["route"];

/** What was never reached was not lost: that others are reached tells a wrong address from a dead edge no better. */
const neverReachedIsNoLoss: Rule = (evidence) => {
  const trunks = new Set(evidence.filter(({ code }) => code === "edge-never-reached").map(({ params }) => params["trunk"]));
  const isOnly = !evidence.some(
    ({ group, code, params }) => group === "edge" && code !== "edge-never-reached" && !trunks.has(params["trunk"]),
  );
  return evidence.map((item) =>
    isOnly &&
    trunks.size > 0 &&
    (item.group === "control" || item.group === "no-trunk" || trunks.has(item.params["trunk"])) &&
    item.group !== "edge"
      ? sparing(item, 0)
      : item,
  );
};

/** That HTTP passes tells an edge from the network, where one was lost or took no calls to anywhere. Of one route it says nothing. */
const httpTellsNoRoute: Rule = (evidence) => {
  const isOfEdge = evidence.some(({ group, code }) => group === "edge" || code === ("all-routes-failed-on-trunk" satisfies EvidenceCode));
  const isControlWell = ({ code }: Evidence) => code === ("control-well-while-trunk-failed" satisfies EvidenceCode);
  return isOfEdge ? evidence : evidence.map((item) => (isControlWell(item) ? withoutCarriers(item) : item));
};

/** What busy callees may still say beside a sign of a fault. */
const besideFaults = 1;

/**
 * A callee's answer never counts against a carrier (ITU-T E.425): it is proof that the carrier got there. Nor does it
 * explain what else went wrong: people are busy on every day.
 */
const calleeIsNoFault: Rule = (evidence) => {
  const isFaulty = evidence.some(({ code, group }) => group !== "callee" && weightOf(code as EvidenceCode).sign);
  return evidence.map((item) => {
    if (item.group !== "callee") return item;
    const { "remote-party": weight = 0 } = item.weights;
    return sparing(isFaulty ? { ...item, weights: { ...item.weights, "remote-party": Math.min(weight, besideFaults) } } : item, 0);
  });
};

export const rules: readonly Rule[] = [
  inferenceIsNoWord,
  bootComesFirst,
  edgeSpeaksOfItself,
  partialStartLooksAlike,
  startsHaveTheirEdges,
  audioHasItsCauses,
  settingsAreOfOneTrunk,
  calleesShareTheirRoute,
  togetherIsNobodys,
  neverReachedIsNoLoss,
  httpTellsNoRoute,
  calleeIsNoFault,
];
