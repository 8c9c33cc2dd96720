/** Many things that fail or move together: carriers, agents, cold trunks. */
import { describe, expect, test } from "vitest";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

let serial = 0;
const place = (house: House) => house.line.call(`+21671${String(++serial).padStart(6, "0")}`);

const account = (id: "A" | "B", more = {}) => ({
  id,
  carrier: `Carrier ${id}`,
  server: `wss://${id.toLowerCase()}.example`,
  aor: `sip:agent7@${id.toLowerCase()}.example`,
  credentials: { password: "secret" },
  ...more,
});
const coldHouse = (more = {}) => buildHouse({ trunks: [account("A"), account("B", { standby: "cold" })], ...more });
async function openCold(house: House): Promise<void> {
  void house.line.start();
  await pass(200);
  expect(house.line.trunks.map(({ ready }) => ready)).toEqual([true, false]);
}
const stateOf = ({ line }: House, id: string) => line.trunks.find(({ trunkId }) => trunkId === id)?.flow;

describe("unrelated carriers that fail together", () => {
  test("no breaker stays open, the order stays the configured one, and service ends it", async () => {
    const house = buildHouse();
    await house.open();
    const mend = [house.a, house.b].map((trunk) => trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503 }));
    // Two customers: each carrier has a witness that the other does not need.
    const calls = [place(house), place(house)];
    await pass(5_000);
    expect(calls.map(({ state }) => state)).toEqual(["ended", "ended"]);
    expect(house.entries("common-mode:suspected")).toMatchObject([{ carriers: ["Carrier A", "Carrier B"] }]);
    expect(house.line.commonMode).toBe(true);
    expect(house.line.trunks.flatMap(({ breakers }) => breakers.map(({ state }) => state))).not.toContain("open");
    for (const clear of mend) clear();
    const next = place(house);
    await pass(3_000);
    expect(next.trunkId).toBe("A");
    expect(house.entries("common-mode:ended")).toMatchObject([{ by: "Carrier A" }]);
    expect(house.line.commonMode).toBe(false);
    next.hangUp();
  });

  test("an answered probe ends it", async () => {
    const house = buildHouse();
    await house.open();
    for (const trunk of [house.a, house.b]) trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    place(house);
    place(house);
    await pass(5_000);
    expect(house.line.commonMode).toBe(true);
    await pass(20_000);
    expect(house.line.commonMode).toBe(false);
  });

  test("flows that are lost together are enough", async () => {
    const house = buildHouse();
    await house.open();
    for (const trunk of [house.a, house.b]) trunk.fault({ kind: "refuse" });
    for (const trunk of [house.a, house.b]) trunk.resetAll();
    await pass(100);
    expect(house.line.commonMode).toBe(true);
  });

  test.each([
    ["refuse", { kind: "reject", methods: ["INVITE"], code: 503 }],
    ["swallow", { kind: "silence", methods: ["INVITE"] }],
  ] as const)("one number that all of them %s is no witness against any", async (_, fault) => {
    const house = buildHouse();
    await house.open();
    for (const trunk of [house.a, house.b]) trunk.fault({ ...fault, prefix: "+2167199" });
    house.line.call("+21671999999");
    await pass(5_000);
    expect(house.entries("common-mode:suspected")).toEqual([]);
    expect(house.line.verdict?.leader).not.toBe("local-network");
    expect(house.line.verdict?.conclusion).not.toBe("fault");
  });

  test("accounts that are refused everywhere are no outage, even where the edge hangs up on us for it", async () => {
    const house = buildHouse();
    await house.open();
    for (const trunk of [house.a, house.b]) trunk.fault({ kind: "reject", methods: ["REGISTER"], code: 403 });
    for (const trunk of [house.a, house.b]) trunk.resetAll();
    await pass(2_000);
    const before = house.entries("common-mode:suspected").length;
    expect(house.line.trunks.map(({ registration }) => registration)).toEqual(["refused", "refused"]);
    for (const trunk of [house.a, house.b]) trunk.resetAll();
    await pass(100);
    expect(house.entries("common-mode:suspected")).toHaveLength(before);
    expect(house.entries("breaker:changed")).toEqual([]);
  });

  test("one carrier that fails while the other serves is not excused", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "silence", methods: ["INVITE"] });
    const call = place(house);
    await pass(5_000);
    call.hangUp();
    expect(house.entries("common-mode:suspected")).toEqual([]);
    expect(house.line.trunks[0]?.breakers[0]?.state).toBe("open");
  });

  test("a carrier that asks for rest gets it even then", async () => {
    const house = buildHouse();
    await house.open();
    for (const trunk of [house.a, house.b]) trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503, retryAfterS: 60 });
    place(house);
    await pass(5_000);
    expect(house.line.trunks.map(({ breakers }) => breakers[0])).toMatchObject([
      { route: "*", state: "open" },
      { route: "*", state: "open" },
    ]);
  });
});

describe("the way back", () => {
  test("of a breaker waits until no call is up", async () => {
    const house = buildHouse();
    await house.open();
    const mend = house.a.fault({ kind: "silence", methods: ["INVITE"] });
    const call = place(house);
    await pass(3_000);
    expect(call.trunkId).toBe("B");
    mend();
    await pass(120_000);
    expect(house.entries("breaker:changed").at(-1)).toMatchObject({ to: "open" });
    call.hangUp();
    await pass(1_000);
    expect(house.entries("breaker:changed").at(-1)).toMatchObject({ to: "probing" });
  });

  test("of a whole fleet is spread over 1.2·N/C, and a call that waits does not wait for it", async () => {
    const fleet = { agents: 10_000, registrationsPerS: 200 };
    const house = buildHouse({ fleet, random: () => 0.9, trunks: [account("A")] });
    void house.line.start();
    await pass(200);
    house.a.resetAll();
    await pass(53_900);
    expect(stateOf(house, "A")).toBe("waiting");
    await pass(200);
    expect(stateOf(house, "A")).toBe("open");
    house.a.resetAll();
    await pass(10);
    const call = place(house);
    await pass(2_000);
    expect(call.state).toBe("answered");
    call.hangUp();
  });
});

describe("a cold trunk", () => {
  test("registers only when no warm one is fit, and goes to rest again once one was for a while", async () => {
    const house = coldHouse();
    await openCold(house);
    expect(house.b.connections).toBe(0);
    const mend = house.a.fault({ kind: "refuse" });
    house.a.resetAll();
    await pass(1_900);
    expect(stateOf(house, "B")).toBe("closed");
    await pass(200);
    expect(house.line.trunks[1]?.ready).toBe(true);
    mend();
    await pass(60_000);
    expect(stateOf(house, "A")).toBe("open");
    expect(stateOf(house, "B")).toBe("closed");
    expect(house.b.connections).toBe(0);
    expect(house.b.registrations).toEqual([]);
  });

  test("of a fleet comes up spread; a call that waits wakes it at once", async () => {
    const house = coldHouse({ fleet: { agents: 10_000, registrationsPerS: 200 }, random: () => 0.5 });
    await openCold(house);
    house.a.fault({ kind: "refuse" });
    house.a.resetAll();
    await pass(10_000);
    expect(stateOf(house, "B")).toBe("closed");
    const call = place(house);
    await pass(2_000);
    expect([call.state, call.trunkId]).toEqual(["answered", "B"]);
    call.hangUp();
  });

  test("that is overrun and refuses the first time is asked again while the call waits, unless it asked for rest", async () => {
    for (const [retryAfterS, state] of [
      [undefined, "answered"],
      [60, "ended"],
    ] as const) {
      const house = coldHouse({ fleet: { agents: 10_000, registrationsPerS: 200 } });
      await openCold(house);
      house.a.fault({ kind: "refuse" });
      house.a.resetAll();
      house.b.fault({ kind: "reject", methods: ["REGISTER"], code: 503, times: 1, ...(retryAfterS && { retryAfterS }) });
      const call = place(house);
      await pass(8_000);
      expect(call.state).toBe(state);
      call.hangUp();
    }
  });

  test("is not let go under a call", async () => {
    const house = coldHouse();
    await openCold(house);
    const mend = house.a.fault({ kind: "refuse" });
    house.a.resetAll();
    await pass(2_500);
    const call = place(house);
    await pass(2_000);
    expect(call.trunkId).toBe("B");
    mend();
    await pass(120_000);
    expect(call.state).toBe("answered");
    expect(stateOf(house, "B")).toBe("open");
    call.hangUp();
    await pass(30_000);
    expect(stateOf(house, "B")).toBe("closed");
  });

  test("is woken by an isolated warm one too", async () => {
    const house = coldHouse();
    await openCold(house);
    house.line.isolate("A");
    await pass(2_500);
    expect(house.line.trunks[1]?.ready).toBe(true);
  });

  test("all cold is refused at the start", () =>
    expect(() => buildHouse({ trunks: [account("A", { standby: "cold" })] })).toThrow("trunks are all cold; at least one must be warm"));
});
