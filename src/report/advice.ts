/** What to do now, and what to send to whom: codes only, from the verdict and what it rests on. */
import { actors, type Actor, type Evidence, type FaultDomain } from "../diagnosis/model.ts";
import type { EvidenceCode } from "../diagnosis/weights.ts";
import { withoutCallees } from "./callees.ts";
import type { ReportDocument } from "./document.ts";
import { wordOf, type Params, type StepCode } from "./language.ts";

export interface Step {
  readonly code: StepCode;
  readonly who: Actor;
  readonly params: Params;
}

export interface Advice {
  readonly steps: readonly Step[];
  /** To whom the report, or the ticket made of it, goes. `nobody` where it would be an accusation without grounds. */
  readonly sendTo: Actor;
}

type Choice = StepCode | ((params: Params) => StepCode);
type Choices = Readonly<Partial<Record<EvidenceCode, Choice>>>;

const ofStage = ({ error, status }: Params): StepCode => {
  if (error === "SecurityError") return "allow-by-policy";
  if (status === 401 || status === 403) return "mend-stage-access";
  return Number(status) >= 500 ? "mend-stage-server" : "mend-stage";
};

/** 401, 403 and 407 speak of the password; 404 to a REGISTER of the name (RFC 3261 §10.3). */
const ofAccount = ({ code }: Params): StepCode => (code === 404 ? "check-account-name" : "check-password");

/** The SIP codes and Q.850 causes that name what is wrong with a call of ours. */
const ofSettings = ({ code, cause }: Params): StepCode => {
  if (code === 484 || cause === 28) return "check-number-format";
  if (code === 488 || code === 606 || cause === 65 || cause === 88) return "check-codecs";
  return [29, 50, 55, 57, 79].includes(Number(cause)) || code === 501 ? "ask-for-right" : "check-call-settings";
};

/** By the names of the Media Capture specification's errors (W3C, getUserMedia). */
const ofMicrophone = ({ error }: Params): StepCode => wordOf(microphoneSteps, `${error ?? ""}`) ?? "allow-microphone";

const microphoneSteps: Readonly<Record<string, StepCode>> = {
  NotFoundError: "connect-microphone",
  NotReadableError: "free-microphone",
  OverconstrainedError: "choose-microphone",
};

const choices: Readonly<Record<FaultDomain, Choices>> = {
  "crm-init": {
    "critical-stage-failed": ofStage,
    "critical-stage-hung": "find-hang",
    "called-before-start": "start-before-calling",
    "called-without-trunks": "give-trunks",
    "token-too-old": "renew-token",
    "credentials-not-to-be-had": "give-credentials",
    "crm-said-it-failed": "read-crm-error",
    "control-failed-alone": "mend-crm-endpoint",
    "registrar-failed-after-starts": "take-back-contacts",
  },
  "crm-config": {
    "credentials-refused": ofAccount,
    "other-realm-refused": ofAccount,
    "digest-not-known": "change-digest",
    "credentials-not-to-be-had": "give-credentials",
    "call-refused-as-misconfigured": ofSettings,
    "callees-refuse-anonymous-caller": "check-call-settings",
    "calls-forbidden-on-trunk": "check-account-limits",
    "calls-forbidden-on-one-route": "ask-for-right",
    "broken-after-change-of-settings": "check-call-settings",
    "broken-after-one-change": "check-call-settings",
    "well-after-change-of-settings": "check-call-settings",
    "number-from-crm-unusable": "mend-number",
    "page-may-not-use-microphone": "allow-microphone-in-page",
    "page-forbids-socket": "allow-socket-in-page",
    "called-without-trunks": "give-trunks",
    "webrtc-missing": "change-browser",
    "edge-unreachable": "check-address",
    "edge-never-reached": "check-address",
    "no-trunk-ready": "check-address",
    "ice-servers-not-to-be-had": "check-ice-servers",
    "ice-servers-unreachable": "check-ice-servers",
    "dtls-never-completed": "check-webrtc-account",
    "dtls-never-completed-on-unrelated-trunks": "check-webrtc-account",
    "call-failed-on-unrelated-carriers": "check-number-format",
  },
  "agent-device": {
    "microphone-not-to-be-had": ofMicrophone,
    "microphone-muted-by-system": "unmute",
    "microphone-silent": "check-headset",
    "microphone-unplugged": "connect-microphone",
    "playback-blocked": "click-to-hear",
    "audio-output-not-to-be-had": "choose-output",
    "device-slept": "keep-awake",
    "clock-skewed": "set-clock",
  },
  "local-network": {
    "control-failed-with-stage": "check-internet",
    "control-failed-with-trunks": "check-internet",
    "host-says-offline": "check-internet",
    "another-socket-denied": "open-websocket",
    "new-connections-failed": "check-internet",
    "shared-host-refused-calls": "look-at-border-controller",
    "edge-unreachable": "open-websocket",
    "edge-fell-silent": "open-websocket",
    "registrar-silent": "open-websocket",
    "no-trunk-ready": "open-websocket",
    "ice-never-connected": "open-udp",
    "ice-never-connected-on-unrelated-trunks": "open-udp",
    "no-audio-on-trunk": "open-udp",
    "no-audio-on-unrelated-trunks": "open-udp",
    "dtls-never-completed-on-unrelated-trunks": "open-udp",
    "ice-servers-unreachable": "open-udp",
    "uplink-poor-on-trunk": "check-uplink",
    "uplink-poor-on-unrelated-trunks": "check-uplink",
    "audio-poor-on-trunk": "check-uplink",
    "audio-poor-on-unrelated-trunks": "check-uplink",
    "agent-address-changed": "steady-network",
    "audio-mended-by-restart": "steady-network",
  },
  "carrier-signalling": {
    "edge-unreachable": "look-at-edge",
    "edge-fell-silent": "look-at-edge",
    "edge-closed-by-server": "look-at-edge",
    "edge-refuses-probes": "look-at-edge",
    "registrar-failed": "look-at-registrar",
    "registrar-failed-after-starts": "look-at-registrar",
    "registrar-silent": "look-at-registrar",
    "nonce-stale-again-and-again": "look-at-refusals",
    "registered-account-refused": "look-at-refusals",
    "invite-refused-by-edge": "look-at-refusals",
    "refusals-without-reason": "look-at-refusals",
    "call-forgotten-by-edge": "look-at-dialogs",
    "talks-cut-at-one-length": "look-at-timers",
    "talks-ended-by-network": "look-at-ends",
    "holds-refused-on-trunk": "look-at-refusals",
  },
  "carrier-routing": {
    "route-refused-by-carrier": "look-at-route",
    "talks-ended-by-network": "look-at-ends",
    "refusals-without-reason": "look-at-route",
    "calls-forbidden-on-trunk": "look-at-refusals",
    "calls-forbidden-on-one-route": "look-at-refusals",
    "calls-unanswered-on-route": "look-at-route",
    "callee-answers-contradicted": "look-at-route",
    "callees-all-away-on-route": "look-at-route",
    "call-failed-after-ringing": "look-at-route",
    "invite-refused-by-edge": "look-at-refusals",
    "invite-swallowed-by-live-edge": "look-behind-edge",
    "call-stalled-after-trying": "look-behind-edge",
  },
  "carrier-media": {
    "media-relay-silent": "look-at-relay",
    "audio-lost-again-and-again-on-trunk": "look-at-relay",
    "media-relay-moved": "look-at-relay",
    "connected-without-audio": "look-at-relay",
    "audio-poor-on-trunk": "look-at-media-quality",
    "uplink-poor-on-trunk": "look-at-media-quality",
  },
  "remote-party": {},
  unknown: {},
};

/** Where nothing on record says more than the domain. */
const otherwise: Readonly<Record<FaultDomain, StepCode>> = {
  "crm-init": "compare-start-ups",
  "crm-config": "check-call-settings",
  "agent-device": "check-headset",
  "local-network": "check-internet",
  "carrier-signalling": "look-at-edge",
  "carrier-routing": "look-at-route",
  "carrier-media": "look-at-media",
  "remote-party": "check-callee",
  unknown: "keep-watching",
};

/** More than that is a list that nobody works through. */
const mostSteps = 3;

/** @returns no step where there is no verdict, or where only a test would tell: the verdict's `nextTest` is the step then. */
export function adviceOf(told: ReportDocument): Advice {
  const report = withoutCallees(told);
  const { verdict } = report;
  if (!verdict) return { steps: [], sendTo: "nobody" };
  const leader = verdict.leader ?? "unknown";
  if (verdict.conclusion === "inconclusive")
    return { steps: verdict.nextTest ? [] : [{ code: "keep-watching", who: "nobody", params: {} }], sendTo: "nobody" };

  const found = [...stepsOf(leader, verdict.reasonsFor, report), ...neverReached(report)];
  const steps = found.length > 0 ? found : [fallback(leader, verdict.reasonsFor, report)];
  const others = verdict.faults
    .slice(1)
    .map(({ domain, reasonsFor }) => stepsOf(domain, reasonsFor, report)[0] ?? fallback(domain, reasonsFor, report));
  return {
    steps: distinct([...steps.slice(0, mostSteps - Math.min(1, others.length)), ...others]).slice(0, mostSteps),
    sendTo: verdict.actor,
  };
}

/** The strongest reasons come first, as the verdict has them. */
function stepsOf(domain: FaultDomain, reasons: readonly Evidence[], report: ReportDocument): Step[] {
  const chosen = reasons.flatMap(({ code, params }) => {
    const choice = wordOf((wordOf(choices, domain) ?? {}) as Readonly<Record<string, Choice>>, code);
    return choice === undefined ? [] : [step(typeof choice === "function" ? choice(params) : choice, actorIn(domain), params, report)];
  });
  return distinct(chosen);
}

const actorIn = (domain: string): Actor => wordOf<Actor>(actors, domain) ?? "nobody";

const fallback = (domain: FaultDomain, reasons: readonly Evidence[], report: ReportDocument): Step =>
  step(wordOf<StepCode>(otherwise, domain) ?? "keep-watching", actorIn(domain), reasons[0]?.params ?? {}, report);

/** An edge that was never reached since the session began may have moved, or its address may never have been right. */
function neverReached(report: ReportDocument): Step[] {
  const { verdict, trunks, window } = report;
  const trunk = trunks.find(({ id }) => id === verdict?.trunkId);
  if (!trunk || verdict?.leader !== "carrier-signalling" || window.fromMs > sinceStartMs) return [];
  return wasReached(trunk, report)
    ? []
    : [
        step("look-at-edge", "carrier", { trunk: trunk.id, carrier: trunk.carrier }, report),
        step("check-address", "crm-administrator", { trunk: trunk.id, carrier: trunk.carrier }, report),
      ];
}

const wasReached = ({ id, flow }: ReportDocument["trunks"][number], { attempts }: ReportDocument): boolean =>
  flow.some(({ state }) => state === "open") || attempts.some(({ trunkId, codes }) => trunkId === id && codes.length > 0);

/** A window that begins this early shows all that the session saw. */
const sinceStartMs = 1_000;

function step(code: StepCode, who: Actor, params: Params, report: ReportDocument): Step {
  const { trunks, verdict } = report;
  const trunk = trunks.find(({ id }) => id === (params["trunk"] ?? verdict?.trunkId));
  const meant = trunk ? [trunk] : trunks;
  const hosts = meant.map(({ host }) => host).filter((host) => host !== "");
  const reached = meant.filter((one) => wasReached(one, report)).length;
  return { code, who, params: { ...(trunk && { trunk: trunk.id, carrier: trunk.carrier }), ...params, hosts: hosts.join(", "), reached } };
}

/** What is said of all trunks and of one again is said as it came first: by the stronger reason. */
const isSame = (one: Step, other: Step): boolean => {
  const [trunk, otherTrunk] = [one.params["trunk"], other.params["trunk"]];
  return one.code === other.code && (trunk === otherTrunk || trunk === undefined || otherTrunk === undefined);
};

const distinct = (steps: readonly Step[]) => steps.filter((step, index) => steps.findIndex((other) => isSame(step, other)) === index);
