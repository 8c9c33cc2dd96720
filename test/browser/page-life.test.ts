import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { createMockTrunk, headersOf, type LogEntry, type MockTrunk } from "../../adapters/mock-trunk/index.ts";
import { listen, type Listening } from "../../adapters/mock-trunk/ws.ts";
import type { Entry } from "../../src/journal.ts";
import { chromiumOrSkip, launchPlainChromium } from "./chromium.ts";
import { openPage, type OpenPage } from "./page.ts";
import type { SoftphoneOptions } from "./pages/reload.ts";

const password = "secret";
const elsewhere = "http://localhost/elsewhere";

chromiumOrSkip("a softphone's page in a real browser, at a carrier that asks for credentials", () => {
  let chromium: Awaited<ReturnType<typeof launchPlainChromium>>;
  let trunk: MockTrunk;
  let listening: Listening;
  let page: OpenPage;

  beforeAll(async () => {
    chromium = await launchPlainChromium();
  });
  afterAll(() => chromium.close());
  beforeEach(async () => {
    trunk = createMockTrunk({
      name: "a",
      domain: "a.example",
      users: { agent7: password },
      habit: { ringAfterMs: 50, answerAfterMs: 100 },
    });
    listening = await listen(trunk);
    page = await openPage(chromium.context, "reload", { isLocal: true });
    await page.tab.route(elsewhere, (route) =>
      route.fulfill({ contentType: "text/html", body: "<!doctype html><title>elsewhere</title>" }),
    );
    await page.run(`start(${JSON.stringify({ server: listening.url, password } satisfies SoftphoneOptions)})`);
    await isReady();
  });
  afterEach(async () => {
    expect(page.errors).toEqual([]);
    await page.close();
    await listening.close();
    trunk.close();
  });

  const isReady = () => vi.waitFor(async () => expect(await page.run("ready()")).toBe(true), 5_000);
  const changes = async () => (await page.run<Entry<"page:changed">[]>('entries("page:changed")')).map(({ to }) => to);
  const received = (method: string) => trunk.log.filter((entry) => entry.what === "received" && entry.method === method);
  const brings = (entry: LogEntry | undefined) =>
    entry !== undefined && ["authorization", "proxy-authorization"].some((name) => headersOf(entry, name).length > 0);
  /** Nobody rings at a page that cannot answer: its binding is gone, by a request that needed no second one. */
  async function isUnregistered(): Promise<void> {
    await vi.waitFor(() => expect(trunk.registrations).toEqual([]));
    expect(brings(received("REGISTER").at(-1))).toBe(true);
    expect(trunk.call("agent7", { from: "+21698000000" }).state).toBe("refused");
  }
  /** A customer's call rings in it. */
  async function isRung(): Promise<void> {
    await isReady();
    const customer = trunk.call("agent7", { from: "+21698000000" });
    await vi.waitFor(() => expect(customer.state).toBe("alerting"));
  }

  it("is not rung while it waits in the back/forward cache, and is again when the agent comes back", async () => {
    await page.tab.goto(elsewhere);
    await isUnregistered();
    await page.tab.goBack({ waitUntil: "commit" });
    await isRung();
    expect(await changes()).toEqual(["cached", "frozen", "resumed", "shown"]);
  });

  it("is not rung while it is frozen, and is again when it wakes", async () => {
    const session = await chromium.context.newCDPSession(page.tab);
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    await isUnregistered();
    await session.send("Page.setWebLifecycleState", { state: "active" });
    await isRung();
    expect(await changes()).toEqual(["frozen", "resumed"]);
  });

  it("gets its last BYE and REGISTER out as the agent goes elsewhere, each with credentials at once", async () => {
    await page.run('call("+21671000001")');
    await vi.waitFor(() => expect(trunk.calls[0]?.state).toBe("answered"));
    await page.tab.goto(elsewhere);
    await vi.waitFor(() => expect(trunk.calls[0]?.end?.by).toBe("agent"));
    expect([received("BYE").length, brings(received("BYE")[0])]).toEqual([1, true]);
    await isUnregistered();
  });

  it("asks its flow when the browser has a network again, and replaces one that is dead within seconds", async () => {
    await chromium.context.setOffline(true);
    const thaw = trunk.fault({ kind: "freeze" });
    await vi.waitFor(async () => expect(await page.run('entries("network:changed")')).toMatchObject([{ online: false }]));
    await chromium.context.setOffline(false);
    const ends = () => page.run<Entry<"flow:changed">[]>('entries("flow:changed")');
    await vi.waitFor(async () => expect((await ends()).map(({ to }) => to)).toContain("waiting"), 5_000);
    thaw();
    await isRung();
  });
});
