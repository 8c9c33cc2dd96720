/**
 * What a carrier's operations centre is told, and no more: its own trunk, what it answered or left unanswered, and what
 * was tried against it. What the CRM, the agent's device and other carriers did is not in it, by construction: each field
 * is copied by name.
 */
import type { Evidence } from "../diagnosis/model.ts";
import type { EvidenceCode } from "../diagnosis/weights.ts";
import type { TrunkFact } from "../journal.ts";
import { isNetworksEnd } from "../causes.ts";
import type { EndReason } from "../ports/sip-answer.ts";
import type { AudioQuality } from "../ports/audio.ts";
import type { AttemptRecord } from "./attempts.ts";
import { amissOf, reasonsOf } from "./amiss.ts";
import type { CallRecord } from "./calls.ts";
import { withoutCallees } from "./callees.ts";
import type { ReportDocument } from "./document.ts";
import { reachedCallee, type Kpi, type RegistrationKpi } from "./kpi.ts";
import { isUnended } from "./unended.ts";

/** Evidence that is a test of the carrier's side, and says nothing of the inside of ours. */
export const carrierTests = [
  "other-carrier-well-meanwhile",
  "same-route-well-on-other-trunk",
  "same-number-well-on-other-trunk",
  "other-route-well-on-same-trunk",
  "invite-swallowed-by-live-edge",
  "call-stalled-after-trying",
  "edge-well-without-audio",
  "audio-well-on-other-trunk",
  "audio-well-on-same-trunk",
  "same-settings-worked-before",
  "account-accepted-before",
  "control-well-while-trunk-failed",
  "connected-without-audio",
  "media-relay-silent",
  "audio-lost-again-and-again-on-trunk",
  "media-relay-moved",
  "calls-unanswered-on-route",
  "callee-answers-contradicted",
  "callees-all-away-on-route",
  "numbers-unknown-on-route",
  "talks-cut-at-one-length",
  "talks-ended-by-network",
  "holds-refused-on-trunk",
] as const satisfies readonly EvidenceCode[];
/** The code of such evidence; its sentence for the carrier is in `TicketWords.tests`. */
export type CarrierTest = (typeof carrierTests)[number];

/** Answers alike: by whom, with what, how often. */
export interface Answers {
  readonly codes: readonly number[];
  readonly q850?: AttemptRecord["q850"];
  readonly row: string;
  readonly said?: AttemptRecord["said"];
  readonly count: number;
}

/** A call that was answered and not heard well. */
export interface ImpairedAttempt extends AttemptRecord {
  /** The worst that its audio was rated; absent where it fell silent and nothing rated it. */
  readonly audio?: AudioQuality;
  readonly isImpaired: true;
  /** It came in: the party is who called. */
  readonly isIncoming?: true;
}

/** An attempt that the carrier is to look for. */
export type Example = AttemptRecord &
  Partial<Pick<ImpairedAttempt, "audio" | "isImpaired" | "isIncoming">> & {
    /** What its BYE said, where the verdict rests on that. */
    readonly bye?: EndReason;
  };

export interface CarrierCase {
  readonly trunk: TrunkFact;
  /** Where our record places the fault: at this carrier, not at it, or nowhere, and then it is asked and not told. */
  readonly blame: "concluded" | "elsewhere" | "open";
  readonly from: string;
  readonly to: string;
  readonly ongoing: boolean;
  /** It was `ongoing` when our record ended. */
  readonly unended: boolean;
  readonly firstFailed?: string;
  readonly lastFailed?: string;
  /** Attempts of the span that left us on this trunk. */
  readonly attempts: number;
  /** Those that did not reach their callee, the worst first. */
  readonly failed: readonly AttemptRecord[];
  /** Calls that were answered without good audio, either way, where the verdict lays that on this trunk. */
  readonly impaired: readonly ImpairedAttempt[];
  /** Calls from the carrier that were lost with the connection that they came by. */
  readonly dropped: readonly Example[];
  /** Those that no answer shows to have failed, and the verdict rests on: cut off, not put on hold, said to be unknown or to ring. */
  readonly amiss: readonly Example[];
  readonly answers: readonly Answers[];
  /** The same attempts by route. */
  readonly scope: readonly Pick<Kpi, "route" | "attempts" | "answered" | "ner">[];
  readonly registration?: RegistrationKpi;
  /** What the registrar said instead of confirming. */
  readonly refusals: readonly Answers[];
  /** Connections to the edge that ended, with their WebSocket close codes. */
  readonly connectionsLost: readonly { readonly time: string; readonly code: number }[];
  readonly tested: readonly { readonly code: CarrierTest; readonly route?: string; readonly count: number }[];
  /** Our clock against the carrier's; > 0 means that ours is ahead. */
  readonly clockSkewMs?: number;
}

const faulty: ReadonlySet<AttemptRecord["class"]> = new Set(["carrier", "network", "ambiguous", "caller"] as const);

/** @param trunkId the verdict's, or the one on which most attempts failed, if left out. @returns nothing where there is no trunk. */
export function carrierCaseOf(
  report: ReportDocument,
  trunkId = withoutCallees(report).verdict?.trunkId ?? mostFailed(report),
): CarrierCase | undefined {
  const found = report.trunks.find(({ id }) => id === trunkId);
  if (!found) return undefined;
  const { verdict, span, calls, clockSkews } = report;
  const lost = new Set(calls.filter(({ fate }) => fate === "lost").map(({ callId }) => callId));
  const sent = report.attempts.filter((attempt) => attempt.trunkId === found.id && attempt.sent);
  const failed = sent.filter(({ class: class_ }) => faulty.has(class_));
  const blame = blameOf(verdict, found.id);
  const unheard = unheardOf(report, found.id);
  const impaired = [...impairedOf(sent, unheard), ...impairedCallsOf(report, found.id, unheard)];
  const isTold = (attempt: AttemptRecord) => failed.includes(attempt) || (attempt.class === "answered" && unheard.has(attempt.callId));
  const amiss =
    blame === "elsewhere"
      ? []
      : [...amissOf(report, sent, found.id), ...endedOf(report, found.id)].filter((attempt) => !isTold(attempt)).map(withBye(calls));
  const dropped = droppedOf(report, found.id, impaired);
  const inOrder = [...failed, ...impaired, ...dropped, ...amiss, ...brokenOf(report, found.id)].map(({ time }) => time).sort();
  const registration = report.registrations.find((kpi) => kpi.trunkId === found.id);
  const skew = clockSkews.find(({ by }) => by === found.id || by === found.host);
  return {
    trunk: { id: found.id, carrier: found.carrier, host: found.host },
    blame,
    from: span.from,
    to: span.to,
    ongoing: span.ongoing,
    unended: isUnended(report),
    ...(inOrder[0] !== undefined && { firstFailed: inOrder[0], lastFailed: inOrder.at(-1) ?? inOrder[0] }),
    attempts: sent.length,
    failed: worstFirst(failed, lost),
    impaired,
    dropped,
    amiss,
    answers: answersOf(failed),
    // Not the report's own, which leave out who was answered before the span, and not heard well within it.
    scope: scopeOf(sent),
    ...(registration && { registration }),
    refusals: refusalsOf(report, found.id),
    connectionsLost: report.timeline.flatMap((moment) =>
      moment.type === "flow:changed" && moment.trunkId === found.id && moment.end ? [{ time: moment.time, code: moment.end.code }] : [],
    ),
    tested: testsOf(verdict, found.id),
    ...(skew && { clockSkewMs: skew.byMs }),
  };
}

/** What leads may be in doubt; what is named beside it is clear by itself. */
function blameOf(verdict: ReportDocument["verdict"], trunkId: string): CarrierCase["blame"] {
  if (!verdict) return "open";
  const isSure = ["clear", "likely"].includes(verdict.conclusion);
  const own = verdict.faults.findIndex((fault) => fault.trunkId === trunkId && fault.domain.startsWith("carrier-"));
  if (own > 0 || (own === 0 && isSure)) return "concluded";
  return isSure && own < 0 && verdict.leader !== undefined && verdict.leader !== "unknown" ? "elsewhere" : "open";
}

function scopeOf(sent: readonly AttemptRecord[]): CarrierCase["scope"] {
  return [...new Set(sent.map(({ route }) => route))].map((route) => {
    const all = sent.filter((attempt) => attempt.route === route);
    const ended = all.filter((attempt) => attempt.class !== undefined);
    const answered = ended.filter((attempt) => attempt.class === "answered").length;
    const ner = ended.length > 0 && { ner: ended.filter(reachedCallee).length / ended.length };
    return { route, attempts: all.length, answered, ...ner };
  });
}

function mostFailed({ attempts, trunks }: ReportDocument): string | undefined {
  const failures = (id: string) => attempts.filter((attempt) => attempt.trunkId === id && faulty.has(attempt.class)).length;
  return [...trunks].sort((a, b) => failures(b.id) - failures(a.id))[0]?.id;
}

/** Calls that were not heard well, by the worst that their audio was rated; none where that is not laid on this trunk. */
function unheardOf({ verdict, timeline }: ReportDocument, trunkId: string): ReadonlyMap<string, AudioQuality | undefined> {
  const isTheirs = verdict?.faults.some((fault) => fault.domain === "carrier-media" && fault.trunkId === trunkId);
  // Where it is not settled whose it was, they are asked to compare: with what, if none were listed?
  if (isTheirs !== true && verdict?.conclusion !== "inconclusive") return new Map();
  const worst = new Map<string, AudioQuality | undefined>();
  for (const moment of timeline) {
    if (moment.type === "audio:lost" || moment.type === "audio:given-up") worst.set(moment.callId, worst.get(moment.callId));
    if (moment.type === "audio:rated" && lowest(moment) < lowest(worst.get(moment.callId))) worst.set(moment.callId, moment);
  }
  return worst;
}

const impairedOf = (sent: readonly AttemptRecord[], unheard: ReadonlyMap<string, AudioQuality | undefined>): ImpairedAttempt[] =>
  sent.flatMap((attempt) => {
    if (attempt.class !== "answered" || !unheard.has(attempt.callId)) return [];
    const audio = unheard.get(attempt.callId);
    return [{ ...attempt, isImpaired: true, ...(audio && { audio }) }];
  });

/** The same of calls that this record holds no INVITE of ours for: they came in, or the page before had dialled them. */
const impairedCallsOf = (
  { calls, attempts }: ReportDocument,
  trunkId: string,
  unheard: ReadonlyMap<string, AudioQuality | undefined>,
): ImpairedAttempt[] =>
  calls.flatMap((call) => {
    const { callId } = call;
    if (call.trunkId !== trunkId || !unheard.has(callId) || attempts.some((attempt) => attempt.callId === callId)) return [];
    const audio = unheard.get(callId);
    return [{ ...exampleOf(call, trunkId), ...(audio && { audio }), isImpaired: true }];
  });

const droppedOf = ({ calls }: ReportDocument, trunkId: string, impaired: readonly Example[]): Example[] =>
  calls
    .filter((call) => call.direction === "in" && call.trunkId === trunkId && call.end === "flow-lost")
    .filter(({ callId }) => !impaired.some((told) => told.callId === callId))
    .map((call) => ({ ...exampleOf(call, trunkId), row: "flow-lost" }));

/** Talks with customers who had called, where the verdict rests on how the network ended them. */
const endedOf = ({ calls, verdict }: ReportDocument, trunkId: string): Example[] =>
  reasonsOf(verdict).some(({ code, params }) => code === "talks-ended-by-network" && params["trunk"] === trunkId)
    ? calls.filter((call) => call.direction === "in" && call.trunkId === trunkId && byeOf(call)).map((call) => exampleOf(call, trunkId))
    : [];

const byeOf = ({ reason }: CallRecord): EndReason | undefined => (reason && isNetworksEnd(reason) ? reason : undefined);

const withBye = (calls: readonly CallRecord[]) => (attempt: Example) => {
  const call = calls.find(({ callId }) => callId === attempt.callId);
  const bye = call && attempt.trunkId === call.trunkId ? byeOf(call) : undefined;
  return bye ? { ...attempt, bye } : attempt;
};

/** A call that no INVITE of ours began. */
const exampleOf = ({ time, startedMs, callId, direction, party, sipCallId, fromTag }: CallRecord, trunkId: string): Example => ({
  ...{ time, startedMs, callId, attempt: 1, trunkId, route: party?.route ?? "all", sent: false, codes: [] },
  ...(party && { party }),
  ...(sipCallId !== undefined && { sipCallId }),
  ...(fromTag !== undefined && { fromTag }),
  ...(direction === "in" && { isIncoming: true }),
});

/** Of the two ways that it goes. */
const lowest = (quality: AudioQuality | undefined) => Math.min(quality?.mos ?? Infinity, quality?.uplink?.mos ?? Infinity);

/** What the trunk met beside its calls: connections that ended, registrations that were not had. */
const brokenOf = ({ timeline }: ReportDocument, trunkId: string) =>
  timeline.filter(
    (moment) =>
      (moment.type === "flow:changed" && moment.trunkId === trunkId && moment.end !== undefined) ||
      (moment.type === "registration:changed" && moment.trunkId === trunkId && moment.to === "refused"),
  );

function refusalsOf({ timeline }: ReportDocument, trunkId: string): Answers[] {
  return answersOf(
    timeline.flatMap((moment) =>
      moment.type === "registration:changed" && moment.trunkId === trunkId && (moment.answer?.code ?? 0) >= 300 && moment.answer
        ? [{ codes: [moment.answer.code], said: moment.answer.said }]
        : [],
    ),
  );
}

/** A call that was lost before one that was saved, one kind of failure before the same again, the latest before the oldest. */
function worstFirst(failed: readonly AttemptRecord[], lost: ReadonlySet<string>): AttemptRecord[] {
  const byWeight = [...failed].sort((a, b) => Number(lost.has(b.callId)) - Number(lost.has(a.callId)) || b.startedMs - a.startedMs);
  const seen = new Set<string | undefined>();
  const isFirstOfKind = ({ row }: AttemptRecord) => !seen.has(row) && Boolean(seen.add(row));
  const first = byWeight.filter(isFirstOfKind);
  return [...first, ...byWeight.filter((attempt) => !first.includes(attempt))];
}

function answersOf(failed: readonly Pick<AttemptRecord, "codes" | "q850" | "row" | "said">[]): Answers[] {
  const kinds = new Map<string, Answers>();
  for (const { codes, q850, row = "", said } of failed) {
    const finals = codes.slice(-1);
    const key = JSON.stringify([finals, q850, row, said]);
    kinds.set(key, { codes: finals, ...(q850 && { q850 }), row, ...(said && { said }), count: (kinds.get(key)?.count ?? 0) + 1 });
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}

/** By what leads, and by what stands beside it: that the carrier is told of as well. Each is told once. */
function testsOf(verdict: ReportDocument["verdict"], trunkId: string): CarrierCase["tested"] {
  const tests = reasonsOf(verdict).flatMap((item) => testOf(item, trunkId));
  const isSame = (one: (typeof tests)[number]) => (other: (typeof tests)[number]) => one.code === other.code && one.route === other.route;
  return tests.filter((test, index) => tests.findIndex(isSame(test)) === index);
}

function testOf({ code, params, count }: Evidence, trunkId: string): CarrierCase["tested"] {
  const known = carrierTests.find((test) => test === code);
  if (known === undefined || (params["trunk"] !== undefined && params["trunk"] !== trunkId)) return [];
  const { route } = params;
  return [{ code: known, ...(route !== undefined && { route: `${route}` }), count }];
}
