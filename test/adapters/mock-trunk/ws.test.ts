import { connect as connectTcp, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket as WsSocket } from "ws";
import { createMockTrunk, type MockTrunk } from "../../../adapters/mock-trunk/index.ts";
import { listen, type Listening } from "../../../adapters/mock-trunk/ws.ts";
import { selfSigned } from "../../../adapters/mock-trunk/self-signed.ts";
import { carrierContract } from "./carrier-contract.ts";
import { socketed } from "./socket.ts";

const NodeSocket = WsSocket as unknown as typeof WebSocket;

carrierContract(
  "a ws server",
  async (trunk) => {
    const { url, close } = await listen(trunk);
    return { Socket: NodeSocket, url, close };
  },
  { reset: "close 1006 unclean" },
);

carrierContract(
  "a ws server, from Node's own WebSocket",
  async (trunk) => {
    const { url, close } = await listen(trunk);
    return { Socket: WebSocket, url, close };
  },
  { reset: "close 1006 unclean" },
);

carrierContract(
  "a ws server with TLS",
  async (trunk) => {
    const { url, certificate, close } = await listen(trunk, { tls: true });
    // Trusts this certificate and no other, as `localhost` and as the address.
    class Trusting extends WsSocket {
      constructor(to: string, protocols?: string | string[]) {
        super(to, protocols, { ca: certificate });
      }
    }
    return { Socket: Trusting as unknown as typeof WebSocket, url, close };
  },
  { reset: "close 1006 unclean" },
);

let trunk: MockTrunk;
let edge: Listening;

beforeEach(async () => {
  trunk = createMockTrunk({ name: "a", domain: "a.example" });
  edge = await listen(trunk);
});
afterEach(async () => {
  trunk.close();
  await edge.close();
});

/** How the opening of a WebSocket fails: the error, or the HTTP status. */
const failure = (protocols: string[] = ["sip"]) =>
  new Promise<string>((resolve) => {
    const socket = new WsSocket(edge.url, protocols);
    socket.on("unexpected-response", (request, { statusCode }) => {
      request.destroy();
      resolve(`HTTP ${statusCode}`);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on("open", () => resolve("open"));
  });

/** A bare TCP connection. */
const tcp = () =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connectTcp(edge.port, "127.0.0.1", () => resolve(socket)).once("error", reject);
  });

test("with TLS it is wss:, by a certificate of its own that nobody trusts unasked, or by one that is given", async () => {
  const own = await listen(trunk, { tls: true });
  expect(own.url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+$/);
  const refused = await new Promise<Error>((resolve) => new WsSocket(own.url, "sip").on("error", resolve));
  expect(refused).toMatchObject({ code: expect.stringMatching(/SELF_SIGNED/) as unknown });
  const given = selfSigned("localhost", Date.now());
  const other = await listen(trunk, { tls: given });
  expect(other.certificate).toBe(given.cert);
  const opened = await new Promise<string>((resolve) => {
    const socket = new WsSocket(`wss://localhost:${other.port}`, "sip", { ca: given.cert, family: 4 });
    socket.on("open", () => resolve("open")).on("error", (error) => resolve(error.message));
  });
  expect(opened).toBe("open");
});

describe("what befalls connections at the TCP level", () => {
  test("refused: ECONNREFUSED; those that are open stay; and then the same port listens again", async () => {
    const open = socketed(NodeSocket, edge.url);
    await open.until("open");
    const clear = trunk.fault({ kind: "refuse" });
    expect(await failure()).toBe("ECONNREFUSED");
    await open.roundTrip();
    clear();
    expect(await failure()).toBe("open");
    await open.roundTrip();
  });

  test("refused and mended many times in a row", async () => {
    for (let round = 0; round < 20; round++) trunk.fault({ kind: "refuse" })();
    expect(await failure()).toBe("open");
  });

  test.each([
    [403, "HTTP 403"],
    [503, "HTTP 503"],
    [599, "HTTP 599"],
  ])("the upgrade is refused by %d", async (status, seen) => {
    const clear = trunk.fault({ kind: "refuse-upgrade", status });
    expect(await failure()).toBe(seen);
    clear();
    expect(await failure()).toBe("open");
  });

  test.each([[[]], [["xmpp"]]])("a WebSocket of subprotocols %j is refused by 400", async (protocols) => {
    expect(await failure(protocols)).toBe("HTTP 400");
  });

  test("the upgrade hangs: the TCP connection is up, nothing is answered", async () => {
    trunk.fault({ kind: "hang-upgrade" });
    const socket = await tcp();
    const heard = vi.fn();
    socket.on("data", heard);
    const headers = [
      "GET / HTTP/1.1",
      "Host: a",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Protocol: sip",
    ];
    socket.write(`${headers.join("\r\n")}\r\n\r\n`);
    // By the time the server has answered another request, it has read that one.
    await fetch(edge.url.replace("ws:", "http:"));
    trunk.clearFaults();
    const next = socketed(NodeSocket, edge.url);
    await next.until("open");
    await next.roundTrip();
    expect([heard.mock.calls, trunk.connections]).toEqual([[], 1]);
    socket.destroy();
  });

  test("reset is a TCP reset", async () => {
    const socket = new WsSocket(edge.url, "sip");
    const error = new Promise<NodeJS.ErrnoException>((resolve) =>
      socket.on("open", () => (socket as unknown as { _socket: Socket })._socket.on("error", resolve)),
    );
    await new Promise((resolve) => socket.once("open", resolve));
    trunk.resetAll();
    expect((await error).code).toBe("ECONNRESET");
  });

  test("frozen: a new connection is accepted by the kernel and waits; thawed, it opens", async () => {
    const thaw = trunk.fault({ kind: "freeze" });
    const waiting = socketed(NodeSocket, edge.url);
    const bare = await tcp();
    expect(waiting.told).toEqual([]);
    thaw();
    await waiting.until("open");
    await waiting.roundTrip();
    bare.destroy();
  });

  test("frozen: a softphone's close frame is not answered", async () => {
    const socket = socketed(NodeSocket, edge.url);
    await socket.until("open");
    const thaw = trunk.fault({ kind: "freeze" });
    socket.socket.close();
    (await tcp()).destroy();
    expect([socket.told, trunk.connections]).toEqual([["open"], 1]);
    thaw();
    await socket.until("close 1005 clean");
  });
});

describe("a server", () => {
  test("that cannot have its port says so", async () => {
    await expect(listen(trunk, { port: edge.port })).rejects.toThrow("EADDRINUSE");
  });

  test("answers plain HTTP by 426", async () => {
    const { status } = await fetch(edge.url.replace("ws:", "http:"));
    expect(status).toBe(426);
  });

  test("leaves no socket when the trunk is closed, frozen or hanging ones included", async () => {
    const open = socketed(NodeSocket, edge.url);
    await open.until("open");
    trunk.fault({ kind: "hang-upgrade" });
    const hanging = socketed(NodeSocket, edge.url);
    trunk.fault({ kind: "freeze" });
    const frozen = socketed(NodeSocket, edge.url);
    (await tcp()).destroy();
    trunk.close();
    await edge.close();
    await Promise.all([hanging, frozen].map(({ until }) => until("close 1006 unclean")));
    await vi.waitFor(() => expect(open.told.at(-1)).toMatch(/^close/));
    expect(await failure()).toBe("ECONNREFUSED");
  });

  test("closes, and closes again; the trunk can have another", async () => {
    await edge.close();
    await edge.close();
    edge = await listen(trunk);
    expect(await failure()).toBe("open");
  });
});
