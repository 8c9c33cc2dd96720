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
  /** It tells of a fault. What is not a sign only weighs where there is one. */
  readonly sign?: true;
  /** It accounts for an incident: where nothing else tells of a fault there is none. */
  readonly excuses?: true;
  /** It compares with something that was tried at the same moment: the strongest kind of evidence. */
  readonly control?: true;
  /** Seen again, it is less likely to be a coincidence, or one server's mood. */
  readonly repeats?: true;
}

const carriers = (weight: number) => ({ "carrier-signalling": weight, "carrier-routing": weight, "carrier-media": weight });

export const evidenceWeights = {
  // ── The CRM's start-up ──────────────────────────────────────────────────────────────────────────
  "critical-stage-failed": {
    group: "boot",
    weights: { "crm-init": 3 },
    sign: true,
  },
  "critical-stage-hung": {
    group: "boot",
    weights: { "crm-init": 3 },
    sign: true,
  },
  "calls-refused-for-boot": {
    group: "boot-effect",
    weights: { "crm-init": 1.5 },
    sign: true,
  },
  "called-without-trunks": {
    group: "trunks",
    weights: { "crm-config": 3.5, "crm-init": 2.5, "local-network": -1, ...carriers(-2) },
    sign: true,
  },
  "called-before-start": {
    group: "boot-effect",
    weights: { "crm-init": 3.5 },
    sign: true,
  },
  "trunks-well-while-boot-broken": {
    group: "boot-control",
    weights: { "crm-init": 1.5, "local-network": -3, ...carriers(-2) },
    control: true,
  },
  "well-after-reinitialisation": {
    group: "boot-recovery",
    weights: { "crm-init": 3.5, "local-network": -1, ...carriers(-3) },
    control: true,
    repeats: true,
  },
  "well-as-reinitialised": {
    group: "boot-recovery",
    weights: { "crm-init": 1, ...carriers(-0.5) },
    control: true,
  },
  "well-after-one-start": {
    group: "boot-order",
    weights: { "crm-init": 0.25 },
  },
  "well-after-untried-start": {
    group: "boot-recovery",
    weights: { "crm-init": 0.5 },
  },
  "well-without-reinitialisation": {
    group: "boot-recovery",
    weights: { "crm-init": -2, ...carriers(0.5) },
    control: true,
  },
  "failing-after-reinitialisation": {
    group: "boot-recovery",
    weights: { "crm-init": -2, ...carriers(0.5) },
    control: true,
  },
  "boot-complete-before-failure": {
    group: "boot-order",
    weights: { "crm-init": -1.5 },
  },
  "boot-complete-despite-failure": {
    group: "boot-order",
    weights: { "crm-init": -1.5, "local-network": -0.5 },
    control: true,
  },
  "failed-before-boot-complete": {
    group: "boot-order",
    weights: { "crm-init": 1 },
  },

  "broken-by-start": {
    group: "boot-order",
    weights: { "crm-init": 0.75 },
    control: true,
    repeats: true,
  },
  "broken-after-one-start": {
    group: "boot-order",
    weights: { "crm-init": 0.25 },
    control: true,
  },
  "edge-lost-with-start": {
    group: "boot-edge",
    weights: { "crm-init": 3, "crm-config": 2, ...carriers(-1.5) },
    control: true,
    repeats: true,
  },
  "edge-back-with-start": {
    group: "boot-recovery",
    weights: { "crm-init": 3.5, "local-network": -1, ...carriers(-3) },
    control: true,
    repeats: true,
  },
  "worked-since-initialisation": {
    group: "boot-order",
    weights: { "crm-init": -2.5 },
    control: true,
  },
  "never-worked-since-initialisation": {
    group: "boot-order",
    weights: { "crm-init": 0.25 },
  },
  "stage-failed-with-calls": {
    group: "boot-part",
    weights: { "crm-init": 0.75 },
    control: true,
    repeats: true,
  },
  "crm-said-it-failed": {
    group: "crm-own",
    weights: { "crm-init": 1 },
    sign: true,
  },
  "number-from-crm-unusable": {
    group: "click-to-dial",
    weights: { "crm-config": 2.5 },
    sign: true,
  },

  // ── What unrelated things share ─────────────────────────────────────────────────────────────────
  "unrelated-trunks-failed-together": {
    group: "common-mode",
    weights: { "local-network": 3.5, ...carriers(-3) },
    sign: true,
    control: true,
  },
  "unrelated-trunks-silent-in-turn": {
    group: "common-mode",
    weights: { "local-network": 2.5, ...carriers(-2) },
    sign: true,
    control: true,
  },
  "another-socket-denied": {
    group: "common-mode",
    weights: { "local-network": 3, ...carriers(-2.5) },
    sign: true,
    control: true,
  },
  "shared-host-refused-calls": {
    group: "common-mode",
    weights: { "local-network": 3.5, ...carriers(-3) },
    sign: true,
    control: true,
  },
  "control-failed-with-trunks": {
    group: "control",
    weights: { "local-network": 2.5, ...carriers(-2) },
    sign: true,
    control: true,
  },
  "stage-failed-with-trunks": {
    group: "control",
    weights: { "local-network": 2.5, ...carriers(-2) },
    sign: true,
    control: true,
  },
  "control-failed-with-stage": {
    group: "control",
    weights: { "local-network": 3, "crm-init": 0.25, ...carriers(-2) },
    sign: true,
    control: true,
  },
  "new-connections-failed": {
    group: "control",
    weights: { "local-network": 2.5, "crm-init": -1, ...carriers(-1) },
    sign: true,
  },
  "control-failed-alone": {
    group: "control",
    weights: { "crm-init": 1.5, "local-network": -1.5 },
    control: true,
  },
  "control-well-while-trunk-failed": {
    group: "control",
    weights: { "local-network": -3, "carrier-signalling": 0.5 },
    control: true,
  },
  "control-well-while-all-trunks-failed": {
    group: "control",
    weights: { "local-network": 0.5, "crm-init": -0.5 },
    control: true,
  },
  "other-carrier-well-meanwhile": {
    group: "other-carrier",
    weights: { "local-network": -2.5, "agent-device": -1.5, "crm-init": -0.5, "carrier-signalling": 1.5 },
    control: true,
  },
  "other-page-met-it-too": {
    group: "other-page",
    weights: { "crm-init": -1, ...carriers(0.5) },
    control: true,
  },
  "last-page-met-it-too": {
    group: "other-page",
    weights: { "crm-init": -1, ...carriers(0.5) },
    control: true,
  },
  "others-not-heard-since": {
    group: "other-carrier",
    weights: { "crm-init": -1, ...carriers(-1) },
  },
  "nobody-heard-beside-stage": {
    group: "boot-control",
    weights: { "local-network": 1, "crm-init": -0.75 },
  },
  "host-says-offline": {
    group: "host",
    weights: { "local-network": 1.5 },
  },
  "device-slept": {
    group: "host",
    weights: { "agent-device": 4, ...carriers(-1.5) },
    sign: true,
  },

  // ── One carrier's edge ──────────────────────────────────────────────────────────────────────────
  "edge-unreachable": {
    group: "edge",
    weights: { "carrier-signalling": 2.5, "local-network": 1, "crm-config": 0.5 },
    sign: true,
  },
  "edge-never-reached": {
    group: "edge",
    weights: { "crm-config": 2, "carrier-signalling": 1, "local-network": 0.5 },
    sign: true,
  },
  "edge-fell-silent": {
    group: "edge",
    weights: { "carrier-signalling": 2, "local-network": 1.5 },
    sign: true,
  },
  "edge-answers-late": {
    group: "edge",
    weights: { "carrier-signalling": 1, "local-network": 1.5 },
    sign: true,
  },
  "edge-closed-by-server": {
    group: "edge",
    weights: { "carrier-signalling": 3, "local-network": -1.5 },
    sign: true,
  },
  // No sign: a probe that is refused alone harms nobody.
  "edge-refuses-probes": {
    group: "edge-own",
    weights: { "carrier-signalling": 2, "local-network": -1.5 },
    repeats: true,
  },
  // Whose spelling or whose reading is wrong, nothing here can tell: but the network carried it.
  "messages-unreadable": {
    group: "unreadable",
    weights: { unknown: 1, "local-network": -2 },
    sign: true,
  },
  "registrar-failed": {
    group: "registrar",
    weights: { "carrier-signalling": 3, "local-network": -2 },
    sign: true,
    repeats: true,
  },
  "registrar-failed-after-starts": {
    group: "registrar",
    weights: { "crm-init": 2.5, "carrier-signalling": 2, "crm-config": 1.5, "local-network": -2 },
    sign: true,
  },
  "registrar-silent": {
    group: "registrar",
    weights: { "carrier-signalling": 1.5, "local-network": 0.5 },
    sign: true,
  },
  "no-trunk-ready": {
    group: "no-trunk",
    weights: { "local-network": 0.5, "carrier-signalling": 0.5, "crm-config": 0.5 },
    sign: true,
  },

  // ── One carrier's routes ────────────────────────────────────────────────────────────────────────
  "invite-swallowed-by-live-edge": {
    group: "invite",
    weights: { "carrier-routing": 2.5, "carrier-signalling": 0.5, "local-network": -2 },
    sign: true,
    control: true,
  },
  "call-stalled-after-trying": {
    group: "invite",
    weights: { "carrier-routing": 2.5, "carrier-signalling": 0.5, "local-network": -1 },
    sign: true,
  },
  "invite-refused-by-edge": {
    group: "invite",
    weights: { "carrier-signalling": 2, "carrier-routing": 1.5, "local-network": -2 },
    sign: true,
  },
  "route-refused-by-carrier": {
    group: "route-cause",
    weights: { "carrier-routing": 3, "local-network": -2, "remote-party": -1 },
    sign: true,
    repeats: true,
  },
  "call-failed-after-ringing": {
    group: "invite",
    weights: { "carrier-routing": 1.25, "remote-party": 1, "local-network": -2 },
    sign: true,
  },
  "numbers-unknown-on-route": {
    group: "invite",
    weights: { "crm-config": 2.25, "carrier-routing": 0.5, "remote-party": 0.5, "local-network": -2, "agent-device": -1 },
    sign: true,
  },
  "refusals-without-reason": {
    group: "invite",
    weights: { "carrier-routing": 2, "carrier-signalling": 1, "crm-config": 1, "local-network": -2, "agent-device": -1 },
    sign: true,
  },
  "calls-forbidden-on-trunk": {
    group: "forbidden",
    weights: { "crm-config": 2, "carrier-routing": 1.5, "local-network": -2, "agent-device": -1 },
    sign: true,
  },
  "calls-forbidden-on-one-route": {
    group: "forbidden",
    weights: { "crm-config": 1.5, "carrier-routing": 2, "local-network": -2, "agent-device": -1 },
    sign: true,
  },
  "calls-unanswered-on-route": {
    group: "invite",
    weights: { "carrier-routing": 3, "remote-party": 0.5, "local-network": -2, "agent-device": -1 },
    sign: true,
    control: true,
  },
  "callee-answers-between-starts": {
    group: "invite",
    weights: { "crm-init": 1.5, "crm-config": 0.5 },
    sign: true,
  },
  "callee-answers-contradicted": {
    group: "invite",
    weights: {
      "carrier-routing": 2.5,
      "carrier-signalling": 0.5,
      "crm-config": 0.5,
      "remote-party": 0.5,
      "local-network": -2,
      "agent-device": -1,
    },
    sign: true,
    control: true,
  },
  "call-refused-in-passing": {
    group: "passing",
    weights: { ...carriers(-0.5) },
    excuses: true,
  },
  "callees-all-away-on-route": {
    group: "invite",
    weights: { "carrier-routing": 1.75, "remote-party": 1.5, "local-network": -2, "agent-device": -1 },
    sign: true,
  },
  "other-route-well-on-same-trunk": {
    group: "other-route",
    weights: { "carrier-routing": 1.5, "carrier-signalling": -2, "local-network": -1.5, "crm-init": -0.5 },
    control: true,
  },
  "all-routes-failed-on-trunk": {
    group: "other-route",
    weights: { "carrier-signalling": 1.5, "carrier-routing": -1.5 },
  },
  "failures-on-one-route-only": {
    group: "other-route",
    weights: { "carrier-routing": 0.5, "carrier-signalling": -0.25 },
    repeats: true,
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
  },
  "same-number-well-on-other-trunk": {
    group: "other-trunk",
    weights: {
      "carrier-routing": 2.5,
      "carrier-signalling": 0.5,
      "remote-party": -3,
      "crm-config": -3,
      "crm-init": -1,
      "local-network": -2,
    },
    control: true,
  },
  "same-number-well-at-other-time": {
    group: "number",
    weights: { "crm-config": -2, "remote-party": -2 },
  },
  "call-failed-on-unrelated-carriers": {
    group: "other-trunk",
    weights: { "crm-config": 1, "remote-party": 1, "crm-init": 0.5, unknown: 0.5, ...carriers(-2) },
    sign: true,
    control: true,
  },

  // ── Audio ───────────────────────────────────────────────────────────────────────────────────────
  "no-audio-on-trunk": {
    group: "audio",
    weights: { "carrier-media": 2.5, "local-network": 1.5, "remote-party": 0.5 },
    sign: true,
  },
  "ice-never-connected": {
    group: "audio-path",
    weights: { "local-network": 2, "carrier-media": -1, "remote-party": -2 },
    sign: true,
  },
  "dtls-never-completed": {
    group: "audio-path",
    weights: { "carrier-media": -1, "crm-config": 1, unknown: 1.5, "local-network": -2, "remote-party": -1 },
    sign: true,
  },
  "media-relay-silent": {
    group: "audio-path",
    weights: { "carrier-media": 1, "local-network": 0.5, "remote-party": -2 },
    sign: true,
  },
  "connected-without-audio": {
    group: "audio-path",
    weights: { "carrier-media": 2, "remote-party": 0.5, "local-network": -2.5, "agent-device": -1 },
    sign: true,
    control: true,
  },
  "audio-poor-on-trunk": {
    group: "audio",
    weights: { "carrier-media": 1.5, "local-network": 2 },
    sign: true,
  },
  "uplink-poor-on-trunk": {
    group: "audio",
    weights: { "local-network": 2.5, "carrier-media": 1 },
    sign: true,
  },
  "edge-well-without-audio": {
    group: "audio-edge",
    weights: { "carrier-media": 0.5, "carrier-signalling": -2 },
    control: true,
  },
  "audio-well-on-other-trunk": {
    group: "other-audio",
    weights: { "carrier-media": 2, "local-network": -2.5, "agent-device": -2, "crm-init": -1 },
    control: true,
  },
  "no-audio-on-unrelated-trunks": {
    group: "other-audio",
    weights: { "local-network": 3, "agent-device": 0.5, ...carriers(-2.5) },
    sign: true,
    control: true,
  },
  "audio-poor-on-unrelated-trunks": {
    group: "other-audio",
    weights: { "local-network": 2.5, "agent-device": 0.5, ...carriers(-2) },
    sign: true,
    control: true,
  },
  "ice-never-connected-on-unrelated-trunks": {
    group: "other-audio",
    weights: { "local-network": 3.5, "agent-device": 0.5, ...carriers(-3) },
    sign: true,
    control: true,
  },
  "dtls-never-completed-on-unrelated-trunks": {
    group: "other-audio",
    weights: { "crm-config": 1.5, unknown: 1.5, "agent-device": 0.5, "local-network": 1, ...carriers(-2.5) },
    sign: true,
    control: true,
  },
  "uplink-poor-on-unrelated-trunks": {
    group: "other-audio",
    weights: { "local-network": 3, "agent-device": 0.5, ...carriers(-2.5) },
    sign: true,
    control: true,
  },
  "audio-well-on-same-trunk": {
    group: "same-audio",
    weights: { "carrier-media": -1, "remote-party": 1, "local-network": -1 },
    control: true,
  },
  "audio-mended-by-restart": {
    group: "audio-recovery",
    weights: { "local-network": 2, "carrier-media": -0.5 },
    sign: true,
  },
  "audio-lost-again-and-again-on-trunk": {
    group: "audio-recovery",
    weights: { "carrier-media": 1.5, "local-network": 1.25 },
    sign: true,
  },
  "media-relay-moved": {
    group: "audio-recovery",
    weights: { "carrier-media": 3, "local-network": -2 },
    sign: true,
  },
  "agent-address-changed": {
    group: "audio-recovery",
    weights: { "local-network": 3.5, ...carriers(-2) },
    sign: true,
  },
  "microphone-muted-by-system": {
    group: "device",
    weights: { "agent-device": 4, ...carriers(-1) },
    sign: true,
  },
  "microphone-silent": {
    group: "device",
    weights: { "agent-device": 4, ...carriers(-1) },
    sign: true,
  },
  // No sign: where another took its place the call went on; where none did, what the customer did not hear is one.
  "microphone-unplugged": {
    group: "device",
    weights: { "agent-device": 3, ...carriers(-1) },
  },
  "call-forgotten-by-edge": {
    group: "dialog",
    weights: { "carrier-signalling": 2, "local-network": 0.5 },
    sign: true,
  },

  "talks-cut-at-one-length": {
    group: "talk",
    weights: { "carrier-signalling": 3, "carrier-routing": 1, "remote-party": -2, "local-network": -2, "agent-device": -1 },
    sign: true,
    control: true,
  },
  "talks-ended-by-network": {
    group: "talk",
    weights: { "carrier-signalling": 2.5, "carrier-routing": 2, "remote-party": -1.5, "local-network": -2, "agent-device": -1 },
    sign: true,
    control: true,
  },
  "holds-refused-on-trunk": {
    group: "hold",
    weights: { "carrier-signalling": 3, "remote-party": -2, "local-network": -2, "agent-device": -1 },
    sign: true,
    control: true,
  },

  // ── Settings, device, callee ────────────────────────────────────────────────────────────────────
  "credentials-refused": {
    group: "account",
    weights: { "crm-config": 4, "local-network": -2 },
    sign: true,
    repeats: true,
  },
  "nonce-stale-again-and-again": {
    group: "account",
    weights: { "carrier-signalling": 3.5, "local-network": -2 },
    sign: true,
    repeats: true,
  },
  "registered-account-refused": {
    group: "account",
    weights: { "carrier-signalling": 2.5, "crm-config": 1, "local-network": -2 },
    sign: true,
    repeats: true,
  },
  "other-realm-refused": {
    group: "account",
    weights: { "crm-config": 2.5, "carrier-signalling": 1.5, "local-network": -2 },
    sign: true,
  },
  "account-accepted-before": {
    group: "account-before",
    weights: { "crm-config": -1.5, "carrier-signalling": 0.5 },
    control: true,
  },
  "credentials-not-to-be-had": {
    group: "account",
    weights: { "crm-config": 2, "crm-init": 1.5 },
    sign: true,
  },
  "digest-not-known": {
    group: "account",
    weights: { "crm-config": 4, "local-network": -2 },
    sign: true,
  },
  "call-refused-as-malformed": {
    group: "settings",
    weights: { "crm-config": 2, "carrier-signalling": 0.75, "local-network": -2 },
    sign: true,
  },
  "call-refused-as-misconfigured": {
    group: "settings",
    weights: { "crm-config": 3.5, "local-network": -2 },
    sign: true,
    repeats: true,
  },
  "callees-refuse-anonymous-caller": {
    group: "settings",
    weights: { "crm-config": 3.5, "local-network": -2, "remote-party": -1 },
    sign: true,
  },
  "broken-after-change-of-settings": {
    group: "settings-effect",
    weights: { "crm-config": 3, ...carriers(-1) },
    repeats: true,
  },
  "broken-after-one-change": {
    group: "settings-effect",
    weights: { "crm-config": 0.25 },
    control: true,
  },
  "well-after-change-of-settings": {
    group: "settings-recovery",
    weights: { "crm-config": 2.5, ...carriers(-1.5) },
    control: true,
    repeats: true,
  },
  "same-settings-worked-before": {
    group: "settings-before",
    weights: { "crm-config": -2 },
    control: true,
  },
  "microphone-not-to-be-had": {
    group: "device",
    weights: { "agent-device": 5 },
    sign: true,
  },
  "page-may-not-use-microphone": {
    group: "page",
    weights: { "crm-config": 4 },
    sign: true,
  },
  "page-forbids-socket": {
    group: "page",
    weights: { "crm-config": 4, "local-network": -2, ...carriers(-1) },
    sign: true,
  },
  "playback-blocked": {
    group: "page",
    weights: { "agent-device": 3.5, "crm-config": 1.5, ...carriers(-1) },
    sign: true,
  },
  "webrtc-missing": {
    group: "page",
    weights: { "crm-config": 4, ...carriers(-1) },
    sign: true,
  },
  "audio-output-not-to-be-had": {
    group: "audio-output",
    weights: { "agent-device": 2 },
    sign: true,
  },
  "ice-servers-unreachable": {
    group: "ice-servers",
    weights: { "local-network": 2, "crm-config": 1 },
    sign: true,
  },
  "ice-servers-not-to-be-had": {
    group: "ice-servers",
    weights: { "crm-config": 5, "crm-init": 3, "local-network": -3, ...carriers(-2) },
    sign: true,
  },
  "clock-skewed": {
    group: "clock",
    weights: { "agent-device": 1 },
  },
  "token-too-old": {
    group: "token",
    weights: { "crm-init": 2.5 },
    sign: true,
  },
  "callee-refused": {
    group: "callee",
    weights: { "remote-party": 3.5 },
    sign: true,
  },
} as const satisfies Record<string, Weight>;

export type EvidenceCode = keyof typeof evidenceWeights;

/** A row of the table, by its common shape. */
export const weightOf = (code: EvidenceCode): Weight => evidenceWeights[code];

/** Prior log-odds: what is common is believed sooner. */
export type Priors = Readonly<Partial<Record<FaultDomain, number>>>;

/** `unknown` holds what no evidence speaks for: the others must earn their lead. */
export const defaultPriors: Priors = { unknown: 1, "remote-party": -0.5 };

/** All evidence counts so much more than the table says: one factor, fitted on the half of the corpus that is for tuning (docs/eval.md). */
export const sharpness = 1.5;

/**
 * In hindsight it counts so much more again: of an incident that is over all was seen that there was to see, and doubt is for as long as it lasts.
 * The tuning half would have 1.2, with which the scored half saw one side blamed for the other's fault (docs/diagnosis.md).
 */
export const hindsight = 1.1;

/** What repeats counts so much more each time its number doubles, and never more than so much. */
export const perDoubling = 0.25;
export const repeatedAtMost = 1.5;

/** Evidence is worth half when it is this much older than the latest, in ms. */
export const halfLifeMs = 10 * 60_000;
