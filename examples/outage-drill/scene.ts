/** Two carriers, the CRM's back end and a handful of agents: all real, all on loopback. */
import { createMockTrunk, seededRandom, type MockTrunk } from "linekeeper/mock-trunk";
import { listen } from "linekeeper/mock-trunk/ws";
import { createAgent, type Agent } from "./agent.ts";
import { startCrm, type CrmServer } from "./crm.ts";

export interface Scene {
  readonly carrierA: MockTrunk;
  readonly carrierB: MockTrunk;
  readonly crm: CrmServer;
  readonly agents: readonly Agent[];
  /** Every agent's CRM starts and every trunk registers. */
  open(): Promise<void>;
  close(): Promise<void>;
}

const agentNames = ["amel", "bilal", "chiara", "dalia", "elias", "fatma"];
const password = "only-for-the-drill";

export async function createScene(seed: number): Promise<Scene> {
  const users = Object.fromEntries(agentNames.map((name) => [name, password]));
  const carrierA = createMockTrunk({ name: "Carrier A", domain: "a.example", users, seed });
  const carrierB = createMockTrunk({ name: "Carrier B", domain: "b.example", users, seed: seed + 1 });
  const [edgeA, edgeB, crm] = await Promise.all([listen(carrierA), listen(carrierB), startCrm()]);
  const agents = agentNames.map((name, place) =>
    createAgent({
      name,
      place,
      crm,
      carriers: [
        { id: "A", carrier: "Carrier A", server: edgeA.url, domain: "a.example" },
        { id: "B", carrier: "Carrier B", server: edgeB.url, domain: "b.example" },
      ],
      password,
      random: seededRandom(seed * 100 + place),
    }),
  );
  return {
    carrierA,
    carrierB,
    crm,
    agents,
    async open() {
      const begun = await Promise.all(agents.map((agent) => Promise.all([agent.initialise(), agent.line.start()])));
      if (begun.some(([isReady, health]) => !isReady || !health.some(({ ready }) => ready)))
        throw new Error("This machine is too busy for the drill: the agents did not come up in time.");
    },
    async close() {
      await Promise.all(agents.map((agent) => agent.stop()));
      await Promise.all([edgeA.close(), edgeB.close(), crm.close()]);
      carrierA.close();
      carrierB.close();
    },
  };
}
