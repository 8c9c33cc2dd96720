import { setupServer } from "msw/node";
import { describe, expect, test, vi } from "vitest";
import { createMockTrunk, memorySocket, type MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import { mswHandler } from "../../../adapters/mock-trunk/msw.ts";
import { listen } from "../../../adapters/mock-trunk/ws.ts";
import { RawSipClient } from "../../support/raw-sip-client.ts";

type Connect = (trunk: MockTrunk) => Promise<{ readonly connect: () => RawSipClient; readonly close: () => Promise<void> }>;

const overWs: Connect = async (trunk) => {
  const { url, close } = await listen(trunk);
  return { connect: () => new RawSipClient(WebSocket, url), close };
};
const inMemory: Connect = async (trunk) => ({
  connect: () => new RawSipClient(memorySocket(trunk), "wss://carrier.example"),
  close: async () => {},
});
const behindMsw: Connect = async (trunk) => {
  const server = setupServer(mswHandler(trunk, "wss://carrier.example"));
  server.listen();
  return { connect: () => new RawSipClient(WebSocket, "wss://carrier.example"), close: async () => server.close() };
};

/** Whatever carries the frames, the trunk is the same. */
describe.each<[string, Connect]>([
  ["a ws server", overWs],
  ["memory", inMemory],
  ["msw", behindMsw],
])("behind %s", (_, carry) => {
  test("registers, is probed, carries a call to its end, and closes", async () => {
    const trunk = createMockTrunk({ name: "Carrier", domain: "carrier.example", habit: { ringAfterMs: 1, answerAfterMs: 1 } });
    const { connect, close } = await carry(trunk);
    const client = connect();
    await client.until(() => client.opened);
    client.request("REGISTER");
    client.request("OPTIONS");
    client.send("\r\n\r\n");
    client.request("INVITE", { uri: "sip:+21671000001@carrier.example", callId: "call" });
    await client.until(() => client.codes("INVITE").includes(200));
    expect(client.codes("INVITE")).toEqual([100, 180, 200]);
    expect([client.codes("REGISTER"), client.codes("OPTIONS"), client.frames.includes("\r\n")]).toEqual([[200], [200], true]);
    client.request("ACK", { callId: "call" });
    client.request("BYE", { callId: "call", cseq: 2 });
    await client.until(() => client.codes("BYE").includes(200));
    expect(trunk.rings("+21671000001")).toMatchObject([{ endedBy: "answered" }]);
    expect(trunk.connections).toBe(1);
    trunk.close();
    await client.until(() => client.closeCode !== undefined);
    expect(trunk.connections).toBe(0);
    await close();
  });

  test("a reset ends the socket without a word", async () => {
    const trunk = createMockTrunk({ name: "Carrier", domain: "carrier.example" });
    const { connect, close } = await carry(trunk);
    const client = connect();
    await client.until(() => client.opened);
    trunk.resetAll();
    await client.until(() => client.closeCode !== undefined);
    // MSW cannot end a socket without a close frame.
    expect(client.closeCode).toBe(carry === behindMsw ? 1011 : 1006);
    await close();
  });
});

describe("what only a real server can do", () => {
  const setUp = async () => {
    const trunk = createMockTrunk({ name: "Carrier", domain: "carrier.example" });
    const { url, close } = await listen(trunk);
    return { trunk, url, connect: () => new RawSipClient(WebSocket, url), close };
  };

  test.each([[{ kind: "refuse" }], [{ kind: "refuse-upgrade", status: 503 }]] as const)("%j: the socket never opens", async (fault) => {
    const { trunk, connect, close } = await setUp();
    const mend = trunk.fault(fault);
    const refused = connect();
    await refused.until(() => refused.closeCode !== undefined);
    expect([refused.opened, refused.closeCode]).toEqual([false, 1006]);
    mend();
    const client = connect();
    await client.until(() => client.opened);
    await close();
  });

  test("hang-upgrade: neither opens nor closes", async () => {
    const { trunk, connect, close } = await setUp();
    const admission = vi.spyOn(trunk, "admission");
    const mend = trunk.fault({ kind: "hang-upgrade" });
    const hung = connect();
    // Asked for the connection, and again for the upgrade.
    await hung.until(() => admission.mock.calls.length === 2);
    mend();
    const client = connect();
    await client.until(() => client.opened);
    expect([hung.opened, hung.closeCode]).toEqual([false, undefined]);
    await close();
  });

  test("freeze: open, and dumb; what was sent meanwhile is read when it thaws", async () => {
    const { trunk, connect, url, close } = await setUp();
    const client = connect();
    await client.until(() => client.opened);
    const thaw = trunk.fault({ kind: "freeze" });
    client.request("OPTIONS");
    // By the time that the same server has answered this, it would have answered that.
    expect((await fetch(url.replace("ws:", "http:"))).status).toBe(426);
    expect([client.codes("OPTIONS"), client.closeCode]).toEqual([[], undefined]);
    thaw();
    await client.until(() => client.codes("OPTIONS").length === 1);
    await close();
  });
});
