/** What a scenario came to, counted from the agents' call objects, their journals and the carriers' logs. */
import type { Entry, FaultDomain, Incident } from "linekeeper";
import type { Agent, PlacedCall } from "./agent.ts";
import type { Scenario } from "./scenarios.ts";
import type { Scene } from "./scene.ts";

export interface Result {
  readonly scenario: string;
  readonly injected: FaultDomain | "healthy";
  /** What the agents' SDKs concluded, most frequent first, with how many said so. */
  readonly verdicts: readonly { readonly domain: FaultDomain | "healthy"; readonly agents: number }[];
  readonly verdictRight: boolean;
  readonly placed: number;
  readonly answered: number;
  /** Calls refused because the CRM was not ready. */
  readonly refused: number;
  /** Calls that a fault ended, as the reports count them; and those of them that nothing could have carried. */
  readonly lost: number;
  readonly unreachable: number;
  readonly rungTwice: number;
  readonly failedOver: number;
  /** From the INVITE that met the fault to the INVITE on the next carrier, ms. */
  readonly failoverMedianMs: number | undefined;
  readonly failoverWorstMs: number | undefined;
  readonly breakersOpened: number;
  /** Incidents that the fault's end did not end. */
  readonly incidentsOpen: number;
  /** Answered calls by kind and carrier. */
  readonly carriedBy: Readonly<Record<string, number>>;
}

export function resultOf({ name, injected }: Scenario, { agents, carrierA, carrierB }: Scene): Result {
  const calls = agents.flatMap((agent) => agent.calls);
  const failovers = agents.flatMap(failoverTimesMs).sort((a, b) => a - b);
  const verdicts = verdictsOf(agents);
  return {
    scenario: name,
    injected,
    verdicts,
    verdictRight: verdicts.every(({ domain }) => domain === injected) && verdicts.length > 0,
    placed: calls.length,
    answered: calls.filter(({ answeredBy }) => answeredBy).length,
    refused: calls.filter(({ summary }) => summary?.end === "refused" && summary.refusal === "boot-incomplete").length,
    lost: calls.filter(isFailed).length,
    unreachable: calls.filter((call) => isFailed(call) && !call.saveable).length,
    rungTwice: calls.filter(({ number }) => carrierA.rings(number).length + carrierB.rings(number).length > 1).length,
    failedOver: failovers.length,
    failoverMedianMs: failovers[Math.floor(failovers.length / 2)],
    failoverWorstMs: failovers.at(-1),
    breakersOpened: agents.flatMap(({ line }) => line.journal).filter((entry) => entry.type === "breaker:changed" && entry.to === "open")
      .length,
    incidentsOpen: agents.flatMap(({ line }) => line.incidents).filter(({ closedMs }) => closedMs === undefined).length,
    carriedBy: countBy(calls.filter(({ answeredBy }) => answeredBy).map(({ kind, answeredBy }) => `${kind} on ${answeredBy}`)),
  };
}

function isFailed({ answeredBy, summary }: PlacedCall): boolean {
  return !answeredBy && !(summary?.end === "refused" && summary.refusal === "boot-incomplete");
}

/** One verdict per agent: of its incidents the one that hit most calls; healthy where there was none. */
function verdictsOf(agents: readonly Agent[]): Result["verdicts"] {
  const counts = countBy(agents.map(({ line }) => worst(line.incidents)?.verdict.leader ?? "healthy"));
  return Object.entries(counts)
    .map(([domain, count]) => ({ domain: domain as FaultDomain | "healthy", agents: count }))
    .sort((a, b) => b.agents - a.agents);
}

const affected = ({ callsAffected, callsRefused }: Incident) => callsAffected + callsRefused;

const worst = (incidents: readonly Incident[]): Incident | undefined => [...incidents].sort((a, b) => affected(b) - affected(a))[0];

function failoverTimesMs({ line }: Agent): number[] {
  const sent = new Map<string, Entry<"attempt:sent">>();
  return line.journal.flatMap((entry) => {
    if (entry.type !== "attempt:sent") return [];
    const before = sent.get(entry.callId);
    // Again after a challenge.
    if (before?.attempt === entry.attempt) return [];
    sent.set(entry.callId, entry);
    return before ? [Math.round(entry.atMs - before.atMs)] : [];
  });
}

export function countBy(keys: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of [...keys].sort()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}
