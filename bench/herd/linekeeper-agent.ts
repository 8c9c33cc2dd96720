import type { Fleet } from "../../src/trunk/backoff.ts";
import type { Linekeeper } from "../../src/line.ts";
import { createLinekeeper } from "../../src/linekeeper.ts";
import { noMedia } from "../../src/media/no-media.ts";
import type { Agent, AgentPorts } from "./agent.ts";

/** Enough for what an agent's diagnosis reads of a few minutes; ten thousand full journals are no part of the question. */
export const journalEntries = 8;

const media = noMedia();

/** The SDK as it ships, on a model of the network. */
export function createLinekeeperAgent(
  { stack, clock, random }: AgentPorts,
  fleet: Fleet | undefined,
  standby: "warm" | "cold",
): Agent & { readonly line: Linekeeper } {
  const account = { carrier: "", aor: "sip:agent@example.com" };
  const line = createLinekeeper({
    crm: { vendor: "Herd" },
    trunks: [
      { ...account, id: "main", carrier: "Main", server: "wss://main.example" },
      { ...account, id: "backup", carrier: "Backup", server: "wss://backup.example", standby },
    ],
    ...(fleet && { fleet }),
    stack,
    media,
    clock,
    random,
    limits: { journalEntries },
  });
  return {
    line,
    start: () => void line.start(),
    async call(talkMs) {
      const call = line.call("+21671000001");
      let answeredMs: number | undefined;
      call.on("answered", () => {
        answeredMs = clock.nowMs();
        clock.setTimer(() => call.hangUp(), talkMs);
      });
      call.on("choice-needed", () => call.redial());
      await call.ended;
      return answeredMs;
    },
    close: () => line.close(),
  };
}
