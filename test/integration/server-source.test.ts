/** A URL that the CRM gives at each connection, with a fresh token in it. */
import { expect, test, vi } from "vitest";
import type { TrunkConfig } from "../../src/config.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

/** Trunk A by `server`; B as ever. */
function houseWith(server: TrunkConfig["server"]) {
  const trunk = (id: string) => ({
    id,
    carrier: `Carrier ${id}`,
    aor: `sip:agent7@${id.toLowerCase()}.example`,
    credentials: { password: "secret" },
  });
  return buildHouse({
    trunks: [
      { ...trunk("A"), server },
      { ...trunk("B"), server: "wss://b.example" },
    ],
  });
}

test("is asked for at each connection, and no token is on record", async () => {
  let tokens = 0;
  const server = vi.fn(async () => `wss://a.example/?token=hush-${++tokens}`);
  const house = houseWith(server);
  await house.open();
  expect(server.mock.calls).toEqual([[{ trunkId: "A" }]]);
  house.a.resetAll();
  await pass(3_000);
  expect(server).toHaveBeenCalledTimes(2);
  expect(house.line.trunks[0]).toMatchObject({ ready: true });
  const call = house.line.call("+21671000001");
  await pass(1_000);
  expect([call.state, call.trunkId]).toEqual(["answered", "A"]);
  call.hangUp();
  expect(JSON.stringify(house.line.journal) + JSON.stringify(await house.line.report())).not.toContain("hush");
  expect(house.entries("session:started")).toMatchObject([{ trunks: [{ id: "A", host: "" }, { host: "b.example" }] }]);
});

const hush = (): never => {
  throw new RangeError("hush");
};

test.each<[string, TrunkConfig["server"], string]>([
  ["throws", hush, "RangeError"],
  ["rejects", async () => hush(), "RangeError"],
  ["gives no URL", () => "hush", "TypeError"],
  ["gives another scheme", () => "https://a.example/hush", "TypeError"],
  ["gives credentials in it", () => "wss://hush:x@a.example", "TypeError"],
  ["gives nothing", () => undefined as unknown as string, "TypeError"],
  ["hangs", () => new Promise<string>(() => {}), "TimeoutError"],
])("one that %s is a connection that failed, tried again with back-off; the other trunk serves", async (_, source, error) => {
  const server = vi.fn(source as () => string);
  const house = houseWith(server);
  void house.line.start();
  await vi.dynamicImportSettled();
  await pass(11_000);
  expect(house.entries("server:failed")[0]).toMatchObject({ trunkId: "A", error });
  expect(house.line.trunks[0]).toMatchObject({ ready: false, lastError: { what: "server", name: error } });
  const call = house.line.call("+21671000001");
  await pass(1_000);
  expect([call.state, call.trunkId]).toEqual(["answered", "B"]);
  call.hangUp();
  await pass(12_000);
  expect(server.mock.calls.length).toBeGreaterThan(1);
  expect(house.a.connections).toBe(0);
  expect(JSON.stringify(house.line.journal)).not.toContain("hush");
  expect(house.line.verdict?.leader).not.toBe("carrier-signalling");
});

test("one that answers after close() opens nothing", async () => {
  let give = (_: string) => {};
  const house = houseWith(() => new Promise<string>((resolve) => (give = resolve)));
  void house.line.start();
  await pass(100);
  const closed = house.line.close();
  await pass(1_000);
  await closed;
  give("wss://a.example");
  await pass(100);
  expect(house.a.log).toEqual([]);
});
