/** What stays of a report. */
import type { ReportDocument } from "../../../src/report/index.ts";
import { callerId, endReason, environment as ofSession, fault, journalRedactor, party as ofJournal, trunkFact } from "./journal.ts";
import type { Rules } from "./rules.ts";

type KnownParty = NonNullable<ReportDocument["calls"][number]["party"]>;

type Verdict = NonNullable<ReportDocument["verdict"]>;

const party = { ...ofJournal, hash: "drop", number: "drop", name: "drop" } as const satisfies Rules<KnownParty>;
const environment = {
  ...ofSession,
  codecs: { each: "platform" },
  candidatePairs: { each: { local: "code", remote: "code" } },
  microphones: { each: "code" },
} as const satisfies Rules<NonNullable<ReportDocument["environment"]>>;
const stretch = { fromMs: "keep", toMs: "keep" } as const;
const utcStretch = { ...stretch, from: "time", to: "time" } as const;
const audio = { mos: "keep", lossPercent: "keep", jitterMs: "keep" } as const;
const spread = { n: "keep", p50Ms: "keep", p95Ms: "keep" } as const;
const stateSpans = { each: { ...stretch, state: "code", because: "code" } } as const;
const evidence = {
  code: "code",
  group: "code",
  said: "code",
  params: "params",
  firstMs: "keep",
  lastMs: "keep",
  count: "keep",
  seqs: { each: "keep" },
  weights: "figures",
} as const satisfies Rules<Verdict["reasonsFor"][number]>;

const reportRules = {
  version: "version",
  reportId: "report",
  status: "code",
  sampledShare: "keep",
  generatedAt: "time",
  subject: "code",
  incidentId: "keep",
  span: { ...utcStretch, ongoing: "keep" },
  window: utcStretch,
  verdict: {
    conclusion: "code",
    leader: "code",
    runnerUp: "code",
    probabilities: "figures",
    faults: {
      each: { domain: "code", probability: "keep", trunkId: "trunk", route: "route", actor: "code", reasonsFor: { each: evidence } },
    },
    trunkId: "trunk",
    reasonsFor: { each: evidence },
    reasonsAgainst: { each: evidence },
    nextTest: { code: "code", params: "params" },
    actor: "code",
  },
  endedByReinitialisation: "keep",
  minutesLost: "keep",
  callCounts: { placed: "keep", affected: "keep", saved: "keep", lost: "keep", refused: "keep" },
  timeline: { each: "entry" },
  kpis: {
    each: {
      trunkId: "trunk",
      route: "route",
      attempts: "keep",
      unsent: "keep",
      running: "keep",
      answered: "keep",
      asr: "keep",
      ner: "keep",
      seer: "keep",
      isa: "keep",
      srd: spread,
      pdd: spread,
      audio: { n: "keep", ...audio },
    },
  },
  registrations: { each: { trunkId: "trunk", confirmed: "keep", failed: "keep", rrd: spread } },
  attempts: {
    each: {
      time: "time",
      startedMs: "keep",
      endedMs: "keep",
      callId: "call",
      attempt: "keep",
      run: "keep",
      settings: "keep",
      trunkId: "trunk",
      route: "route",
      party,
      caller: callerId,
      sipCallId: "sip",
      fromTag: "sip",
      sent: "keep",
      codes: { each: "keep" },
      messages: { each: { atMs: "keep", what: "code" } },
      said: "code",
      q850: { value: "keep", location: "location" },
      retryAfterS: "keep",
      blockedByNetwork: "keep",
      text: "drop",
      class: "code",
      row: "code",
      tookMs: "keep",
      srdMs: "keep",
      pddMs: "keep",
      worstAudio: audio,
      overdue: { awaited: "code", waitedMs: "keep", edgeAlive: "code" },
      abandoned: "code",
      settled: "code",
    },
  },
  calls: {
    each: {
      time: "time",
      callId: "call",
      direction: "code",
      party,
      startedMs: "keep",
      endedMs: "keep",
      ringingMs: "keep",
      answeredMs: "keep",
      trunkId: "trunk",
      sipCallId: "sip",
      fromTag: "sip",
      failovers: { each: { atMs: "keep", from: "trunk", to: "trunk", because: "code" } },
      end: "code",
      reason: endReason,
      refusal: "code",
      stage: "stage",
      possibleDuplicate: "keep",
      fate: "code",
    },
  },
  bootRuns: {
    each: {
      ...stretch,
      run: "keep",
      completed: "keep",
      stages: {
        each: { ...stretch, stage: "stage", attempt: "keep", critical: "keep", result: "code", stalled: "keep", fault },
      },
    },
  },
  trunks: {
    each: {
      ...trunkFact,
      flow: stateSpans,
      registration: stateSpans,
      breakers: { each: { route: "route", plane: "code", spans: stateSpans } },
    },
  },
  environment,
  clockSkews: { each: { by: "trunk", byMs: "keep" } },
  redacted: { each: "code" },
  journal: { entries: "keep", firstSeq: "keep", lastSeq: "keep", unreadable: "keep" },
  // Both are of what is no more.
  journalDigest: "drop",
  signature: "drop",
} as const satisfies { readonly [K in keyof ReportDocument]-?: Rules<NonNullable<ReportDocument[K]>> };

export function redactReport(report: ReportDocument): ReportDocument {
  const { apply } = journalRedactor();
  // First, so that a reason that names a trunk is known to name one.
  apply(reportRules.trunks, report.trunks);
  const left = apply(reportRules, report) as ReportDocument;
  return {
    ...left,
    redacted: [
      ...new Set([
        "full-numbers",
        "names",
        ...left.redacted.filter((code) => !code.endsWith("-numbers")),
        "error-messages",
        "reason-text",
      ] as const),
    ],
  };
}
