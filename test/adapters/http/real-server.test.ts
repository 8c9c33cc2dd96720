/** The outbox and its HTTP transport before a real server that fails, stalls and lies; in real time, with short waits. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
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

test("what a server drops, stalls, cuts off and lies about arrives, and once by its key", async () => {
  const kept = new Map<string, string>();
  let requests = 0;
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
  ];
  const server = createServer((request, response) => {
    const misdeed = misdeeds[requests++];
    if (misdeed) return void misdeed(request, response);
    void keep(request).then(() => response.writeHead(200, { "Content-Length": "999999" }).write("and stalls within the body"));
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
  const reports = ["a", "b", "c", "d"];
  for (const id of reports) await outbox.add(id, "closed", JSON.stringify({ id, text: "x".repeat(5_000) }));
  await vi.waitFor(async () => expect(await store.keys("outbox/")).toEqual([]), { timeout: 20_000 });
  closing.abort();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect([...kept.keys()].sort()).toEqual(reports.map((id) => `"${id}/closed"`));
  expect(requests).toBeGreaterThanOrEqual(misdeeds.length + reports.length);
  expect(append.mock.calls.filter(([type]) => type === "report:delivered")).toHaveLength(reports.length);
});
