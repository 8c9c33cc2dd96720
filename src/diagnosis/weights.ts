/**
 * How much each kind of evidence says, in log-odds (natural logarithm) for and against the domains: +0.7
 * doubles the odds, +2.3 makes them ten times as good. One table; `docs/diagnosis.md` shows it, a test holds
 * both equal. A domain that is not named is not spoken of.
 *
 * The numbers are judgement, to be held against recorded cases; what they must never do is in the tests.
 */
import type { FaultDomain } from "./model.ts";

export interface Weight {
  /** One vote per group: ten signs of one cause do not count ten times. */
  readonly group: string;
  readonly weights: Readonly<Partial<Record<FaultDomain, number>>>;
}

const againstCarriers = (weight: number) => ({ "carrier-signalling": weight, "carrier-routing": weight, "carrier-media": weight });

export const evidenceWeights = {
  // The CRM's start-up.
  "critical-stage-failed": { group: "boot", weights: { "crm-init": 3 } },
  "critical-stage-hung": { group: "boot", weights: { "crm-init": 3 } },
  "calls-refused-for-boot": { group: "boot-effect", weights: { "crm-init": 1.5 } },
  "trunks-well-while-boot-broken": { group: "boot-control", weights: { "crm-init": 1.5, "local-network": -3, ...againstCarriers(-3) } },
  "well-after-reinitialisation": { group: "boot-recovery", weights: { "crm-init": 2, ...againstCarriers(-1) } },
  "boot-complete-before-failure": { group: "boot-before", weights: { "crm-init": -3 } },

  // What unrelated things share.
  "unrelated-trunks-failed-together": { group: "common-mode", weights: { "local-network": 3.5, ...againstCarriers(-3) } },
  "control-failed-with-trunks": { group: "control", weights: { "local-network": 2.5, "crm-init": 0.5, ...againstCarriers(-2) } },
  "control-failed-alone": { group: "control", weights: { "crm-init": 1.5, "local-network": -1 } },
  "control-well-while-trunk-failed": { group: "control", weights: { "local-network": -3, "carrier-signalling": 0.5, "carrier-routing": 0.5 } },
  "other-carrier-well-meanwhile": { group: "other-carrier", weights: { "local-network": -2.5, "agent-device": -1.5, "carrier-signalling": 1, "carrier-routing": 1 } },
  "host-says-offline": { group: "host-network", weights: { "local-network": 2 } },

  // One carrier's edge.
  "edge-unreachable": { group: "edge", weights: { "carrier-signalling": 2.5, "local-network": 1, "crm-config": 0.5 } },
  "edge-fell-silent": { group: "edge", weights: { "carrier-signalling": 2, "local-network": 1.5 } },
  "registrar-failed": { group: "registrar", weights: { "carrier-signalling": 3 } },
  "registrar-silent": { group: "registrar", weights: { "carrier-signalling": 1.5, "local-network": 0.5 } },
  "invite-refused-by-edge": { group: "invite", weights: { "carrier-signalling": 2, "carrier-routing": 1.5 } },

  // One carrier's routes.
  "invite-swallowed-by-live-edge": { group: "invite", weights: { "carrier-routing": 2.5, "carrier-signalling": 1.5, "local-network": -2 } },
  "call-stalled-after-trying": { group: "invite", weights: { "carrier-routing": 2, "carrier-signalling": 0.5 } },
  "route-refused-by-carrier": { group: "route-cause", weights: { "carrier-routing": 3.5 } },
  "other-route-well-on-same-trunk": { group: "other-route", weights: { "carrier-routing": 2.5, "carrier-signalling": -2, "local-network": -1 } },
  "all-routes-failed-on-trunk": { group: "other-route", weights: { "carrier-signalling": 1.5, "carrier-routing": -1 } },
  "same-route-well-on-other-trunk": { group: "other-trunk", weights: { "carrier-routing": 1.5, "carrier-signalling": 1, "remote-party": -3, "crm-config": -1 } },

  // Settings, device, callee.
  "credentials-refused": { group: "account", weights: { "crm-config": 3.5 } },
  "credentials-not-to-be-had": { group: "account", weights: { "crm-config": 1.5, "crm-init": 1.5 } },
  "call-refused-as-misconfigured": { group: "settings", weights: { "crm-config": 2.5 } },
  "same-settings-worked-before": { group: "settings-before", weights: { "crm-config": -2 } },
  "microphone-not-to-be-had": { group: "device", weights: { "agent-device": 5 } },
  "callee-refused": { group: "callee", weights: { "remote-party": 2 } },
} as const satisfies Record<string, Weight>;

export type EvidenceCode = keyof typeof evidenceWeights;
