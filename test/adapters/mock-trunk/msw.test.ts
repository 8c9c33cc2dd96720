import { ws } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createMockTrunk, type Fault, type MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import { mswHandler } from "../../../adapters/mock-trunk/msw.ts";
import { carrierContract } from "./carrier-contract.ts";
import { socketed } from "./socket.ts";

const server = setupServer();
beforeAll(() => server.listen());
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

let sites = 0;

/** Every trunk has a URL of its own. */
function reach(trunk: MockTrunk) {
  const url = `wss://site-${++sites}.example/`;
  server.use(mswHandler(trunk, url, ws));
  return Promise.resolve({ Socket: WebSocket, url, close: () => Promise.resolve() });
}

carrierContract("msw in Node", reach, { reset: "close 1011 clean" });

describe("what MSW cannot do is done as far as it can", () => {
  test.each<[Fault, string[]]>([
    [{ kind: "refuse" }, ["close 1011 clean"]],
    [{ kind: "refuse-upgrade", status: 503 }, ["close 1011 clean"]],
    [{ kind: "hang-upgrade" }, ["open"]],
  ])("%j", async (fault, told) => {
    const trunk = createMockTrunk({ name: "a", domain: "a.example" });
    const { Socket, url } = await reach(trunk);
    const clear = trunk.fault(fault);
    const first = socketed(Socket, url);
    await first.until(told.at(-1) ?? "");
    clear();
    const second = socketed(Socket, url);
    await second.until("open");
    await second.roundTrip();
    expect([first.told, trunk.connections]).toEqual([told, 1]);
    trunk.close();
  });

  test.each([undefined, "xmpp"])("a WebSocket of subprotocol %s is closed", async (protocol) => {
    const trunk = createMockTrunk({ name: "a", domain: "a.example" });
    const { Socket, url } = await reach(trunk);
    const socket = new Socket(url, protocol);
    const { code, reason } = await new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
    expect([code, reason, trunk.connections]).toEqual([1011, "no subprotocol sip", 0]);
    trunk.close();
  });
});
