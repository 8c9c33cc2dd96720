/**
 * How many calls does it take to see that a carrier fails some of them? One agent, a call every two minutes, under
 * virtual time. Measured from outside: a breaker of carrier A's that opens.
 */
import { openVirtualHouse } from "./virtual-house.ts";

export interface BrownOut {
  /** Share of the calls at carrier A that get a 503. */
  readonly share: number;
  /** For each seed the calls until the breaker opened; undefined where it never did. */
  readonly callsUntilOpen: readonly (number | undefined)[];
  /** Calls after which a seed was given up. */
  readonly limit: number;
}

/** Half a call a minute, the usual pace of an agent. */
const paceMs = 120_000;

export async function measureBrownOut(share: number, seeds: number, limit: number, seed: number): Promise<BrownOut> {
  const callsUntilOpen: (number | undefined)[] = [];
  for (let run = 0; run < seeds; run++) callsUntilOpen.push(await untilOpen(share, limit, seed * 1_000 + run));
  return { share, callsUntilOpen, limit };
}

async function untilOpen(share: number, limit: number, seed: number): Promise<number | undefined> {
  const { line, a, pass, close } = await openVirtualHouse(seed);
  let opened = false;
  line.on("journal:written", (entry) => {
    if (entry.type === "breaker:changed" && entry.trunkId === "a" && entry.to === "open") opened = true;
  });
  a.fault({ kind: "reject", methods: ["INVITE"], code: 503, share });
  let placed = 0;
  while (!opened && placed < limit) {
    placed += 1;
    const call = line.call(`+21671${String(placed).padStart(6, "0")}`);
    call.on("answered", () => call.hangUp());
    await pass(500, 10);
    await pass(paceMs, 1_000);
  }
  await close();
  return opened ? placed : undefined;
}
