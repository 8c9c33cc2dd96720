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

  test("404 with cause 3 opens it after two calls, and each call is saved", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], prefix: local, code: 404, q850: 3 });
    expect([await carrierOf(house, local), await carrierOf(house, local), await carrierOf(house, local)]).toEqual(["B", "B", "B"]);
    expect(house.entries("breaker:changed")).toMatchObject([{ route: "local", to: "open", because: "q850-3" }]);
    expect(house.a.calls).toHaveLength(2);
  });

  test("a Retry-After rests the trunk's route at once, for as long as asked, but no longer than the limit", async () => {
    const house = buildHouse({ limits: { retryAfterMaxMs: 120_000 } });
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 86_400 });
    await carrierOf(house, local);
    expect(house.entries("breaker:changed")[0]?.ejectionMs).toBeLessThanOrEqual(120_000 * 1.2);
    expect(house.entries("breaker:changed")[0]?.ejectionMs).toBeGreaterThanOrEqual(120_000);
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
    expect(house.entries("breaker:changed").map(({ trunkId, route, to }) => `${trunkId} ${route} ${to}`)).toEqual([
      "A emergency open",
      "B emergency open",
    ]);
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
});
