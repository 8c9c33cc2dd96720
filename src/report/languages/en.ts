/** English: plain, careful, neutral. Who said a thing is part of each sentence. */
import { everyRoute, type AnswerFact, type Entry, type StepFault } from "../../journal.ts";
import type { AudioFault, FrameFault, MediaPath, MicrophoneState } from "../../ports.ts";
import { restsOnAnswer } from "../attempts.ts";
import { wordOf, type Catalogue, type Params } from "../language.ts";

/** A figure and its unit stay on one line. */
const unit = (value: number | string, name: string) => `${value}\u00a0${name}`;
const number = (value: number) => (Number.isInteger(value) ? `${value}` : `${Math.round(value * 10) / 10}`);
const plural = (count: number | string, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
const someCalls = (count: number | string | undefined, unknown = "Calls") => (count === undefined ? unknown : plural(count, "call"));

const routeOf = (name: string) => (name === everyRoute ? "every route" : name);

function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "–";
  if (ms < 0) return `−${duration(-ms)}`;
  if (Math.round(ms) < 1_000) return unit(Math.round(ms), "ms");
  if (ms < 9_950) return unit((ms / 1_000).toFixed(1), "s");
  const s = Math.round(ms / 1_000);
  if (s < 60) return unit(s, "s");
  const [min, h] = [Math.floor(s / 60), Math.floor(s / 3_600)];
  if (h === 0) return s % 60 === 0 ? unit(min, "min") : `${unit(min, "min")} ${unit(s % 60, "s")}`;
  return min % 60 === 0 ? unit(h, "h") : `${unit(h, "h")} ${unit(min % 60, "min")}`;
}

/** ICD 203's scale: a word stands for a fixed range of probability. */
const confidenceScale: readonly (readonly [atLeast: number, word: string])[] = [
  [0.95, "almost certain"],
  [0.8, "very likely"],
  [0.55, "likely"],
  [0.45, "about even"],
  [0.2, "unlikely"],
  [0.05, "very unlikely"],
  [0, "almost ruled out"],
];

const carrierOf = (carrier: string, trunkId: string) =>
  carrier === "" || carrier === trunkId ? `trunk ${trunkId}` : `${carrier} (trunk ${trunkId})`;
const of = ({ carrier, trunk }: Params) => (trunk === undefined || trunk === "" ? "the trunk" : carrierOf(`${carrier ?? ""}`, `${trunk}`));
/** The same at a sentence's start. */
const Of = (params: Params) => of(params).replace(/^t(?=runk |he trunk)/, "T");
const other = ({ other: value }: Params, what: string) => (value === undefined || value === "" ? `another ${what}` : `${what} “${value}”`);
const route = ({ route: value }: Params) => (value === undefined ? "one kind of destination" : `destinations of the kind “${value}”`);
const code = ({ code: value, cause }: Params) => {
  const cited = [...(value ? [`SIP ${value}`] : []), ...(cause ? [`Q.850 cause ${cause}`] : [])];
  return cited.length > 0 ? ` (${cited.join(", ")})` : "";
};
const named = (value: string | number | undefined) => (value === undefined || value === "" ? "" : ` “${value}”`);
/** An error's name, in brackets. */
const byName = (error: string | number | undefined) => (error === undefined || error === "" ? "" : ` (${error})`);

function fault({ kind, name, httpStatus, message }: StepFault): string {
  const what = {
    threw: "failed",
    overdue: "did not end in time",
    aborted: "was given up",
    blocked: "could not run: another step had failed",
  };
  // Where it did not throw, the error is one of our own.
  const detail = [kind === "threw" ? name : undefined, httpStatus === undefined ? undefined : `HTTP ${httpStatus}`, message]
    .filter((part) => part !== undefined)
    .join(", ");
  return `${wordOf(what, kind) ?? kind}${detail === "" ? "" : ` (${detail})`}`;
}

function answer(fact: AnswerFact | undefined): string {
  if (!fact) return "";
  const cause = fact.q850 ? `, Q.850 cause ${fact.q850.value}${fact.q850.location ? ` from ${fact.q850.location}` : ""}` : "";
  return fact.said === "peer"
    ? `; the other side answered ${fact.code}${cause}`
    : `; no final answer came, our own stack gave up (as ${fact.code})`;
}

function audioFault(direction: AudioFault["direction"], kind: AudioFault["kind"]): string {
  const where = { inbound: "from the other party", outbound: "to the other party", both: "in either direction" };
  const what = { "never-came": "no audio came", stopped: "the audio stopped", silent: "the audio held no sound" };
  return `${wordOf(what, kind) ?? kind} ${wordOf(where, direction) ?? direction}`;
}

const microphoneStates: Readonly<Record<MicrophoneState, string>> = {
  live: "the microphone is live again",
  muted: "the system or the headset muted the microphone",
  ended: "the microphone is gone",
};

/** How far the connection of the audio had come. */
function stateOf(path: MediaPath | undefined): string {
  if (!path) return "";
  if (!path.wasConnected) return "; it never had a connection";
  if (path.dtls !== undefined && path.dtls !== "connected") return `; its encryption was not agreed on (DTLS ${path.dtls})`;
  if (path.answers === undefined) return `; ICE ${path.ice}`;
  return path.answers ? "; the relay answered" : "; the relay answered no longer";
}

/** What is not as it was when the audio last flowed. */
function changeOf(path: MediaPath | undefined): string {
  if (path?.localAddressChanged) return ", from another address of the agent’s device";
  return path?.remotePortChanged ? ", from another port of the relay" : "";
}

/** What the end of an attempt rests on: never worded as an answer where we concluded it. */
function grounds(row: string, fact: AnswerFact | undefined): string {
  if (!fact) return "; no final answer came, so this is inferred";
  if (fact.said === "peer" && !restsOnAnswer(row)) return `; this is inferred, and the ${fact.code} answers only our giving up`;
  return answer(fact);
}

const outcomeClasses: Catalogue["outcomeClasses"] = {
  answered: "answered",
  carrier: "carrier’s side",
  callee: "callee’s side",
  caller: "settings refused",
  network: "network between",
  ambiguous: "ambiguous",
  local: "ended here",
};

const failoverReasons: Catalogue["failoverReasons"] = {
  "not-connected": "no connection to the trunk",
  "flow-lost": "connection lost",
  silence: "no answer in time",
  stalled: "no progress after 100",
  answer: "refused with a code that allows another trunk",
  redial: "the agent chose to dial again",
};

const refusals: Catalogue["refusals"] = {
  "not-started": "the line had not been started",
  closed: "the line was closed",
  "boot-incomplete": "the CRM had not finished its start-up",
  "no-trunk": "no trunk was ready",
  "bad-number": "the number could not be dialled",
  "media-failed": "the microphone could not be opened",
};

const callEnds: Catalogue["callEnds"] = {
  "hung-up-here": "ended by the agent",
  "hung-up-there": "ended by the other party",
  "answered-elsewhere": "taken by somebody else",
  "callee-refused": "declined by the callee",
  failed: "no trunk could carry it",
  "flow-lost": "connection lost",
};

const turnedAwayFor: Readonly<Record<Entry<"call:turned-away">["because"], string>> = {
  busy: "the caller heard busy, for the agent was not free",
  duplicate: "the same call had come by another trunk",
  flood: "more rang already than an agent can tell apart",
  "media-failed": "the audio could not be opened",
  closing: "the softphone was closing",
};

const frameFaults: Readonly<Record<FrameFault, string>> = {
  malformed: "could not be read, and was discarded",
  oversize: "was too large, and was discarded",
  unmatched: "answered nothing that was asked, and was discarded",
  refused: "asked for what cannot be served, and was refused",
  unreadable: "could be read in part only; the rest was used",
};

const flowStates: Catalogue["flowStates"] = {
  closed: "closed",
  connecting: "connecting",
  open: "open",
  doubted: "in doubt",
  waiting: "lost, waiting to reconnect",
};
const registrationStates: Catalogue["registrationStates"] = {
  none: "not registered",
  registering: "registering",
  registered: "registered",
  refreshing: "registered, refreshing",
  refused: "failed",
};
const breakerStates: Catalogue["breakerStates"] = { closed: "in use", open: "set aside", probing: "on trial" };

/** The sentences of this language. */
export const en: Catalogue = {
  tag: "en",
  labels: {
    ongoing: "still going on",
    whoActs: "Who acts",
    picture: "What happened, on one time axis (UTC)",
    pictureStartUp: "CRM start-up",
    run: "Run",
    pictureCalls: "Calls",
    allCalls: "all of them",
    connection: "connection",
    registration: "registration",
    breaker: { signalling: "calls", media: "audio" },
    legendIncident: "incident",
    legendWell: "well",
    legendDoubtful: "in doubt, on trial",
    legendFailed: "failed, set aside",
    legendPending: "under way",
    legendIdle: "idle",
    legendFailover: "failover",
    pictureTables: "The same as tables",
    stage: "Stage",
    stageTry: "Try",
    result: "Result",
    state: "State",
    because: "Because of",
    from: "From (UTC)",
    until: "Until (UTC)",
    noIncident: "No incident on record.",
    keyFigures: "Key figures",
    minutesLost: "minutes lost",
    callsPlaced: "calls in this span",
    callsAffected: "calls affected",
    callsSaved: "saved by failover",
    callsLost: "lost",
    callsRefused: "never left the agent",
    howSure: "How sure, and why",
    domain: "Where",
    probability: "Probability",
    inWords: "In words",
    otherDomains: "All others",
    reasonsFor: "Speaks for it",
    reasonsAgainst: "Speaks against it",
    noReasons: "Nothing on record.",
    nextTest: "What would settle the rest",
    alsoAtFault: "Evidence of its own also points to",
    kpis: "Trunks by route",
    trunk: "Trunk",
    route: "Route",
    attempts: "Attempts",
    unsent: "not sent",
    running: "under way",
    answered: "Answered",
    asr: "answer seizure ratio",
    ner: "network effectiveness ratio",
    seer: "session establishment effectiveness ratio",
    isa: "ineffective session attempts",
    srd: "SRD p50 / p95 (n)",
    pdd: "PDD p50 / p95 (n)",
    trunkStates: "Trunks",
    registrations: "Trunks, and their registrations in this span",
    carrier: "Carrier",
    edge: "Edge",
    confirmed: "Confirmed",
    failed: "Failed",
    rrd: "RRD p50 / p95 (n)",
    kpiNote:
      "Ratios count INVITEs that left us and have ended. ASR and NER per ITU-T E.425 (busy, declined and unanswered ringing count as effective for NER); SEER, ISA, SRD and RRD, the registration delay, per RFC 6076. PDD: until 180, 183 or 200. Percentiles by nearest rank of n values.",
    calls: "Calls and their attempts",
    noCalls: "No call in this span.",
    noAttempts: "No INVITE was made.",
    time: "Time (UTC)",
    sipCallId: "Call-ID",
    fromTag: "From tag",
    codes: "Codes",
    cause: "Q.850 cause",
    saidBy: "Who said it",
    outcome: "Outcome",
    took: "Took",
    timeline: "Time line",
    what: "What",
    about: "About this report",
    environment: "Environment",
    span: "Span (UTC)",
    clocks: "Clocks",
    leftOut: "Left out",
    journal: "Journal",
    generated: "Generated",
    possibleDuplicate: "a given-up attempt may still have rung the callee",
  },
  conclusions: {
    healthy: () => "Nothing on record points to a fault.",
    inconclusive: (where) => `The record does not settle where the fault lies; it leans towards one ${where}.`,
    likely: (where) => `The fault likely lies ${where}.`,
    clear: (where) => `The fault lies ${where}.`,
  },
  domains: {
    "crm-init": { name: "CRM start-up", at: () => "in the start-up of the CRM" },
    "crm-config": { name: "CRM or account settings", at: () => "in the settings of the CRM or of the SIP account" },
    "agent-device": { name: "Agent’s device", at: () => "in the agent’s device" },
    "local-network": { name: "Local network", at: () => "in the local network or its Internet access" },
    "carrier-signalling": { name: "Carrier’s signalling", at: (carrier) => `in the SIP edge or registrar of ${carrier ?? "the carrier"}` },
    "carrier-routing": { name: "Carrier’s routing", at: (carrier) => `in the routing of calls at ${carrier ?? "the carrier"}` },
    "carrier-media": { name: "Carrier’s audio", at: (carrier) => `in the audio path of ${carrier ?? "the carrier"}` },
    "remote-party": { name: "Called party", at: () => "on the called party’s side" },
    unknown: { name: "Not on record", at: () => "somewhere that the record does not show" },
  },
  actors: {
    "crm-vendor": () => "The CRM’s vendor",
    "crm-administrator": () => "The CRM’s administrator",
    agent: () => "The agent",
    "local-it": () => "Local IT",
    carrier: (carrier) => carrier ?? "The carrier",
    nobody: () => "Nobody needs to act",
  },
  nobodyYet: "Nobody yet: the record does not settle it",
  evidence: {
    "critical-stage-failed": ({ stage, error, status }) =>
      `The critical start-up stage${named(stage)} failed for good${error === undefined ? "" : ` (${error}${status === undefined ? "" : `, HTTP ${status}`})`}.`,
    "critical-stage-hung": ({ stage }) => `The critical start-up stage${named(stage)} hung.`,
    "calls-refused-for-boot": ({ calls }) => `${someCalls(calls)} never left the agent because the CRM’s start-up was incomplete.`,
    "called-before-start": ({ calls }) => `${someCalls(calls)} never left the agent because the CRM had not started the line.`,
    "broken-by-start": (params) => `Calls to ${route(params)} on ${of(params)} worked before a new start of the CRM and not once after it.`,
    "worked-since-initialisation": (params) =>
      `Calls to ${route(params)} on ${of(params)} had worked since the CRM came up, without another start between.`,
    "never-worked-since-initialisation": (params) => `Not one call to ${route(params)} on ${of(params)} has worked since the CRM came up.`,
    "stage-failed-with-calls": ({ stage, ...params }) =>
      `The start-up stage${named(stage)}, which the CRM can do without, failed in each start since which calls to ${route(params)} on ${of(params)} did not work.`,
    "crm-said-it-failed": ({ what }) => `The CRM reported an error of its own${named(what)}.`,
    "number-from-crm-unusable": ({ calls }) =>
      `${someCalls(calls)} never left the agent: the CRM handed over a number that cannot be dialled.`,
    "trunks-well-while-boot-broken": ({ trunks }) =>
      `The trunks were registered and without loss while the start-up was broken${trunks === undefined ? "" : `: ${trunks}`}.`,
    "well-after-reinitialisation": ({ calls }) => `After a new start-up of the CRM completed, ${someCalls(calls, "calls")} went through.`,
    "well-as-reinitialised": (params) =>
      `Calls to ${route(params)} on ${of(params)} went through again after a new start of the CRM; that may be a coincidence.`,
    "well-without-reinitialisation": (params) =>
      `Calls to ${route(params)} on ${of(params)} went through again with no new start of the CRM.`,
    "failing-after-reinitialisation": ({ calls }) =>
      `After a new start-up of the CRM completed, ${someCalls(calls, "calls")} still failed.`,
    "boot-complete-before-failure": () => "The CRM’s start-up was complete before the first failure.",
    "boot-complete-despite-failure": () => "The CRM’s start-up completed while the failures went on.",
    "failed-before-boot-complete": () => "The first failure came before the CRM’s start-up was complete.",
    "unrelated-trunks-failed-together": ({ trunks }) =>
      `${typeof trunks === "number" ? plural(trunks, "trunk") : "Trunks"} of unrelated carriers were lost within the same few seconds; we infer a cause that they share.`,
    "control-failed-with-trunks": () => "The CRM’s own endpoint, asked as a control, failed at the same time as a trunk.",
    "stage-failed-with-trunks": ({ stage }) =>
      `The start-up stage${named(stage)} got no answer at a time when no trunk’s edge could be reached either.`,
    "control-failed-alone": () => "The CRM’s own endpoint, asked as a control, failed while no trunk was lost.",
    "control-well-while-trunk-failed": () => "The CRM’s own endpoint, asked as a control, answered while a trunk failed.",
    "control-well-while-all-trunks-failed": () =>
      "The CRM’s own endpoint, asked as a control, answered while the edge of no carrier could be reached: we infer that WebSocket or SIP is blocked on the way.",
    "other-carrier-well-meanwhile": (params) => `When ${of(params)} failed, another carrier’s trunk answered.`,
    "other-page-met-it-too": (params) => `Another tab of this browser had trouble with ${of(params)} at the same time.`,
    "host-says-offline": () => "The agent’s machine reported that it was offline.",
    "device-slept": () => "The agent’s device had just woken from sleep; connections are lost during sleep.",
    "edge-unreachable": (params) =>
      `No connection to the edge of ${of(params)} could be made or kept; why is inferred, a browser is not told.`,
    "edge-never-reached": (params) =>
      `The edge of ${of(params)} was not reached once since the session began; an address that is wrong in the settings would look the same.`,
    "edge-fell-silent": (params) =>
      `The edge of ${of(params)} stopped answering on an open connection; silence is inferred, nobody said it.`,
    "edge-closed-by-server": (params) =>
      `The edge of ${of(params)} closed the connection itself${!params["code"] ? "" : ` (WebSocket close code ${params["code"]})`}.`,
    "messages-unreadable": (params) => `We could not read what the edge of ${of(params)} sent; that no answer was heard is no silence.`,
    "registrar-failed": (params) => `The registrar of ${of(params)} answered with a server failure${code(params)}.`,
    "registrar-silent": (params) => `The registrar of ${of(params)} gave no answer; silence is inferred, nobody said it.`,
    "no-trunk-ready": ({ calls }) => `${someCalls(calls)} found no trunk ready.`,
    "invite-refused-by-edge": (params) =>
      `${Of(params)} refused calls${params["route"] === undefined ? "" : ` to ${route(params)}`} with a failure of its own${code(params)}.`,
    "invite-swallowed-by-live-edge": (params) =>
      `INVITEs on ${of(params)} met silence while its edge answered other requests on the same connection; we infer that calls are lost behind it.`,
    "call-stalled-after-trying": (params) =>
      `Calls on ${of(params)} were acknowledged with 100 and then made no progress in time; we infer a stall behind its edge.`,
    "route-refused-by-carrier": (params) => `${Of(params)} said that it could not carry calls to ${route(params)}${code(params)}.`,
    "other-route-well-on-same-trunk": (params) => `On ${of(params)}, calls to ${other(params, "route")} went through at the same time.`,
    "all-routes-failed-on-trunk": (params) =>
      `Calls on ${of(params)} failed on every route that was tried; we infer a cause common to the trunk.`,
    "same-route-well-on-other-trunk": (params) => `Calls to ${route(params)} went through on ${other(params, "trunk")} at the same time.`,
    "call-failed-on-unrelated-carriers": ({ calls }) => `${someCalls(calls)} failed on trunks of carriers that share nothing.`,
    "no-audio-on-trunk": (params) =>
      `${someCalls(params["calls"])} on ${of(params)} had no audio, or in one direction only, and a restart did not bring it; why is inferred.`,
    "ice-never-connected": (params) =>
      `${someCalls(params["calls"])} on ${of(params)} had no audio because no UDP packet ever came through: the network may block it.`,
    "dtls-never-completed": (params) =>
      `The audio of ${someCalls(params["calls"], "calls")} on ${of(params)} was reached, and its encryption (DTLS) never agreed on; on which side is not on record.`,
    "media-relay-silent": (params) => `The media relay of ${of(params)} had answered, and then answered no longer.`,
    "connected-without-audio": (params) => `The media relay of ${of(params)} was connected and answered, and sent no audio.`,
    "audio-poor-on-trunk": (params) => `The audio of ${someCalls(params["calls"], "calls")} on ${of(params)} was poor.`,
    "uplink-poor-on-trunk": (params) =>
      `${Of(params)} received the agent badly in ${someCalls(params["calls"], "calls")}, by its own reports.`,
    "edge-well-without-audio": (params) => `The edge of ${of(params)} answered while there was no audio.`,
    "audio-well-on-other-trunk": (params) => `Calls on ${other(params, "trunk")} had good audio around the same time.`,
    "no-audio-on-unrelated-trunks": () => "Calls over carriers that share nothing had no audio around the same time.",
    "audio-poor-on-unrelated-trunks": () => "Calls over carriers that share nothing sounded badly around the same time.",
    "ice-never-connected-on-unrelated-trunks": () =>
      "No UDP packet came through to carriers that share nothing: the agent’s network blocks it.",
    "dtls-never-completed-on-unrelated-trunks": () =>
      "The encryption of the audio was agreed on with no carrier, though packets came through to all of them.",
    "uplink-poor-on-unrelated-trunks": () => "Carriers that share nothing received the agent badly around the same time.",
    "audio-well-on-same-trunk": (params) => `Other calls on ${of(params)} had good audio around the same time.`,
    "audio-mended-by-restart": (params) => `On ${of(params)} an ICE restart brought lost audio back: the old path was gone.`,
    "media-relay-moved": (params) => `On ${of(params)} the audio came back from another port of the same relay: it was started anew.`,
    "agent-address-changed": () => "The audio came back from another address of the agent’s: the device had changed its network.",
    "microphone-muted-by-system": ({ calls }) =>
      `The system or the headset had muted the microphone for all of ${someCalls(calls, "calls")}.`,
    "microphone-silent": ({ calls }) =>
      `No sound left the agent’s device in ${someCalls(calls, "calls")}, though it was not muted in the browser.`,
    "call-forgotten-by-edge": (params) => `${Of(params)} knew an answered call no longer once the connection was back (SIP 481).`,
    "credentials-refused": (params) => `${Of(params)} refused the account${code(params)}.`,
    "account-accepted-before": (params) => `${Of(params)} had accepted the same account earlier in this session.`,
    "credentials-not-to-be-had": (params) => `The CRM gave no usable credentials for ${of(params)}.`,
    "digest-not-known": (params) => `${Of(params)} asks for the password in a way that this softphone does not know.`,
    "call-refused-as-misconfigured": (params) => `${Of(params)} refused calls with a code that speaks of settings${code(params)}.`,
    "same-settings-worked-before": (params) => `The same settings on ${of(params)} had carried calls before.`,
    "microphone-not-to-be-had": ({ error }) => `The microphone could not be opened${byName(error)}.`,
    "page-may-not-use-microphone": ({ error }) => `The page is embedded so that it may not use the microphone${byName(error)}.`,
    "webrtc-missing": () => "The browser has no WebRTC, or it is turned off.",
    "audio-output-not-to-be-had": ({ error }) => `The browser could not play sound${byName(error)}.`,
    "ice-servers-unreachable": ({ error }) => `No STUN or TURN server could be reached${byName(error)}.`,
    "clock-skewed": () => "The clock of the agent’s device is wrong.",
    "token-too-old": () => "The CRM started the line with a token that had run out.",
    "callee-refused": ({ calls }) => `${someCalls(calls)} reached the callee, who was busy, absent or declined.`,
  },
  evidenceSaid: { peer: "said by the other side", inferred: "inferred by us", observed: "observed here" },
  nextTests: {
    "call-same-number-over-other-trunk": (params) =>
      `Call the same number over a trunk other than ${of(params)}. If it goes through, the number and the callee are not at fault.`,
    "call-other-route-over-same-trunk": (params) =>
      `Call another kind of destination over ${of(params)}. If it goes through, the route is at fault and not the whole trunk.`,
    "listen-over-other-trunk": (params) =>
      `Call over a trunk other than ${of(params)} and listen. If both sides hear each other, the agent’s network and headset are well.`,
    "ask-crm-endpoint": () => "Ask the CRM’s own endpoint while the trunk fails. If it answers, the local network works.",
    "reinitialise-crm": () =>
      "Run the CRM’s start-up again. If calls then go through while the trunks stay as they are, the start-up was at fault.",
    "ask-other-carrier": () => "Watch another carrier’s trunk at the same moment. If it answers, the local network works.",
  },
  strength: (weight) => (Math.abs(weight) >= 2.5 ? "strong" : Math.abs(weight) >= 1.5 ? "moderate" : "slight"),
  confidence: (probability) => confidenceScale.find(([atLeast]) => probability >= atLeast)?.[1] ?? "unknown",
  carrierOf,
  timeline: {
    "session:started": () => "Session started.",
    "session:closed": () => "Session closed.",
    "clock:jumped": ({ byMs }) => `The wall clock jumped by ${duration(byMs)}.`,
    "clock:skewed": ({ by, byMs }) => `Our clock differs from ${by}’s by ${duration(byMs)}.`,
    "boot:started": ({ run }) => (run === 1 ? "CRM start-up began." : `CRM start-up began again (run ${run}).`),
    "boot:completed": ({ run, tookMs }) => `CRM start-up completed (run ${run}, ${duration(tookMs)}).`,
    "stage:stalled": ({ stage, waitedMs }) => `Stage “${stage}” has run for ${duration(waitedMs)} without an end.`,
    "stage:failed": ({ stage, attempt, critical, final, fault: cause }) =>
      `${critical ? "Critical stage" : "Stage"} “${stage}” ${fault(cause)}${final ? "; no further try" : `; try ${attempt}, another follows`}.`,
    "crm:failed": ({ what, fault: cause }) => `The CRM reports that “${what}” ${fault(cause)}.`,
    "network:changed": ({ online }) => (online ? "The machine reports that it is online." : "The machine reports that it is offline."),
    "control:failed": ({ control, fault: cause }) => `Control “${control}” ${fault(cause)}.`,
    "flow:changed": ({ trunkId, to, end }) =>
      `Connection of trunk ${trunkId}: ${wordOf(flowStates, to) ?? to}${end ? ` (WebSocket ${end.code}${end.wasOpen ? "" : ", never opened"})` : ""}.`,
    "registration:changed": ({ trunkId, to, answer: fact }) =>
      `Registration on trunk ${trunkId}: ${wordOf(registrationStates, to) ?? to}${to === "registered" && (fact?.code ?? 0) < 300 ? "" : answer(fact)}.`,
    "credentials:failed": ({ trunkId, error }) =>
      error === "UnsupportedDigest"
        ? `Trunk ${trunkId} asked for a digest that is not known here.`
        : `The CRM gave no credentials for trunk ${trunkId} (${error}).`,
    "probe:unanswered": ({ trunkId, method, waitedMs }) => `No answer to ${method} on trunk ${trunkId} within ${duration(waitedMs)}.`,
    "frame:discarded": ({ trunkId, fault: kind, bytes, header, count, firstMs, lastMs }) =>
      `${count === undefined ? `A message on trunk ${trunkId}` : `${count} more messages on trunk ${trunkId}, within ${duration((lastMs ?? 0) - (firstMs ?? 0))},`} ${frameFaults[kind]}${header === undefined ? "" : `, for the ${header} header`} (${count === undefined ? "" : "up to "}${bytes} bytes).`,
    "breaker:changed": ({ trunkId, route: of_, plane, to, because, ejectionMs }) =>
      `Trunk ${trunkId} for ${plane === "media" ? "audio to " : ""}${routeOf(of_)}: ${wordOf(breakerStates, to) ?? to}${to === "open" ? ` because of ${because}${ejectionMs === undefined ? "" : `, for ${duration(ejectionMs)}`}` : ""}.`,
    "health:heard": ({ trunkId, route: of_, from, because }) =>
      `${from === "tab" ? "Another tab" : "The page before this one"} had trouble with trunk ${trunkId} for ${routeOf(of_)} (${because}).`,
    "common-mode:suspected": ({ carriers }) =>
      `${carriers.join(" and ")} failed together: the fault is sought on this side, and no trunk is set aside.`,
    "common-mode:ended": ({ by }) => `${by} served again: the carriers do not fail together any more.`,
    "trunk:isolated": ({ trunkId }) => `Trunk ${trunkId} was taken out of service by hand.`,
    "trunk:restored": ({ trunkId }) => `Trunk ${trunkId} was taken back into service by hand.`,
    "trunk:weighed": ({ trunkId, priority, weight }) => `Trunk ${trunkId} was given priority ${priority} and weight ${weight}.`,
    "policy:failed": ({ error }) => `The integrator’s policy failed (${error}); the usual order of trunks was taken.`,
    "call:turned-away": ({ trunkId, because, callId, error, count, firstMs, lastMs }) =>
      because === "duplicate" && callId !== undefined
        ? `Call ${callId} came by trunk ${trunkId} too; it rang once.`
        : `${count === undefined ? "A call" : `${count} more calls, within ${duration((lastMs ?? 0) - (firstMs ?? 0))},`} over trunk ${trunkId} ${count === undefined ? "was" : "were"} not shown to the agent: ${turnedAwayFor[because]}${error === undefined ? "" : ` (${error})`}.`,
    "call:refused": ({ callId, because, stage, error }) =>
      `Call ${callId} never left the agent: ${wordOf(refusals, because) ?? because}${stage === undefined ? "" : `, stage “${stage}”`}${error === undefined ? "" : ` (${error})`}.`,
    "call:failed-over": ({ callId, from, to, because }) =>
      `Call ${callId} moved from trunk ${from} to trunk ${to}: ${wordOf(failoverReasons, because) ?? because}.`,
    "call:held": ({ callId, trunkId, held }) =>
      `Call ${callId} on trunk ${trunkId}: ${held === "none" ? "the customer took it back" : "the customer put it on hold"}.`,
    "audio:lost": ({ callId, trunkId, direction, kind, forMs, isLocal, path }) =>
      `Call ${callId} on trunk ${trunkId}: ${audioFault(direction, kind)}${forMs > 0 ? ` for ${duration(forMs)}` : ""}${isLocal ? ", on the agent’s side" : ""}${stateOf(path)}.`,
    "audio:restarted": ({ callId, trunkId, answer: fact }) =>
      `Call ${callId} on trunk ${trunkId}: a new path for the audio was offered${answer(fact)}.`,
    "audio:renewed": ({ callId, trunkId, answer: fact }) =>
      `Call ${callId} on trunk ${trunkId}: another connection for the audio was offered${answer(fact)}.`,
    "audio:restored": ({ callId, trunkId, path }) => `Call ${callId} on trunk ${trunkId}: the audio is back${changeOf(path)}.`,
    "audio:given-up": ({ callId, trunkId, direction, kind, forMs }) =>
      `Call ${callId} on trunk ${trunkId}: ${audioFault(direction, kind)} for ${duration(forMs)}; the agent was told.`,
    "audio:rated": ({ callId, trunkId, level, mos, lossPercent, jitterMs, rttMs, uplink }) =>
      `Call ${callId} on trunk ${trunkId}: audio rated ${level} (MOS ${mos.toFixed(1)}, loss ${unit(number(lossPercent), "%")}, jitter ${duration(jitterMs)}${uplink === undefined ? "" : `; to the other party MOS ${uplink.mos.toFixed(1)}, loss ${unit(number(uplink.lossPercent), "%")}`}${rttMs === undefined ? "" : `, round trip ${duration(rttMs)}`}).`,
    "microphone:changed": ({ callId, to }) => `Call ${callId}: ${wordOf(microphoneStates, to) ?? `the microphone is ${to}`}.`,
    "dialog:refreshed": ({ callId, trunkId, answer: fact }) =>
      `Call ${callId}: trunk ${trunkId} was told our address on the new connection${answer(fact)}.`,
    "dialog:ended": ({ callId, trunkId, tries, answer: { said } }) =>
      `Call ${callId} on trunk ${trunkId}: ${said === "peer" ? `the end was confirmed at try ${tries}` : `nobody confirmed the end (${tries === 1 ? "1 try" : `${tries} tries`})`}.`,
    "call:ended": ({ callId, end, error, possibleDuplicate }) =>
      `Call ${callId}: ${error === undefined ? (wordOf(callEnds, end) ?? end) : `the audio could not be opened (${error})`}${possibleDuplicate ? "; a given-up attempt may still have rung the callee" : ""}.`,
    "attempt:redirected": ({ callId, trunkId, answer: fact }) =>
      `Call ${callId} on trunk ${trunkId} was sent on to another host of that carrier${answer(fact)}.`,
    "attempt:overdue": ({ callId, trunkId, awaited, waitedMs, edgeAlive }) =>
      `Call ${callId} on trunk ${trunkId}: ${awaited === "ringing" ? "no ringing" : "no answer at all"} within ${duration(waitedMs)}${edgeAlive === true ? ", while the edge answered our probe" : edgeAlive === false ? ", nor did the edge answer our probe" : ""}.`,
    "attempt:ended": ({ callId, trunkId, outcome, answer: fact }) =>
      `Call ${callId} on trunk ${trunkId} ended as ${outcome.row} (${wordOf(outcomeClasses, outcome.class) ?? outcome.class})${grounds(outcome.row, fact)}.`,
    "listener:failed": ({ event, error }) => `The integrator’s listener of ${event} failed (${error}).`,
    "sink:failed": ({ sink, error }) => `Report sink “${sink}” failed (${error}).`,
    "transition:violated": ({ machine, state, event }) => `Linekeeper defect: “${event}” came in state “${state}” of ${machine}.`,
  },
  flowStates,
  registrationStates,
  breakerStates,
  routeOf,
  outcomeClasses,
  fates: { carried: "carried", saved: "saved by failover", lost: "lost", refused: "never left the agent", running: "under way" },
  callEnds,
  refusals,
  failoverReasons,
  stageFault({ kind, name, httpStatus }) {
    const words = { overdue: "not done in time", aborted: "given up", blocked: "blocked" };
    const thrown = [name ?? "failed", httpStatus].filter((part) => part !== undefined).join(" ");
    return kind === "threw" ? thrown : (wordOf(words, kind) ?? kind);
  },
  stageResults: { passed: "passed", failed: "failed", running: "not finished" },
  attemptSaid: { peer: "other side", inferred: "inferred by us" },
  redactions: {
    "full-numbers": "phone numbers but for the last two digits",
    names: "names",
    credentials: "passwords and tokens",
    "message-bodies": "SIP messages and SDP",
    "error-messages": "messages of the CRM’s errors",
    "reason-text": "free text of SIP answers",
  },
  attemptNote({ overdue, abandoned, settled, blockedByNetwork, retryAfterS, text, sent, row }) {
    const settledAs: Readonly<Record<string, string>> = {
      cancelled: "cancelled",
      rejected: "refused afterwards",
      "answered-late-and-ended": "answered late and ended",
      adopted: "answered late and adopted",
      "never-answered": "never answered",
    };
    return [
      sent || row === undefined ? undefined : "not sent",
      overdue &&
        `${overdue.awaited === "ringing" ? "no ringing" : "nothing"} for ${duration(overdue.waitedMs)}${overdue.edgeAlive === true ? ", edge alive" : overdue.edgeAlive === false ? ", edge silent too" : ""}`,
      abandoned && `given up${settled ? `, ${wordOf(settledAs, settled) ?? settled}` : ""}`,
      blockedByNetwork ? "blocked by the network (603+)" : undefined,
      retryAfterS === undefined ? undefined : `Retry-After ${unit(retryAfterS, "s")}`,
      text && `“${text}”`,
    ]
      .filter((part) => part !== undefined && part !== "")
      .join("; ");
  },
  reinitialised: () => "Service came back right after a new start-up of the CRM, while the trunks had been well throughout.",
  someCalls: (shown, all) => `The picture shows ${shown} of ${all} calls, those that met a fault first; all of them are listed below.`,
  someMoments: (shown, all) => `The first and last of ${all} moments, ${shown} in all; the others are in the journal.`,
  subject: ({ subject, incidentId }) => (subject === "incident" ? `Incident ${incidentId ?? ""}`.trim() : "Session"),
  seen: (count) => (count === 1 ? "once" : `${count} times`),
  entries: ({ entries, firstSeq, lastSeq }) =>
    `${plural(entries, "entry", "entries")}${firstSeq === undefined ? "" : `, nos. ${firstSeq} to ${lastSeq ?? firstSeq}`}`,
  clockSkew: (by, byMs) => (byMs >= 0 ? `ours was ${duration(byMs)} ahead of ${by}’s` : `ours was ${duration(-byMs)} behind ${by}’s`),
  duration,
  percent: (share) =>
    share === undefined
      ? "–"
      : share > 0 && share < 0.005
        ? unit("<\u00a01", "%")
        : share > 0.995 && share < 1
          ? unit(">\u00a099", "%")
          : unit(Math.round(share * 100), "%"),
  number,
};
