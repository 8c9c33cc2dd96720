import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { createMockTrunk, type MockTrunk } from "../../adapters/mock-trunk/index.ts";
import { listen, type Listening } from "../../adapters/mock-trunk/ws.ts";
import type { Entry } from "../../src/journal.ts";
import { chromiumOrSkip, launchChromium, launchPlainChromium } from "./chromium.ts";
import { bundle, openPage, type OpenPage } from "./page.ts";
import type { SoftphoneOptions } from "./pages/reload.ts";

chromiumOrSkip("an answered call in a real browser", () => {
  let browser: Browser;
  let context: BrowserContext;
  let trunk: MockTrunk;
  let listening: Listening;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    context = await browser.newContext();
    trunk = createMockTrunk({ name: "a", domain: "a.example", challenge: "none", habit: { ringAfterMs: 50, answerAfterMs: 100 } });
    listening = await listen(trunk);
  });
  afterEach(async () => {
    await context.close();
    await listening.close();
    trunk.close();
  });

  const start = (page: OpenPage, isOptedIn: boolean, resumeMs = 60_000) =>
    page.run(`start(${JSON.stringify({ server: listening.url, isOptedIn, resumeMs } satisfies SoftphoneOptions)})`);
  const calls = (page: OpenPage) => page.run<[string, boolean][]>("calls()");

  async function talk(isOptedIn: boolean, resumeMs?: number): Promise<OpenPage> {
    const page = await openPage(context, "reload", { isLocal: true });
    await start(page, isOptedIn, resumeMs);
    await page.run('call("+21671000001")');
    await vi.waitFor(async () => expect(await calls(page)).toEqual([["answered", false]]), 5_000);
    return page;
  }

  it("survives F5 with a gap of less than 3 s, and is hung up by the next page", async () => {
    const page = await talk(true);
    await page.reload();
    await start(page, true);
    await vi.waitFor(async () => expect(await page.run<Entry[]>('entries("call:resumed")')).toHaveLength(1), 10_000);
    const [resumed] = await page.run<Entry<"call:resumed">[]>('entries("call:resumed")');
    expect(resumed?.gapMs).toBeLessThan(3_000);
    expect([await calls(page), trunk.calls[0]?.state]).toEqual([[["answered", true]], "answered"]);
    await page.run("hangUp()");
    await vi.waitFor(() => expect(trunk.calls[0]?.end?.by).toBe("agent"));
    expect(page.errors).toEqual([]);
  });

  it("is hung up by F5 where no page may follow", async () => {
    const page = await talk(false);
    await page.reload();
    await vi.waitFor(() => expect(trunk.calls[0]?.end?.by).toBe("agent"));
  });

  it("stays with its page when another tab of a copied storage starts", async () => {
    const page = await talk(true);
    const kept = await vi.waitFor(async () => {
      const text = await page.tab.evaluate(() => JSON.stringify({ ...sessionStorage }));
      expect(text).toContain("linekeeper/calls");
      return text;
    });
    const copy = await openPage(context, "reload", { isLocal: true });
    await copy.tab.evaluate((text) => Object.assign(sessionStorage, JSON.parse(text)), kept);
    await start(copy, true);
    // It waits for the page to be gone, and gives up.
    const waiting = () =>
      copy.tab.evaluate(async () => (await navigator.locks.query()).pending?.filter(({ name }) => name?.includes("/calls/")).length);
    expect(await waiting()).toBe(1);
    await vi.waitFor(async () => expect(await waiting()).toBe(0), 10_000);
    expect([await calls(copy), await calls(page), trunk.calls[0]?.state]).toEqual([[], [["answered", false]], "answered"]);
  });

  it("is left to its tab by other tabs over F5, and ended by one of them once that is closed", async () => {
    const graceMs = 2_000;
    const page = await talk(true, graceMs);
    const others = await Promise.all([0, 1].map(() => openPage(context, "reload", { isLocal: true })));
    const [before, after] = others as [OpenPage, OpenPage];
    await start(before, true, graceMs);
    await page.reload();
    await start(page, true, graceMs);
    await vi.waitFor(async () => expect(await page.run<Entry[]>('entries("call:resumed")')).toHaveLength(1), 10_000);
    expect(trunk.calls[0]?.state).toBe("answered");
    await start(after, true, graceMs);
    await page.close();
    await vi.waitFor(() => expect(trunk.calls[0]?.end?.by).toBe("agent"), { timeout: 12_000, interval: 50 });
    const ended = () => Promise.all(others.map((other) => other.run<Entry<"call:not-resumed">[]>('entries("call:not-resumed")')));
    await vi.waitFor(async () => expect((await ended()).flat().map(({ because }) => because)).toEqual(["abandoned"]));
    expect(trunk.log.filter(({ what, raw = "" }) => what === "received" && raw.startsWith("BYE "))).toHaveLength(1);
    expect(await before.tab.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("linekeeper/calls")))).toEqual([]);
    expect(others.flatMap(({ errors }) => errors)).toEqual([]);
  });
});

chromiumOrSkip("an answered call whose page crashes in a real browser", () => {
  it("is gone on with by the next page of the tab, within 3 s of its loading", async () => {
    const trunk = createMockTrunk({ name: "a", domain: "a.example", challenge: "none", habit: { ringAfterMs: 50, answerAfterMs: 100 } });
    const listening = await listen(trunk);
    const start = `start(${JSON.stringify({ server: listening.url, isOptedIn: true } satisfies SoftphoneOptions)})`;
    const script = await bundle("reload");
    const own = `<!doctype html><title>test</title><script>${script.replaceAll("</script", "<\\/script")}</script><script>page.${start}</script>`;
    const server = createServer((_, response) => void response.setHeader("content-type", "text/html").end(own));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const chromium = await launchPlainChromium();
    try {
      const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
      const page = await openPage(chromium.context, "reload", { address, begins: start });
      await vi.waitFor(async () => expect(await page.run("ready()")).toBe(true), 5_000);
      await page.run('call("+21671000001")');
      await vi.waitFor(async () => expect(await page.run("calls()")).toEqual([["answered", false]]), 5_000);
      const anew = await chromium.crashAndReload(page.tab);
      await vi.waitFor(async () => expect(await anew.run("calls()")).toEqual([["answered", true]]), 10_000);
      const [resumed] = await vi.waitFor(async () => {
        const entries = await anew.run<Entry<"call:resumed">[]>('entries("call:resumed")');
        expect(entries).toHaveLength(1);
        return entries;
      }, 10_000);
      expect(resumed?.atMs).toBeLessThan(3_000);
      expect(trunk.calls.map(({ state }) => state)).toEqual(["answered"]);
      await anew.run("hangUp()");
      await vi.waitFor(() => expect(trunk.calls[0]?.end?.by).toBe("agent"));
      anew.close();
    } finally {
      await chromium.close();
      server.closeAllConnections();
      server.close();
      await listening.close();
      trunk.close();
    }
  });
});
