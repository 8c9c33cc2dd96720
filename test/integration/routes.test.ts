import { describe, expect, test } from "vitest";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

let serial = 0;
/** Places a call, hangs up once it is answered, and tells which trunk carried it. */
async function carrierOf(house: House, prefix: string): Promise<string> {
  const call = house.line.call(`${prefix}${String(++serial).padStart(6, "0")}`);
  let by = "nobody";
  call.on("answered", ({ trunkId }) => {
    by = trunkId;
    call.hangUp();
  });
  await pass(2_500);
  return by;
}

const local = "+21671";
const abroad = "+3312345";

describe("a carrier's local route is dead while its international one is well", () => {
  test("one silent call opens the breaker of that route alone; later calls go straight to B, at no cost", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "silence", methods: ["INVITE"], prefix: local });
    expect(await carrierOf(house, local)).toBe("B");
    expect(house.entries("breaker:changed")).toMatchObject([{ trunkId: "A", route: "local", to: "open", because: "silence-edge-alive" }]);
    expect(house.entries("attempt:overdue")).toMatchObject([{ edgeAlive: true }]);
    expect(await carrierOf(house, local)).toBe("B");
    expect(house.a.log.filter(({ what, fault }) => what === "swallowed" && fault === "silence")).toHaveLength(1);
    expect(await carrierOf(house, abroad)).toBe("A");
  });

  test("traffic comes back slowly: a share at first, all of it after enough successes", async () => {
    const house = buildHouse();
    await house.open();
    const mend = house.a.fault({ kind: "silence", methods: ["INVITE"], prefix: local });
    await carrierOf(house, local);
    mend();
    await pass(40_000);
    expect(house.entries("breaker:changed").at(-1)).toMatchObject({ to: "probing" });
    const carriers: string[] = [];
    while (carriers.length < 80 && house.entries("breaker:changed").at(-1)?.to !== "closed") carriers.push(await carrierOf(house, local));
    expect(carriers.filter((by) => by === "A")).toHaveLength(5);
    expect(carriers.filter((by) => by === "B").length).toBeGreaterThan(3);
    expect(await carrierOf(house, local)).toBe("A");
  });

  test("a network that lets a phone ring and then gives up is counted, though the ringing had closed the breaker", async () => {
    const house = buildHouse({ limits: { recoverySuccesses: 1 } });
    await house.open();
    const mend = house.a.fault({ kind: "silence", methods: ["INVITE"], prefix: local });
    await carrierOf(house, local);
    mend();
    await pass(40_000);
    house.a.fault({ kind: "reject", methods: ["INVITE"], prefix: local, code: 503, q850: 38, after: 180 });
    for (let call = 0; call < 20 && house.entries("breaker:changed").at(-1)?.to !== "closed"; call++) await carrierOf(house, local);
    expect(house.entries("breaker:changed").at(-1)).toMatchObject({ route: "local", to: "closed", because: "recovered" });
    const met = house.a.calls.length;
    for (let call = 0; call < 3; call++) await carrierOf(house, local);
    expect(house.entries("breaker:changed").at(-1)).toMatchObject({ route: "local", to: "open", because: "q850-38" });
    expect(house.a.calls.length - met).toBe(1);
  });

  test("404 with cause 3 opens it after two calls, and each call is saved", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], prefix: local, code: 404, q850: 3 });
    expect([await carrierOf(house, local), await carrierOf(house, local), await carrierOf(house, local)]).toEqual(["B", "B", "B"]);
    expect(house.entries("breaker:changed")).toMatchObject([{ route: "local", to: "open", because: "q850-3" }]);
    expect(house.a.calls).toHaveLength(2);
  });

  test("a Retry-After rests the whole trunk at once, for as long as asked, but no longer than the limit", async () => {
    const house = buildHouse({ limits: { retryAfterMaxMs: 120_000 } });
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 86_400 });
    await carrierOf(house, local);
    expect(house.entries("breaker:changed")[0]?.ejectionMs).toBeLessThanOrEqual(120_000 * 1.2);
    expect(house.entries("breaker:changed")[0]?.ejectionMs).toBeGreaterThanOrEqual(120_000);
    expect(house.entries("breaker:changed")).toMatchObject([{ trunkId: "A", route: "*", to: "open" }]);
  });

  test.each<[string, number | undefined]>([
    ["120", 120],
    ['"120"', 120],
    ["120s", 120],
    ["120.5", 120],
    ["120;duration=60", 120],
    ["120 (in a meeting)", 120],
    ["120, 60", 120],
    ["4294967295", 300],
    ["301", 300],
    ["1", 1],
    ["0", undefined],
    ["-5", undefined],
    ["1e9", undefined],
    ["(soon)", undefined],
    ["", undefined],
    ["Fri, 27 Nov 2026 03:00:00 GMT", undefined],
  ])("a Retry-After that is written %j rests the whole trunk for %s s", async (written, restS) => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503, headers: [`Retry-After: ${written}`], times: 1 });
    expect(await carrierOf(house, local)).toBe("B");
    const opened = house.entries("breaker:changed").filter(({ to }) => to === "open");
    expect(opened.map(({ route }) => route)).toEqual(restS === undefined ? [] : ["*"]);
    if (restS === undefined) return expect(await carrierOf(house, abroad)).toBe("A");
    // An ejection of our own is no shorter; and a fifth is jitter.
    expect(opened[0]?.ejectionMs).toBeGreaterThanOrEqual(restS * 1_000);
    expect(opened[0]?.ejectionMs).toBeLessThanOrEqual(Math.max(restS, 30) * 1_200);
    expect(await carrierOf(house, abroad)).toBe("B");
  });

  test("no call to any other route goes out on a trunk that asked for rest (RFC 3261 §21.5.4)", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 60, prefix: local });
    await carrierOf(house, local);
    expect([await carrierOf(house, abroad), await carrierOf(house, "+21698")]).toEqual(["B", "B"]);
    expect(house.a.calls).toHaveLength(1);
    await pass(90_000);
    expect(house.line.trunks[0]?.breakers[0]).toMatchObject({ route: "*", state: "probing" });
    // Any route's phones bring it back.
    for (let calls = 0; calls < 60 && house.line.trunks[0]?.breakers[0]?.route === "*"; calls++) await carrierOf(house, abroad);
    expect(house.entries("breaker:changed").at(-1)).toMatchObject({ route: "*", to: "closed", because: "recovered" });
  });

  test("phones that ring late open no breaker: fixed lines in 1 s, mobiles in 6 s, on both carriers alike", async () => {
    const house = buildHouse();
    await house.open();
    const ring = async (afterMs: number) => {
      const number = `${local}${String(++serial).padStart(6, "0")}`;
      for (const carrier of [house.a, house.b]) carrier.phone(number).answers({ ringAfterMs: afterMs, answerAfterMs: 200 });
      const call = house.line.call(number);
      await pass(20_000);
      call.hangUp();
      await pass(40_000);
    };
    for (let calls = 0; calls < 6; calls++) await ring(1_000);
    for (let calls = 0; calls < 15; calls++) await ring(calls % 3 === 2 ? 6_000 : 1_000);
    expect(house.entries("breaker:changed")).toEqual([]);
    // The first mobile was given up; the others were waited for.
    expect(house.entries("attempt:overdue")).toHaveLength(1);
  }, 60_000);

  test("a route that lets no phone ring any more is found out by the second call", async () => {
    const house = buildHouse();
    await house.open();
    for (let calls = 0; calls < 6; calls++) await carrierOf(house, local);
    house.a.fault({ kind: "stall", after: 100, prefix: local });
    for (let calls = 0; calls < 2; calls++) {
      const call = house.line.call(`${local}9${String(++serial).padStart(5, "0")}`);
      await pass(30_000);
      call.hangUp();
      await pass(1_000);
    }
    expect(house.entries("breaker:changed")).toMatchObject([{ trunkId: "A", route: "local", to: "open", because: "stalled-after-100" }]);
  });
});

describe("emergency numbers are never refused", () => {
  test("with every breaker open, closed ones would go first, and the call is attempted all the same", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 600 });
    const mendB = house.b.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 600 });
    const first = house.line.call("112");
    await pass(500);
    expect(await first.ended).toMatchObject({ end: "failed", attempts: 2 });
    expect(house.entries("breaker:changed").map(({ trunkId, route, to }) => `${trunkId} ${route} ${to}`)).toEqual(["A * open", "B * open"]);
    mendB();
    const second = house.line.call("112");
    await pass(500);
    expect(second.state).toBe("answered");
    expect(second.trunkId).toBe("B");
  });

  test("while the CRM has not come up", async () => {
    const house = buildHouse();
    await house.open();
    void house.line.boot.stage("settings", () => new Promise(() => {}), { timeoutMs: 60_000 });
    await pass(10);
    const refused = house.line.call("+21671000001");
    expect(await refused.ended).toMatchObject({ end: "refused", refusal: "boot-incomplete" });
    const emergency = house.line.call("190");
    await pass(500);
    expect(emergency.state).toBe("answered");
  });

  test("on a trunk that is connected but refused to register us", async () => {
    const house = buildHouse();
    for (const trunk of [house.a, house.b]) trunk.fault({ kind: "reject", methods: ["REGISTER"], code: 503 });
    void house.line.start();
    await pass(300);
    const call = house.line.call("112");
    await pass(500);
    expect(call.state).toBe("answered");
  });

  test("by a trunk that is registered, before one of a better place that only listens", async () => {
    const house = buildHouse();
    house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 503 });
    void house.line.start();
    await pass(300);
    expect(house.line.trunks).toMatchObject([{ flow: "open", ready: false }, { ready: true }]);
    const call = house.line.call("112");
    await pass(500);
    expect(call).toMatchObject({ state: "answered", trunkId: "B" });
  });
});
