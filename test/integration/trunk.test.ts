import { describe, expect, test, vi } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { untoldSpreadMs } from "../../src/first-sign.ts";
import type { Fault } from "../../adapters/mock-trunk/index.ts";
import { buildHouse, pass, trunkA, trunkB, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

const stateOf = (house: House, id = "A") => house.line.trunks.find(({ trunkId }) => trunkId === id);
/** When REGISTER came to carrier A. */
const registersOf = ({ a }: House) =>
  a.log.flatMap((entry) => ("method" in entry && entry.method === "REGISTER" && entry.what === "received" ? [entry.atMs] : []));

describe("registration", () => {
  test("all trunks at once, as warm standby, with digest credentials", async () => {
    const house = buildHouse();
    await house.open();
    expect([house.a, house.b].map(({ registrations }) => registrations.map(({ user }) => user))).toEqual([["agent7"], ["agent7"]]);
  });

  test("is refreshed before it runs out, for as long as the softphone is open", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "short-binding", expiresS: 60 });
    await house.open();
    await pass(300_000);
    expect(house.a.registrations).toHaveLength(1);
    expect(stateOf(house)?.ready).toBe(true);
    expect(
      house.entries("registration:changed").filter(({ trunkId, to }) => trunkId === "A" && to === "refreshing").length,
    ).toBeGreaterThanOrEqual(5);
  });

  test.each<[string, Fault, number | undefined]>([
    ["refused by 503", { kind: "reject", methods: ["REGISTER"], code: 503 }, 503],
    ["refused by 403", { kind: "reject", methods: ["REGISTER"], code: 403 }, 403],
    ["not answered", { kind: "silence", methods: ["REGISTER"] }, 408],
    ["answered without our Contact", { kind: "forget-contact" }, 200],
  ])("%s: not ready, tried again with back-off, ready once mended", async (_, fault, code) => {
    const house = buildHouse();
    const mend = house.a.fault(fault);
    void house.line.start();
    await pass(60_000);
    expect(stateOf(house)?.ready).toBe(false);
    const refused = house.entries("registration:changed").filter(({ to }) => to === "refused");
    expect(refused[0]?.answer?.code).toBe(code);
    const gapsMs = refused.slice(1).map(({ atMs }, index) => atMs - (refused[index]?.atMs ?? 0));
    expect(gapsMs.length).toBeGreaterThan(2);
    expect(gapsMs.at(-1)).toBeGreaterThan((gapsMs[0] ?? 0) * 2);
    mend();
    await pass(60_000);
    expect(stateOf(house)?.ready).toBe(true);
  });

  test("a refresh that an overrun registrar refuses costs no call while the binding lives, and is tried again before it runs out", async () => {
    const house = buildHouse({ random: () => 0.5 });
    house.a.fault({ kind: "short-binding", expiresS: 60 });
    await house.open();
    house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 503, times: 2 });
    await pass(49_500);
    expect(house.entries("registration:changed").at(-1)).toMatchObject({ from: "refreshing", to: "registered", answer: { code: 503 } });
    const call = house.line.call("+21671000001");
    await pass(3_000);
    expect(call.trunkId).toBe("A");
    call.hangUp();
    await pass(60_000);
    expect(house.entries("registration:changed").filter(({ trunkId, to }) => trunkId === "A" && to === "refused")).toEqual([]);
    expect(stateOf(house)?.ready).toBe(true);
    house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 503 });
    await pass(70_000);
    expect(stateOf(house)?.ready).toBe(false);
  });

  test("Retry-After is honoured, and clamped", async () => {
    const house = buildHouse({ limits: { retryAfterMaxMs: 60_000 } });
    house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 503, retryAfterS: 86_400 });
    void house.line.start();
    await pass(130_000);
    const [first, second, third] = house.entries("registration:changed").filter(({ to }) => to === "refused");
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(third).toBeDefined();
  });

  test.each<[string, (house: House) => void]>([
    ["its flow is lost again and again", ({ a }) => a.resetAll()],
    ["somebody restores the trunk", ({ line }) => line.restore("A")],
  ])("Retry-After holds while calls wait, though %s; a fleet then comes back with its jitter", async (_, act) => {
    const house = buildHouse({ fleet: { agents: 100, registrationsPerS: 5 }, trunks: [trunkA] });
    const registers = () => registersOf(house);
    const mend = house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 503, retryAfterS: 120 });
    void house.line.start();
    house.line.call("+21671000001");
    await pass(1_000);
    expect(registers()).toHaveLength(1);
    for (let times = 0; times < 11; times++) {
      act(house);
      house.line.call("+21671000001");
      await pass(10_000);
    }
    expect(registers()).toHaveLength(1);
    mend();
    await pass(10_000 + 48_000);
    expect(stateOf(house)?.ready).toBe(true);
    // And once more, with credentials.
    const [first = NaN, second = NaN, ...more] = registers();
    expect([second - first > 120_500, more.length]).toEqual([true, 1]);
  });

  test.each([
    ["calls", "+21671000001"],
    ["emergency calls", "112"],
  ])("a registrar that refuses is asked by %s that wait once a second at most, besides its own pace", async (_, number) => {
    const house = buildHouse({ trunks: [trunkA, { ...trunkA, id: "B", carrier: "B", server: "wss://b.example", emergency: true }] });
    const mend = house.a.fault({ kind: "reject", methods: ["REGISTER", "INVITE"], code: 503 });
    house.b.fault({ kind: "refuse" });
    void house.line.start();
    // Its own pace has slowed down by now to two in a minute.
    await pass(120_000);
    const before = registersOf(house).length;
    for (let calls = 0; calls < 12; calls++) {
      house.line.call(number);
      await pass(5_000);
    }
    expect(registersOf(house).length - before).toBeGreaterThanOrEqual(10);
    expect(registersOf(house).length - before).toBeLessThanOrEqual(12 * 5 + 4);
    mend();
    const call = house.line.call(number);
    await pass(5_500);
    expect(stateOf(house)?.ready).toBe(true);
    call.hangUp();
  });

  test("one that may only be overrun is asked by a call the sooner the less time is left; the agent's own pace is none the slower for that", async () => {
    const house = buildHouse({ trunks: [trunkA], fleet: { agents: 300, registrationsPerS: 6 }, random: () => 0.5 });
    const mend = house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 503 });
    void house.line.start();
    await pass(1_000);
    const before = registersOf(house).length;
    const call = house.line.call("+21671000001");
    await pass(6_000);
    expect(await call.ended).toMatchObject({ end: "refused", refusal: "no-trunk" });
    const asked = registersOf(house).slice(before);
    const gaps = asked.slice(1).map((atMs, at) => atMs - (asked[at] ?? NaN));
    expect(asked.length).toBeGreaterThanOrEqual(9);
    expect(asked.length).toBeLessThanOrEqual(12);
    expect(Math.min(...gaps.slice(0, 3))).toBeGreaterThan(500);
    expect(Math.max(...gaps.slice(-3))).toBeLessThan(500);
    mend();
    // The agent's first move of its own is within the fleet's minute, here the middle of it.
    await pass(30_000);
    expect(stateOf(house)?.ready).toBe(true);
  });

  test("one that refuses what is asked (403) is not overrun: a call has it asked once a second at most", async () => {
    const house = buildHouse({ trunks: [trunkA], fleet: { agents: 300, registrationsPerS: 6 }, random: () => 0.5 });
    house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 403 });
    void house.line.start();
    await pass(1_000);
    const before = registersOf(house).length;
    house.line.call("+21671000001");
    await pass(6_000);
    expect(registersOf(house).length - before).toBeGreaterThanOrEqual(3);
    expect(registersOf(house).length - before).toBeLessThanOrEqual(5);
  });

  test.each([
    ["answers then, is waited for", 250, "answered"],
    ["does not, is not waited for long", 2_000, "ended"],
  ])("one that is being asked when a call's time is up, and %s", async (_, delayMs, state) => {
    const house = buildHouse({ trunks: [trunkA], random: () => 0.5 });
    const mend = house.a.fault({ kind: "refuse" });
    void house.line.start();
    const call = house.line.call("+21671000001");
    await pass(4_400);
    mend();
    house.a.fault({ kind: "slow", methods: ["REGISTER"], delayMs });
    await pass(600);
    expect(stateOf(house)?.registration).toBe("registering");
    await pass(300);
    expect(stateOf(house)?.ready).toBe(state === "answered");
    await pass(3_000);
    expect(call.state).toBe(state);
    call.hangUp();
  });
});

describe("the flow", () => {
  test("lost: it comes back, and registers again", async () => {
    const house = buildHouse();
    await house.open();
    house.a.resetAll();
    await pass(20);
    expect(stateOf(house)).toMatchObject({ flow: "waiting", registration: "none", ready: false });
    await pass(1_000);
    expect(stateOf(house)).toMatchObject({ flow: "open", registration: "registered", ready: true });
  });

  test("that opens and is never registered on backs off all the same", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "reset-on", methods: ["REGISTER"] });
    void house.line.start();
    await pass(120_000);
    const losses = house.entries("flow:changed").filter(({ trunkId, to }) => trunkId === "A" && to === "waiting");
    expect(losses.length).toBeLessThan(12);
    expect((losses.at(-1)?.atMs ?? 0) - (losses.at(-2)?.atMs ?? 0)).toBeGreaterThan(10_000);
  });

  test.each<[string, Fault]>([
    ["refused", { kind: "refuse" }],
    ["refused by HTTP", { kind: "refuse-upgrade", status: 503 }],
    ["hung while opening", { kind: "hang-upgrade" }],
  ])("%s: tried again until it is let in", async (_, fault) => {
    const house = buildHouse();
    const mend = house.a.fault(fault);
    void house.line.start();
    await pass(30_000);
    expect(stateOf(house)?.ready).toBe(false);
    mend();
    await pass(40_000);
    expect(stateOf(house)?.ready).toBe(true);
  });

  test("frozen while idle: doubted after one unanswered probe, lost after two, and rebuilt", async () => {
    const house = buildHouse();
    await house.open();
    const thaw = house.a.fault({ kind: "freeze" });
    await pass(20_000);
    const steps = house
      .entries("flow:changed")
      .filter(({ trunkId }) => trunkId === "A")
      .map(({ from, to }) => `${from}→${to}`);
    expect(steps.slice(2, 5)).toEqual(["open→doubted", "doubted→waiting", "waiting→connecting"]);
    expect(house.entries("probe:unanswered").length).toBeGreaterThanOrEqual(2);
    thaw();
    await pass(40_000);
    expect(stateOf(house)?.ready).toBe(true);
  });

  test("an edge that answers OPTIONS but no CRLF ping is alive, and the other way round", async () => {
    for (const fault of [{ kind: "no-pong" }, { kind: "silence", methods: ["OPTIONS"] }] as const) {
      const house = buildHouse();
      house.a.fault(fault);
      await house.open();
      await pass(120_000);
      expect(stateOf(house)).toMatchObject({ flow: "open", ready: true });
      expect(house.entries("flow:changed").filter(({ to }) => to === "doubted")).toEqual([]);
    }
  });

  test("the network is said to be back: no back-off is waited for", async () => {
    let say: (online: boolean) => void = () => {};
    const house = buildHouse({ network: { watch: (changed) => ((say = changed), () => {}) } });
    await house.open();
    const mend = house.a.fault({ kind: "refuse" });
    house.a.resetAll();
    await pass(60_000);
    mend();
    say(false);
    say(true);
    await pass(200);
    expect(stateOf(house)?.ready).toBe(true);
    expect(house.entries("network:changed").map(({ online }) => online)).toEqual([false, true]);
  });
});

describe("a call to the agent", () => {
  test("rings, is answered, and the customer hangs up", async () => {
    const house = buildHouse();
    await house.open();
    const offered: string[] = [];
    house.line.on("call:offered", (call) => {
      offered.push(call.trunkId);
      void call.answer();
    });
    const incoming = house.b.call("agent7", { from: "+21698000001" });
    await pass(200);
    expect(offered).toEqual(["B"]);
    expect(incoming.state).toBe("answered");
    incoming.hangUp();
    await pass(100);
    expect([house.line.calls, house.line.followedCalls]).toEqual([[], 0]);
    expect(house.entries("call:ended")).toMatchObject([{ end: "hung-up-there" }]);
    expect(JSON.stringify(house.line.journal)).not.toContain("98000001");
  });

  test("is declined, given up by the customer, or hung up by the agent", async () => {
    const house = buildHouse();
    await house.open();
    const take: ((call: { decline(): void; answer(): Promise<void>; hangUp(): void }) => void)[] = [
      (call) => call.decline(),
      () => {},
      (call) => void call.answer().then(() => call.hangUp()),
    ];
    house.line.on("call:offered", (call) => take.shift()?.(call));
    const declined = house.a.call("agent7", { from: "+21698000001" });
    await pass(100);
    expect([declined.state, declined.code]).toEqual(["refused", 486]);
    const givenUp = house.a.call("agent7", { from: "+21698000002" });
    await pass(100);
    givenUp.cancel();
    await pass(100);
    expect([givenUp.state, givenUp.code]).toEqual(["refused", 487]);
    const hungUp = house.a.call("agent7", { from: "+21698000003" });
    await pass(200);
    expect(hungUp.state).toBe("ended");
    expect(house.entries("call:ended").map(({ end }) => end)).toEqual(["hung-up-here", "hung-up-there", "hung-up-here"]);
    expect([house.line.calls, house.line.followedCalls]).toEqual([[], 0]);
  });
});

describe("controls", () => {
  test("are asked at the start, and again when something fails, until they are well", async () => {
    let well = true;
    const house = buildHouse({ controls: { crm: () => (well ? Promise.resolve() : Promise.reject(new TypeError("fetch failed"))) } });
    await house.open();
    expect(house.entries("control:answered")).toHaveLength(1);
    await pass(60_000);
    expect(house.entries("control:answered")).toHaveLength(1);
    well = false;
    house.a.resetAll();
    await pass(12_000);
    expect(house.entries("control:failed").length).toBeGreaterThanOrEqual(2);
    well = true;
    await pass(60_000);
    expect(house.entries("control:answered").length).toBeGreaterThanOrEqual(2);
    const asked = house.entries("control:answered").length;
    await pass(60_000);
    expect(house.entries("control:answered")).toHaveLength(asked);
  });

  test("one that hangs counts as failed", async () => {
    const house = buildHouse({ controls: { crm: () => new Promise(() => {}) } });
    await house.open();
    await pass(2_500);
    expect(house.entries("control:failed")[0]).toMatchObject({ control: "crm", fault: { kind: "overdue" } });
  });
});

describe("another socket, where one carrier's opens no more", () => {
  const proxy = { kind: "refuse-upgrade", status: 407 } as const;

  test("tells a carrier that is down from a proxy that lets no new one through, before the next flow is lost", async () => {
    for (const isProxy of [false, true]) {
      const house = buildHouse({ controls: { crm: () => Promise.resolve() } });
      await house.open();
      await pass(30_000);
      house.a.fault(proxy);
      if (isProxy) house.b.fault(proxy);
      house.a.resetAll();
      await pass(3_000);
      expect(house.entries("socket:tried")).toMatchObject([{ trunkId: "B", opened: !isProxy }]);
      expect(house.line.verdict).toMatchObject({ leader: isProxy ? "local-network" : "carrier-signalling" });
      expect(house.b.connections).toBe(1);
    }
  });

  test("is tried once a minute, and no more once the line has closed", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault(proxy);
    house.a.resetAll();
    await pass(58_000);
    expect(house.entries("socket:tried")).toHaveLength(1);
    await pass(60_000);
    expect(house.entries("socket:tried")).toHaveLength(2);
    await Promise.all([house.line.close(), pass(1_000)]);
    await pass(120_000);
    expect(house.entries("socket:tried")).toHaveLength(2);
  });

  test("is tried as soon as there is a flow beside which to try it, though a minute has not passed since there was none", async () => {
    const house = buildHouse();
    await house.open();
    const mends = [house.a.fault(proxy), house.b.fault(proxy)];
    house.a.resetAll();
    house.b.resetAll();
    await pass(5_000);
    expect(house.entries("socket:tried")).toEqual([]);
    for (const mend of mends) mend();
    // Long enough for the next loss to be the first again.
    await pass(45_000);
    house.a.fault(proxy);
    house.a.resetAll();
    await pass(5_000);
    expect(house.entries("socket:tried")).toMatchObject([{ trunkId: "B", opened: true }]);
  });

  test.each([
    ["the other trunk is the same carrier's", { trunks: [trunkA, { ...trunkB, carrier: trunkA.carrier }] }],
    ["its URL is another each time", { trunks: [trunkA, { ...trunkB, server: () => trunkB.server }] }],
  ])("is not tried where %s", async (_, change) => {
    const house = buildHouse(change);
    await house.open();
    house.a.fault(proxy);
    house.a.resetAll();
    await pass(10_000);
    expect(house.entries("socket:tried")).toEqual([]);
  });
});

describe("controls before the start", () => {
  const down = () => Promise.reject(new TypeError("fetch failed"));
  const hangs = () => new Promise<never>(() => {});

  test("are asked when a stage is late, until they are well, and by then the network is named, not the CRM", async () => {
    let isDown = true;
    const control = () => (isDown ? down() : Promise.resolve());
    const house = buildHouse({ controls: { crm: control, other: control } });
    await vi.dynamicImportSettled();
    house.line.boot.stage("settings", hangs, { timeoutMs: 8_000 }).catch(() => {});
    await pass(3_900);
    expect(house.entries("control:failed")).toEqual([]);
    await pass(1_000);
    expect(house.entries("control:failed").map(({ control: name }) => name)).toEqual(["crm", "other"]);
    expect(house.line.verdict).toMatchObject({ leader: "local-network", conclusion: "clear" });
    isDown = false;
    await pass(30_000);
    expect(house.entries("control:answered")).toHaveLength(2);
    expect(house.line.verdict).toMatchObject({ leader: "local-network" });
    // A proof of life that comes later clears nobody.
    await house.open();
    await pass(2_000);
    expect(house.line.verdict).toMatchObject({ leader: "local-network" });
  });

  test("nothing is asked while all is well, and nothing is left of a question when the line closes", async () => {
    const asked = vi.fn(hangs);
    const house = buildHouse({ controls: { crm: asked } });
    await house.line.boot.stage("settings", () => 1);
    await pass(60_000);
    expect(asked).not.toHaveBeenCalled();
    await expect(house.line.boot.stage("profile", down)).rejects.toThrow();
    await pass(untoldSpreadMs + 10);
    expect(asked).toHaveBeenCalledTimes(1);
    const closed = house.line.close();
    await pass(1_000);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
    expect(house.entries("control:failed")).toEqual([]);
  });
});

describe("clocks", () => {
  const skews = (house: House) => house.entries("clock:skewed").map(({ by, byMs }) => [by, Math.round(byMs / 1_000)]);
  const carrierAhead = (aheadMs: number) => ({
    clock: { ...systemClock, dateMs: () => systemClock.dateMs() + aheadMs },
  });

  test("a registrar's Date that is far from ours is on record, once per trunk", async () => {
    const house = buildHouse({}, carrierAhead(90_000));
    house.a.fault({ kind: "short-binding", expiresS: 60 });
    await house.open();
    await pass(300_000);
    expect(skews(house)).toEqual([
      ["A", expect.closeTo(-90, -1)],
      ["B", expect.closeTo(-90, -1)],
    ]);
  });

  test("whole seconds and a round trip are no skew", async () => {
    const house = buildHouse({}, carrierAhead(900));
    await house.open();
    expect(skews(house)).toEqual([]);
  });
});
