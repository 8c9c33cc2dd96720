/** The outbox and its HTTP transport before a real server that fails, stalls and lies; in real time, with short waits. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { buffer } from "node:stream/consumers";
import { expect, test, vi } from "vitest";
import { http } from "../../../adapters/http/index.ts";
import { systemClock, type Clock } from "../../../src/clock.ts";
import { createOutbox } from "../../../src/outbox/outbox.ts";
import { guardStore } from "../../../src/store/guarded.ts";
import { memoryStore } from "../../../src/store/memory.ts";

/** A hundred times as fast as ours. */
const fast: Clock = {
  nowMs: () => systemClock.nowMs() * 100,
  dateMs: () => Date.UTC(2026, 0, 1) + systemClock.nowMs() * 100,
  setTimer: (fire, delayMs) => systemClock.setTimer(fire, delayMs / 100),
};

/** Piece by piece, until nobody listens. */
function drip(socket: Socket, head: string, piece: string): void {
  socket.write(head);
  const timer = setInterval(() => socket.write(piece), 20);
  socket.on("error", () => {}).on("close", () => clearInterval(timer));
}

test("what a server drops, stalls, cuts off and lies about arrives, and once by its key", async () => {
  const kept = new Map<string, string>();
  let [requests, misdone, taken] = [0, 0, 0];
  const keep = async (request: IncomingMessage) => {
    const body = await buffer(request);
    const key = String(request.headers["idempotency-key"]);
    const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString();
    expect(kept.get(key) ?? text).toBe(text);
    kept.set(key, text);
  };
  const misdeeds: ((request: IncomingMessage, response: ServerResponse) => unknown)[] = [
    (request) => request.socket.destroy(),
    (_, response) => response.writeHead(503, { "Retry-After": "soon" }).end("<html>no</html>"),
    () => {}, // never answers
    async (request, response) => (await keep(request), response.writeHead(500).end()),
    async (request) => (await keep(request), request.socket.destroy()),
    async (request) => (await keep(request), request.socket.end("this is no HTTP\r\n\r\n")),
    (_, response) => response.writeHead(302, { Location: "/login" }).end(),
    (_, response) => response.writeHead(425).end(),
    (_, response) => response.writeHead(307, { Location: "http://127.0.0.1:9/elsewhere" }).end(),
    (request) => request.socket.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), // and no more
    (request) => request.socket.end("HTTP/1.1 200"), // cut off within its first line
    async (request) => (await keep(request), request.socket.resetAndDestroy()),
    (request) => drip(request.socket, "HTTP/1.1 200 OK\r\nX-Slow: ", "z"), // no head ever ends
    (_, response) => response.writeHead(409).end(),
    (_, response) => response.writeHead(429, { "Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT" }).end(),
    (_, response) => response.writeHead(429, { "Retry-After": new Date(Date.now() + 60_000).toUTCString() }).end(),
    (_, response) => response.writeHead(429, { "Retry-After": "-1, 99999999999999999999" }).end(),
  ];
  /** 200 all the same: what is said with it is nobody's business. */
  const lies: ((request: IncomingMessage, response: ServerResponse) => unknown)[] = [
    (_, response) => response.writeHead(200, { "Content-Length": "999999" }).write("and stalls within the body"),
    (request) => request.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\nand is cut off"),
    (request) => drip(request.socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
    (request) =>
      request.socket.end("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nno zip"),
  ];
  const server = createServer((request, response) => {
    // Every fourth is taken, or the back-off would grow to minutes.
    const misdeed = ++requests % 4 === 0 ? undefined : misdeeds[misdone++];
    if (misdeed) return void misdeed(request, response);
    void keep(request).then(() => lies[taken++ % lies.length]?.(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const closing = new AbortController();
  const store = guardStore(memoryStore(), { clock: fast, signal: closing.signal, onFailed: () => {} });
  const append = vi.fn();
  const transport = http({ url: `http://127.0.0.1:${port}/reports` });
  const outbox = createOutbox({
    transport,
    store,
    clock: fast,
    random: () => 0.5,
    journal: { append },
    spreadMs: 0,
    signal: closing.signal,
  });
  const reports = ["a", "b", "c", "d", "e", "f", "g", "h"];
  for (const id of reports) await outbox.add(id, "closed", JSON.stringify({ id, text: "x".repeat(5_000) }));
  await vi.waitFor(async () => expect(await store.keys("outbox/")).toEqual([]), { timeout: 20_000 });
  closing.abort();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect([...kept.keys()].sort()).toEqual(reports.map((id) => `"${id}/closed"`));
  expect(misdone).toBeGreaterThan(misdeeds.length);
  expect(append.mock.calls.filter(([type]) => type === "report:delivered")).toHaveLength(reports.length);
});
