/** Who goes through the outage. */
import type { Agent, AgentPorts } from "./agent.ts";
import type { Drill } from "./drill.ts";
import { createLinekeeperAgent } from "./linekeeper-agent.ts";
import { createRetryingAgent } from "./retrying-agent.ts";
import { fixedRetry, fullJitter, plainExponential, rfc5626, type Strategy } from "./strategies.ts";

export interface Contender {
  readonly id: string;
  readonly name: string;
  /** What it does when its flow is lost. */
  readonly about: string;
  /** Its agents place no calls. */
  readonly isIdle?: true;
  /** How much work it makes, beside the others: the longest is begun first. */
  readonly effort: number;
  readonly create: (ports: AgentPorts, drill: Drill) => Agent;
}

const retrying =
  (strategy: Strategy): Contender["create"] =>
  (ports) =>
    createRetryingAgent(ports, strategy);

const linekeeper =
  (standby: "warm" | "cold"): Contender["create"] =>
  (ports, { agents, capacityPerS }) =>
    createLinekeeperAgent(ports, { agents, registrationsPerS: capacityPerS }, standby);

export const contenders: readonly Contender[] = [
  { id: "fixed", name: "fixed 5 s", about: "at once, then every 5 s", effort: 3, create: retrying(fixedRetry) },
  {
    id: "exponential",
    name: "exponential",
    about: "at once, then after 1, 2, 4 … 60 s, without jitter",
    effort: 2,
    create: retrying(plainExponential),
  },
  { id: "jitter", name: "full jitter", about: "at once, then U(0, 1, 2, 4 … 60 s)", effort: 2, create: retrying(fullJitter) },
  {
    id: "rfc5626",
    name: "RFC 5626",
    about: "U(30, 60) s, then U(60, 120) s, … (§4.5, its defaults)",
    effort: 1,
    create: retrying(rfc5626),
  },
  {
    id: "idle",
    name: "Linekeeper, cold, idle",
    about: "the backup is registered when the main trunk is lost; nobody places a call",
    isIdle: true,
    effort: 5,
    create: linekeeper("cold"),
  },
  {
    id: "cold",
    name: "Linekeeper, cold",
    about: "the same, with calls; a call that waits registers at once",
    effort: 9,
    create: linekeeper("cold"),
  },
  {
    id: "warm",
    name: "Linekeeper, warm",
    about: "both trunks are registered all the time (the default)",
    effort: 10,
    create: linekeeper("warm"),
  },
];
