/** What a language has to supply for a report to be read by people. The document itself holds codes only. */
import type { AudioQuality, MicrophoneKind } from "../ports/audio.ts";
import type { Plane } from "../ports/shared-health.ts";
import type { CauseLocation } from "../ports/sip-answer.ts";
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

/** What a sentence is filled with, by name: trunk, carrier, route, counts and codes, no personal data. One may be missing. */
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

/** A term of the trade as the glossary explains it. */
export interface Term {
  /** As it may stand in a sentence, its name first. */
  readonly forms: readonly [string, ...string[]];
  /** Its explanation, for who has never met it. */
  readonly means: string;
}

/** Ends that rest on what we saw or missed, and not on an answer's code; and why else a trunk's breaker changes. */
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
  | "sip-603-plus"
  | "no-audio"
  | "ejection-over"
  | "recovered"
  | "restored"
  | "retry-after"
  | "account-refused"
  | "common-mode";

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
  | "take-back-contacts"
  | "check-password"
  | "check-account-name"
  | "change-digest"
  | "allow-socket-in-page"
  | "check-number-format"
  | "mend-number"
  | "check-codecs"
  | "ask-for-right"
  | "check-call-settings"
  | "check-account-limits"
  | "give-trunks"
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
  | "look-at-timers"
  | "look-at-ends"
  | "look-at-dialogs"
  | "look-behind-edge"
  | "look-at-route"
  | "look-at-relay"
  | "look-at-media"
  | "look-at-media-quality"
  | "check-callee"
  | "keep-watching";

/** Texts that never change within a language: headings, column names, legends. What one means, the English says; noted here is what it does not. */
export interface Labels {
  /** After a duration, of what has not ended. */
  readonly ongoing: string;
  /** After a duration, of what had not ended when the record did. */
  readonly unended: string;
  readonly whoActs: string;
  readonly picture: string;
  readonly pictureStartUp: string;
  /** One initialisation of the CRM; its number follows. */
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
  /** A column: what led into a state, as a code. */
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
  /** Before a column's name: what its button does. */
  readonly sortBy: string;
  /** Before a field, and before the name of what it filters. */
  readonly filter: string;
  readonly trunk: string;
  readonly route: string;
  readonly attempts: string;
  readonly ladder: string;
  readonly ourSide: string;
  /** After a count: attempts that never left us. */
  readonly unsent: string;
  /** Stands in place of an attempt's outcome, and after a count of such attempts. */
  readonly running: string;
  readonly answered: string;
  /** Session request delay (RFC 6076 §4.3.1), as a column. */
  readonly srd: string;
  /** Post-dial delay, as a column. */
  readonly pdd: string;
  /** MOS, loss and jitter, as a column. */
  readonly audio: string;
  readonly notMeasured: string;
  readonly trunkStates: string;
  readonly registrations: string;
  readonly carrier: string;
  readonly edge: string;
  readonly confirmed: string;
  readonly failed: string;
  /** Registration request delay (RFC 6076 §4.1), as a column. */
  readonly rrd: string;
  /** Below the key figures: what the ratios count. */
  readonly kpiNote: string;
  readonly calls: string;
  readonly noCalls: string;
  readonly noAttempts: string;
  /** Whom a call is with, as a column: the other party. */
  readonly party: string;
  /** Beside a call that a customer made. */
  readonly incoming: string;
  /** Beside a call that was answered and not heard. */
  readonly noAudio: string;
  /** Beside one that was not heard well. */
  readonly poorAudio: string;
  /** Of the calls that have none on record: they came in, never left the agent, or were dialled by the page before. */
  readonly callsWithoutAttempt: string;
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
  /** Before sentences of `clockSkew`. */
  readonly clocks: string;
  /** Before the list of `redactions`. */
  readonly leftOut: string;
  readonly journal: string;
  readonly generated: string;
  readonly possibleDuplicate: string;
}

/** What an agent reads. */
export interface AgentWords {
  /** The lead where there is no verdict: no fault is on record. */
  readonly nothing: string;
  /** The lead, by the domain that the verdict is sure of; `unknown` where it is not. */
  readonly where: Readonly<Record<FaultDomain, string>>;
  /** The same once it has ended. */
  readonly whereOver: Readonly<Record<FaultDomain, string>>;
  /** Several faults at once, of several parties. */
  readonly several: string;
  /** The same once they have ended. */
  readonly severalOver: string;
  /** After the lead, where people who were called were busy or away, and a fault stands beside. */
  readonly calleesBeside: string;
  /** Where nothing is for the agent to mend, and it still goes on. */
  readonly meanwhile: string;
  /** The same where no call got through, over no line. */
  readonly standstill: string;
  /** The same once it has ended. */
  readonly over: string;
  /** What to tell the team lead, where nothing is for the agent to mend. @param span UTC, ISO 8601; without `to` while it goes on. */
  tell(span: { readonly from: string; readonly to?: string }): string;
  /** Stands after `tell`, where a new start would mend nothing. */
  readonly noRestart: string;
  /** After steps that the agent can take. */
  readonly ifItStays: string;
}

/** What a carrier's operations centre reads: nothing of the CRM, of devices or of other carriers. */
export interface TicketWords {
  /** The sheet's heading; the subject follows, or `nothing`. */
  readonly title: string;
  /** The lead where no trunk is on record. */
  readonly nothing: string;
  /** The ticket's subject, in one line. @param given `impaired`: calls without good audio; `dropped`: calls from the carrier that the connection took with it; `amiss`: those that no answer shows to have failed; `unregistered`: registrations that failed; `lost`: connections to the edge. */
  subject(
    given: Readonly<Record<"failed" | "attempts" | "impaired" | "dropped" | "amiss" | "unregistered" | "lost", number>> & {
      readonly host: string;
    },
  ): string;
  /** A paragraph, where the verdict points to this carrier. */
  readonly concluded: string;
  /** The same where it points elsewhere: there is nothing for this carrier to do. */
  readonly elsewhere: string;
  /** The same where it points nowhere: nobody is blamed. */
  readonly open: string;
  /** A heading; the example's number follows. */
  readonly example: string;
  /** A heading, above the rows that also make up TMF621's characteristics. */
  readonly summary: string;
  /** A row's name: the carrier, and which of our accounts with it. */
  readonly account: string;
  /** A row's name; its value is UTC, ISO 8601. */
  readonly firstSeen: string;
  /** A row's name, in the same way. */
  readonly lastSeen: string;
  /** A row's name, as a question: `yes` or `no` answers it. */
  readonly stillOn: string;
  /** The answer to `stillOn` while it goes on. */
  readonly yes: string;
  /** The answer to `stillOn`. @param until UTC, ISO 8601. */
  no(until: string): string;
  /** The answer to `stillOn` where nobody recorded any more whether it went on. @param until UTC, ISO 8601. */
  unended(until: string): string;
  /** A row's name; `outgoing` and `incoming` are its values. */
  readonly direction: string;
  /** Said to the carrier: from us to them. */
  readonly outgoing: string;
  /** The same of calls from them to us. */
  readonly incoming: string;
  /** A row's name; a line of `ofRoute` for each route is its value. */
  readonly scope: string;
  /** One line for each route. `ner` comes as `percent` wrote it. */
  ofRoute(given: { readonly route: string; readonly attempts: number; readonly answered: number; readonly ner: string }): string;
  /** A row's name: the codes and causes that failed attempts ended with, and how often. */
  readonly answers: string;
  /** Who said how an attempt ended; `peer` is the carrier that reads it. */
  readonly said: Readonly<Record<"peer" | "inferred", string>>;
  /** A row's name; `registrations` is its value. */
  readonly registration: string;
  /** How often the registrar confirmed, and how often it did not. */
  registrations(kpi: RegistrationKpi): string;
  /** A row's name; its value is the worst rating of a call's audio. */
  readonly audio: string;
  /** The figures of a rating, best known first. */
  audioFigures(quality: AudioQuality): string;
  /** A row's name: WebSocket connections to the carrier's edge, with their close codes. */
  readonly connectionsLost: string;
  /** After the first of a list. @param count 1 or more. */
  andMore(count: number): string;
  /** How a call ended that was answered, and is an example for its audio. */
  readonly impaired: string;
  /** A row's name: the number that the callee was shown, as far as it may be told. */
  readonly caller: string;
  /** A row's name: the called number, as far as it may be shown. */
  readonly called: string;
  /** In place of codes, where none came. */
  readonly noAnswer: string;
  /** A heading, above the sentences of `tests`. */
  readonly tested: string;
  /** A whole sentence for each test. @param route the integrator's own name; absent where it was none in particular. */
  readonly tests: Readonly<Record<CarrierTest, (route: string | undefined) => string>>;
  /** A heading, above the table of attempts that are no examples. */
  readonly others: string;
  /** The last paragraph: UTC, what "inferred" means, how numbers are shown. */
  readonly note: string;
}

/** What everybody reads: only what is certain. */
export interface StatementWords {
  /** The page's heading. */
  readonly title: string;
  /** The lead where there is no verdict. */
  readonly nothing: string;
  /** The lead, a whole sentence. @param given UTC, ISO 8601; `to`: absent while it goes on. */
  since(given: { readonly from: string; readonly to?: string }): string;
  /** The same where no call is known to have been affected. */
  partly(given: { readonly from: string; readonly to?: string }): string;
  /** After `partly`. */
  readonly noneAffected: string;
  /** Only where calls were affected that were neither lost nor saved: their audio was bad. */
  readonly callsImpaired: string;
  /** Only where calls were lost, or never left the agent. */
  readonly callsFailed: string;
  /** Only where calls were saved by failover. */
  readonly callsMoved: string;
  /** A whole sentence, in place of `isOver`. */
  readonly goesOn: string;
  /** A whole sentence, in place of `goesOn` where nobody recorded any more. @param at UTC, ISO 8601. */
  unended(at: string): string;
  /** A whole sentence. @param at UTC, ISO 8601. */
  isOver(at: string): string;
  /** A whole sentence, always last: no cause is named. */
  readonly cause: string;
}

/** A language. Complete by type: a code without a sentence does not compile. */
export interface Catalogue {
  /** BCP 47, for `<html lang>` and number formats. */
  readonly tag: string;
  /** In which direction it is read; the picture's time runs from left to right in all. */
  readonly direction: "ltr" | "rtl";
  /** Whole in themselves: nothing is put into them, and no sentence is made of them. */
  readonly labels: Labels;
  /** Where no verdict is reached. @param wheres the domains' `at`, the most probable first: one leads, or several tie. */
  undecided(wheres: readonly string[]): string;
  /** Whole sentences, where it lies with those who were called and nobody else: nobody is at fault, and nobody is blamed. */
  readonly callees: Readonly<Record<Exclude<Conclusion, "healthy">, string>>;
  /** The verdict as one sentence. @param where the leading domain's `at`, its carrier named where one stands out. */
  readonly conclusions: Readonly<Record<Exclude<Conclusion, "inconclusive">, (where: string) => string>>;
  /** Where callees lead and a fault stands beside them: a sentence after that fault's own, by how sure the verdict on callees is. */
  readonly calleesBeside: Readonly<Record<"likely" | "clear", string>>;
  /** What is at fault besides, after the verdict's sentence. @param wheres one at least, each a domain's `at`. */
  alsoAt(wheres: readonly string[]): string;
  /** `at` completes "The fault lies …". @param carrier named where one trunk stands out. */
  readonly domains: Readonly<Record<FaultDomain, { readonly name: string; at(carrier: string | undefined): string }>>;
  /** Who acts, as a value of its own and not within a sentence. @param carrier named where one trunk stands out. */
  readonly actors: Readonly<Record<Actor, (carrier: string | undefined) => string>>;
  /** Who acts when no verdict is reached. */
  readonly nobodyYet: string;
  /** Sentences for evidence. What is only inferred is never worded as somebody's statement. */
  readonly evidence: Readonly<Record<EvidenceCode, (params: Params) => string>>;
  /** Stands in brackets after a piece of evidence: how we know it. */
  readonly evidenceSaid: Readonly<Record<Evidence["said"], string>>;
  /** An instruction in whole sentences: what to try, and what its result would mean. */
  readonly nextTests: Readonly<Record<NextTestCode, (params: Params) => string>>;
  /** What to do now, as an instruction. */
  readonly steps: Readonly<Record<StepCode, (params: Params) => string>>;
  /** What to send to whom, by who acts. @param carrier the trunk that stands out, with its carrier. */
  readonly sends: Readonly<Record<Actor, (carrier: string | undefined) => string>>;
  /** Where no fault is a carrier's: what follows for whoever would write to one all the same, by who gets the report. */
  readonly withoutTicket: Readonly<Partial<Record<Actor, string>>>;
  /** Where the callee is all that there was: nothing is to be sent. */
  readonly nothingToSend: string;
  /** The glossary; a term is found by its forms, so each that the language's sentences use is listed. */
  readonly terms: Readonly<Record<TermCode, Term>>;
  /** What an answer's code says, in a word or two. */
  readonly sipCodes: Readonly<Record<number, string>>;
  /** What an ITU-T Q.850 cause says, in a few words without a capital, after its number. */
  readonly q850Causes: Readonly<Record<number, string>>;
  /** Where in the network a cause arose (Q.850 table 1, RFC 8606 §4), after the cause; its code follows in brackets. */
  readonly q850Locations: Readonly<Record<CauseLocation, string>>;
  /** Of a talk that the other side's network ended: it heard no audio any more. */
  readonly mediaTimeout: string;
  /** How an attempt ended where no code tells it, in a cell of a table. */
  readonly outcomeRows: Readonly<Record<OutcomeRow, string>>;
  /** The sheet for the audience `agent`, said to the agent. */
  readonly agent: AgentWords;
  /** The sheet for the audience `carrier`, and the text of `troubleTicket()`: said to the carrier as "you". */
  readonly ticket: TicketWords;
  /** The sheet for the audience `public`. */
  readonly statement: StatementWords;
  /** A day and a minute with their zone, UTC. @param time ISO 8601; left as it is where it is none. */
  moment(time: string): string;
  /** How much one piece of evidence says. @param weight log-odds. */
  strength(weight: number): string;
  /** A word for a probability, by fixed ranges. */
  confidence(probability: number): string;
  /** A carrier and its trunk as they stand within a sentence. @param carrier may be empty. */
  carrierOf(carrier: string, trunkId: string): string;
  /** One whole sentence for each type of entry, its trunk named in it; its time stands beside. */
  readonly timeline: { readonly [T in NotableType]: (entry: NotableEntry<T>) => string };
  /** Of a connection to a carrier's edge: in the picture, in tables and within sentences, so a few words without a capital. */
  readonly flowStates: Readonly<Record<FlowState, string>>;
  /** Of a registration (RFC 3261 §10), in the same places. */
  readonly registrationStates: Readonly<Record<RegistrationState, string>>;
  /** Of what takes a failing trunk or route out of use, in the same places. */
  readonly breakerStates: Readonly<Record<BreakerState, string>>;
  /** A route's name; of `*`, that it is every route. */
  readonly routeOf: (route: string) => string;
  /** Whom an attempt's end points to, in a cell of a table and within sentences. */
  readonly outcomeClasses: Readonly<Record<OutcomeClass, string>>;
  /** What a call came to, in a cell of a table. */
  readonly fates: Readonly<Record<Fate, string>>;
  /** How a call ended, in a cell of a table and within sentences. */
  readonly callEnds: Readonly<Record<CallEnd, string>>;
  /** Why a call never left the agent, in a cell of a table and within sentences. */
  readonly refusals: Readonly<Record<Refusal, string>>;
  /** Why the next trunk was tried, as it stands within a sentence of the time line and in a cell of a table. */
  readonly failoverReasons: Readonly<Record<FailoverReason, string>>;
  /** How one try of a stage of the CRM's start ended, in a cell of a table. */
  readonly stageResults: Readonly<Record<"passed" | "failed" | "running", string>>;
  /** How a stage failed, in as few words as fit into the picture. */
  stageFault(fault: StepFault): string;
  /** Who said how an attempt ended, in a cell of a table: shorter than `evidenceSaid`. */
  readonly attemptSaid: Readonly<Record<"peer" | "inferred", string>>;
  /** What is left out, as items of a list, hence without a capital. */
  readonly redactions: Readonly<Record<Redaction, string>>;
  /** What the browser's name of the microphone points to, without a capital. */
  readonly microphoneKinds: Readonly<Record<MicrophoneKind, string>>;
  /** What was seen of an attempt beyond its codes; empty if nothing. */
  attemptNote(attempt: AttemptRecord): string;
  /** Under which start-up of the CRM, and by which version of the settings; empty where both were the first. */
  madeUnder(attempt: AttemptRecord): string;
  /** A whole sentence, where only a new start of the CRM ended the incident. */
  reinitialised(): string;
  /** The picture shows `shown` of `all`. */
  someCalls(shown: number, all: number): string;
  /** The same of the list, where even that would be too long. */
  someListed(shown: number, all: number): string;
  /** The same of the time line, which keeps its first and last. */
  someMoments(shown: number, all: number): string;
  /** So many calls in a row that were carried. */
  callsCarried(count: number): string;
  /** How long a table is that has to be opened. */
  linesIn(count: number): string;
  /** How many reasons are left to be opened. */
  reasonsMore(count: number): string;
  /** A sentence after that of a moment, of those like it that followed. @param until time of day. */
  sameAgain(count: number, until: string): string;
  /** How often, in brackets after a piece of evidence. @param count 1 or more: singular and plural are the language's own. */
  seen(count: number): string;
  /** The heading's second half: which incident, or the session. */
  subject(report: ReportDocument): string;
  /** How many journal entries the report rests on, with their numbers where it has them. */
  entries(journal: ReportDocument["journal"]): string;
  /** How far our clock was off, in a few words. @param by a host, against whose clock ours was held. @param byMs > 0: ours was ahead. */
  clockSkew(by: string, byMs: number): string;
  /** A name and its value: `Who acts: nobody`; with an empty value, what stands before it. */
  pair(name: string, value: string): string;
  /** With its unit, in the greatest that suits. @param ms may be negative, or no number. */
  duration(ms: number): string;
  /** What is not quite none or all must not read as 0 % or 100 %. @param share 0…1; absent where nothing was counted. */
  percent(share: number | undefined): string;
  /** With the language's own separators, one decimal at most. */
  number(value: number): string;
}

/** What a table says for a code; the code itself where a newer document holds one that the table does not know. */
export function wordOf<Value>(table: Readonly<Record<string, Value>>, code: string): Value | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}
