/** A Linekeeper between two mock carriers in memory, under virtual time: an hour passes in a moment. */
import { setImmediate } from "node:timers/promises";
import { createLinekeeper, noMedia, type Linekeeper, type LinekeeperConfig } from "linekeeper";
import { createMockTrunk, memorySocket, seededRandom, type MockTrunk, type MockTrunkOptions } from "linekeeper/mock-trunk";
import { sipjs } from "linekeeper/sipjs";
import { createVirtualClock } from "../test/support/virtual-clock.ts";
import { account } from "./contender.ts";

export interface VirtualHouse {
  readonly line: Linekeeper;
  readonly a: MockTrunk;
  readonly b: MockTrunk;
  /** Lets virtual time pass; what was promised is kept between the steps. */
  pass(ms: number, stepMs: number): Promise<void>;
  /** The same, until something is so; for `ms` at most. @returns how long it took, ms. */
  until(isSo: () => boolean, ms: number, stepMs: number): Promise<number>;
  close(): Promise<void>;
}

/** Both trunks are registered. */
export async function openVirtualHouse(
  seed: number,
  change: Pick<LinekeeperConfig, "limits"> = {},
  carrier: Pick<MockTrunkOptions, "challenge"> = {},
): Promise<VirtualHouse> {
  const clock = createVirtualClock();
  const users = { [account.user]: account.password };
  const open = (id: string, place: number) =>
    createMockTrunk({
      ...{ name: `Carrier ${id}`, domain: `${id}.example`, users, clock, logLimit: 100, ...carrier },
      random: seededRandom(seed + place),
    });
  const [a, b] = [open("a", 0), open("b", 1)];
  const line = createLinekeeper({
    crm: { vendor: "Bench" },
    trunks: ["a", "b"].map((id) => ({
      id,
      carrier: `Carrier ${id}`,
      server: `wss://${id}.example`,
      aor: `sip:${account.user}@${id}.example`,
      credentials: { password: account.password },
    })),
    stack: sipjs({ webSocket: memorySocket({ "a.example": a, "b.example": b }, { latencyMs: 5 }) }),
    media: noMedia(),
    clock,
    random: seededRandom(seed + 2),
    ...change,
  });

  async function until(isSo: () => boolean, ms: number, stepMs: number): Promise<number> {
    let passedMs = 0;
    for (; passedMs < ms && !isSo(); passedMs += stepMs) {
      clock.advance(stepMs);
      await setImmediate();
    }
    return passedMs;
  }

  const pass = async (ms: number, stepMs: number) => void (await until(() => false, ms, stepMs));
  void line.start();
  await pass(1_000, 10);
  return {
    line,
    a,
    b,
    pass,
    until,
    async close() {
      const closed = line.close();
      await pass(2_000, 100);
      await closed;
      a.close();
      b.close();
    },
  };
}
