/** Trunks that the CRM sets at run time: what changes, what goes on, and what is on record of it. */
import { fc } from "@fast-check/vitest";
import { describe, expect, test, vi } from "vitest";
import type { TrunkConfig } from "../../src/config.ts";
import type { SharedHealth } from "../../src/ports/shared-health.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

const account = (id: "A" | "B" | "C", more: Partial<TrunkConfig> = {}): TrunkConfig => ({
  id,
  carrier: `Carrier ${id}`,
  server: `wss://${id === "B" ? "b" : "a"}.example`,
  aor: `sip:agent7@${id === "B" ? "b" : "a"}.example`,
  credentials: { password: "secret" },
  ...more,
});
const [a, b] = [account("A"), account("B")];
const customer = "+21671000100";

/** Started, and every trunk that there is registered. */
async function opened(...[change, carrier]: Parameters<typeof buildHouse>): Promise<House> {
  const house = buildHouse(change, carrier);
  await house.open();
  return house;
}

const ready = ({ line }: House) => line.trunks.flatMap(({ trunkId, ready: is }) => (is ? [trunkId] : []));
const registersAt = (trunk: House["a"]) => trunk.log.filter(({ method }) => method === "REGISTER").length;

async function answeredBy(house: House, number = "+21671000200"): Promise<string | undefined> {
  const call = house.line.call(number);
  await pass(3_000);
  const by = call.state === "answered" ? call.trunkId : call.state;
  call.hangUp();
  await pass(1_000);
  return by;
}

describe("from none", () => {
  test("a call is refused with a reason of its own, until the CRM's settings bring them", async () => {
    const house = await opened({ trunks: [] });
    expect(await house.line.start()).toEqual([]);
    expect(await house.line.call(customer).ended).toMatchObject({ end: "refused", refusal: "trunks-missing", attempts: 0 });
    house.line.setTrunks([a, b]);
    await pass(200);
    expect(ready(house)).toEqual(["A", "B"]);
    expect(await answeredBy(house)).toBe("A");
  });

  test("what is set is on record, with no secret, and each attempt says under which version it was made", async () => {
    const house = await opened({ trunks: [] });
    house.line.setTrunks([a]);
    await pass(200);
    await answeredBy(house);
    house.line.setTrunks([
      { ...a, credentials: { username: "agent7", password: "secret" }, weight: 3 },
      account("B", { server: () => "wss://b.example/?token=hush" }),
    ]);
    await pass(200);
    await answeredBy(house);
    expect(house.entries("trunks:changed")).toMatchObject([
      { settings: 2, trunks: [{ id: "A", carrier: "Carrier A", host: "a.example" }], added: ["A"], removed: [], changed: [] },
      {
        settings: 3,
        trunks: [{ id: "A" }, { id: "B", host: "" }],
        added: ["B"],
        removed: [],
        changed: [{ id: "A", what: ["credentials", "weight"] }],
      },
    ]);
    expect(house.entries("attempt:started").map(({ settings }) => settings)).toEqual([2, 3]);
    const report = await house.line.report();
    expect(report.trunks).toMatchObject([
      { id: "A", carrier: "Carrier A", host: "a.example" },
      { id: "B", carrier: "Carrier B" },
    ]);
    expect(JSON.stringify(house.line.journal) + JSON.stringify(report)).not.toMatch(/secret|hush/);
  });

  test("an emergency call waits for them", async () => {
    const house = buildHouse({ trunks: [] });
    const call = house.line.call("112");
    await pass(3_000);
    expect(call.state).toBe("preparing");
    house.line.setTrunks([a, b]);
    await pass(3_000);
    expect([call.state, call.trunkId]).toEqual(["answered", "A"]);
    call.hangUp();
  });

  test("an emergency call waits for them no longer than for any trunk", async () => {
    const house = buildHouse({ trunks: [], limits: { emergencyWaitMs: 4_000 } });
    const { ended } = house.line.call("112");
    await pass(4_100);
    expect(await ended).toMatchObject({ end: "refused", refusal: "trunks-missing" });
  });

  test("what the page before knew of them holds when they come", async () => {
    const breaker = { trunkId: "A", route: "local", plane: "signalling", state: "open", restMs: 60_000, ejections: 1, logOdds: 0 } as const;
    const probe = vi.fn();
    const shared: SharedHealth = {
      restore: () => ({ dateMs: Date.now(), breakers: [breaker] }),
      save: probe,
      tell() {},
      join: () => () => {},
    };
    const house = await opened({ trunks: [], shared });
    house.line.setTrunks([a, b]);
    await pass(200);
    expect(house.entries("health:heard")).toMatchObject([{ trunkId: "A", from: "last-page" }]);
    expect(await answeredBy(house)).toBe("B");
  });
});

describe("settings that are bad", () => {
  test.each<[unknown, RegExp]>([
    [undefined, /^trunks is missing/],
    [[a, { ...b, server: "https://b.example" }], /^trunks\[1\]\.server must be a WebSocket URL/],
    [[{ ...b, id: "A" }, a], /^trunks\[1\]\.id "A" is taken/],
    [[{ ...a, password: "hush" }], /^trunks\[0\]\.password is not a known field/],
    [[{ ...a, credentials: { password: 7 } }], /^trunks\[0\]\.credentials must be/],
    [[{ ...a, standby: "cold" }], /^trunks are all cold/],
    [[b, account("C", { aor: "sip:100%25@a.example" })], /sip:100%25@a\.example/],
  ])("%j is refused by its field, and nothing is changed", async (given, message) => {
    const house = await opened();
    const { length } = house.line.journal;
    const seen = [registersAt(house.a), registersAt(house.b)];
    expect(() => house.line.setTrunks(given as TrunkConfig[])).toThrow(message);
    await pass(5_000);
    expect(house.line.journal.slice(length)).toEqual([]);
    expect([registersAt(house.a), registersAt(house.b)]).toEqual(seen);
    expect(ready(house)).toEqual(["A", "B"]);
  });

  test("so is any that comes after close()", async () => {
    const house = await opened();
    const closed = house.line.close();
    expect(() => house.line.setTrunks([a])).toThrow(expect.objectContaining({ code: "closed" }));
    await pass(1_000);
    await closed;
  });
});

describe("a trunk that stays", () => {
  test("as it was is not touched, nor is anything written", async () => {
    const house = await opened();
    const { length } = house.line.journal;
    house.line.setTrunks([
      { ...a, credentials: { password: "secret" }, weight: 1, emergency: true },
      { ...b, priority: 1 },
    ]);
    await pass(5_000);
    expect(house.line.journal.slice(length)).toEqual([]);
    await answeredBy(house);
    expect(house.entries("attempt:started")[0]).not.toHaveProperty("settings");
  });

  test("is known by what was set, whatever the CRM does with its object since", async () => {
    const own = { ...a, credentials: { password: "wrong" } };
    const house = buildHouse({ trunks: [own] });
    void house.line.start();
    await vi.dynamicImportSettled();
    await pass(1_000);
    expect(ready(house)).toEqual([]);
    own.credentials.password = "secret";
    house.line.setTrunks([own]);
    await pass(1_000);
    expect(house.entries("trunks:changed")).toMatchObject([{ changed: [{ id: "A", what: ["credentials"] }] }]);
    expect(ready(house)).toEqual(["A"]);
  });

  test("takes new credentials at its next registration; the call on it goes on", async () => {
    const house = await opened();
    const call = house.line.call(customer);
    await pass(3_000);
    const ask = vi.fn(() => ({ password: "secret" }));
    house.line.setTrunks([{ ...a, credentials: ask }, b]);
    await pass(1_000);
    expect([call.state, house.a.connections, ask.mock.calls.length]).toEqual(["answered", 1, 0]);
    house.a.expireNonces();
    await pass(600_000);
    expect(ask).toHaveBeenCalledWith({ trunkId: "A", realm: "a.example" });
    expect([call.state, ready(house)]).toEqual(["answered", ["A", "B"]]);
    call.hangUp();
  });

  test("goes by a new priority from the next call on; what the operator ordered holds where the settings leave it", async () => {
    const house = await opened();
    expect(await answeredBy(house)).toBe("A");
    house.line.setTrunks([{ ...a, priority: 9 }, b]);
    expect(await answeredBy(house)).toBe("B");
    house.line.weigh("A", { priority: 0 });
    house.line.setTrunks([{ ...a, priority: 9, weight: 2 }, b]);
    expect(house.line.trunks[0]).toMatchObject({ priority: 0, weight: 2 });
    expect(await answeredBy(house)).toBe("A");
  });

  test("is let go when it is to be cold from now on, and comes back when it is warm again", async () => {
    const house = await opened();
    house.line.setTrunks([a, { ...b, standby: "cold" }]);
    await pass(15_000);
    expect(house.b.connections).toBe(0);
    house.line.setTrunks([a, b]);
    await pass(200);
    expect(ready(house)).toEqual(["A", "B"]);
  });
});

describe("a trunk that is removed", () => {
  test("carries its call to the end and none besides, then unregisters and closes, whatever other calls are up", async () => {
    const house = await opened({ whenBusy: "offer" });
    const call = house.line.call(customer);
    await pass(3_000);
    house.line.setTrunks([b]);
    expect(house.line.trunks.map(({ trunkId }) => trunkId)).toEqual(["B"]);
    const other = house.line.call("+21671000300");
    await pass(3_000);
    expect([call.state, call.trunkId, other.state, other.trunkId]).toEqual(["answered", "A", "answered", "B"]);
    house.a.resetAll();
    await pass(3_000);
    expect([call.state, house.entries("dialog:refreshed").length, house.a.connections]).toEqual(["answered", 1, 1]);
    call.hangUp();
    await pass(1_000);
    expect([house.a.registrations, house.a.connections, other.state]).toEqual([[], 0, "answered"]);
    expect(() => house.line.isolate("A")).toThrow('there is no trunk "A"');
    other.hangUp();
  });

  test("while it is dialled rings on, and is not dialled again", async () => {
    const house = await opened();
    house.a.phone(customer).answers({ answerAfterMs: 4_000 });
    const call = house.line.call(customer);
    await pass(100);
    house.line.setTrunks([b]);
    await pass(6_000);
    expect([call.state, call.trunkId]).toEqual(["answered", "A"]);
    call.hangUp();
  });

  test("may be all there were: a call that waits goes out on the next that is set", async () => {
    const house = await opened();
    house.line.setTrunks([]);
    await pass(1_000);
    expect([house.a.connections, house.b.connections]).toEqual([0, 0]);
    expect(await house.line.call(customer).ended).toMatchObject({ refusal: "trunks-missing" });
    house.line.setTrunks([a]);
    expect(await answeredBy(house)).toBe("A");
  });
});

describe("a trunk that moves to another server or account", () => {
  test("is registered there before its old connection goes, which its call keeps", async () => {
    const house = await opened();
    const call = house.line.call(customer);
    await pass(3_000);
    house.line.setTrunks([{ ...a, server: "wss://a.example/new" }, b]);
    for (let ms = 0; ms < 200; ms += 5) {
      await pass(5);
      expect(ready(house)).toContain("A");
    }
    expect([call.state, house.a.connections]).toEqual(["answered", 2]);
    call.hangUp();
    await pass(1_000);
    expect([house.a.connections, house.a.registrations.length]).toEqual([1, 1]);
    expect(await answeredBy(house)).toBe("A");
  });

  test("is the other account there", async () => {
    const house = await opened({}, { users: { agent7: "secret", agent8: "8" } });
    house.line.setTrunks([{ ...a, aor: "sip:agent8@a.example", credentials: { password: "8" } }, b]);
    await pass(1_000);
    expect(house.a.registrations.map(({ user }) => user)).toEqual(["agent8"]);
    expect(house.a.connections).toBe(1);
  });

  test("carries calls as before while nobody answers there, and is out of service there too where it was", async () => {
    const house = await opened();
    house.line.isolate("A");
    house.line.setTrunks([{ ...a, server: "wss://nowhere.example" }, b]);
    await pass(10_000);
    expect(house.line.trunks[0]).toMatchObject({ trunkId: "A", ready: true, isolated: true });
    house.line.restore("A");
    expect(await answeredBy(house)).toBe("A");
    house.line.setTrunks([{ ...a, server: "wss://a.example/new" }, b]);
    await pass(1_000);
    expect(house.a.connections).toBe(1);
    expect(await answeredBy(house)).toBe("A");
  });
});

test("whoever reads that they were set may set others, or close the line", async () => {
  const house = await opened();
  let times = 0;
  house.line.on("journal:written", ({ type }) => {
    if (type === "trunks:changed" && ++times === 1) house.line.setTrunks([b]);
    else if (type === "trunks:changed") void house.line.close();
  });
  house.line.setTrunks([a]);
  await pass(1_000);
  expect([house.a.connections, house.b.connections, house.entries("session:closed").length]).toEqual([0, 0, 1]);
});

describe("whatever is set, in whatever order", () => {
  const trunk = fc.constantFrom(
    a,
    b,
    account("A", { server: "wss://a.example/new" }),
    account("A", { credentials: { password: "wrong" } }),
    account("B", { standby: "cold" as const }),
    account("C", { server: () => "wss://a.example/token" }),
    account("C", { server: "wss://nowhere.example" }),
  );
  const trunks = fc
    .uniqueArray(trunk, { selector: ({ id }) => id, maxLength: 3 })
    .filter((list) => list.length === 0 || list.some(({ standby }) => standby !== "cold"));
  const step = fc.oneof(
    { weight: 3, arbitrary: trunks },
    fc.constantFrom("call", "emergency", "hang up", "reset A", "reset B", "isolate"),
    fc.integer({ min: 1, max: 40_000 }),
  );

  test("a call that is answered stays so, and nothing is left after close()", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        const house = buildHouse({ trunks: [] });
        void house.line.start();
        await vi.dynamicImportSettled();
        for (const each of steps) {
          const { line } = house;
          const talking = line.calls.filter(({ state }) => state === "answered");
          if (typeof each === "number") await pass(each);
          else if (Array.isArray(each)) line.setTrunks(each);
          else if (each === "call") line.call(customer);
          else if (each === "emergency") line.call("112");
          else if (each === "hang up") for (const call of line.calls) call.hangUp();
          else if (each === "isolate") for (const { trunkId } of line.trunks) line.isolate(trunkId);
          else house[each === "reset A" ? "a" : "b"].resetAll();
          await pass(10);
          if (each !== "hang up") expect(talking.map(({ state }) => state)).toEqual(talking.map(() => "answered"));
        }
        const closed = house.line.close();
        await pass(1_000);
        await closed;
        expect([house.a.connections, house.b.connections]).toEqual([0, 0]);
        expect(house.line.journal.filter(({ type }) => type === "transition:violated" || type === "listener:failed")).toEqual([]);
        for (const carrier of [house.a, house.b]) carrier.close();
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
