/** What stays of each journal entry. */
import type { Entry, Facts, FactType } from "../../../src/journal.ts";
import type { EndReason } from "../../../src/ports/sip-answer.ts";
import { createRedactor, type Redactor, type Rule, type Rules } from "./rules.ts";

type AnswerFact = Facts["attempt:answered"]["answer"];

const q850 = { value: "keep", location: "location" } as const;
const answer = {
  code: "keep",
  said: "code",
  q850,
  retryAfterS: "keep",
  text: "drop",
  blockedByNetwork: "keep",
  askedAgain: "code",
} as const satisfies Rules<AnswerFact>;
export const fault = { kind: "code", name: "error", httpStatus: "keep", message: "drop" } as const satisfies Rules<
  Facts["stage:failed"]["fault"]
>;
export const party = { route: "route", alias: "party", tail: "blank" } as const satisfies Rules<Facts["call:placed"]["party"]>;
export const callerId = { route: "route", tail: "blank", hash: "drop", number: "drop" } as const satisfies Rules<
  Facts["attempt:presented"]["caller"]
>;
export const environment = {
  sdk: "version",
  crm: { vendor: "vendor", version: "drop", site: "drop", agentId: "drop", ticket: "drop" },
  runtime: "runtime",
  browser: "runtime",
  os: "platform",
  network: { type: "code", effectiveType: "platform" },
} as const satisfies Rules<Facts["session:started"]["environment"]>;
export const trunkFact = { id: "trunk", carrier: "carrier", host: "host" } as const satisfies Rules<
  Facts["session:started"]["trunks"][number]
>;
export const endReason = { q850, sip: "keep", mediaTimeout: "keep" } as const satisfies Rules<EndReason>;
const outcome = { class: "code", retry: "code", vote: "code", retryAfterConcerns: "code", row: "code" } as const;
const path = {
  ice: "code",
  dtls: "code",
  local: "code",
  remote: "code",
  wasConnected: "keep",
  flows: "code",
  answers: "keep",
  remotePortChanged: "keep",
  localAddressChanged: "keep",
  isOutdated: "keep",
} as const;
const audioFault = { direction: "code", kind: "code", forMs: "keep", isLocal: "keep", path } as const;
const ofTrunk = { trunkId: "trunk" } as const;
const ofRoute = { ...ofTrunk, route: "route" } as const;
const ofCall = { callId: "call" } as const;
const ofBoth = { ...ofCall, ...ofTrunk } as const;
const ofAttempt = { ...ofCall, ...ofRoute, attempt: "keep" } as const;
const ofStage = { stage: "stage", run: "keep", attempt: "keep" } as const;

export const entryRules = {
  "session:started": {
    dateMs: "keep",
    environment,
    trunks: { each: trunkFact },
    diagnosis: { calmMs: "keep", priors: "figures" },
    sessionId: "session",
  },
  "session:closing": {},
  "session:closed": {},
  "clock:jumped": { byMs: "keep", dateMs: "keep" },
  "clock:skewed": { byMs: "keep", by: "trunk" },
  "boot:started": { run: "keep" },
  "boot:completed": { run: "keep", tookMs: "keep" },
  "stage:started": { ...ofStage, critical: "keep" },
  "stage:passed": { ...ofStage, tookMs: "keep" },
  "stage:stalled": { ...ofStage, waitedMs: "keep" },
  "stage:failed": { ...ofStage, tookMs: "keep", critical: "keep", fault, final: "keep" },
  "crm:failed": { what: "check", fault },
  "network:changed": { online: "keep" },
  "control:answered": { control: "control", tookMs: "keep" },
  "control:failed": { control: "control", tookMs: "keep", fault },
  "socket:tried": { ...ofTrunk, opened: "keep", tookMs: "keep" },
  "flow:changed": {
    ...ofTrunk,
    from: "code",
    to: "code",
    tookMs: "keep",
    end: { wasOpen: "keep", code: "keep", clean: "keep", byPagePolicy: "keep" },
  },
  "registration:changed": { ...ofTrunk, from: "code", to: "code", answer, tookMs: "keep", expiresS: "keep" },
  "credentials:failed": { ...ofTrunk, error: "error" },
  "server:failed": { ...ofTrunk, error: "error" },
  "ice-servers:failed": { ...ofCall, error: "error" },
  "audio:unwatched": { ...ofCall, error: "error" },
  "probe:answered": { ...ofTrunk, method: "code", rttMs: "keep", answer, times: "keep", fromMs: "keep", untilMs: "keep" },
  "probe:unanswered": { ...ofTrunk, method: "code", waitedMs: "keep" },
  "frame:discarded": { ...ofTrunk, fault: "code", bytes: "keep", header: "code", count: "keep", firstMs: "keep", lastMs: "keep" },
  "breaker:changed": { ...ofRoute, plane: "code", from: "code", to: "code", because: "code", ejectionMs: "keep" },
  "health:heard": { ...ofRoute, plane: "code", from: "code", because: "code" },
  "common-mode:suspected": { carriers: { each: "carrier" } },
  "common-mode:ended": { by: "carrier" },
  "trunks:changed": {
    settings: "keep",
    trunks: { each: trunkFact },
    added: { each: "trunk" },
    removed: { each: "trunk" },
    changed: { each: { id: "trunk", what: { each: "code" } } },
  },
  "trunk:isolated": ofTrunk,
  "trunk:restored": ofTrunk,
  "trunk:weighed": { ...ofTrunk, priority: "keep", weight: "keep" },
  "policy:failed": { error: "error" },
  "call:placed": { ...ofCall, party, by: "code", options: { each: "code" }, without: { each: "code" }, context: "drop" },
  "call:offered": { ...ofBoth, party },
  "call:identified": { ...ofCall, who: "code", hash: "drop", number: "drop", name: "drop" },
  "call:auto-answered": ofBoth,
  "call:refused": { ...ofCall, because: "code", stage: "stage", option: "code", error: "error" },
  "call:ringing": ofBoth,
  "call:answered": { ...ofBoth, setupMs: "keep", sipCallId: "sip", fromTag: "sip" },
  "page:woke": { lateMs: "keep" },
  "page:changed": { to: "code" },
  "telephone:moved": { to: "code" },
  "call:kept": ofBoth,
  "call:resumed": { ...ofBoth, party, direction: "code", was: "call", gapMs: "keep", sipCallId: "sip", fromTag: "sip" },
  "call:not-resumed": { ...ofBoth, because: "code", answer, error: "error" },
  "call:failed-over": { ...ofCall, from: "trunk", to: "trunk", because: "code" },
  "call:held": { ...ofBoth, held: "code" },
  "hold:refused": { ...ofBoth, wished: "code", answer },
  "call:muted": { ...ofCall, muted: "keep" },
  "digits:sent": { ...ofBoth, count: "keep", via: "code", because: "code" },
  "call:referred": { ...ofBoth, party, replaces: "keep", toCallId: "call", because: "code" },
  "call:replaced": { ...ofBoth, party },
  "notice:received": { ...ofTrunk, what: "code", refused: "keep" },
  "audio:lost": { ...ofBoth, ...audioFault },
  "audio:restarted": { ...ofBoth, answer },
  "audio:renewed": { ...ofBoth, answer },
  "audio:restored": { ...ofBoth, path },
  "audio:given-up": { ...ofBoth, ...audioFault },
  "audio:rated": {
    ...ofBoth,
    level: "code",
    codec: "platform",
    microphone: "code",
    mos: "keep",
    lossPercent: "keep",
    jitterMs: "keep",
    rttMs: "keep",
    uplink: { mos: "keep", lossPercent: "keep", jitterMs: "keep" },
    path,
  },
  "microphone:changed": { ...ofCall, to: "code", fellBackTo: "code" },
  "playback:changed": { ...ofCall, to: "code" },
  "call:cut": { ...ofBoth, talkedMs: "keep" },
  "call:redialled": { ...ofBoth, because: "code" },
  "call:transferring": { ...ofBoth, party, toCallId: "call", resumed: "keep" },
  "transfer:progressed": { ...ofBoth, code: "keep" },
  "transfer:failed": { ...ofBoth, because: "code", code: "keep" },
  "dialog:refreshed": { ...ofBoth, answer },
  "dialog:ended": { ...ofBoth, answer, tries: "keep" },
  "call:turned-away": { ...ofBoth, because: "code", party, error: "error", count: "keep", firstMs: "keep", lastMs: "keep" },
  "call:ended": {
    ...ofCall,
    end: "code",
    error: "error",
    reason: endReason,
    outcome,
    possibleDuplicate: "keep",
    talkedMs: "keep",
    sipCallId: "sip",
    fromTag: "sip",
  },
  "attempt:started": { ...ofAttempt, sipCallId: "sip", fromTag: "sip", settings: "keep" },
  "attempt:presented": { ...ofAttempt, caller: callerId },
  "attempt:sent": { ...ofAttempt, sipCallId: "sip", fromTag: "sip" },
  "attempt:progressed": { ...ofAttempt, answer, tookMs: "keep", times: "keep" },
  "attempt:redirected": { ...ofAttempt, answer },
  "attempt:overdue": { ...ofAttempt, awaited: "code", waitedMs: "keep", edgeAlive: "code" },
  "attempt:answered": { ...ofAttempt, answer, tookMs: "keep", pddMs: "keep" },
  "attempt:ended": { ...ofAttempt, outcome, answer, tookMs: "keep" },
  "attempt:abandoned": { ...ofAttempt, because: "code" },
  "attempt:settled": { ...ofAttempt, how: "code" },
  "diagnosis:missing": { error: "error" },
  "listener:failed": { event: "code", error: "error" },
  "sink:failed": { sink: "sink", error: "error" },
  "session:recovered": { sessionId: "session", entries: "keep", reports: "keep", unreadable: "keep", error: "error" },
  "report:delivered": { sink: "sink", report: "drop" },
  "report:delayed": { sink: "sink", status: "keep", error: "error", waitMs: "keep" },
  "report:given-up": { sink: "sink", report: "drop", status: "keep" },
  "report:dropped": { sink: "sink", because: "code", count: "keep" },
  "store:failed": { store: "sink", error: "error" },
  "transition:violated": { machine: "code", state: "code", event: "code" },
} as const satisfies { readonly [T in FactType]: Rules<Facts[T]> };

const rules: Readonly<Record<string, Rule>> = entryRules;

/** One for each file: the same name is the same alias in all of it, and says nothing in another. */
export const journalRedactor = (): Redactor =>
  createRedactor((type) => (typeof type === "string" && Object.hasOwn(rules, type) ? rules[type] : undefined));

/** Entries of a type that is not known here are left out: nobody can tell what is in them. */
export function redactJournal(entries: readonly Entry[]): readonly Entry[] {
  const { apply } = journalRedactor();
  // TypeScript cannot see that what was left of an entry by its type's rules is an entry.
  return entries.flatMap((entry) => (apply("entry", entry) as Entry | undefined) ?? []);
}
