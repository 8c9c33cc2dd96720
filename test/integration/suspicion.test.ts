/** A suspicion is acted on at once: every flow is asked, and what is dead is dropped. */
import { describe, expect, test, vi } from "vitest";
import type { LinekeeperConfig } from "../../src/config.ts";
import { untoldSpreadMs } from "../../src/first-sign.ts";
import type { HealthNote, NeighbourEvents } from "../../src/ports/shared-health.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

const freeze = (house: House) => [house.a, house.b].map((trunk) => trunk.fault({ kind: "freeze" }));
const isBack = ({ line }: House) => line.trunks.every(({ ready, flow }) => ready && flow === "open");

/** Both edges were lost without a word (a sleep, another network); new flows find them well. @returns how long that took, ms. */
async function back(house: House, suspect: () => void, mends: readonly (() => void)[]): Promise<number> {
  const lost = () => house.entries("flow:changed").filter(({ to }) => to === "waiting").length;
  suspect();
  let tookMs = 0;
  while ((lost() < 2 || !isBack(house)) && tookMs < 60_000) {
    await pass(250);
    tookMs += 250;
    // A frozen flow stays frozen; the one after it does not.
    if (lost() >= 2) for (const mend of mends) mend();
  }
  return tookMs;
}

async function open(more: Partial<LinekeeperConfig> = {}, untilMs = 40_000): Promise<House> {
  const house = buildHouse(more);
  await house.open();
  await pass(untilMs);
  return house;
}

describe("dead flows are found and replaced within 5 s", () => {
  test("when the device wakes from sleep", async () => {
    const house = await open();
    const mends = freeze(house);
    expect(await back(house, () => vi.setSystemTime(Date.now() + 3_600_000), mends)).toBeLessThanOrEqual(5_000);
    expect(house.entries("clock:jumped")).toMatchObject([{ byMs: 3_600_000 }]);
  });

  test("when its timers come far too late, though its clocks agree", async () => {
    const house = await open();
    const mends = freeze(house);
    // Both clocks go on in the sleep, and no timer does.
    const { now } = performance;
    const lateBy = (ms: number) => {
      vi.setSystemTime(Date.now() + ms);
      performance.now = () => now.call(performance) + ms;
    };
    try {
      expect(await back(house, () => lateBy(600_000), mends)).toBeLessThanOrEqual(5_000);
      expect(house.entries("clock:jumped")).toEqual([]);
      expect(house.entries("page:woke")).toHaveLength(1);
    } finally {
      performance.now = now;
    }
  });

  test.each(["both clocks", "the wall clock alone"])("a call that was being dialled rings nobody by itself after it: %s", async (which) => {
    const house = await open();
    const { line, a } = house;
    a.fault({ kind: "silence" });
    const call = line.call("+21671000111");
    await pass(30);
    const { now } = performance;
    const sleptMs = 8 * 3_600_000;
    vi.setSystemTime(Date.now() + sleptMs);
    if (which === "both clocks") performance.now = () => now.call(performance) + sleptMs;
    try {
      await pass(5_000);
      expect([call.state, house.b.calls.length]).toEqual(["choosing", 0]);
      // The sleep was no waiting, and the carrier is blamed for none of it.
      for (const { waitedMs } of house.entries("attempt:overdue")) expect(waitedMs).toBeLessThan(3_000);
      for (const { tookMs } of house.entries("attempt:ended")) expect(tookMs).toBeLessThan(6_000);
      // An agent who is there dials again; else it is over.
      call.redial();
      await pass(10_000);
      expect([call.state, house.b.calls.length]).toEqual(["answered", 1]);
      call.hangUp();
    } finally {
      performance.now = now;
    }
  });

  test("a call that waited for a trunk when it slept rings nobody by itself either", async () => {
    const house = await open();
    const { line, a, b } = house;
    const refused = [a, b].map((trunk) => trunk.fault({ kind: "refuse" }));
    a.resetAll();
    b.resetAll();
    await pass(100);
    const call = line.call("+21671000111");
    await pass(1_000);
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    for (const mend of refused) mend();
    await pass(10_000);
    expect(call.state).toBe("ended");
    expect(await call.ended).toMatchObject({ end: "refused", refusal: "no-trunk" });
    expect([...a.calls, ...b.calls]).toEqual([]);
  });

  test.each(["offline", "online"])("when the network is said to be %s", async (word) => {
    let tell = (_: boolean) => {};
    const house = await open({ network: { watch: (changed) => ((tell = changed), () => {}) } });
    const mends = freeze(house);
    expect(await back(house, () => tell(word === "online"), mends)).toBeLessThanOrEqual(5_000);
  });

  test("when a neighbour doubts one of the edges, and nobody is told again", async () => {
    let neighbour: NeighbourEvents | undefined;
    const told: HealthNote[] = [];
    const house = await open({
      shared: {
        restore: () => undefined,
        save() {},
        tell: (note) => void told.push(note),
        join(events) {
          neighbour = events;
          return () => {};
        },
      },
    });
    const mends = freeze(house);
    const doubt = { trunkId: "A", route: "*", plane: "signalling", vote: "doubted", because: "probe-unanswered" } as const;
    expect(await back(house, () => neighbour?.heard(doubt), mends)).toBeLessThanOrEqual(5_000);
    expect(told).toEqual([]);
  });

  test("when a call that nobody answers is the first to find out", async () => {
    const house = await open();
    const mends = freeze(house);
    expect(await back(house, () => void house.line.call("+21671000001"), mends)).toBeLessThanOrEqual(5_000);
  });

  test("though none of them has answered a probe before", async () => {
    const house = await open({}, 0);
    const mends = freeze(house);
    expect(await back(house, () => vi.setSystemTime(Date.now() + 3_600_000), mends)).toBeLessThanOrEqual(6_000);
  });
});

test("a living flow is not dropped on a suspicion, though its edge answers neither OPTIONS nor pings", async () => {
  let tell = (_: boolean) => {};
  const house = buildHouse({ network: { watch: (changed) => ((tell = changed), () => {}) } }, {});
  await house.open();
  for (const trunk of [house.a, house.b]) {
    trunk.fault({ kind: "silence", methods: ["OPTIONS"] });
    trunk.fault({ kind: "no-pong" });
  }
  tell(false);
  await pass(6_000);
  expect(house.entries("flow:changed").filter(({ to }) => to === "waiting")).toEqual([]);
});

test("a fleet's questions are its own, and its way back keeps its jitter", async () => {
  let tell = (_: boolean) => {};
  const house = await open({
    network: { watch: (changed) => ((tell = changed), () => {}) },
    fleet: { agents: 10_000, registrationsPerS: 200 },
    random: () => 0.5,
  });
  const mends = freeze(house);
  tell(false);
  await pass(3_500);
  for (const mend of mends) mend();
  expect(house.line.trunks.map(({ flow }) => flow)).toEqual(["waiting", "waiting"]);
  tell(true);
  await pass(20_000);
  expect(house.line.trunks.map(({ flow }) => flow)).toEqual(["waiting", "waiting"]);
  await pass(15_000);
  expect(isBack(house)).toBe(true);
});

test("an edge that lets calls run into silence, and comes back each time, costs two of them", async () => {
  const house = await open();
  const outcomes: string[] = [];
  for (let calls = 0; calls < 6; calls++) {
    // Dead under the INVITE and its cross-check, well again for the next flow.
    const mend = house.a.fault({ kind: "silence" });
    const call = house.line.call(`+2167100${String(calls).padStart(4, "0")}`);
    const tried: string[] = [];
    call.on("dialling", ({ trunkId }) => tried.push(trunkId));
    await pass(650);
    mend();
    await pass(2_500);
    call.hangUp();
    await pass(500);
    outcomes.push(tried.join(""));
  }
  expect(outcomes).toEqual(["AB", "AB", "B", "B", "B", "B"]);
  expect(house.line.trunks[0]).toMatchObject({ ready: true, breakers: [{ route: "*", state: "open" }, {}, {}] });
  await pass(60_000);
  expect(house.line.trunks[0]?.breakers[0]).toMatchObject({ route: "*", state: "probing" });
});

describe("at the first sign of trouble", () => {
  const well = async () => {};
  const askedOf = (trunk: House["a"], from: number) =>
    trunk.log.slice(from).filter(({ what, method }) => what === "received" && method === "OPTIONS").length;
  const opened = async (more: Partial<LinekeeperConfig> = {}, untilMs = 7_000) => {
    const asked: number[] = [];
    const house = await open({ controls: { crm: () => (asked.push(performance.now()), well()) }, ...more }, untilMs);
    return { house, asked };
  };

  test("the other edge and the controls are asked, and it is on record who was well", async () => {
    const { house, asked } = await opened({ limits: { controlIntervalMs: 60_000 } });
    const atMs = house.line.journal.at(-1)?.atMs ?? 0;
    house.a.fault({ kind: "refuse" });
    house.a.resetAll();
    await pass(untoldSpreadMs + 100);
    expect(asked).toHaveLength(2);
    expect(house.entries("probe:answered").filter((entry) => entry.atMs >= atMs && entry.trunkId === "B").length).toBeGreaterThan(0);
    expect(house.entries("control:answered")).toHaveLength(2);
  });

  test("nothing is asked twice in ten seconds, and what answers is not dropped", async () => {
    const { house, asked } = await opened();
    const before = house.b.log.length;
    for (let time = 0; time < 9; time++) {
      house.a.resetAll();
      await pass(1_000);
    }
    expect(askedOf(house.b, before)).toBe(1);
    // The controls keep their own interval besides.
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(house.entries("flow:changed").filter(({ trunkId, to }) => trunkId === "B" && to === "waiting")).toEqual([]);
  });

  test("an edge that is only slow once is doubted, not dropped", async () => {
    const { house } = await opened();
    const mend = house.b.fault({ kind: "silence" });
    house.a.resetAll();
    await pass(1_400);
    mend();
    await pass(2_000);
    expect(house.entries("flow:changed").filter(({ trunkId, to }) => trunkId === "B" && to === "doubted")).toHaveLength(1);
    expect(house.line.trunks[1]).toMatchObject({ flow: "open", ready: true });
    expect(house.entries("flow:changed").filter(({ trunkId, to }) => trunkId === "B" && to === "waiting")).toEqual([]);
  });

  test("a fleet spreads its questions, over no more than the pace of its idle probes", async () => {
    const { house, asked } = await opened({ fleet: { agents: 10_000, registrationsPerS: 200 }, random: () => 0.5 }, 500);
    const before = house.b.log.length;
    house.a.resetAll();
    await pass(4_000);
    expect([asked.length, askedOf(house.b, before)]).toEqual([1, 0]);
    await pass(4_000);
    expect([asked.length, askedOf(house.b, before)]).toEqual([2, 1]);
  });
});
