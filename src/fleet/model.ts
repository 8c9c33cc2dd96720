/** One outage as many agents met it. */
import type { FaultDomain } from "../diagnosis/model.ts";
import type { ReportDocument } from "../report/document.ts";
import type { Localisation } from "./localise.ts";

/** By what an agent's clock was set right: an INVITE that two records share, an edge's `Date`, connections that an edge reset at once. */
export type ClockProof = "call-id" | "date" | "reset" | "none";

/** One agent's part in the outage, counted from its own reports and set to the common clock. */
export interface AgentRecord {
  /** Counts from 1; no name. */
  readonly agent: number;
  /** What tells this agent's reports from others': a session, or a file. For support only. */
  readonly source: string;
  /** The CRM's `crm.site` at the time, as the agent's reports have it: where it met the outage, if it did. Absent where the CRM named none. */
  readonly site?: string;
  /** The sites to which it moved in the course of it, in order; absent where it stayed. */
  readonly laterSites?: readonly string[];
  /** The CRM with its version, as the agent's reports have it, at the same time as `site`. Absent where the journal's beginning is missing. */
  readonly crm?: string;
  /** Those that came after it in the course of it, as by an update, in order; absent where it stayed. */
  readonly laterCrms?: readonly string[];
  /** Met the outage: an incident of its own fell into it. */
  readonly hit: boolean;
  /** Its calls in the outage, and what became of those that met a fault. */
  readonly calls: number;
  /** Reached their callee after a failover. */
  readonly saved: number;
  /** Ended by a fault. */
  readonly lost: number;
  /** Never left the agent: the softphone itself said no, as before its start or with no trunk. */
  readonly refused: number;
  /** What its own record alone came to. */
  readonly leader?: FaultDomain;
  /** Its clock against the common one, ms; > 0: it was ahead. */
  readonly skewMs: number;
  /** `none`: nothing proves the skew, and the agent's clock is taken as it stands. */
  readonly skewBy: ClockProof;
}

/** Calls that got through while others' did not: within a minute of another agent's failed attempt on `trunkId`. */
export interface Control {
  /** Whose calls they were: `AgentRecord.agent`. */
  readonly agent: number;
  /** `same-trunk`: over the trunk on which others failed. `other-trunk`: over another. */
  readonly kind: "same-trunk" | "other-trunk";
  /** The trunk on which the others failed, and the one that worked. */
  readonly failedTrunkId: string;
  /** On which these calls went through; the same as `failedTrunkId` where `kind` is `same-trunk`. */
  readonly trunkId: string;
  /** Of the calls that went through: the configured route's name, or `national`, `international`, `all`. */
  readonly route: string;
  /** How many of this agent's attempts went through, on this trunk and route. */
  readonly calls: number;
  /** When the first of them began, UTC. */
  readonly time: string;
}

/**
 * By what attempts are told apart: `trunk` and `route` as in the report's attempts, `agent` as in `AgentRecord`, `crmVersion` with its
 * vendor, `network` by the browser's word for it.
 */
export const attributeNames = ["trunk", "carrier", "route", "site", "crm", "crmVersion", "browser", "os", "network", "agent"] as const;

/** One of them. */
export type AttributeName = (typeof attributeNames)[number];

/** How the attempts with one attribute fared in the outage. */
export interface AttributeShare {
  /** Of which attribute. */
  readonly attribute: AttributeName;
  /** Its value, e.g. `Sfax`. */
  readonly value: string;
  /** Attempts that failed, and those that could not be made, for their trunk was not ready. */
  readonly failed: number;
  /** All of them, > 0; those that failed included. */
  readonly total: number;
}

/** What many records together say, which none says alone. */
export type FleetReason =
  | "many-agents-hit"
  | "one-agent-hit"
  | "many-sites-hit"
  | "same-trunk-worked"
  | "trunk-worked-for-nobody"
  | "other-trunk-worked"
  | "one-crm-alone-fails"
  | "one-site-alone-fails"
  | "one-kind-of-device-alone-fails";

/** Many agents' records of one outage, put on one clock and judged together. */
export interface FleetReport {
  /** The layout of this document; a change that an old reader would misread counts it up. */
  readonly version: "linekeeper-fleet-report/1";
  /** The outage, as the report of one agent who had met all of it; its times are those of the common clock. */
  readonly report: ReportDocument;
  /** Those who are on record at that time. */
  readonly agents: readonly AgentRecord[];
  /** How many others are not: nothing is known of how they fared. */
  readonly absentAgents: number;
  /** Evidence for the carrier or against it: empty where nobody's call got through while another's failed. */
  readonly controls: readonly Control[];
  /** What failing calls have in common, a trunk that could not be tried counted as one that failed; absent where too little failed to tell, or where it failed for all alike. */
  readonly localisation?: Localisation;
  /** How attempts fared by each attribute that tells them apart, that which differs most first, its values the worst first; absent where none failed. For support only. */
  readonly shares?: readonly AttributeShare[];
  /** What the verdict rests on besides single records; empty where there is too little to compare. */
  readonly reasons: readonly FleetReason[];
  /** Incidents of the same records that were not part of it. */
  readonly otherIncidents: number;
}
