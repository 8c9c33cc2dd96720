import { describe, expect, test } from "vitest";
import { rungTwice, type Fault } from "../../adapters/mock-trunk/index.ts";
import { systemClock } from "../../src/clock.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

const local = "+21671000001";

/** Places a call and lets it go on for `ms`. */
async function dial(house: ReturnType<typeof buildHouse>, number = local, ms = 3_000) {
  const call = house.line.call(number);
  const events: string[] = [];
  call.on("ringing", ({ trunkId }) => events.push(`ringing ${trunkId}`));
  call.on("answered", ({ trunkId }) => events.push(`answered ${trunkId}`));
  call.on("failed-over", ({ from, to, because }) => events.push(`${from}→${to} ${because}`));
  call.on("choice-needed", ({ trunkId }) => events.push(`choice ${trunkId}`));
  call.on("ended", ({ end }) => events.push(`ended ${end}`));
  await pass(ms);
  return { call, events };
}

describe("all is well", () => {
  test("the call goes out on the first trunk, rings, is answered, and is hung up", async () => {
    const house = buildHouse();
    await house.open();
    const { call, events } = await dial(house);
    expect(events).toEqual(["ringing A", "answered A"]);
    expect(call.state).toBe("answered");
    call.hangUp();
    await pass(100);
    expect(await call.ended).toMatchObject({ end: "hung-up-here", attempts: 1, possibleDuplicate: false });
    expect(house.a.calls.map(({ state }) => state)).toEqual(["ended"]);
    expect(house.b.rings()).toEqual([]);
  });

  test("the customer hangs up", async () => {
    const house = buildHouse();
    house.a.phone(local).answers({ hangUpAfterMs: 500 });
    await house.open();
    const { events } = await dial(house);
    expect(events).toEqual(["ringing A", "answered A", "ended hung-up-there"]);
  });
});

describe("the next trunk, at once", () => {
  test.each<[string, Fault, string]>([
    ["503", { kind: "reject", methods: ["INVITE"], code: 503 }, "answer"],
    ["500", { kind: "reject", methods: ["INVITE"], code: 500 }, "answer"],
    ["503 after 100", { kind: "reject", methods: ["INVITE"], code: 503, after: 100 }, "answer"],
    ["404 with cause 3", { kind: "reject", methods: ["INVITE"], code: 404, q850: 3 }, "answer"],
    ["503 with cause 34 and Retry-After", { kind: "reject", methods: ["INVITE"], code: 503, q850: 34, retryAfterS: 60 }, "answer"],
    ["silence to INVITE", { kind: "silence", methods: ["INVITE"] }, "silence"],
    ["silence to everything", { kind: "silence" }, "silence"],
    ["a frozen edge", { kind: "freeze" }, "silence"],
    ["a socket reset on the INVITE", { kind: "reset-on", methods: ["INVITE"] }, "flow-lost"],
  ])("%s", async (_, fault, because) => {
    const house = buildHouse();
    await house.open();
    house.a.fault(fault);
    const { events, call } = await dial(house);
    expect(events).toEqual([`A→B ${because}`, "ringing B", "answered B"]);
    expect(call.trunkId).toBe("B");
    expect(rungTwice([house.a, house.b])).toEqual([]);
  });

  test("within 5 ms of a 503, and within RTT + 0.8 s of silence", async () => {
    for (const [fault, limitMs] of [
      [{ kind: "reject", methods: ["INVITE"], code: 503 }, 15],
      [{ kind: "silence", methods: ["INVITE"] }, 810],
    ] as const) {
      const house = buildHouse({}, { challenge: "register" });
      await house.open();
      house.a.fault(fault);
      await dial(house);
      const [first, second] = house.entries("attempt:sent");
      expect(second?.trunkId).toBe("B");
      expect((second?.atMs ?? Infinity) - (first?.atMs ?? 0)).toBeLessThanOrEqual(limitMs);
    }
  });

  test("a trunk that is not connected is not even tried while another is ready", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "refuse" });
    void house.line.start();
    await pass(200);
    const { events } = await dial(house);
    expect(events).toEqual(["ringing B", "answered B"]);
  });

  test("with none ready the call waits for the first that comes", async () => {
    const house = buildHouse();
    await house.open();
    const mendA = house.a.fault({ kind: "refuse" });
    const mendB = house.b.fault({ kind: "refuse" });
    house.a.resetAll();
    house.b.resetAll();
    await pass(20);
    const { events } = await dial(house, local, 100);
    expect(events).toEqual([]);
    mendB();
    await pass(1_500);
    expect(events).toEqual(["ringing B", "answered B"]);
    mendA();
  });
});

describe("never", () => {
  test.each<[string, Fault]>([
    ["486", { kind: "reject", methods: ["INVITE"], code: 486 }],
    ["603", { kind: "reject", methods: ["INVITE"], code: 603 }],
    ["404 unallocated", { kind: "reject", methods: ["INVITE"], code: 404, q850: 1 }],
    ["480", { kind: "reject", methods: ["INVITE"], code: 480 }],
    ["600", { kind: "reject", methods: ["INVITE"], code: 600 }],
    ["486 after ringing", { kind: "reject", methods: ["INVITE"], code: 486, after: 180 }],
  ])("%s is the callee's answer: no other trunk, no breaker", async (_, fault) => {
    const house = buildHouse();
    await house.open();
    house.a.fault(fault);
    for (let call = 0; call < 4; call++) {
      const { events } = await dial(house);
      expect(events.at(-1)).toBe("ended callee-refused");
    }
    expect(house.b.calls).toEqual([]);
    expect(house.entries("breaker:changed")).toEqual([]);
  });

  test("after the agent hung up", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "silence", methods: ["INVITE"] });
    const { call } = await dial(house, local, 100);
    call.hangUp();
    await pass(3_000);
    expect(house.b.calls).toEqual([]);
  });
});

describe("after a phone rang only the agent may dial again", () => {
  test.each<[string, Fault]>([
    ["503 after 180", { kind: "reject", methods: ["INVITE"], code: 503, after: 180 }],
    ["socket reset after 180", { kind: "reset-on", methods: ["INVITE"], after: 180 }],
    ["503 after 183", { kind: "reject", methods: ["INVITE"], code: 503, after: 183 }],
  ])("%s", async (_, fault) => {
    const house = buildHouse();
    house.a.phone(local).doesNotAnswer();
    await house.open();
    house.a.fault(fault);
    const { call, events } = await dial(house, local, 60);
    expect(events.at(-1)).toBe("choice A");
    expect(call.state).toBe("choosing");
    expect(house.b.calls).toEqual([]);
    call.redial();
    await pass(1_000);
    expect(events.slice(-3)).toEqual(["A→B redial", "ringing B", "answered B"]);
  });

  test("the customer answers while the socket is down: the answer is heard on the next flow, and the call goes on", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "reset-on", methods: ["INVITE"], after: 180 });
    const { call, events } = await dial(house, local, 60);
    expect(events.at(-1)).toBe("choice A");
    call.redial();
    await pass(4_000);
    expect(events.slice(2)).toEqual(["answered A"]);
    expect(house.b.calls).toEqual([]);
  });

  test("and the choice expires, so that no customer meets an agent who has left", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503, after: 180 });
    const { call, events } = await dial(house);
    await pass(30_000);
    expect(events.at(-1)).toBe("ended failed");
    call.redial();
    await pass(1_000);
    expect(house.b.calls).toEqual([]);
  });
});

describe("100, then nothing", () => {
  test("CANCEL, confirmed, then the next trunk", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "stall", after: 100 });
    const { events } = await dial(house, local, 15_000);
    expect(events).toEqual(["A→B stalled", "ringing B", "answered B"]);
    expect(house.a.calls.map(({ state }) => state)).toEqual(["ended"]);
    expect(house.entries("attempt:settled")).toMatchObject([{ how: "cancelled" }]);
  });

  test("past the longest limit it is hard evidence, though the host's timer ran a moment early", async () => {
    const clock = { ...systemClock, setTimer: (fire: () => void, ms: number) => systemClock.setTimer(fire, ms > 1_000 ? ms - 1 : ms) };
    const house = buildHouse({ clock });
    await house.open();
    house.a.fault({ kind: "stall", after: 100 });
    await dial(house, local, 15_000);
    expect(house.entries("attempt:overdue")).toMatchObject([{ awaited: "ringing", waitedMs: 10_999 }]);
    expect(house.entries("breaker:changed")).toMatchObject([{ trunkId: "A", to: "open", because: "stalled-after-100" }]);
  });

  test("a CANCEL that nobody confirms leaves the choice to the agent", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "stall", after: 100 });
    house.a.fault({ kind: "no-487" });
    const { events } = await dial(house, local, 15_000);
    expect(events).toEqual(["choice A"]);
    expect(house.b.calls).toEqual([]);
  });

  test("the socket lost under it: the CANCEL goes out on the next flow, and only then the next trunk is tried", async () => {
    const house = buildHouse();
    house.a.phone(local).answers({ ringAfterMs: 60_000 });
    await house.open();
    const { events } = await dial(house, local, 50);
    house.a.resetAll();
    await pass(3_000);
    expect(events).toEqual(["A→B flow-lost", "ringing B", "answered B"]);
    expect(house.a.log.filter(({ method, what }) => method === "CANCEL" && what === "received")).toHaveLength(1);
    expect(house.a.rings()).toEqual([]);
  });
});

describe("an attempt that was given up is followed to its end", () => {
  test("it rings late: cancelled at once", async () => {
    const house = buildHouse();
    house.b.phone(local).answers({ ringAfterMs: 100, answerAfterMs: 20_000 });
    await house.open();
    house.a.fault({ kind: "late", alertAfterMs: 2_000 });
    const { events } = await dial(house, local, 5_000);
    expect(events).toEqual(["A→B silence", "ringing B"]);
    expect(house.a.rings(local)).toMatchObject([{ endedBy: "cancelled" }]);
    const [ring] = house.a.rings(local);
    expect((ring?.untilMs ?? Infinity) - (ring?.fromMs ?? 0)).toBeLessThan(30);
  });

  test("it is answered late, before the other: adopted, and the other is cancelled", async () => {
    const house = buildHouse();
    house.b.phone(local).answers({ answerAfterMs: 20_000 });
    await house.open();
    house.a.fault({ kind: "late", answerAfterMs: 2_000 });
    const { call, events } = await dial(house, local, 5_000);
    expect(events).toEqual(["A→B silence", "ringing B", "answered A"]);
    expect(call.trunkId).toBe("A");
    expect(house.b.rings(local)).toMatchObject([{ endedBy: "cancelled" }]);
    expect(
      house
        .entries("attempt:settled")
        .map(({ how }) => how)
        .sort(),
    ).toEqual(["adopted", "cancelled"]);
  });

  test("it is answered late, after the other: acknowledged and ended", async () => {
    const house = buildHouse({}, { challenge: "register" });
    await house.open();
    house.a.fault({ kind: "late", answerAfterMs: 2_000 });
    const { events } = await dial(house, local, 5_000);
    expect(events).toEqual(["A→B silence", "ringing B", "answered B"]);
    expect(
      house.a.log.filter(({ what, method }) => what === "received" && (method === "ACK" || method === "BYE")).map(({ method }) => method),
    ).toEqual(["ACK", "BYE"]);
    expect(house.entries("attempt:settled")).toMatchObject([{ trunkId: "A", how: "answered-late-and-ended" }]);
  });

  test("the agent hangs up while it rings and the callee answers at that moment: acknowledged and ended", async () => {
    const house = buildHouse();
    house.a.phone(local).doesNotAnswer();
    await house.open();
    house.a.fault({ kind: "answer-on-cancel" });
    const { call } = await dial(house, local, 500);
    call.hangUp();
    await pass(1_000);
    expect(house.a.calls.map(({ state }) => state)).toEqual(["ended"]);
  });

  test("nothing ever comes: after 64·T1 nobody waits any more, and the call may have been a duplicate", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "silence", methods: ["INVITE"] });
    const { call } = await dial(house);
    await pass(33_000);
    expect(house.entries("attempt:settled")).toMatchObject([{ how: "never-answered" }]);
    call.hangUp();
    expect(await call.ended).toMatchObject({ possibleDuplicate: true });
  });
});

test("a call that is over is no call under way any more, while what was given up of it is followed to its end", async () => {
  const { line, a, open } = buildHouse();
  await open();
  a.fault({ kind: "silence", methods: ["INVITE"] });
  const call = line.call("+21671000901");
  await pass(3_000);
  expect([call.trunkId, line.calls, line.followedCalls]).toEqual(["B", [call], 0]);
  call.hangUp();
  expect([line.calls, line.followedCalls]).toEqual([[], 1]);
  await pass(32_000);
  expect([line.calls, line.followedCalls]).toEqual([[], 0]);
});
