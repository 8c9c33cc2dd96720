/** One verdict from many: what the agents saw, each by how many of them saw it, and what only the comparison shows. */
import { faultDomains, type Evidence, type FaultDomain, type Verdict } from "../diagnosis/model.ts";
import { verdictOf } from "../diagnosis/verdict.ts";
import { defaultPriors, evidenceWeights } from "../diagnosis/weights.ts";
import type { FleetReason } from "./model.ts";

const carriers = (weight: number) => ({ "carrier-signalling": weight, "carrier-routing": weight, "carrier-media": weight });

/** Log-odds of what only a comparison shows, beside the table of `diagnosis/weights.ts`: no journal's evidence. Judgement, like those. */
export const fleetWeights: Readonly<Record<FleetReason, Readonly<Partial<Record<FaultDomain, number>>>>> = {
  // Several devices do not break at one moment.
  "many-agents-hit": { "agent-device": -4, "remote-party": -2 },
  "one-agent-hit": { "agent-device": 1.5, "local-network": 1, ...carriers(-1) },
  "many-sites-hit": { "local-network": -4 },
  // A carrier that serves one agent well at that minute is not down.
  "same-trunk-worked": { "agent-device": 1, "local-network": 1, "crm-init": 0.5, ...carriers(-3) },
  "trunk-worked-for-nobody": carriers(1.5),
  // The same line carries the others' calls meanwhile, whatever its edge does to these.
  "one-crm-alone-fails": { "crm-config": 4, "crm-init": 4, ...carriers(-3) },
  "one-site-alone-fails": { "local-network": 3, "crm-config": 0.5, ...carriers(-2) },
  "one-kind-of-device-alone-fails": { "agent-device": 3, ...carriers(-2) },
  "other-trunk-worked": { "local-network": -2, "agent-device": -2, ...carriers(1) },
};

/** What one agent's reports say, on the common clock. */
export type AgentEvidence = readonly Evidence[];

/** @param hit evidence of those who met it. */
export function fleetVerdict(hit: readonly AgentEvidence[], reasons: readonly FleetReason[]): Verdict {
  const priors = Object.fromEntries(
    faultDomains.map((domain) => [
      domain,
      (defaultPriors[domain] ?? 0) + reasons.reduce((sum, reason) => sum + (fleetWeights[reason][domain] ?? 0), 0),
    ]),
  );
  return verdictOf(pooled(hit), { priors, isDegraded: true });
}

/** What half of them saw counts half. A kind that is not known here, from a newer version, is not weighed. */
function pooled(hit: readonly AgentEvidence[]): readonly Evidence[] {
  const kinds = new Map<string, { readonly seen: Evidence[]; readonly by: Set<number> }>();
  for (const [agent, evidence] of hit.entries())
    for (const item of evidence) {
      if (!Object.hasOwn(evidenceWeights, item.code)) continue;
      const key = JSON.stringify([item.code, item.params["trunk"], item.params["route"]]);
      const kind = kinds.get(key) ?? { seen: [], by: new Set() };
      kinds.set(key, kind);
      kind.seen.push(item);
      kind.by.add(agent);
    }
  return [...kinds.values()].flatMap(({ seen, by }) => {
    const [first] = seen;
    if (!first) return [];
    const share = by.size / hit.length;
    return [
      {
        ...first,
        firstMs: Math.min(...seen.map(({ firstMs }) => firstMs)),
        lastMs: Math.max(...seen.map(({ lastMs }) => lastMs)),
        count: seen.reduce((sum, { count }) => sum + count, 0),
        // Numbers of many journals' entries name none.
        seqs: [],
        weights: Object.fromEntries(Object.entries(first.weights).map(([domain, weight]) => [domain, weight * share])),
      },
    ];
  });
}
