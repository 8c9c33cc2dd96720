/** The story in four parts: what is broken, when, and what the SDK must say of it. */
import { setTimeout as pause } from "node:timers/promises";
import type { FaultDomain } from "linekeeper";
import type { Scene } from "./scene.ts";

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is really broken; `healthy` when nothing is. */
  readonly injected: FaultDomain | "healthy";
  /** Plays it; `say` tells the audience what is being done to them. */
  run(scene: Scene, say: (what: string) => void): Promise<void>;
}

export const scenarios: readonly Scenario[] = [
  {
    name: "all-well",
    title: "All is well: calls go out on carrier A",
    injected: "healthy",
    async run(_, say) {
      say("six agents dial on carrier A");
      await pause(3_000);
    },
  },
  {
    name: "silent-route",
    title: "Carrier A's local route goes silent",
    injected: "carrier-routing",
    async run({ carrierA, agents }, say) {
      say("calls go out on carrier A");
      await pause(1_500);
      say("carrier A swallows INVITEs to local numbers; its other routes are fine");
      const mend = carrierA.fault({ kind: "silence", methods: ["INVITE"], prefix: "+21671" });
      await pause(5_000);
      mend();
      say("carrier A's local route is mended; traffic comes back slowly");
      await pause(9_000);
      await incidentsClosed(agents, 12_000);
    },
  },
  {
    name: "crm-restart",
    title: "The CRM's own initialisation breaks",
    injected: "crm-init",
    async run({ crm, agents }, say) {
      say("calls go out on carrier A");
      await pause(1_500);
      say("the CRM restarts, and its settings endpoint answers 500");
      crm.settings = "error-500";
      await Promise.all(agents.map((agent) => agent.initialise()));
      await pause(1_000);
      say("the settings come back, but the CRM's session stage hangs");
      crm.settings = "ok";
      crm.session = "hang";
      await Promise.all(agents.map((agent) => agent.initialise()));
      await pause(1_000);
      say("the CRM re-initialises, and all works");
      crm.session = "ok";
      await Promise.all(agents.map((agent) => agent.initialise()));
      await pause(3_500);
    },
  },
  {
    name: "local-network",
    title: "The agents' own network goes away",
    injected: "local-network",
    async run({ agents }, say) {
      say("calls go out on carrier A");
      await pause(1_500);
      say("the agents' network falls silent: carriers and CRM are out of reach");
      for (const { cable } of agents) cable.pull();
      await pause(5_000);
      say("the network is back");
      for (const { cable } of agents) cable.plug();
      await pause(5_500);
    },
  },
];

/** Until every incident is over, `atMostMs` at the longest: what came back after it was closed takes twice as long. */
async function incidentsClosed(agents: Scene["agents"], atMostMs: number): Promise<void> {
  const isOpen = () => agents.some(({ line }) => line.incidents.some(({ closedMs }) => closedMs === undefined));
  for (let waitedMs = 0; isOpen() && waitedMs < atMostMs; waitedMs += 250) await pause(250);
}
