/** An edge that lets us in, binds us, and hangs up: knocked at no more often than one that refuses, and no call is lost for it. */
import { describe, expect, test } from "vitest";
import { buildHouse, pass, trunkA, trunkB, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

const number = "+21671000001";
const afterEachAnswer = { kind: "reset-on", after: 200, methods: ["INVITE"] } as const;
const inMinutes = (minutes: number) => minutes * 60_000;

/** When a socket to it was asked for, ms since `fromMs`. */
const knocksAt = (house: House, id = "A", fromMs = 0): readonly number[] =>
  house
    .entries("flow:changed")
    .filter(({ trunkId, to, atMs }) => trunkId === id && to === "connecting" && atMs >= fromMs)
    .map(({ atMs }) => atMs - fromMs);

const lossesAt = (house: House, fromMs = 0): readonly number[] =>
  house
    .entries("flow:changed")
    .filter(({ trunkId, from, to, atMs }) => trunkId === "A" && from === "open" && to === "waiting" && atMs >= fromMs)
    .map(({ atMs }) => atMs);

/** How long after each loss the next socket was asked for, ms. */
const waitsOf = (house: House, fromMs = 0): readonly number[] => {
  const knocks = knocksAt(house, "A", 0);
  return lossesAt(house, fromMs).flatMap((lostMs) =>
    knocks
      .filter((atMs) => atMs >= lostMs)
      .slice(0, 1)
      .map((atMs) => atMs - lostMs),
  );
};

const nowMs = ({ line }: House) => Math.max(0, ...line.journal.map(({ atMs }) => atMs));

async function answered(house: House) {
  const call = house.line.call(number);
  await pass(3_000);
  expect(call.state).toBe("answered");
  return call;
}

describe("an idle flow that is bound and lost at once", () => {
  test("backs off, further each time, and no further than the longest wait", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "reset-on", after: 200, methods: ["REGISTER"] });
    void house.line.start();
    await pass(inMinutes(10));
    const waits = waitsOf(house);
    expect(waits.length).toBeLessThan(45);
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(waits[1]).toBeLessThanOrEqual(1_000);
    expect(waits[3]).toBeGreaterThanOrEqual(2_000);
    expect(Math.min(...waits.slice(7))).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30_001);
    // Jitter: no two of a fleet stay together.
    expect(new Set(waits.slice(7).map(Math.round)).size).toBeGreaterThan(10);
  });

  test.each([
    ["29 s after it was bound: one more in a row", 29_000, 2_000, 4_000],
    ["31 s after it was bound: the first again", 31_000, 250, 500],
  ])("lost %s", async (_, stoodMs, leastMs, mostMs) => {
    const house = buildHouse({ trunks: [trunkA] });
    house.a.fault({ kind: "reset-on", after: 200, methods: ["REGISTER"], times: 3 });
    const startedMs = performance.now();
    void house.line.start();
    await pass(5_000);
    expect(house.line.trunks[0]?.ready).toBe(true);
    // The fourth socket is bound some 3 s after the start: 500 + 1,000 + 2,000 ms at most.
    const upMs = house.entries("registration:changed").findLast(({ to }) => to === "registered")?.atMs ?? NaN;
    await pass(startedMs + upMs + stoodMs - performance.now());
    house.a.resetAll();
    await pass(10_000);
    const wait = waitsOf(house).at(-1);
    expect(wait).toBeGreaterThanOrEqual(leastMs);
    expect(wait).toBeLessThanOrEqual(mostMs);
  });
});

describe("an edge that hangs up after each answer, under a talk of ten minutes", () => {
  test("is back at once, soon, and then more and more seldom; the call stands, and is ended for both", async () => {
    const house = buildHouse({ trunks: [trunkA] });
    await house.open();
    house.a.fault(afterEachAnswer);
    const call = await answered(house);
    await pass(inMinutes(10));
    const waits = waitsOf(house);
    expect(waits.length).toBeLessThan(45);
    expect(waits[0]).toBeLessThanOrEqual(500);
    expect(waits[1]).toBeLessThanOrEqual(1_000);
    expect(Math.min(...waits.slice(7))).toBeGreaterThanOrEqual(15_000);
    expect(call.state).toBe("answered");
    call.hangUp();
    await pass(1_000);
    expect(await call.ended).toMatchObject({ end: "hung-up-here" });
    expect(house.entries("dialog:ended").at(-1)).toMatchObject({ answer: { code: 200, said: "peer" } });
  });

  test("the next call's first loss is met as the first, however often it was lost before", async () => {
    const house = buildHouse({ trunks: [trunkA] });
    await house.open();
    house.a.fault(afterEachAnswer);
    const first = await answered(house);
    await pass(inMinutes(3));
    first.hangUp();
    await pass(2_000);
    const fromMs = nowMs(house);
    const second = await answered(house);
    await pass(5_000);
    const [once, twice] = waitsOf(house, fromMs);
    expect([once !== undefined && once <= 500, twice !== undefined && twice <= 1_000]).toEqual([true, true]);
    second.hangUp();
  });

  test("nor is a customer who calls lost: each call to the agent begins anew", async () => {
    const house = buildHouse({ trunks: [trunkA] });
    house.a.fault({ kind: "reset-on", after: 200, methods: ["REGISTER"], times: 4 });
    void house.line.start();
    await pass(8_000);
    expect(house.line.trunks[0]?.ready).toBe(true);
    const fromMs = nowMs(house);
    const customer = house.a.call("agent7", { from: number });
    await pass(500);
    house.a.resetAll();
    await pass(1_000);
    expect(waitsOf(house, fromMs)[0]).toBeLessThanOrEqual(500);
    const [call] = house.line.calls;
    if (call && "answer" in call) void call.answer();
    await pass(500);
    expect(customer.state).toBe("answered");
  });
});

describe("a call that waits, with one edge that refuses and another that takes no calls", () => {
  const failing = async () => {
    const house = buildHouse({ trunks: [trunkA, { ...trunkB, emergency: true }] });
    await house.open();
    house.b.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    house.a.fault({ kind: "refuse" });
    house.a.resetAll();
    await pass(inMinutes(3));
    return house;
  };

  test("knocks at once, and four times at most", async () => {
    const house = await failing();
    for (let calls = 0; calls < 5; calls++) {
      const before = knocksAt(house).length;
      const call = house.line.call(number);
      await pass(500);
      expect(knocksAt(house).length - before).toBe(1);
      await pass(9_500);
      expect(call.state).toBe("ended");
      expect(knocksAt(house).length - before).toBeLessThanOrEqual(4);
    }
  });

  test("one that has not refused for long may only be overrun: it is knocked at each time", async () => {
    const house = buildHouse({ trunks: [trunkA] });
    house.a.fault({ kind: "refuse" });
    void house.line.start();
    house.line.call(number);
    await pass(5_000);
    expect(knocksAt(house).length).toBeGreaterThanOrEqual(6);
  });

  test("an emergency call knocks on and on", async () => {
    const house = await failing();
    const before = knocksAt(house).length;
    const call = house.line.call("112");
    await pass(10_000);
    expect(knocksAt(house).length - before).toBeGreaterThanOrEqual(9);
    call.hangUp();
  });
});

describe("what a lost flow left unsaid", () => {
  test("a BYE at which the edge hangs up each time is said again, more and more seldom", async () => {
    const house = buildHouse({ trunks: [trunkA] });
    await house.open();
    const call = await answered(house);
    house.a.fault({ kind: "reset-on", methods: ["BYE"] });
    const before = knocksAt(house).length;
    call.hangUp();
    await pass(40_000);
    const knocks = knocksAt(house).length - before;
    expect(knocks).toBeGreaterThanOrEqual(5);
    expect(knocks).toBeLessThanOrEqual(8);
  });
});
