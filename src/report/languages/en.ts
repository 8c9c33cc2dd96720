/** English: plain, careful, neutral. Who said a thing is part of each sentence. */
import { wordOf, type Catalogue } from "../language.ts";
import { unit } from "./figures.ts";
import { sends, steps, withoutTicket } from "./en/advice.ts";
import { evidence, nextTests } from "./en/evidence.ts";
import { carrierOf, confidence, duration, moment, number, percent, plural, routeOf } from "./en/figures.ts";
import { labels } from "./en/labels.ts";
import { breakerStates, callEnds, failoverReasons, flowStates, outcomeClasses, refusals, registrationStates } from "./en/states.ts";
import { agent, statement, ticket } from "./en/audiences.ts";
import { codes } from "./en/codes.ts";
import { terms } from "./en/terms.ts";
import { timeline } from "./en/timeline.ts";

/** The sentences of this language. */
export const en: Catalogue = {
  tag: "en",
  direction: "ltr",
  labels,
  undecided: ([first, ...others]) =>
    first === undefined
      ? "The record does not show where the fault lies."
      : others.length > 0
        ? `The record does not settle where the fault lies. It is about as likely ${[first, ...others].join(" as ")}.`
        : `The record does not settle where the fault lies; it leans towards one ${first}.`,
  conclusions: {
    healthy: () => "Nothing on record points to a fault that somebody has to mend.",
    likely: (where) => `The fault likely lies ${where}.`,
    clear: (where) => `The fault lies ${where}.`,
  },
  callees: {
    inconclusive: "The record does not settle whether anything is wrong. Perhaps nothing is, and the people called were only busy or away.",
    likely:
      "Probably nothing is wrong: the carriers delivered the calls, and the people called were busy or away, declined, or no longer have that number.",
    clear:
      "Nothing is wrong: the carriers delivered the calls, and the people called were busy or away, declined, or no longer have that number.",
  },
  calleesBeside: {
    likely:
      "Other calls that reached nobody were probably delivered: the people called were busy or away, declined, or no longer have that number, which is no fault.",
    clear:
      "Other calls that reached nobody were delivered: the people called were busy or away, declined, or no longer have that number, which is no fault.",
  },
  alsoAt: (wheres) => `Another fault lies ${wheres.join(", and another ")}.`,
  domains: {
    "crm-init": { name: "CRM start-up", at: () => "in the start-up of the CRM" },
    "crm-config": { name: "CRM or account settings", at: () => "in the settings of the CRM or of the SIP account" },
    "agent-device": { name: "Agent’s device", at: () => "in the agent’s device" },
    "local-network": { name: "Local network", at: () => "in the local network or its Internet access" },
    "carrier-signalling": { name: "Carrier’s signalling", at: (carrier) => `in the SIP edge or registrar of ${carrier ?? "the carrier"}` },
    "carrier-routing": { name: "Carrier’s routing", at: (carrier) => `in the routing of calls at ${carrier ?? "the carrier"}` },
    "carrier-media": { name: "Carrier’s audio", at: (carrier) => `in the audio path of ${carrier ?? "the carrier"}` },
    "remote-party": { name: "Called party", at: () => "on the called party’s side" },
    unknown: { name: "Cause not on record", at: () => "somewhere that the record does not show" },
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
  evidence,
  evidenceSaid: { peer: "said by the other side", inferred: "inferred by us", observed: "observed here" },
  nextTests,
  steps,
  terms,
  agent,
  ticket,
  statement,
  ...codes,
  sends,
  withoutTicket,
  nothingToSend: "There is nothing to send: neither the line nor a carrier is at fault.",
  strength: (weight) => (Math.abs(weight) >= 2.5 ? "strong" : Math.abs(weight) >= 1.5 ? "moderate" : "slight"),
  confidence,
  carrierOf,
  timeline,
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
    "called-numbers": "called numbers but for the last two digits",
    "caller-numbers": "callers’ numbers but for the last two digits",
    "caller-ids": "the numbers that customers are shown but for the last two digits",
    names: "names",
    credentials: "passwords and tokens",
    "message-bodies": "SIP messages and SDP",
    "error-messages": "messages of the CRM’s errors",
    "reason-text": "free text of SIP answers",
  },
  microphoneKinds: { headset: "headset", bluetooth: "Bluetooth", "built-in": "built in", webcam: "webcam", other: "another kind" },
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
  madeUnder: ({ run = 1, settings = 1 }) =>
    [run > 1 ? `start-up run ${run}` : undefined, settings > 1 ? `settings version ${settings}` : undefined].filter(Boolean).join("; "),
  reinitialised: () => "Service came back right after a new start-up of the CRM, while the trunks had worked throughout.",
  someCalls: (shown, all) => `The picture shows ${shown} of ${all} calls, those that met a fault first; the list below has more of them.`,
  someListed: (shown, all) =>
    `The first ${shown} of ${all} calls, those that met a fault before the others; the report as JSON has them all.`,
  someMoments: (shown, all) => `The first and last of ${all} moments, ${shown} in all; the others are in the journal.`,
  callsCarried: (count) => `${plural(count, "call")} carried`,
  linesIn: (count) => plural(count, "line"),
  reasonsMore: (count) => plural(count, "weaker reason"),
  sameAgain: (count, until) => `The same again ${plural(count, "time")}, until ${until}.`,
  subject: ({ subject, incidentId }) => (subject === "incident" ? `Incident ${incidentId ?? ""}`.trim() : "Session"),
  seen: (count) => (count === 1 ? "once" : `${count} times`),
  entries: ({ entries, firstSeq, lastSeq, unreadable = 0 }) =>
    `${plural(entries, "entry", "entries")}${firstSeq === undefined ? "" : `, nos. ${firstSeq} to ${lastSeq ?? firstSeq}`}${unreadable === 0 ? "" : `; ${plural(unreadable, "line")} of the journal damaged where the page had left it: what they told is missing here`}`,
  clockSkew: (by, byMs) => (byMs >= 0 ? `ours was ${duration(byMs)} ahead of ${by}’s` : `ours was ${duration(-byMs)} behind ${by}’s`),
  pair: (name, value) => `${name}: ${value}`,
  duration,
  percent,
  moment,
  number,
};
