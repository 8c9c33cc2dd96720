/** One outage as many agents met it. */
import type { FaultDomain } from "../diagnosis/model.ts";
import type { ReportDocument } from "../report/document.ts";

/** By what an agent's clock was set right: an INVITE that two records share, an edge's `Date`, connections that an edge reset at once. */
export type ClockProof = "call-id" | "date" | "reset" | "none";

export interface AgentRecord {
  /** Counts from 1; no name. */
  readonly agent: number;
  /** What tells this agent's reports from others': a session, or a file. For support only. */
  readonly source: string;
  readonly site?: string;
  /** Met the outage: an incident of its own fell into it. */
  readonly hit: boolean;
  /** Its calls in the outage, and what became of those that met a fault. */
  readonly calls: number;
  readonly saved: number;
  readonly lost: number;
  readonly refused: number;
  /** What its own record alone came to. */
  readonly leader?: FaultDomain;
  /** Its clock against the common one, ms; > 0: it was ahead. */
  readonly skewMs: number;
  readonly skewBy: ClockProof;
}

/** Calls that got through while others' did not: within a minute of another agent's failed attempt on `trunkId`. */
export interface Control {
  readonly agent: number;
  /** `same-trunk`: over the trunk on which others failed. `other-trunk`: over another. */
  readonly kind: "same-trunk" | "other-trunk";
  /** The trunk on which the others failed, and the one that worked. */
  readonly failedTrunkId: string;
  readonly trunkId: string;
  readonly route: string;
  readonly calls: number;
  /** When the first of them began, UTC. */
  readonly time: string;
}

/** What many records together say, which none says alone. */
export type FleetReason =
  "many-agents-hit" | "one-agent-hit" | "many-sites-hit" | "same-trunk-worked" | "trunk-worked-for-nobody" | "other-trunk-worked";

export interface FleetReport {
  readonly version: "linekeeper-fleet-report/1";
  /** The outage, as the report of one agent who had met all of it; its times are those of the common clock. */
  readonly report: ReportDocument;
  /** Those who are on record at that time. */
  readonly agents: readonly AgentRecord[];
  /** How many others are not: nothing is known of how they fared. */
  readonly absentAgents: number;
  readonly controls: readonly Control[];
  readonly reasons: readonly FleetReason[];
  /** Incidents of the same records that were not part of it. */
  readonly otherIncidents: number;
}
