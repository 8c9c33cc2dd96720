/** What happened, a sentence for each entry. */
import type { AnswerFact, Entry, Facts, PageChange, StepFault } from "../../../journal.ts";
import type { AudioFault, MediaPath, MicrophoneFallback, MicrophoneState } from "../../../ports/audio.ts";
import type { FrameFault } from "../../../ports/sip-edge.ts";
import type { Held } from "../../../states.ts";
import { restsOnAnswer } from "../../attempts.ts";
import { wordOf, type Catalogue } from "../../language.ts";
import { endReason, q850Cause, rowName, sipCode } from "../../codes.ts";
import { codes } from "./codes.ts";
import { audioFigures, duration, routeOf } from "./figures.ts";
import { breakerStates, callEnds, failoverReasons, flowStates, outcomeClasses, refusals, registrationStates } from "./states.ts";

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
  const cause = fact.q850 ? `, Q.850 cause ${q850Cause(fact.q850.value, codes, fact.q850.location)}` : "";
  // Asked for many things, of which only a call is picked up.
  if (fact.said === "peer" && fact.code < 300) return "; the other side accepted";
  return fact.said === "peer"
    ? `; the other side answered ${sipCode(fact.code, codes)}${cause}`
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

const fallbacks: Readonly<Record<MicrophoneFallback, string>> = {
  another: "the microphone was pulled out, and another took its place",
  none: "the microphone was pulled out, and there was no other",
};

const pageStates: Readonly<Record<PageChange, string>> = {
  hidden: "was closed or loaded again",
  cached: "was left, and is kept by the browser",
  shown: "is shown again",
  frozen: "was frozen by the browser",
  resumed: "goes on",
};

const notResumedFor: Readonly<Record<Facts["call:not-resumed"]["because"], string>> = {
  abandoned: "its tab was closed for good",
  "too-old": "the page came back too late",
  "other-account": "another account is signed in",
  "trunk-missing": "its trunk is not set any more",
  "trunk-unready": "its trunk did not come back in time",
  unreadable: "what was kept of it cannot be read",
  "media-failed": "the audio could not be opened",
  refused: "the other side did not take it",
};

const heldBy: Readonly<Record<Held, string>> = {
  none: "nobody holds it any more",
  here: "the agent holds it",
  there: "the customer holds it",
  both: "agent and customer hold it",
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

const turnedAwayFor: Readonly<Record<Entry<"call:turned-away">["because"], string>> = {
  busy: "the caller heard busy, for the agent was not free",
  duplicate: "the same call had come by another trunk",
  flood: "more rang already than an agent can tell apart",
  "media-failed": "the audio could not be opened",
  closing: "the softphone was closing",
  elsewhere: "the agent’s telephone is another page of the browser, which was rung too",
  "nothing-to-replace": "it was to take the place of a call that was not there, or over",
};

const notReferredFor: Readonly<Record<NonNullable<Entry<"call:referred">["because"]>, string>> = {
  policy: "the policy did not allow it",
  emergency: "nobody calls the emergency services for somebody else",
  busy: "the agent was on another call",
  "under-way": "it was being asked already",
  unusable: "it was being called already, or the softphone was closing",
};

const notices: Readonly<Record<Entry<"notice:received">["what"], string>> = {
  message: "a text message came",
  voicemail: "the carrier told what waits in the mailbox",
  "check-sync": "the carrier said that it has other settings for the softphone",
};

const frameFaults: Readonly<Record<FrameFault, string>> = {
  malformed: "could not be read, and was discarded",
  oversize: "was too large, and was discarded",
  unmatched: "answered nothing that was asked, and was discarded",
  refused: "asked for what cannot be served, and was refused",
  unreadable: "could be read in part only; the rest was used",
};

const list = new Intl.ListFormat("en-GB");

export const timeline: Catalogue["timeline"] = {
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
  "socket:tried": ({ trunkId, opened }) =>
    `A new WebSocket to trunk ${trunkId}’s server, tried beside the one that stood, ${opened ? "opened" : "did not open"}.`,
  "flow:changed": ({ trunkId, to, end }) =>
    `Connection of trunk ${trunkId}: ${wordOf(flowStates, to) ?? to}${end ? ` (WebSocket ${end.code}${end.wasOpen ? "" : ", never opened"})` : ""}.`,
  "registration:changed": ({ trunkId, to, answer: fact }) =>
    `Registration on trunk ${trunkId}: ${wordOf(registrationStates, to) ?? to}${to === "registered" && (fact?.code ?? 0) < 300 ? "" : answer(fact)}.`,
  "credentials:failed": ({ trunkId, error }) =>
    error === "UnsupportedDigest"
      ? `Trunk ${trunkId} asked for a digest that is not known here.`
      : `The CRM gave no credentials for trunk ${trunkId} (${error}).`,
  "server:failed": ({ trunkId, error }) => `The CRM gave no usable address for trunk ${trunkId} (${error}).`,
  "ice-servers:failed": ({ callId, error }) => `No STUN or TURN servers could be had for call ${callId} (${error}).`,
  "audio:unwatched": ({ callId, error }) => `Nothing watched the audio of call ${callId} (${error}).`,
  "probe:unanswered": ({ trunkId, method, waitedMs }) => `No answer to ${method} on trunk ${trunkId} within ${duration(waitedMs)}.`,
  "frame:discarded": ({ trunkId, fault: kind, bytes, header, count, firstMs, lastMs }) =>
    `${count === undefined ? `A message on trunk ${trunkId}` : `${count} more messages on trunk ${trunkId}, within ${duration((lastMs ?? 0) - (firstMs ?? 0))},`} ${wordOf(frameFaults, kind) ?? kind}${header === undefined ? "" : `, for the ${header} header`} (${count === undefined ? "" : "up to "}${bytes} bytes).`,
  "breaker:changed": ({ trunkId, route: of_, plane, to, because, ejectionMs }) =>
    `Trunk ${trunkId} for ${plane === "media" ? "audio to " : ""}${routeOf(of_)}: ${wordOf(breakerStates, to) ?? to}${to === "open" ? `${ejectionMs === undefined ? "" : ` for ${duration(ejectionMs)}`} (${rowName(because, codes)})` : ""}.`,
  "health:heard": ({ trunkId, route: of_, from, because }) =>
    `${from === "tab" ? "Another tab" : "The page before this one"} had trouble with trunk ${trunkId} for ${routeOf(of_)}: ${rowName(because, codes)}.`,
  "common-mode:suspected": ({ carriers }) =>
    `${list.format(carriers)} failed together: the fault is sought on this side, and no trunk is set aside.`,
  "common-mode:ended": ({ by }) => `${by} served again: the carriers do not fail together any more.`,
  "trunks:changed": ({ settings, added, removed, changed }) =>
    `The CRM set other trunks (version ${settings}): ${[
      ...added.map((id) => `${id} added`),
      ...removed.map((id) => `${id} removed`),
      ...changed.map(({ id, what }) => `${id} changed (${what.join(", ")})`),
    ].join("; ")}.`,
  "trunk:isolated": ({ trunkId }) => `Trunk ${trunkId} was taken out of service by hand.`,
  "trunk:restored": ({ trunkId }) => `Trunk ${trunkId} was taken back into service by hand.`,
  "trunk:weighed": ({ trunkId, priority, weight }) => `Trunk ${trunkId} was given priority ${priority} and weight ${weight}.`,
  "policy:failed": ({ error }) => `The integrator’s policy failed (${error}); the usual order of trunks was taken.`,
  "page:changed": ({ to }) => `The page of the softphone ${wordOf(pageStates, to) ?? to}.`,
  "telephone:moved": ({ to }) =>
    to === "here"
      ? "The agent’s telephone is this page from now on: customers ring here."
      : "The agent’s telephone is another page of the browser: customers ring there, and the trunks rest here.",
  "call:kept": ({ callId, trunkId }) => `Call ${callId} on trunk ${trunkId} was left to the next page.`,
  "call:resumed": ({ callId, trunkId, was, gapMs }) =>
    `Call ${callId} on trunk ${trunkId} was taken up from the page before (there ${was}), after ${duration(gapMs)}.`,
  "call:not-resumed": ({ callId, trunkId, because, error, answer: fact }) =>
    `Call ${callId} on trunk ${trunkId} could not be taken up from the page before, and is ended: ${wordOf(notResumedFor, because) ?? because}${error === undefined ? "" : ` (${error})`}${answer(fact)}.`,
  "call:turned-away": ({ trunkId, because, callId, error, count, firstMs, lastMs }) =>
    because === "duplicate" && callId !== undefined
      ? `Call ${callId} came by trunk ${trunkId} too; it rang once.`
      : `${count === undefined ? "A call" : `${count} more calls, within ${duration((lastMs ?? 0) - (firstMs ?? 0))},`} over trunk ${trunkId} ${count === undefined ? "was" : "were"} not shown ${because === "elsewhere" ? "on this page" : "to the agent"}: ${wordOf(turnedAwayFor, because) ?? because}${error === undefined ? "" : ` (${error})`}.`,
  "call:refused": ({ callId, because, stage, error }) =>
    `Call ${callId} never left the agent: ${wordOf(refusals, because) ?? because}${stage === undefined ? "" : `, stage “${stage}”`}${error === undefined ? "" : ` (${error})`}.`,
  "call:cut": ({ callId, trunkId, talkedMs }) =>
    `The line died under call ${callId} on trunk ${trunkId}, after ${duration(talkedMs)} of talk.`,
  "call:redialled": ({ callId, trunkId, because }) =>
    `The agent had the customer of call ${callId} called back, who ${because === "no-audio" ? "had no audio" : "was lost"} on trunk ${trunkId}.`,
  "call:failed-over": ({ callId, from, to, because }) =>
    `Call ${callId} moved from trunk ${from} to trunk ${to}: ${wordOf(failoverReasons, because) ?? because}.`,
  "call:held": ({ callId, trunkId, held }) => `Call ${callId} on trunk ${trunkId}: ${wordOf(heldBy, held) ?? held}.`,
  "hold:refused": ({ callId, trunkId, wished, answer: fact }) =>
    `Call ${callId} on trunk ${trunkId}: ${wished === "hold" ? "it could not be put on hold" : "it could not be taken back"}${answer(fact)}.`,
  "call:muted": ({ callId, muted }) => `Call ${callId}: the agent ${muted ? "muted the microphone" : "opened the microphone again"}.`,
  "call:referred": ({ callId, trunkId, toCallId, because = "" }) =>
    `Call ${callId} on trunk ${trunkId}: the other side asked for a transfer; ${toCallId === undefined ? `nobody was called, for ${wordOf(notReferredFor, because) ?? because}` : `call ${toCallId} was placed for it`}.`,
  "call:replaced": ({ callId, trunkId }) =>
    `Call ${callId} on trunk ${trunkId}: somebody else took the other side’s place; the call goes on.`,
  "notice:received": ({ trunkId, what, refused }) =>
    `Trunk ${trunkId}: ${wordOf(notices, what) ?? what}${refused === undefined ? "" : `; ${refused} before it were too many, and refused`}.`,
  "digits:sent": ({ callId, trunkId, count, because }) =>
    `Call ${callId} on trunk ${trunkId}: ${count === 1 ? "1 digit was" : `${count} digits were`} sent${because === undefined ? "" : `, not all of them (${because})`}.`,
  "audio:lost": ({ callId, trunkId, direction, kind, forMs, isLocal, path }) =>
    `Call ${callId} on trunk ${trunkId}: ${audioFault(direction, kind)}${forMs > 0 ? ` for ${duration(forMs)}` : ""}${isLocal ? ", on the agent’s side" : ""}${stateOf(path)}.`,
  "audio:restarted": ({ callId, trunkId, answer: fact }) =>
    `Call ${callId} on trunk ${trunkId}: a new path for the audio was offered${answer(fact)}.`,
  "audio:renewed": ({ callId, trunkId, answer: fact }) =>
    `Call ${callId} on trunk ${trunkId}: another connection for the audio was offered${answer(fact)}.`,
  "audio:restored": ({ callId, trunkId, path }) => `Call ${callId} on trunk ${trunkId}: the audio is back${changeOf(path)}.`,
  "audio:given-up": ({ callId, trunkId, direction, kind, forMs }) =>
    `Call ${callId} on trunk ${trunkId}: ${audioFault(direction, kind)} for ${duration(forMs)}; the agent was told.`,
  "audio:rated": ({ callId, trunkId, level, ...quality }) =>
    `Call ${callId} on trunk ${trunkId}: audio rated ${level} (${audioFigures(quality)}).`,
  "microphone:changed": ({ callId, to, fellBackTo }) =>
    `Call ${callId}: ${wordOf(fallbacks, fellBackTo ?? "") ?? wordOf(microphoneStates, to) ?? `the microphone is ${to}`}.`,
  "playback:changed": ({ callId, to }) =>
    `Call ${callId}: ${to === "blocked" ? "the browser did not let the page play the other party" : "the other party can be heard"}.`,
  "dialog:refreshed": ({ callId, trunkId, answer: fact }) =>
    `Call ${callId}: trunk ${trunkId} was told our address on the new connection${answer(fact)}.`,
  "dialog:ended": ({ callId, trunkId, tries, answer: { said } }) =>
    `Call ${callId} on trunk ${trunkId}: ${said === "peer" ? `the end was confirmed at try ${tries}` : `nobody confirmed the end (${tries === 1 ? "1 try" : `${tries} tries`})`}.`,
  "call:ended": ({ callId, end, error, reason, possibleDuplicate }) =>
    `Call ${callId}: ${error === undefined ? `${wordOf(callEnds, end) ?? end}${reason ? ` (${endReason(reason, codes)})` : ""}` : `the audio could not be opened (${error})`}${possibleDuplicate ? "; a given-up attempt may still have rung the callee" : ""}.`,
  "attempt:redirected": ({ callId, trunkId, answer: fact }) =>
    `Call ${callId} on trunk ${trunkId} was sent on to another host of that carrier${answer(fact)}.`,
  "attempt:overdue": ({ callId, trunkId, awaited, waitedMs, edgeAlive }) =>
    `Call ${callId} on trunk ${trunkId}: ${awaited === "ringing" ? "no ringing" : "no answer at all"} within ${duration(waitedMs)}${edgeAlive === true ? ", while the edge answered our probe" : edgeAlive === false ? ", nor did the edge answer our probe" : ""}.`,
  "attempt:ended": ({ callId, trunkId, outcome, answer: fact }) =>
    `Call ${callId} on trunk ${trunkId}, end of the attempt: ${rowName(outcome.row, codes)} (${wordOf(outcomeClasses, outcome.class) ?? outcome.class})${grounds(outcome.row, fact)}.`,
  "diagnosis:missing": ({ error }) =>
    `The page could not load the part of Linekeeper that diagnoses (${error}): no verdict was given there until it could. This record can be diagnosed elsewhere all the same.`,
  "listener:failed": ({ event, error }) => `The integrator’s listener of ${event} failed (${error}).`,
  "sink:failed": ({ sink, error }) => `Report sink “${sink}” failed (${error}).`,
  "transition:violated": ({ machine, state, event }) => `Linekeeper defect: “${event}” came in state “${state}” of ${machine}.`,
};
