import { describe, expect, test } from "vitest";
import type { Credentials } from "../../src/ports/sip-account.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

const minuteMs = 60_000;
const local = "+21671000001";
const stateOf = (house: House, id = "A") => house.line.trunks.find(({ trunkId }) => trunkId === id);
const registers = ({ a }: House) => a.log.filter((entry) => "method" in entry && entry.method === "REGISTER" && entry.what === "received");

const edgeOf = (id: string) => ({
  id,
  carrier: `Carrier ${id}`,
  server: `wss://${id.toLowerCase()}.example`,
  aor: `sip:agent7@${id.toLowerCase()}.example`,
});

/** Trunk A with credentials of its own; B is well. */
const withCredentials = (credentials: () => Credentials | Promise<Credentials>, change: object = {}) =>
  buildHouse({
    limits: { probeIntervalMs: 10 * minuteMs },
    trunks: [
      { ...edgeOf("A"), credentials },
      { ...edgeOf("B"), credentials: { password: "secret" } },
    ],
    ...change,
  });

describe("a registrar that refuses our credentials", () => {
  test("is left alone for minutes, longer each time, whoever calls meanwhile and however often its flow is lost", async () => {
    const house = withCredentials(() => ({ password: "wrong" }));
    void house.line.start();
    await pass(119_000);
    expect(registers(house)).toHaveLength(2);
    for (let call = 0; call < 5; call++) {
      house.line.call(local).hangUp();
      house.a.resetAll();
      await pass(2_000);
    }
    expect(stateOf(house)?.flow).toBe("open");
    const refusedMs = () =>
      house
        .entries("registration:changed")
        .filter(({ trunkId, to }) => trunkId === "A" && to === "refused")
        .map(({ atMs }) => atMs);
    expect(refusedMs()).toHaveLength(1);
    await pass(60 * minuteMs);
    const gapsMs = refusedMs()
      .slice(1)
      .map((atMs, index) => atMs - (refusedMs()[index] ?? 0));
    expect(gapsMs.length).toBeGreaterThanOrEqual(3);
    for (const [index, gapMs] of gapsMs.entries()) {
      expect(gapMs).toBeGreaterThanOrEqual(Math.min(2 * 2 ** index, 15) * minuteMs);
      expect(gapMs).toBeLessThanOrEqual(Math.min(4 * 2 ** index, 30) * minuteMs + 3_000);
    }
  });

  test("looks at the source once at a time, though the rest ends between two milliseconds and a timer fires at the first of them", async () => {
    const looksMs: number[] = [];
    const house = withCredentials(() => (looksMs.push(performance.now()), { password: "wrong" }), { random: () => 0.123456789 });
    void house.line.start();
    await pass(10 * minuteMs);
    expect(registers(house).length).toBeGreaterThan(2);
    const gapsMs = looksMs.slice(1).map((atMs, index) => atMs - (looksMs[index] ?? 0));
    expect(Math.min(...gapsMs)).toBeGreaterThan(5_000);
  });

  test.each<[string, (house: House) => void]>([
    ["its source gives something else", () => {}],
    ["somebody asks for it: restore()", ({ line }) => line.restore("A")],
  ])("is asked again once %s", async (what, act) => {
    let password = "wrong";
    const house = withCredentials(() => ({ password }));
    void house.line.start();
    await pass(minuteMs);
    expect(stateOf(house)?.ready).toBe(false);
    password = "secret";
    act(house);
    await pass(what.includes("restore") ? 100 : 20_000);
    expect(stateOf(house)?.ready).toBe(true);
  });

  test("is asked again once the network has changed", async () => {
    let tell: (online: boolean) => void = () => {};
    const house = withCredentials(() => ({ password: "wrong" }), {
      network: { watch: (changed: typeof tell) => ((tell = changed), () => {}) },
    });
    void house.line.start();
    await pass(minuteMs);
    const before = registers(house).length;
    tell(false);
    tell(true);
    await pass(100);
    expect(registers(house).length).toBe(before + 2);
    await pass(minuteMs);
    expect(registers(house).length).toBe(before + 2);
  });

  test("is left alone as well where it asks for what nobody here can answer, whatever the source gives; until somebody asks", async () => {
    let serial = 0;
    const house = withCredentials(() => ({ password: `other ${++serial}` }));
    // It says neither how nor for what.
    const mend = house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 401 });
    void house.line.start();
    await pass(60 * minuteMs);
    expect(registers(house).length).toBeGreaterThanOrEqual(3);
    expect(registers(house).length).toBeLessThanOrEqual(8);
    mend();
    house.line.setTrunks(house.line.trunks.map(({ trunkId }) => ({ ...edgeOf(trunkId), credentials: { password: "secret" } })));
    await pass(1_000);
    expect(stateOf(house)?.ready).toBe(true);
  });

  test("is not hammered by a source that makes up new ones each time", async () => {
    let serial = 0;
    const house = withCredentials(() => ({ password: `wrong ${++serial}` }));
    void house.line.start();
    await pass(60 * minuteMs);
    expect(registers(house).length).toBeLessThan(2 * 90);
    expect(registers(house).filter(({ atMs }) => atMs > 30 * minuteMs).length).toBeLessThan(2 * 35);
  });

  test("is asked at the usual pace where nothing was refused: the source had none yet", async () => {
    let isReady = false;
    const house = withCredentials(() => (isReady ? { password: "secret" } : Promise.reject(new Error("no token yet"))));
    void house.line.start();
    await pass(3_000);
    isReady = true;
    await pass(5_000);
    expect(stateOf(house)?.ready).toBe(true);
  });
});

describe.each([302, 403, 404, 501])("a registrar that answers %i to whoever registers", (code) => {
  test("is asked ever more seldom, up to half an hour, also by flows that are new", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "reject", methods: ["REGISTER"], code });
    void house.line.start();
    await pass(minuteMs);
    expect(registers(house).length).toBeGreaterThanOrEqual(6);
    expect(registers(house).length).toBeLessThanOrEqual(8);
    for (let lost = 0; lost < 5; lost++) {
      house.a.resetAll();
      await pass(2_000);
    }
    expect(registers(house).length).toBeLessThanOrEqual(9);
    await pass(4 * 60 * minuteMs);
    // Some while it doubles, then one in a quarter to half an hour.
    expect(registers(house).length).toBeLessThanOrEqual(9 + 5 + 16);
    const gapsMs = registers(house)
      .slice(-3)
      .map(({ atMs }, index, last) => atMs - (last[index - 1]?.atMs ?? -Infinity));
    for (const gapMs of gapsMs) expect(gapMs).toBeGreaterThanOrEqual(15 * minuteMs);
  });

  test("because it was just started has us back at once, and one that took longer by the next call", async () => {
    const house = buildHouse({ trunks: [{ ...edgeOf("A"), credentials: { password: "secret" } }] });
    let mend = house.a.fault({ kind: "reject", methods: ["REGISTER"], code });
    void house.line.start();
    await pass(5_000);
    mend();
    // Four waits at their shortest (W/2 of 0.5, 1, 2 and 4 s) are within the five seconds above, a fifth is not: the next is of 8 s at most.
    await pass(10_000);
    expect(stateOf(house)?.ready).toBe(true);
    mend = house.a.fault({ kind: "reject", methods: ["REGISTER"], code });
    await pass(60 * minuteMs);
    expect(stateOf(house)?.ready).toBe(false);
    mend();
    const call = house.line.call(local);
    await pass(3_000);
    expect([call.state, stateOf(house)?.ready]).toEqual(["answered", true]);
    call.hangUp();
  });
});

describe.each([480, 503])("a registrar that answers %i for hours", (code) => {
  test("is asked twice a minute or so, has us back then by itself, and what it granted before holds", async () => {
    const house = buildHouse();
    await house.open();
    const mend = house.a.fault({ kind: "reject", methods: ["REGISTER"], code });
    await pass(9 * minuteMs);
    expect(stateOf(house)?.registration).toBe("registered");
    await pass(30 * minuteMs);
    expect(stateOf(house)?.ready).toBe(false);
    const before = registers(house).length;
    await pass(10 * minuteMs);
    expect(registers(house).length - before).toBeGreaterThanOrEqual(20);
    mend();
    await pass(31_000);
    expect(stateOf(house)?.ready).toBe(true);
  });
});

test("a registrar that refuses what we ask and says when to ask again is asked by no call before that", async () => {
  const house = buildHouse({ trunks: [{ ...edgeOf("A"), credentials: { password: "secret" } }] });
  house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 603, retryAfterS: 120 });
  void house.line.start();
  await pass(1_000);
  const before = registers(house).length;
  house.line.call(local);
  await pass(100_000);
  expect(registers(house)).toHaveLength(before);
});

describe("a credentials source that hangs", () => {
  test("at an INVITE costs the call what silence costs; the next trunk is tried while it hangs", async () => {
    let hangs = false;
    const house = withCredentials(() => (hangs ? new Promise<never>(() => {}) : { password: "secret" }));
    await house.open();
    hangs = true;
    const call = house.line.call(local);
    await pass(3_000);
    expect([call.trunkId, house.b.rings().length]).toEqual(["B", 1]);
    expect(house.entries("credentials:failed")).toMatchObject([{ trunkId: "A" }]);
    call.hangUp();
  });

  test("at a REGISTER costs that REGISTER ten seconds, and the next is answered", async () => {
    let hangs = true;
    const house = withCredentials(() => (hangs ? new Promise<never>(() => {}) : { password: "secret" }));
    void house.line.start();
    await pass(5_000);
    hangs = false;
    await pass(7_000);
    expect(stateOf(house)?.ready).toBe(true);
    expect(stateOf(house, "B")?.ready).toBe(true);
  });
});

describe("registration", () => {
  test("one swallowed REGISTER costs seconds, and only what was sent is on record as sent", async () => {
    const house = buildHouse();
    const mend = house.a.fault({ kind: "silence", methods: ["REGISTER"] });
    void house.line.start();
    await pass(500);
    mend();
    await pass(6_000);
    expect(stateOf(house)?.ready).toBe(true);
    const begun = house.entries("registration:changed").filter(({ trunkId, to }) => trunkId === "A" && to === "registering");
    expect(begun).toHaveLength(2);
    // Swallowed, challenged, granted.
    expect(
      house.a.log.filter((entry) => "method" in entry && entry.method === "REGISTER" && /^(received|swallowed)$/.test(entry.what)),
    ).toHaveLength(3);
  });

  test("with a registrar that grants half an hour at least asks for that (423)", async () => {
    const house = buildHouse({}, { minExpiresS: 1_800, grantedS: 3_600 });
    await house.open();
    expect(house.a.registrations.map(({ expiresS }) => expiresS)).toEqual([1_800]);
    expect(house.entries("registration:changed").filter(({ to }) => to === "refused")).toEqual([]);
  });
});

describe("a registrar", () => {
  test("that grants a second is asked a few times a minute, and its trunk serves all the while", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "short-binding", expiresS: 1 });
    await house.open();
    await pass(10 * minuteMs);
    expect(registers(house).length).toBeLessThanOrEqual(2 * 48);
    expect(house.entries("registration:changed").filter(({ trunkId, to }) => trunkId === "A" && to === "none")).toEqual([]);
    const call = house.line.call(local);
    await pass(3_000);
    expect([call.state, call.trunkId]).toEqual(["answered", "A"]);
    call.hangUp();
  });

  test.each([
    ["the only one", [edgeOf("A")], "A"],
    ["beside one that lists us", [edgeOf("A"), edgeOf("B")], "B"],
  ])("that takes us and lists no binding carries calls out, where no other can: %s", async (_, trunks, by) => {
    const house = buildHouse({ trunks: trunks.map((trunk) => ({ ...trunk, credentials: { password: "secret" } })) });
    house.a.fault({ kind: "forget-contact" });
    void house.line.start();
    await pass(1_000);
    expect(stateOf(house)?.ready).toBe(false);
    const call = house.line.call(local);
    await pass(3_000);
    expect([call.state, call.trunkId]).toEqual(["answered", by]);
    call.hangUp();
  });
});

describe("an edge that answers neither OPTIONS nor pings", () => {
  const mute = (house: House) => [house.a.fault({ kind: "silence", methods: ["OPTIONS"] }), house.a.fault({ kind: "no-pong" })];
  const lost = (house: House) => house.entries("flow:changed").filter(({ trunkId, to }) => trunkId === "A" && to === "waiting");

  test("and serves calls and registrations keeps its flow; what it does answer is asked, and seldom", async () => {
    const house = buildHouse();
    mute(house);
    await house.open();
    const call = house.line.call(local);
    await pass(30 * minuteMs);
    expect(lost(house)).toEqual([]);
    expect([call.state, stateOf(house)?.ready]).toEqual(["answered", true]);
    expect(house.entries("flow:changed").filter(({ to }) => to === "doubted")).toHaveLength(1);
    expect(registers(house).length).toBeLessThan(2 * 40);
    call.hangUp();
  });

  test("and then nothing at all is found dead, and comes back", async () => {
    const house = buildHouse();
    mute(house);
    await house.open();
    await pass(5 * minuteMs);
    const thaw = house.a.fault({ kind: "freeze" });
    await pass(70_000);
    expect(lost(house).length).toBeGreaterThan(0);
    thaw();
    await pass(40_000);
    expect(stateOf(house)?.ready).toBe(true);
  });

  test("for a while only is probed as usual afterwards, and believed dead when it falls silent again", async () => {
    const house = buildHouse();
    const mends = mute(house);
    await house.open();
    await pass(2 * minuteMs);
    mends.forEach((mend) => mend());
    await pass(3 * minuteMs);
    house.a.fault({ kind: "freeze" });
    await pass(20_000);
    expect(lost(house).length).toBeGreaterThan(0);
  });
});

describe("a healthy day", () => {
  test("sends each INVITE once, but for the first to each edge and one that an edge's own failure met", async () => {
    const house = buildHouse({}, { nonceLifeMs: 60 * minuteMs });
    await house.open();
    const { line, a, b } = house;
    const invites = () =>
      [a, b].flatMap(({ log }) => log).filter((entry) => "method" in entry && entry.method === "INVITE" && entry.what === "received");
    const callTimes = async (count: number) => {
      const before = invites().length;
      for (let call = 0; call < count; call++) {
        const placed = line.call(local);
        await pass(3_000);
        expect(placed.state).toBe("answered");
        placed.hangUp();
        await pass(minuteMs);
      }
      return invites().length - before;
    };
    expect(await callTimes(1)).toBe(2);
    a.fault({ kind: "reject", methods: ["INVITE"], code: 500, times: 1 });
    expect(await callTimes(1)).toBe(3);
    // The first of them to A goes the usual way.
    expect(await callTimes(20)).toBeLessThanOrEqual(21);
  });
});
