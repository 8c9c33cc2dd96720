import { describe, expect, test } from "vitest";
import { browserNetwork } from "../../../adapters/network/index.ts";
import { buildHouse, pass, underFakeTime } from "../../support/house.ts";

/** A page whose network does as it is told. */
function page(type?: string) {
  const window = new EventTarget();
  const connection = Object.assign(new EventTarget(), { type });
  const navigator = { onLine: true, connection };
  return {
    host: Object.assign(window, { navigator }),
    goes(online: boolean) {
      navigator.onLine = online;
      window.dispatchEvent(new Event(online ? "online" : "offline"));
    },
    moves(to: string | undefined) {
      connection.type = to;
      connection.dispatchEvent(new Event("change"));
    },
  };
}

describe("the browser's word on its network", () => {
  test("is told at each change, until nobody listens", () => {
    const { host, goes, moves } = page("wifi");
    const heard: boolean[] = [];
    const stop = browserNetwork(host).watch((online) => heard.push(online));
    goes(false);
    goes(true);
    moves("ethernet");
    expect(heard).toEqual([false, true, true]);
    stop();
    goes(false);
    moves("wifi");
    expect(heard).toHaveLength(3);
  });

  test("says nothing of an estimate that changed, nor twice that all is lost", () => {
    const { host, goes, moves } = page();
    const heard: boolean[] = [];
    browserNetwork(host).watch((online) => heard.push(online));
    moves(undefined);
    goes(false);
    moves("none");
    expect(heard).toEqual([false]);
  });

  test("is silence where there is no page", () => {
    expect(() => browserNetwork({}).watch(() => {})()).not.toThrow();
    expect(() => browserNetwork().watch(() => {})()).not.toThrow();
  });
});

describe("a line that hears it", () => {
  underFakeTime();

  test("asks its flows at once, and has those back that are dead", async () => {
    const { host, moves } = page("wifi");
    const house = buildHouse({ network: browserNetwork(host) });
    await house.open();
    for (const trunk of [house.a, house.b]) trunk.fault({ kind: "freeze" });
    moves("ethernet");
    await pass(3_000);
    for (const trunk of [house.a, house.b]) trunk.clearFaults();
    await pass(6_000);
    expect(house.entries("network:changed")).toMatchObject([{ online: true }]);
    expect(house.entries("flow:changed").filter(({ to }) => to === "open")).toHaveLength(4);
    await Promise.all([house.line.close(), pass(1_000)]);
    moves("wifi");
    expect(house.entries("network:changed")).toHaveLength(1);
  });
});
