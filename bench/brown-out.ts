/**
 * How many calls does it take to see that a carrier fails some of them? One agent, a call every two minutes, under
 * virtual time: an hour passes in a moment. Measured from outside: a breaker of carrier A's that opens.
 */
import { setImmediate } from "node:timers/promises";
import { createLinekeeper, noMedia } from "linekeeper";
import { createMockTrunk, memorySocket, seededRandom } from "linekeeper/mock-trunk";
import { sipjs } from "linekeeper/sipjs";
import { createVirtualClock, type VirtualClock } from "../test/support/virtual-clock.ts";
import { account } from "./contender.ts";

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
  const clock = createVirtualClock();
  const users = { [account.user]: account.password };
  const [a, b] = ["a", "b"].map((id, place) =>
    createMockTrunk({ name: `Carrier ${id}`, domain: `${id}.example`, users, clock, random: seededRandom(seed + place), logLimit: 100 }),
  ) as [ReturnType<typeof createMockTrunk>, ReturnType<typeof createMockTrunk>];
  const line = createLinekeeper({
    crm: { vendor: "Bench" },
    trunks: ["a", "b"].map((id) => ({
      id,
      carrier: `Carrier ${id}`,
      server: `wss://${id}.example`,
      aor: `sip:${account.user}@${id}.example`,
      credentials: { password: account.password },
    })),
    stack: sipjs({ webSocket: memorySocket({ "a.example": a, "b.example": b }) }),
    media: noMedia(),
    clock,
    random: seededRandom(seed + 2),
  });
  let opened = false;
  line.on("journal:written", (entry) => {
    if (entry.type === "breaker:changed" && entry.trunkId === "a" && entry.to === "open") opened = true;
  });
  void line.start();
  await pass(clock, 1_000, 10);
  a.fault({ kind: "reject", methods: ["INVITE"], code: 503, share });
  let placed = 0;
  while (!opened && placed < limit) {
    placed += 1;
    const call = line.call(`+21671${String(placed).padStart(6, "0")}`);
    call.on("answered", () => call.hangUp());
    await pass(clock, 500, 10);
    await pass(clock, paceMs, 1_000);
  }
  const closed = line.close();
  await pass(clock, 2_000, 100);
  await closed;
  a.close();
  b.close();
  return opened ? placed : undefined;
}

/** Lets virtual time pass; what was promised is kept between the steps. */
async function pass(clock: VirtualClock, ms: number, stepMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    clock.advance(stepMs);
    await setImmediate();
  }
}
