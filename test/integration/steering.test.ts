/** What an operator and the integrator may do about the order of the trunks, and what no one may. */
import { describe, expect, test } from "vitest";
import type { PolicyRequest } from "../../src/config.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

let serial = 0;
/** Which trunk carries a call now. */
async function carrierOf(house: House, number = `+21671${String(++serial).padStart(6, "0")}`): Promise<string> {
  const call = house.line.call(number);
  let by = "nobody";
  call.on("answered", ({ trunkId }) => {
    by = trunkId;
    call.hangUp();
  });
  await pass(12_000);
  return by;
}

const account = (id: "A" | "B", more = {}) => ({
  id,
  carrier: `Carrier ${id}`,
  server: `wss://${id.toLowerCase()}.example`,
  aor: `sip:agent7@${id.toLowerCase()}.example`,
  credentials: { password: "secret" },
  ...more,
});

/** Every breaker that a call to `route` meets is open. */
async function openAllBreakers(house: House, prefix: string): Promise<void> {
  const mend = [house.a, house.b].map((trunk) => trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 300 }));
  await carrierOf(house, `${prefix}999999`);
  for (const clear of mend) clear();
}

describe("isolate and restore", () => {
  test("no new call goes out on an isolated trunk; the one that is up goes on", async () => {
    const house = buildHouse();
    await house.open();
    const talking = house.line.call("+21671000100");
    await pass(3_000);
    expect(talking.trunkId).toBe("A");
    house.line.isolate("A");
    expect(await carrierOf(house)).toBe("B");
    expect(talking.state).toBe("answered");
    expect(house.line.trunks[0]).toMatchObject({ trunkId: "A", isolated: true, ready: true });
    house.line.restore("A");
    expect(await carrierOf(house)).toBe("A");
    expect(house.entries("trunk:isolated").length + house.entries("trunk:restored").length).toBe(2);
  });

  test("restoring closes the trunk's breakers: the operator knows better", async () => {
    const house = buildHouse();
    await house.open();
    const mend = house.a.fault({ kind: "silence", methods: ["INVITE"] });
    expect(await carrierOf(house)).toBe("B");
    mend();
    expect(house.line.trunks[0]?.breakers).toMatchObject([{ route: "local", plane: "signalling", state: "open", trust: 0 }, {}]);
    expect(house.line.trunks[0]?.breakers[0]?.restMs).toBeGreaterThan(15_000);
    house.line.restore("A");
    expect(await carrierOf(house)).toBe("A");
    expect(house.entries("breaker:changed").at(-1)).toMatchObject({ to: "closed", because: "restored" });
  });

  test("an id that no trunk has is refused by name", () => {
    const { line } = buildHouse();
    expect(() => line.isolate("C")).toThrow('there is no trunk "C" [unknown-trunk]');
    expect(() => line.weigh("A", { weight: -1 })).toThrow("weigh(): weight must be a number of 0 or more, not -1");
  });

  test("an order that is none is refused by name, and changes nothing", () => {
    const { line } = buildHouse();
    const weigh = line.weigh as (trunkId: string, order?: unknown) => void;
    expect(() => weigh("A")).toThrow("weigh() is missing [bad-config]");
    expect(() => weigh("A", null)).toThrow("weigh() must be an object, not null [bad-config]");
    expect(() => weigh("A", { prio: 1 })).toThrow('weigh(): prio is not a known field; did you mean "priority"? [bad-config]');
    expect(() => weigh("C")).toThrow('there is no trunk "C" [unknown-trunk]');
    expect(line.trunks.map(({ priority }) => priority)).toEqual([0, 1]);
  });
});

describe("priority, weight and policy", () => {
  test("a new priority holds from the next call on", async () => {
    const house = buildHouse();
    await house.open();
    expect(await carrierOf(house)).toBe("A");
    house.line.weigh("A", { priority: 9 });
    expect(await carrierOf(house)).toBe("B");
    expect(house.line.trunks[0]).toMatchObject({ priority: 9, weight: 1 });
  });

  test("equal priorities share the calls", async () => {
    const house = buildHouse({ trunks: [account("A", { priority: 0 }), account("B", { priority: 0 })] });
    await house.open();
    const carriers = new Set<string>();
    for (let call = 0; call < 12; call++) carriers.add(await carrierOf(house));
    expect([...carriers].sort()).toEqual(["A", "B"]);
  });

  test("a policy replaces the planner, and may keep a trunk out of it", async () => {
    const asked: PolicyRequest[] = [];
    const house = buildHouse({
      policy(request) {
        asked.push(request);
        return ["nobody", "B"];
      },
    });
    await house.open();
    expect(await carrierOf(house)).toBe("B");
    expect(asked[0]).toMatchObject({ route: "local", emergency: false, candidates: [{ trunkId: "A" }, { trunkId: "B" }] });
    house.b.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    expect(await carrierOf(house)).toBe("nobody");
  });

  test("a policy that throws, or gives no list, changes nothing and is on record", async () => {
    for (const policy of [
      () => {
        throw new TypeError("oops");
      },
      () => undefined as never,
    ]) {
      const house = buildHouse({ policy });
      await house.open();
      expect(await carrierOf(house)).toBe("A");
      expect(house.entries("policy:failed")[0]).toMatchObject({ error: "TypeError" });
    }
  });
});

describe("an emergency call", () => {
  test("goes out with every breaker open and every trunk isolated, whatever the policy", async () => {
    const house = buildHouse({ policy: () => [] });
    await house.open();
    await openAllBreakers(house, "+21671");
    house.line.isolate("A");
    house.line.isolate("B");
    expect(await carrierOf(house, "112")).toBe("A");
  });

  test("tries each trunk once, though the carrier asks for rest and the call has no attempt left", async () => {
    const house = buildHouse({ limits: { maxAttempts: 1 } });
    await house.open();
    const mend = [house.a, house.b].map((trunk) => trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 300 }));
    expect(await carrierOf(house, "198")).toBe("nobody");
    mend[1]?.();
    expect(house.line.trunks.flatMap(({ breakers }) => breakers.filter(({ state }) => state === "open")).length).toBe(2);
    expect(await carrierOf(house, "198")).toBe("B");
  });

  test("leaves out a trunk that does not reach the emergency services", async () => {
    const house = buildHouse({ trunks: [account("A", { emergency: false }), account("B")] });
    await house.open();
    expect(await carrierOf(house, "112")).toBe("B");
    expect(await carrierOf(house)).toBe("A");
  });
});
