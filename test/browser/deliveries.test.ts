/** Reports out of a real browser: kept in IndexedDB, sent by one page at a time (Web Locks), from pages that are killed or left. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createMockTrunk, type MockTrunk } from "../../adapters/mock-trunk/index.ts";
import { listen, type Listening } from "../../adapters/mock-trunk/ws.ts";
import type { ReportDocument } from "../../src/report/document.ts";
import { faultsOf } from "../report/published-schema.ts";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { openPage, type OpenPage } from "./page.ts";

/** What the endpoint does with a report: keeps it and says so; keeps it and says nothing; does not even hear it out. */
type Manner = "answers" | "swallows" | "stops listening";

chromiumOrSkip("reports of a real browser", () => {
  let browser: Browser;
  let context: BrowserContext;
  let server: Server;
  let address: string;
  /** By key; each time that it came. */
  let got: Map<string, string[]>;
  /** For the reports to come, one after the other; then it answers. */
  let manners: Manner[];
  /** Reports that are being sent, and will not be answered. */
  let stuck: number;

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const manner = manners.shift() ?? "answers";
    if (manner === "stops listening") {
      request.pause();
      stuck++;
      return;
    }
    const body = await buffer(request);
    const key = String(request.headers["idempotency-key"]);
    const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString();
    got.set(key, [...(got.get(key) ?? []), text]);
    if (manner === "answers") response.writeHead(204).end();
    else stuck++;
  }

  beforeAll(async () => void (browser = await launchChromium()));
  afterAll(() => browser.close());
  beforeEach(async () => {
    [got, manners, stuck] = [new Map(), [], 0];
    context = await browser.newContext();
    server = createServer((request, response) => {
      // A page that dies while it sends is no fault of the endpoint's.
      if (request.method === "POST") void take(request, response).catch(() => {});
      else response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>test</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://localhost:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    await context.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = () => openPage(context, "deliveries", { address });

  /** As when the browser runs out of memory: no event, no last word. */
  async function crash({ tab }: OpenPage): Promise<void> {
    const session = await context.newCDPSession(tab);
    const crashed = new Promise((resolve) => tab.once("crash", resolve));
    session.send("Page.crash").catch(() => {});
    await crashed;
    await tab.close();
  }

  test("of pages that are killed in mid-send all arrive, and once by their keys", async () => {
    const lives: readonly Manner[][] = [["stops listening"], ["answers", "swallows"]];
    const added: string[] = [];
    for (const [life, planned] of lives.entries()) {
      [manners, stuck] = [[...planned], 0];
      const page = await open();
      await page.run(`openOutbox("${address}")`);
      for (const report of ["a", "b"]) {
        await page.run(`add("${life}${report}", 500_000)`);
        added.push(`"${life}${report}/closed"`);
      }
      await vi.waitFor(() => expect(stuck).toBe(1), 5_000);
      await crash(page);
    }
    const last = await open();
    await last.run(`openOutbox("${address}")`);
    await vi.waitFor(async () => expect(await last.run('kept("outbox/")')).toEqual([]), 10_000);
    expect([...got.keys()].sort()).toEqual(added);
    for (const texts of got.values()) expect(new Set(texts).size).toBe(1);
    // Otherwise nothing was sent twice, and there was nothing to tell apart.
    expect([...got.values()].flat().length).toBeGreaterThan(added.length);
    expect(last.errors).toEqual([]);
  });

  test("two pages at once: one sends for both, and the other when it is killed", async () => {
    manners = ["swallows"];
    const [one, two] = [await open(), await open()];
    await one.run(`openOutbox("${address}")`);
    await one.run('add("one", 10)');
    await vi.waitFor(() => expect(stuck).toBe(1), 5_000);
    await two.run(`openOutbox("${address}")`);
    await two.run('add("two", 10)');
    await two.tab.waitForTimeout(500);
    expect([...got.keys()]).toEqual(['"one/closed"']);
    await crash(one);
    await vi.waitFor(
      () =>
        expect([...got].map(([key, texts]) => [key, texts.length])).toEqual([
          ['"one/closed"', 2],
          ['"two/closed"', 1],
        ]),
      10_000,
    );
  });

  const reports = () =>
    [...got].map(([key, [text = ""]]) => {
      const report = JSON.parse(text) as ReportDocument;
      expect(faultsOf(report)).toEqual([]);
      return { key, report };
    });

  /** A softphone whose only carrier fails a call. */
  async function inTrouble(listening: Listening): Promise<OpenPage> {
    const page = await open();
    await page.run(`start("${listening.url}", "${address}")`);
    await page.run('call("+21671000001")');
    await vi.waitFor(async () => expect(await page.run("incidents()")).toEqual([true]), 5_000);
    // Its journal is kept once a second.
    await page.tab.waitForTimeout(1_200);
    return page;
  }

  async function withCarrier(run: (listening: Listening, trunk: MockTrunk) => Promise<void>): Promise<void> {
    const trunk = createMockTrunk({ name: "a", domain: "a.example", challenge: "none" });
    const listening = await listen(trunk);
    trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    try {
      await run(listening, trunk);
    } finally {
      await listening.close();
      trunk.close();
    }
  }

  test("an incident that is open when its page is left goes out as ongoing, and is completed by the next page", () =>
    withCarrier(async (listening) => {
      const left = await inTrouble(listening);
      await left.tab.goto(`${address}elsewhere`);
      await vi.waitFor(() => expect(got.size).toBe(1), 5_000);
      expect(reports()).toMatchObject([{ report: { status: "ongoing", callCounts: { affected: 1 } } }]);
      const [ongoing] = reports();
      // It may lie in the browser's cache, and come back: until it is gone for good its incident is its own.
      await left.close();
      const next = await open();
      await next.run(`start("${listening.url}", "${address}")`);
      await vi.waitFor(() => expect(got.size).toBe(2), 10_000);
      const reportId = ongoing?.report.reportId ?? "none";
      expect(reports()[1]).toMatchObject({ key: `"${reportId}/closed"`, report: { reportId, status: "closed", span: { ongoing: true } } });
      await vi.waitFor(async () => expect(await next.run('kept("outbox/")')).toEqual([]), 5_000);
      expect(next.errors).toEqual([]);
    }));

  test("an incident that is open when its page is killed is told by the next page, and by no third", () =>
    withCarrier(async (listening) => {
      const killed = await inTrouble(listening);
      expect(await killed.run('kept("sessions/")')).not.toEqual([]);
      await crash(killed);
      expect(got.size).toBe(0);
      const [next, third] = [await open(), await open()];
      for (const page of [next, third]) await page.run(`start("${listening.url}", "${address}")`);
      await vi.waitFor(() => expect(got.size).toBe(1), 10_000);
      await third.tab.waitForTimeout(1_000);
      expect(reports()).toMatchObject([{ report: { status: "closed", span: { ongoing: true }, callCounts: { affected: 1 } } }]);
      expect([...got.values()].map(({ length }) => length)).toEqual([1]);
    }));
});
