/** What speaks for or against a domain, and what would settle the rest. */
import type { Catalogue, Params } from "../../language.ts";
import { carrierOf, plural, someCalls } from "./figures.ts";
import { q850Cause, sipCode } from "../../codes.ts";
import { codes } from "./codes.ts";

export const of = ({ carrier, trunk }: Params) =>
  trunk === undefined || trunk === "" ? "the trunk" : carrierOf(`${carrier ?? ""}`, `${trunk}`);
/** The same at a sentence's start. */
const Of = (params: Params) => of(params).replace(/^t(?=runk |he trunk)/, "T");
const other = ({ other: value }: Params, what: string) => (value === undefined || value === "" ? `another ${what}` : `${what} “${value}”`);
/** For a test that has no trunk to avoid, any other does. */
const elsewhere = (params: Params) => (params["trunk"] ? `a trunk other than ${of(params)}` : "another trunk");
export const route = ({ route: value }: Params) =>
  value === undefined ? "one kind of destination" : `destinations of the kind “${value}”`;
const otherRoute = ({ other: value }: Params) => (value === undefined || value === "" ? "other destinations" : route({ route: value }));
const code = ({ code: value, cause }: Params) => {
  const cited = [...(value ? [`SIP ${sipCode(value, codes)}`] : []), ...(cause ? [`Q.850 cause ${q850Cause(cause, codes)}`] : [])];
  return cited.length > 0 ? ` (${cited.join(", ")})` : "";
};
const named = (value: string | number | undefined) => (value === undefined || value === "" ? "" : ` “${value}”`);
/** An error's name, in brackets. */
const byName = (error: string | number | undefined) => (error === undefined || error === "" ? "" : ` (${error})`);

const newStart = ({ stage }: Params) =>
  stage === undefined ? "a new start of the CRM" : `a new run of the start-up stage${named(stage)} alone`;

/** Talks that came and went: whose, and how they fared before and after. */
const talks = (params: Params, fared: string) =>
  `Calls${params["carrier"] === undefined ? "" : ` by ${params["carrier"]}`} were ${fared}: so it went ${params["heard"] === 1 ? "once" : `${params["heard"]} times`}.`;
const isOfTalks = ({ heard }: Params) => heard !== undefined;

export const evidence: Catalogue["evidence"] = {
  "critical-stage-failed": ({ stage, error, status }) =>
    `The critical start-up stage${named(stage)} failed for good${error === undefined ? "" : ` (${error}${status === undefined ? "" : `, HTTP ${status}`})`}.`,
  "critical-stage-hung": ({ stage }) => `The critical start-up stage${named(stage)} hung.`,
  "calls-refused-for-boot": ({ calls }) => `${someCalls(calls)} never left the agent because the CRM’s start-up was incomplete.`,
  "called-without-trunks": ({ calls }) =>
    `${someCalls(calls)} never left the agent because the CRM had given the softphone no trunk to call with.`,
  "called-before-start": ({ calls }) => `${someCalls(calls)} never left the agent because the CRM had not started the line.`,
  "broken-by-start": (params) =>
    isOfTalks(params)
      ? talks(params, "heard until a new start of the CRM, and not after it")
      : params["wider"] === undefined
        ? `Calls to ${route(params)} on ${of(params)} worked before ${newStart(params)} and not once after it.`
        : `Calls worked before ${newStart(params)} and failed from it on, those to ${route(params)} on ${of(params)} among them.`,
  "edge-lost-with-start": (params) =>
    `${Of(params)} answered until the CRM was started anew, and no connection of the new start reached its edge.`,
  "edge-back-with-start": (params) => `The edge of ${of(params)}, which one start of the CRM had lost, was reached again by another start.`,
  "worked-since-initialisation": (params) =>
    `Calls to ${route(params)} on ${of(params)} had worked since the CRM came up, without another start between.`,
  "broken-after-one-start": (params) =>
    `Calls to ${route(params)} on ${of(params)} had worked until a start of the CRM, and have not since: once, and nothing else was there to compare with.`,
  "never-worked-since-initialisation": (params) => `Not one call to ${route(params)} on ${of(params)} has worked since the CRM came up.`,
  "stage-failed-with-calls": ({ stage, ...params }) =>
    `The start-up stage${named(stage)}, which the CRM can do without, failed in each start since which calls to ${route(params)} on ${of(params)} did not work.`,
  "crm-said-it-failed": ({ what }) => `The CRM reported an error of its own${named(what)}.`,
  "number-from-crm-unusable": ({ calls }) =>
    `${someCalls(calls)} never left the agent: the CRM handed over a number that cannot be dialled.`,
  "trunks-well-while-boot-broken": ({ trunks }) =>
    `The trunks were registered and without loss while the start-up was broken${trunks === undefined ? "" : `: ${trunks}`}.`,
  "well-after-reinitialisation": (params) =>
    isOfTalks(params)
      ? talks(params, "not heard until a new start of the CRM, and were so after it")
      : `After ${params["stage"] === undefined ? "a new start-up of the CRM completed" : `the start-up stage${named(params["stage"])}, which had failed, passed when it was run again alone`}, ${someCalls(params["calls"], "calls")} went through.`,
  "well-as-reinitialised": (params) =>
    `Calls to ${route(params)} on ${of(params)} went through again after ${newStart(params)}; that may be a coincidence.`,
  "well-after-one-start": (params) =>
    `Calls to ${route(params)} on ${of(params)} went through again after a new start of the CRM: once, and nothing else was there to compare with.`,
  "well-after-untried-start": (params) =>
    `Calls to ${route(params)} on ${of(params)} went through again after a new start of the CRM, and had not been tried for long before it.`,
  "well-without-reinitialisation": (params) =>
    `Calls to ${route(params)} on ${of(params)} went through again with no new start of the CRM.`,
  "failing-after-reinitialisation": ({ calls }) => `After a new start-up of the CRM completed, ${someCalls(calls, "calls")} still failed.`,
  "boot-complete-before-failure": () => "The CRM’s start-up was complete before the first failure.",
  "boot-complete-despite-failure": () => "The CRM’s start-up completed while the failures went on.",
  "failed-before-boot-complete": () => "The first failure came before the CRM’s start-up was complete.",
  "unrelated-trunks-failed-together": ({ trunks }) =>
    `${typeof trunks === "number" ? plural(trunks, "trunk") : "Trunks"} of unrelated carriers were lost within the same few seconds; we infer a cause that they share.`,
  "unrelated-trunks-silent-in-turn": ({ trunks }) =>
    `${typeof trunks === "number" ? plural(trunks, "trunk") : "Trunks"} of unrelated carriers gave no answer, now one and now another; we infer a cause that they share.`,
  "another-socket-denied": (params) =>
    `A new WebSocket to ${of(params)} did not open either, while the older one lived on: something on the way lets no new connection through.`,
  "shared-host-refused-calls": ({ calls, ...params }) =>
    `One host, to which trunks of several carriers lead, refused ${someCalls(calls, "calls")} for all of them${code(params)}.`,
  "control-failed-with-trunks": () => "The CRM’s own endpoint, asked as a control, failed at the same time as a trunk.",
  "stage-failed-with-trunks": ({ stage }) =>
    `The start-up stage${named(stage)} got no answer at a time when no trunk’s edge could be reached either.`,
  "control-failed-with-stage": ({ controls }) =>
    `What was asked as a control (${controls ?? "–"}) could not be reached either while the CRM’s start-up waited, and no trunk had been tried.`,
  "new-connections-failed": () =>
    "Neither the CRM’s own endpoint nor a carrier’s edge could be reached anew, while an older connection lived on: we infer that names do not resolve, or new connections are blocked.",
  "control-failed-alone": () => "The CRM’s own endpoint, asked as a control, failed while the edge of a carrier answered.",
  "control-well-while-trunk-failed": () => "The CRM’s own endpoint, asked as a control, answered while a trunk failed.",
  "control-well-while-all-trunks-failed": () =>
    "The CRM’s own endpoint, asked as a control, answered while the edge of no carrier could be reached: we infer that WebSocket or SIP is blocked on the way.",
  "other-carrier-well-meanwhile": (params) => `When ${of(params)} failed, another carrier’s trunk answered.`,
  "other-page-met-it-too": (params) => `Another tab of this browser had trouble with ${of(params)} at the same time.`,
  "last-page-met-it-too": (params) =>
    `Calls to ${route(params)} on ${of(params)} failed when the page before ended, under a start-up of its own, and failed here from the first one on.`,
  "others-not-heard-since": () =>
    "There was no answer, or none that shows whose it is, and nothing else that could tell had been heard of since.",
  "nobody-heard-beside-stage": ({ stage }) =>
    `The start-up stage${named(stage)} hung, and nothing else that was tried had answered since the start-up began.`,
  "host-says-offline": () => "The agent’s machine reported that it was offline.",
  "device-slept": () => "The agent’s device, or the page, had just woken from sleep; connections are lost during sleep.",
  "edge-unreachable": (params) =>
    `No connection to the edge of ${of(params)} could be made or kept; why is inferred, a browser is not told.`,
  "edge-never-reached": (params) =>
    `The edge of ${of(params)} was not reached once since the session began; an address that is wrong in the settings would look the same.`,
  "edge-fell-silent": (params) => `The edge of ${of(params)} stopped answering on an open connection; silence is inferred, nobody said it.`,
  "edge-answers-late": (params) => `The edge of ${of(params)} answered late: to its probes, and to calls as well.`,
  "edge-refuses-probes": (params) => `The edge of ${of(params)} answered our probes, which are no calls, with a failure of its own.`,
  "edge-closed-by-server": (params) =>
    `The edge of ${of(params)} closed the connection itself${!params["code"] ? "" : ` (WebSocket close code ${params["code"]})`}.`,
  "messages-unreadable": (params) => `We could not read what the edge of ${of(params)} sent; that no answer was heard is no silence.`,
  "registrar-failed-after-starts": (params) =>
    `After several starts of the CRM within minutes the registrar of ${of(params)} answered with a server failure${code(params)}: it may hold too many of our contacts.`,
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
  "call-failed-after-ringing": (params) =>
    `${Of(params)} said that a phone rang, and then ended the call to ${route(params)} with a failure of the network’s${code(params)}.`,
  "other-route-well-on-same-trunk": (params) => `On ${of(params)}, calls to ${otherRoute(params)} went through at the same time.`,
  "all-routes-failed-on-trunk": (params) =>
    `Calls on ${of(params)} failed on every route that was tried; we infer a cause common to the trunk.`,
  "failures-on-one-route-only": (params) =>
    `All calls that failed on ${of(params)} went to ${route(params)}, while others go elsewhere; we infer a cause on that route.`,
  "same-route-well-on-other-trunk": (params) => `Calls to ${route(params)} went through on ${other(params, "trunk")} at the same time.`,
  "numbers-unknown-on-route": (params) =>
    `${Of(params)} knew none of ${String(params["numbers"] ?? "several")} different numbers on ${route(params)} (404), or said that they had changed (410).`,
  "refusals-without-reason": (params) =>
    `${Of(params)} refused one number after the other on ${route(params)}, without a reason that says whose fault it is${code(params)}.`,
  "calls-forbidden-on-trunk": (params) =>
    `${Of(params)} forbade calls to ${String(params["numbers"] ?? "several")} different numbers, and their callees did not${code(params)}.`,
  "calls-forbidden-on-one-route": (params) =>
    `${Of(params)} forbade calls to ${String(params["numbers"] ?? "several")} different numbers on ${route(params)}, and their callees did not${code(params)}; calls to other routes went through.`,
  "call-refused-in-passing": (params) =>
    `Of ${String(params["calls"] ?? "many")} calls on ${of(params)} one was refused${code(params)}; those to ${route(params)} before it and after it went through.`,
  "callee-answers-between-starts": (params) =>
    `${Of(params)} answered for ${String(params["numbers"] ?? "several")} different numbers on ${route(params)} that nobody there takes the call${code(params)}, before any phone rang: from one start of the CRM to the next, and hardly ever between others.`,
  "callee-answers-contradicted": (params) =>
    `${Of(params)} said of ${String(params["numbers"] ?? "several")} different numbers in a row on ${route(params)} that they are absent or declined${code(params)}, before any phone rang; numbers of that row picked up minutes later when another carrier called.`,
  "callees-all-away-on-route": (params) =>
    `${Of(params)} said of ${String(params["numbers"] ?? "several")} different numbers in a row on ${route(params)} that nobody is there${code(params)}, and reached none between.`,
  "calls-unanswered-on-route": (params) =>
    `${String(params["numbers"] ?? "Several")} customers on ${route(params)} did not pick up when ${of(params)} said that their phones rang, and most did when another carrier called soon after; we infer that their phones never rang.`,
  "same-number-well-on-other-trunk": (params) => `A number that ${of(params)} did not know was reached on ${other(params, "trunk")}.`,
  "same-number-well-at-other-time": (params) =>
    `A number that ${of(params)} did not know was reached by the same carrier, at another time or on another trunk.`,
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
  "audio-lost-again-and-again-on-trunk": (params) =>
    `On ${of(params)} the audio of ${someCalls(params["calls"], "calls")} stopped and came back with an ICE restart, and over no other carrier.`,
  "media-relay-moved": (params) => `On ${of(params)} the audio came back from another port of the same relay: it was started anew.`,
  "agent-address-changed": () => "The audio came back from another address of the agent’s: the device had changed its network.",
  "microphone-muted-by-system": ({ calls }) =>
    `The system or the headset had muted the microphone for all of ${someCalls(calls, "calls")}.`,
  "microphone-silent": ({ calls }) =>
    `No sound left the agent’s device in ${someCalls(calls, "calls")}, though it was not muted in the browser.`,
  "microphone-unplugged": ({ calls }) => `A microphone was pulled out during ${someCalls(calls, "calls")}.`,
  "talks-cut-at-one-length": (params) =>
    `${Of(params)} ended ${someCalls(params["calls"], "calls")} at the same length${params["seconds"] ? ` (${params["seconds"]} s)` : ""}, while those on another carrier lasted longer.`,
  "talks-ended-by-network": (params) =>
    `The network of ${of(params)} ended ${someCalls(params["calls"], "calls")} by its own word${code(params)}, while people ended those on another carrier.`,
  "holds-refused-on-trunk": (params) =>
    `${Of(params)} refused to put ${someCalls(params["calls"], "calls")} on hold${code(params)}, while another carrier did.`,
  "call-forgotten-by-edge": (params) => `${Of(params)} knew an answered call no longer once the connection was back (SIP 481).`,
  "credentials-refused": (params) => `${Of(params)} refused the account${code(params)}.`,
  "nonce-stale-again-and-again": (params) =>
    `${Of(params)} called the credentials right and asked for them again all the same, each time by a new nonce${code(params)}: its servers do not share what they ask.`,
  "registered-account-refused": (params) =>
    `${Of(params)} refused the account${code(params)}, while its registrar took the same user and password before and between.`,
  "other-realm-refused": (params) =>
    `${Of(params)} refused the account for calls${code(params)}, in another realm than that of its registrar.`,
  "account-accepted-before": (params) => `${Of(params)} had accepted the same account earlier in this session.`,
  "credentials-not-to-be-had": (params) => `The CRM gave no usable credentials for ${of(params)}.`,
  "digest-not-known": (params) => `${Of(params)} asks for the password in a way that this softphone does not know.`,
  "call-refused-as-malformed": (params) => `${Of(params)} refused calls as malformed${code(params)}.`,
  "call-refused-as-misconfigured": (params) => `${Of(params)} refused calls with a code that speaks of settings${code(params)}.`,
  "callees-refuse-anonymous-caller": (params) =>
    `Callees of ${String(params["numbers"] ?? "several")} numbers in a row, called over ${of(params)}, refused an anonymous call (433).`,
  "broken-after-change-of-settings": (params) =>
    isOfTalks(params)
      ? talks(params, "heard until the CRM changed the settings of the trunk, and not after")
      : `Calls to ${route(params)} on ${of(params)} worked until the CRM changed the settings of that trunk, and not once after.`,
  "broken-after-one-change": (params) =>
    isOfTalks(params)
      ? talks(params, "heard until the CRM changed the settings of the trunk, and not after; nothing was set back since")
      : `Calls to ${route(params)} on ${of(params)} worked until the CRM changed how numbers are written on that trunk, and not after; nothing was set back since.`,
  "well-after-change-of-settings": (params) =>
    isOfTalks(params)
      ? talks(params, "not heard until the CRM changed the settings of the trunk, and were so after")
      : `Calls to ${route(params)} on ${of(params)} failed until the CRM changed the settings of that trunk, and worked after.`,
  "same-settings-worked-before": (params) => `The same settings on ${of(params)} carried other calls.`,
  "microphone-not-to-be-had": ({ error }) => `The microphone could not be opened${byName(error)}.`,
  "page-may-not-use-microphone": ({ error }) =>
    `The page may not use the microphone: it is not served by HTTPS, or its frame does not allow it${byName(error)}.`,
  "page-forbids-socket": (params) =>
    `The page’s own security policy (Content-Security-Policy) forbids the connection to the edge of ${of(params)}: nothing left the browser.`,
  "playback-blocked": ({ calls }) =>
    `The browser did not let the page play ${calls === undefined ? "sound" : `the other party in ${someCalls(calls)}`}: nobody had clicked into it yet.`,
  "webrtc-missing": () => "The page has no WebRTC: the browser lacks it, or a policy turned it off.",
  "audio-output-not-to-be-had": ({ error }) => `The browser could not play sound${byName(error)}.`,
  "ice-servers-unreachable": ({ error }) => `No STUN or TURN server could be reached${byName(error)}.`,
  "ice-servers-not-to-be-had": ({ error }) =>
    `The CRM gave no usable list of STUN and TURN servers, so there was no relay to go by${byName(error)}.`,
  "clock-skewed": () => "The clock of the agent’s device is wrong.",
  "token-too-old": () => "The CRM started the line with a token that had run out.",
  "callee-refused": ({ calls }) =>
    `${someCalls(calls)} got an answer from the callee’s side: busy, away, declined, out of order, or a number that is not in use.`,
};

export const nextTests: Catalogue["nextTests"] = {
  "call-same-number-over-other-trunk": (params) =>
    `Call the same number over ${elsewhere(params)}. If it goes through, the number and the callee are not at fault.`,
  "call-other-route-over-same-trunk": (params) =>
    `Call another kind of destination over ${of(params)}. If it goes through, the route is at fault and not the whole trunk.`,
  "listen-over-other-trunk": (params) =>
    `Call over ${elsewhere(params)} and listen. If both sides hear each other, the agent’s network and headset are well.`,
  "ask-crm-endpoint": () => "Ask the CRM’s own endpoint while the trunk fails. If it answers, the local network works.",
  "reinitialise-crm": () =>
    "Run the CRM’s start-up again. If calls then go through while the trunks stay as they are, the start-up was at fault.",
  "ask-other-carrier": () => "Watch another carrier’s trunk at the same moment. If it answers, the local network works.",
};
