/** What a language has to supply for a report to be read by people. The document itself holds codes only. */
import type { MicrophoneKind, Plane } from "../ports.ts";
import type { Actor, Conclusion, Evidence, FaultDomain } from "../diagnosis/model.ts";
import type { EvidenceCode } from "../diagnosis/weights.ts";
import type { CallEnd, FailoverReason, Refusal, StepFault } from "../journal.ts";
import type { OutcomeClass } from "../outcome.ts";
import type { BreakerState, FlowState, RegistrationState } from "../states.ts";
import type { AttemptRecord } from "./attempts.ts";
import type { Fate } from "./calls.ts";
import type { CarrierTest } from "./carrier-case.ts";
import type { RegistrationKpi } from "./kpi.ts";
import type { NotableEntry, NotableType, ReportDocument } from "./document.ts";
import type { Redaction } from "./parties.ts";

export type Params = Evidence["params"];

/** Tests that the diagnosis may propose. */
export type NextTestCode =
  | "call-same-number-over-other-trunk"
  | "call-other-route-over-same-trunk"
  | "listen-over-other-trunk"
  | "ask-crm-endpoint"
  | "reinitialise-crm"
  | "ask-other-carrier";

/** The terms of the trade that a report may use. */
export type TermCode =
  | "asr"
  | "call-id"
  | "codec"
  | "csp"
  | "digest"
  | "dtls"
  | "edge"
  | "failover"
  | "from-tag"
  | "ice"
  | "invite"
  | "isa"
  | "jitter"
  | "mos"
  | "ner"
  | "options"
  | "pdd"
  | "percentile"
  | "q850"
  | "register"
  | "registrar"
  | "relay"
  | "retry-after"
  | "route"
  | "rrd"
  | "rtp"
  | "seer"
  | "sip"
  | "srd"
  | "stun"
  | "trunk"
  | "udp"
  | "websocket";

export interface Term {
  /** As it may stand in a sentence, its name first. */
  readonly forms: readonly [string, ...string[]];
  readonly means: string;
}

/** Ends that rest on what we saw or missed, and not on an answer's code. */
export type OutcomeRow =
  | "answered"
  | "own-cancel"
  | "not-connected"
  | "flow-lost"
  | "silence-edge-alive"
  | "silence-edge-dead"
  | "stalled-after-100"
  | "timeout-no-answer"
  | "timeout-after-1xx"
  | "sip-603-plus";

/** One thing that one party can do. */
export type StepCode =
  | "mend-stage"
  | "mend-stage-access"
  | "mend-stage-server"
  | "allow-by-policy"
  | "find-hang"
  | "start-before-calling"
  | "renew-token"
  | "give-credentials"
  | "read-crm-error"
  | "mend-crm-endpoint"
  | "compare-start-ups"
  | "check-password"
  | "check-account-name"
  | "change-digest"
  | "allow-socket-in-page"
  | "check-number-format"
  | "mend-number"
  | "check-codecs"
  | "ask-for-right"
  | "check-call-settings"
  | "check-address"
  | "check-ice-servers"
  | "check-webrtc-account"
  | "allow-microphone-in-page"
  | "allow-microphone"
  | "click-to-hear"
  | "connect-microphone"
  | "free-microphone"
  | "choose-microphone"
  | "unmute"
  | "check-headset"
  | "change-browser"
  | "choose-output"
  | "keep-awake"
  | "set-clock"
  | "check-internet"
  | "open-websocket"
  | "open-udp"
  | "look-at-border-controller"
  | "check-uplink"
  | "steady-network"
  | "look-at-edge"
  | "look-at-registrar"
  | "look-at-refusals"
  | "look-at-dialogs"
  | "look-behind-edge"
  | "look-at-route"
  | "look-at-relay"
  | "look-at-media"
  | "look-at-media-quality"
  | "check-callee"
  | "keep-watching";

/** Texts that never change within a language: headings, column names, legends. */
export interface Labels {
  readonly ongoing: string;
  readonly whoActs: string;
  readonly picture: string;
  readonly pictureStartUp: string;
  readonly run: string;
  readonly pictureCalls: string;
  readonly allCalls: string;
  readonly connection: string;
  readonly registration: string;
  readonly breaker: Readonly<Record<Plane, string>>;
  readonly legendIncident: string;
  readonly legendWell: string;
  readonly legendDoubtful: string;
  readonly legendFailed: string;
  readonly legendPending: string;
  readonly legendIdle: string;
  readonly legendFailover: string;
  readonly pictureTables: string;
  readonly stage: string;
  /** One of several runs of the same stage. */
  readonly stageTry: string;
  readonly result: string;
  readonly state: string;
  readonly because: string;
  readonly from: string;
  readonly until: string;
  readonly noIncident: string;
  readonly keyFigures: string;
  readonly minutesLost: string;
  readonly callsPlaced: string;
  readonly callsAffected: string;
  readonly callsSaved: string;
  readonly callsLost: string;
  readonly callsRefused: string;
  readonly howSure: string;
  readonly domain: string;
  readonly probability: string;
  readonly inWords: string;
  readonly otherDomains: string;
  readonly reasonsFor: string;
  readonly reasonsAgainst: string;
  readonly noReasons: string;
  readonly nextTest: string;
  readonly doNow: string;
  readonly terms: string;
  readonly alsoAtFault: string;
  readonly kpis: string;
  readonly trunk: string;
  readonly route: string;
  readonly attempts: string;
  readonly ladder: string;
  readonly ourSide: string;
  readonly unsent: string;
  readonly running: string;
  readonly answered: string;
  readonly srd: string;
  readonly pdd: string;
  readonly trunkStates: string;
  readonly registrations: string;
  readonly carrier: string;
  readonly edge: string;
  readonly confirmed: string;
  readonly failed: string;
  readonly rrd: string;
  readonly kpiNote: string;
  readonly calls: string;
  readonly noCalls: string;
  readonly noAttempts: string;
  readonly time: string;
  readonly sipCallId: string;
  readonly fromTag: string;
  readonly codes: string;
  readonly cause: string;
  readonly saidBy: string;
  readonly outcome: string;
  readonly took: string;
  readonly timeline: string;
  readonly what: string;
  readonly about: string;
  readonly environment: string;
  readonly agentId: string;
  readonly crmTicket: string;
  readonly system: string;
  readonly userAgent: string;
  readonly networkType: string;
  readonly codec: string;
  readonly candidatePair: string;
  readonly microphone: string;
  readonly span: string;
  readonly clocks: string;
  readonly leftOut: string;
  readonly journal: string;
  readonly generated: string;
  readonly possibleDuplicate: string;
}

/** What an agent reads. */
export interface AgentWords {
  readonly nothing: string;
  readonly where: Readonly<Record<FaultDomain, string>>;
  /** Several faults at once, of several parties. */
  readonly several: string;
  readonly meanwhile: string;
  readonly over: string;
  tell(from: string): string;
  readonly ifItStays: string;
}

/** What a carrier's operations centre reads: nothing of the CRM, of devices or of other carriers. */
export interface TicketWords {
  readonly title: string;
  readonly nothing: string;
  /** @param given `lost`: connections. */
  subject(given: { readonly host: string; readonly failed: number; readonly attempts: number; readonly lost: number }): string;
  readonly concluded: string;
  readonly open: string;
  readonly example: string;
  readonly summary: string;
  readonly account: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly stillOn: string;
  readonly yes: string;
  no(until: string): string;
  readonly direction: string;
  readonly outgoing: string;
  readonly scope: string;
  ofRoute(given: { readonly route: string; readonly attempts: number; readonly answered: number; readonly ner: string }): string;
  readonly answers: string;
  readonly said: Readonly<Record<"peer" | "inferred", string>>;
  registrations(kpi: RegistrationKpi): string;
  readonly connectionsLost: string;
  readonly called: string;
  readonly noAnswer: string;
  readonly tested: string;
  readonly tests: Readonly<Record<CarrierTest, (route: string | undefined) => string>>;
  readonly others: string;
  readonly note: string;
}

/** What everybody reads: only what is certain. */
export interface StatementWords {
  readonly title: string;
  readonly nothing: string;
  /** @param given `to`: absent while it goes on. */
  since(given: { readonly from: string; readonly to?: string }): string;
  readonly callsFailed: string;
  readonly callsMoved: string;
  readonly goesOn: string;
  isOver(at: string): string;
  readonly cause: string;
}

/** A language. Complete by type: a code without a sentence does not compile. */
export interface Catalogue {
  /** BCP 47, for `<html lang>` and number formats. */
  readonly tag: string;
  /** In which direction it is read; the picture's time runs from left to right in all. */
  readonly direction: "ltr" | "rtl";
  readonly labels: Labels;
  /** Where no verdict is reached. @param wheres the domains' `at`, the most probable first: one leads, or several tie. */
  undecided(wheres: readonly string[]): string;
  /** The verdict as one sentence. @param where the leading domain's `at`, its carrier named where one stands out. */
  readonly conclusions: Readonly<Record<Exclude<Conclusion, "inconclusive">, (where: string) => string>>;
  /** What is at fault besides, after the verdict's sentence. @param wheres one at least, each a domain's `at`. */
  alsoAt(wheres: readonly string[]): string;
  /** `at` completes "The fault lies …". @param carrier named where one trunk stands out. */
  readonly domains: Readonly<Record<FaultDomain, { readonly name: string; at(carrier: string | undefined): string }>>;
  readonly actors: Readonly<Record<Actor, (carrier: string | undefined) => string>>;
  /** Who acts when no verdict is reached. */
  readonly nobodyYet: string;
  /** Sentences for evidence. What is only inferred is never worded as somebody's statement. */
  readonly evidence: Readonly<Record<EvidenceCode, (params: Params) => string>>;
  readonly evidenceSaid: Readonly<Record<Evidence["said"], string>>;
  readonly nextTests: Readonly<Record<NextTestCode, (params: Params) => string>>;
  /** What to do now, as an instruction. */
  readonly steps: Readonly<Record<StepCode, (params: Params) => string>>;
  /** What to send to whom, by who acts. @param carrier the trunk that stands out, with its carrier. */
  readonly sends: Readonly<Record<Actor, (carrier: string | undefined) => string>>;
  /** Where the callee is all that there was: nothing is to be sent. */
  readonly nothingToSend: string;
  readonly terms: Readonly<Record<TermCode, Term>>;
  /** What an answer's code says, in a word or two. */
  readonly sipCodes: Readonly<Record<number, string>>;
  readonly q850Causes: Readonly<Record<number, string>>;
  readonly outcomeRows: Readonly<Record<OutcomeRow, string>>;
  readonly agent: AgentWords;
  readonly ticket: TicketWords;
  readonly statement: StatementWords;
  /** How much one piece of evidence says. @param weight log-odds. */
  strength(weight: number): string;
  /** A word for a probability, by fixed ranges. */
  confidence(probability: number): string;
  /** @param carrier may be empty. */
  carrierOf(carrier: string, trunkId: string): string;
  readonly timeline: { readonly [T in NotableType]: (entry: NotableEntry<T>) => string };
  readonly flowStates: Readonly<Record<FlowState, string>>;
  readonly registrationStates: Readonly<Record<RegistrationState, string>>;
  readonly breakerStates: Readonly<Record<BreakerState, string>>;
  /** A route's name; of `*`, that it is every route. */
  readonly routeOf: (route: string) => string;
  readonly outcomeClasses: Readonly<Record<OutcomeClass, string>>;
  readonly fates: Readonly<Record<Fate, string>>;
  readonly callEnds: Readonly<Record<CallEnd, string>>;
  readonly refusals: Readonly<Record<Refusal, string>>;
  readonly failoverReasons: Readonly<Record<FailoverReason, string>>;
  readonly stageResults: Readonly<Record<"passed" | "failed" | "running", string>>;
  /** How a stage failed, in as few words as fit into the picture. */
  stageFault(fault: StepFault): string;
  readonly attemptSaid: Readonly<Record<"peer" | "inferred", string>>;
  readonly redactions: Readonly<Record<Redaction, string>>;
  readonly microphoneKinds: Readonly<Record<MicrophoneKind, string>>;
  /** What was seen of an attempt beyond its codes; empty if nothing. */
  attemptNote(attempt: AttemptRecord): string;
  reinitialised(): string;
  /** The picture or a table shows `shown` of `all`. */
  someCalls(shown: number, all: number): string;
  someMoments(shown: number, all: number): string;
  seen(count: number): string;
  /** The heading's second half: which incident, or the session. */
  subject(report: ReportDocument): string;
  entries(journal: ReportDocument["journal"]): string;
  clockSkew(by: string, byMs: number): string;
  /** A name and its value: `Who acts: nobody`; with an empty value, what stands before it. */
  pair(name: string, value: string): string;
  duration(ms: number): string;
  percent(share: number | undefined): string;
  number(value: number): string;
}

/** What a table says for a code; the code itself where a newer document holds one that the table does not know. */
export function wordOf<Value>(table: Readonly<Record<string, Value>>, code: string): Value | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}
