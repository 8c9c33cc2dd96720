/** The words of the diagnosis: what it reads from the journal and what it concludes. */
import type { Route } from "../journal.ts";
import type { Said } from "../ports/sip-answer.ts";

/** Where a fault can lie; `docs/diagnosis.md` says what each covers. */
export const faultDomains = [
  "crm-init",
  "crm-config",
  "agent-device",
  "local-network",
  "carrier-signalling",
  "carrier-routing",
  "carrier-media",
  "remote-party",
  "unknown",
] as const;
/** Where a fault lies, by its stable name; `unknown` where nothing that was seen speaks for another. */
export type FaultDomain = (typeof faultDomains)[number];

/** A fact for or against some domains, with a stable code; its sentence is in each language's catalogue. */
export interface Evidence {
  /** Stable, kebab-case, e.g. `edge-answers-options-but-not-invite`. */
  readonly code: string;
  /** One vote per group, so that ten signs of one cause do not count ten times. */
  readonly group: string;
  /** `peer`: somebody outside said it. `inferred`: we conclude it from silence or from our own stack. `observed`: we saw it happen here. */
  readonly said: Said | "observed";
  /** Whom it concerns, for the sentence: trunk id, stage, route, SIP code, counts. Never personal data. */
  readonly params: Readonly<Record<string, string | number>>;
  /** When first seen, ms since the session's start. */
  readonly firstMs: number;
  /** When last seen, ms since the session's start. */
  readonly lastMs: number;
  /** How often it was seen, though it has one vote only. */
  readonly count: number;
  /** The journal entries behind it, at most the first three and the last. */
  readonly seqs: readonly number[];
  /** Log-odds per domain (natural logarithm), from the one table; > 0 speaks for it. */
  readonly weights: Readonly<Partial<Record<FaultDomain, number>>>;
}

/** Who should do something about it. */
export type Actor = "crm-vendor" | "crm-administrator" | "agent" | "local-it" | "carrier" | "nobody";

/** Who acts on a fault of each domain. */
export const actors: Readonly<Record<FaultDomain, Actor>> = {
  "crm-init": "crm-vendor",
  "crm-config": "crm-administrator",
  "agent-device": "agent",
  "local-network": "local-it",
  "carrier-signalling": "carrier",
  "carrier-routing": "carrier",
  "carrier-media": "carrier",
  "remote-party": "nobody",
  unknown: "nobody",
};

/** One of what may be several things at fault at once. */
export interface Fault {
  /** Where it lies. */
  readonly domain: FaultDomain;
  /** Of what leads, as in `probabilities`; of another, by its own evidence alone. */
  readonly probability: number;
  /** Where it is a carrier's: the trunk, and its route where it is one alone. */
  readonly trunkId?: string;
  /** The class of destinations that alone is at fault; absent where the whole trunk is, or no carrier. */
  readonly route?: Route;
  /** Who should do something about it. */
  readonly actor: Actor;
  /** What speaks for it, the strongest first. */
  readonly reasonsFor: readonly Evidence[];
}

/** `healthy`: nothing to explain. `inconclusive`: the leader is too weak or the margin too thin. */
export type Conclusion = "healthy" | "inconclusive" | "likely" | "clear";

/** Whose fault it is, how sure that is, and why: nothing in it that its evidence does not give. */
export interface Verdict {
  /** How far the evidence carries: read it before `leader`. */
  readonly conclusion: Conclusion;
  /** The most probable domain; absent when healthy. Named even when inconclusive: then it only leans. */
  readonly leader?: FaultDomain;
  /** The next most probable domain; absent when healthy. */
  readonly runnerUp?: FaultDomain;
  /** Sum to 1. */
  readonly probabilities: Readonly<Record<FaultDomain, number>>;
  /** What leads, first; then each other fault that evidence of its own is clear about. Empty when healthy. */
  readonly faults: readonly Fault[];
  /** The trunk that is at fault, where the leader is a carrier's domain and one trunk stands out. */
  readonly trunkId?: string;
  /** What speaks for the leader, the strongest first; empty when healthy. */
  readonly reasonsFor: readonly Evidence[];
  /** What speaks against the leader, the strongest first; empty when healthy. */
  readonly reasonsAgainst: readonly Evidence[];
  /** Code of what would settle the rest, with its params; its sentence is in the catalogue. */
  readonly nextTest?: { readonly code: string; readonly params: Readonly<Record<string, string | number>> };
  /** Who should do something about it; `nobody` where that is not known, or nothing is to be done. */
  readonly actor: Actor;
}

/** A stretch of time in which service was degraded. */
export interface Incident {
  /** Counts from 1 within the journal. */
  readonly id: number;
  /** When the trouble began, ms since the session's start. */
  readonly openedMs: number;
  /** Absent while it lasts. */
  readonly closedMs?: number;
  /** How often the same trouble came back so soon after it was closed that it was opened again. */
  readonly reopened?: number;
  /** Closed with a doubt that nothing settled: nobody called there again. */
  readonly unproven?: true;
  /** Number of the first entry that belongs to it: it is read out of the journal from here to `lastSeq`. */
  readonly firstSeq: number;
  /** Number of the last entry that belongs to it; grows while it lasts. */
  readonly lastSeq: number;
  /** Calls that met a fault, whatever came of them: saved, lost, or carried on with poor audio. */
  readonly callsAffected: number;
  /** Calls that met a fault and reached their callee all the same. */
  readonly callsSaved: number;
  /** Calls that met a fault and came to nothing, or died under the conversation. */
  readonly callsLost: number;
  /** Calls that never left the agent, such as while the CRM had not come up; not among `callsAffected`. Unusable numbers do not count. */
  readonly callsRefused: number;
  /** Minutes in which a call could not be placed on some route or not at all. */
  readonly minutesLost: number;
  /** True when service came back right after a re-initialisation of the CRM while trunks were healthy throughout. */
  readonly endedByReinitialisation: boolean;
  /** Whose fault it is, as far as the journal told by its end, or tells now while it lasts. */
  readonly verdict: Verdict;
}
