/**
 * How much each kind of evidence says: log-odds (natural logarithm) for and against the domains. +0.7 doubles
 * the odds, +2.3 makes them ten times as good; a domain that is not named is not spoken of.
 *
 * The numbers are judgement, to be calibrated on recorded cases; what they must never do is in `rules.ts`.
 */
import type { FaultDomain } from "./model.ts";

export interface Weight {
  /** One vote per group: ten signs of one cause do not count ten times. */
  readonly group: string;
  readonly weights: Readonly<Partial<Record<FaultDomain, number>>>;
  readonly why: string;
  /** It tells of a fault. What is not a sign only weighs where there is one. */
  readonly sign?: true;
  /** It compares with something that was tried at the same moment: the strongest kind of evidence. */
  readonly control?: true;
}

const carriers = (weight: number) => ({ "carrier-signalling": weight, "carrier-routing": weight, "carrier-media": weight });

export const evidenceWeights = {
  // ── The CRM's start-up ──────────────────────────────────────────────────────────────────────────
  "critical-stage-failed": {
    group: "boot",
    weights: { "crm-init": 3 },
    sign: true,
    why: "A step without which the CRM does not work ended in an error of its own.",
  },
  "critical-stage-hung": {
    group: "boot",
    weights: { "crm-init": 3 },
    sign: true,
    why: "A hang stops the agent as a failure does, and the CRM itself may not notice it.",
  },
  "calls-refused-for-boot": {
    group: "boot-effect",
    weights: { "crm-init": 1.5 },
    sign: true,
    why: "These calls never left the agent: no carrier had a part in them.",
  },
  "called-before-start": {
    group: "boot-effect",
    weights: { "crm-init": 3.5 },
    sign: true,
    why: "The CRM let the agent dial before it had started the line.",
  },
  "trunks-well-while-boot-broken": {
    group: "boot-control",
    weights: { "crm-init": 1.5, "local-network": -3, ...carriers(-2) },
    control: true,
    why: "The edges answered at the very time at which the CRM could not start.",
  },
  "well-after-reinitialisation": {
    group: "boot-recovery",
    weights: { "crm-init": 3, "local-network": -1, ...carriers(-2.5) },
    control: true,
    why: "What was changed just before a recovery is suspect, when trunks were up throughout.",
  },
  "failing-after-reinitialisation": {
    group: "boot-recovery",
    weights: { "crm-init": -2, ...carriers(0.5) },
    control: true,
    why: "A fresh start of the CRM changed nothing.",
  },
  "boot-complete-before-failure": {
    group: "boot-order",
    weights: { "crm-init": -1.5 },
    why: "The start-up was over before anything failed; it may still have come up with wrong settings.",
  },
  "boot-complete-despite-failure": {
    group: "boot-order",
    weights: { "crm-init": -1.5, "local-network": -0.5 },
    control: true,
    why: "The start-up came through while the fault went on.",
  },
  "failed-before-boot-complete": {
    group: "boot-order",
    weights: { "crm-init": 1 },
    why: "What fails while the CRM is still coming up may fail because of it.",
  },

  // ── What unrelated things share ─────────────────────────────────────────────────────────────────
  "unrelated-trunks-failed-together": {
    group: "common-mode",
    weights: { "local-network": 3.5, ...carriers(-3) },
    sign: true,
    control: true,
    why: "Carriers that have nothing to do with one another seldom fail in the same seconds; what they share is near the agent.",
  },
  "control-failed-with-trunks": {
    group: "control",
    weights: { "local-network": 2.5, ...carriers(-2) },
    sign: true,
    control: true,
    why: "What is not SIP was out of reach at the same moment, and no trunk was left.",
  },
  "stage-failed-with-trunks": {
    group: "control",
    weights: { "local-network": 2.5, ...carriers(-2) },
    sign: true,
    control: true,
    why: "A step of the CRM's got no answer while no edge could be reached either: the network between is what they share.",
  },
  "control-failed-alone": {
    group: "control",
    weights: { "crm-init": 1.5, "local-network": -1.5 },
    control: true,
    why: "The CRM's own server failed while an edge could be reached.",
  },
  "control-well-while-trunk-failed": {
    group: "control",
    weights: { "local-network": -3, "carrier-signalling": 0.5 },
    control: true,
    why: "The agent's network carried what is not SIP.",
  },
  "other-carrier-well-meanwhile": {
    group: "other-carrier",
    weights: { "local-network": -2.5, "agent-device": -1.5, "crm-init": -0.5, "carrier-signalling": 1.5 },
    control: true,
    why: "Another carrier's edge answered over the same network, from the same device.",
  },
  "host-says-offline": {
    group: "host",
    weights: { "local-network": 1.5 },
    why: "navigator.onLine is a hint: false is mostly right, true means little.",
  },
  "device-slept": {
    group: "host",
    weights: { "agent-device": 2, ...carriers(-1.5) },
    why: "The wall clock ran on without us just before: the device slept, and sockets die in their sleep.",
  },

  // ── One carrier's edge ──────────────────────────────────────────────────────────────────────────
  "edge-unreachable": {
    group: "edge",
    weights: { "carrier-signalling": 2.5, "local-network": 1, "crm-config": 0.5 },
    sign: true,
    why: "A browser is not told why a socket does not open or ends as 1006 (RFC 6455 §7.1.5).",
  },
  "edge-fell-silent": {
    group: "edge",
    weights: { "carrier-signalling": 2, "local-network": 1.5 },
    sign: true,
    why: "Nothing was answered on an open socket: frozen there, or dropped on the way.",
  },
  "edge-closed-by-server": {
    group: "edge",
    weights: { "carrier-signalling": 3, "local-network": -1.5 },
    sign: true,
    why: "A close frame with 1001 or 1011–1013 is the server's own word that it stops (RFC 6455 §7.4.1).",
  },
  "registrar-failed": {
    group: "registrar",
    weights: { "carrier-signalling": 3, "local-network": -2 },
    sign: true,
    why: "The registrar itself said 5xx.",
  },
  "registrar-silent": {
    group: "registrar",
    weights: { "carrier-signalling": 1.5, "local-network": 0.5 },
    sign: true,
    why: "REGISTER got no answer on a socket that stayed open.",
  },
  "no-trunk-ready": {
    group: "no-trunk",
    weights: { "local-network": 0.5, "carrier-signalling": 0.5, "crm-config": 0.5 },
    sign: true,
    why: "No trunk was there to call with; why, other evidence must say.",
  },

  // ── One carrier's routes ────────────────────────────────────────────────────────────────────────
  "invite-swallowed-by-live-edge": {
    group: "invite",
    weights: { "carrier-routing": 2, "carrier-signalling": 1, "local-network": -2 },
    sign: true,
    control: true,
    why: "OPTIONS was answered on the same socket while the INVITE met silence (RFC 3261 §17.2.1: 100 within 200 ms).",
  },
  "call-stalled-after-trying": {
    group: "invite",
    weights: { "carrier-routing": 2, "carrier-signalling": 0.5, "local-network": -1 },
    sign: true,
    why: "100 came and then nothing: the edge took the call and could not place it.",
  },
  "invite-refused-by-edge": {
    group: "invite",
    weights: { "carrier-signalling": 2, "carrier-routing": 1.5, "local-network": -2 },
    sign: true,
    why: "5xx without a cause: a server's fault, of the edge or of what lies behind it (RFC 3261 §16.7 turns 503 into 500).",
  },
  "route-refused-by-carrier": {
    group: "route-cause",
    weights: { "carrier-routing": 3, "local-network": -2, "remote-party": -1 },
    sign: true,
    why: "The carrier named a cause that is a route's: no route, no circuit, congestion (ITU-T Q.850, RFC 3398 §8.2.6.1).",
  },
  "other-route-well-on-same-trunk": {
    group: "other-route",
    weights: { "carrier-routing": 1.5, "carrier-signalling": -2, "local-network": -1.5, "crm-init": -0.5 },
    control: true,
    why: "The trunk carried other destinations at the time: what failed is this route.",
  },
  "all-routes-failed-on-trunk": {
    group: "other-route",
    weights: { "carrier-signalling": 1.5, "carrier-routing": -1.5 },
    why: "Whatever was tried on this trunk failed: what failed is not one route.",
  },
  "same-route-well-on-other-trunk": {
    group: "other-trunk",
    weights: {
      "carrier-routing": 1.5,
      "carrier-signalling": 1.5,
      "remote-party": -3,
      "crm-config": -1,
      "crm-init": -1,
      "local-network": -2,
    },
    control: true,
    why: "The same destinations were reached another way, by the same CRM, from the same place.",
  },
  "call-failed-on-unrelated-carriers": {
    group: "other-trunk",
    weights: { "crm-config": 1, "remote-party": 1, "crm-init": 0.5, ...carriers(-2) },
    sign: true,
    control: true,
    why: "One call failed over carriers that share nothing: look at the number, the settings and the callee.",
  },

  // ── Audio ───────────────────────────────────────────────────────────────────────────────────────
  "no-audio-on-trunk": {
    group: "audio",
    weights: { "carrier-media": 2.5, "local-network": 1.5, "remote-party": 0.5 },
    sign: true,
    why: "Answered, and the parties did not hear each other; an ICE restart (RFC 8445 §9) did not help.",
  },
  "audio-poor-on-trunk": {
    group: "audio",
    weights: { "carrier-media": 1.5, "local-network": 2 },
    sign: true,
    why: "The E-model (ITU-T G.107) rates it unfit for a conversation: loss, jitter and delay arise on either network, most often on the agent's.",
  },
  "edge-well-without-audio": {
    group: "audio-edge",
    weights: { "carrier-media": 1, "carrier-signalling": -2, "local-network": -1 },
    control: true,
    why: "The edge answered while no audio came: the way to the carrier is open, for SIP at least.",
  },
  "audio-well-on-other-trunk": {
    group: "other-audio",
    weights: { "carrier-media": 2, "local-network": -2.5, "agent-device": -2, "crm-init": -1 },
    control: true,
    why: "Another carrier's calls had good audio over the same network, with the same headset.",
  },
  "no-audio-on-unrelated-trunks": {
    group: "other-audio",
    weights: { "local-network": 3, "agent-device": 0.5, ...carriers(-2.5) },
    sign: true,
    control: true,
    why: "Carriers that share nothing brought no audio: a firewall that lets SIP pass and not UDP is near the agent.",
  },
  "audio-well-on-same-trunk": {
    group: "same-audio",
    weights: { "carrier-media": -1, "remote-party": 1, "local-network": -1 },
    control: true,
    why: "Other calls on the trunk had good audio at the time: not all of it fails.",
  },
  "audio-mended-by-restart": {
    group: "audio-recovery",
    weights: { "local-network": 2, "carrier-media": -0.5 },
    sign: true,
    why: "New candidates brought it back: the old path had gone, as when a device changes its network.",
  },
  "microphone-silent": {
    group: "device",
    weights: { "agent-device": 4, ...carriers(-1) },
    sign: true,
    why: "The browser's own counters: nothing audible came from the microphone, or nothing left over a connection that was well.",
  },
  "call-forgotten-by-edge": {
    group: "dialog",
    weights: { "carrier-signalling": 2, "local-network": 0.5 },
    sign: true,
    why: "481 to a re-INVITE (RFC 3261 §12.2.1.2): the edge gave the call up with its socket, which a browser loses easily.",
  },

  // ── Settings, device, callee ────────────────────────────────────────────────────────────────────
  "credentials-refused": {
    group: "account",
    weights: { "crm-config": 3.5, "local-network": -2 },
    sign: true,
    why: "The registrar or the edge refused the account itself (401, 403, 404 or 407 after credentials).",
  },
  "credentials-not-to-be-had": {
    group: "account",
    weights: { "crm-config": 2, "crm-init": 1.5 },
    sign: true,
    why: "The CRM had no credentials to give: a setting is missing, or its token stage did not work.",
  },
  "call-refused-as-misconfigured": {
    group: "settings",
    weights: { "crm-config": 2.5, "local-network": -2 },
    sign: true,
    why: "The answer speaks of the caller's side: number format, codecs, rights (484, 488, Q.850 28, 50, 57, 65 …).",
  },
  "same-settings-worked-before": {
    group: "settings-before",
    weights: { "crm-config": -2 },
    control: true,
    why: "The same account carried the same kind of call a while ago.",
  },
  "microphone-not-to-be-had": {
    group: "device",
    weights: { "agent-device": 5 },
    sign: true,
    why: "The browser's own exception; no INVITE left.",
  },
  "callee-refused": {
    group: "callee",
    weights: { "remote-party": 3.5 },
    sign: true,
    why: "Busy, absent, declined: an answer of the callee's, and proof that the carrier got there (ITU-T E.425, NER).",
  },
} as const satisfies Record<string, Weight>;

export type EvidenceCode = keyof typeof evidenceWeights;

/** A row of the table, by its common shape. */
export const weightOf = (code: EvidenceCode): Weight => evidenceWeights[code];

/** Prior log-odds: what is common is believed sooner. */
export type Priors = Readonly<Partial<Record<FaultDomain, number>>>;

/** `unknown` holds what no evidence speaks for: the others must earn their lead. */
export const defaultPriors: Priors = { unknown: 1, "remote-party": -0.5 };

/** Evidence is worth half when it is this much older than the latest, in ms. */
export const halfLifeMs = 10 * 60_000;
