import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createMockTrunk, type MockTrunk } from "../../adapters/mock-trunk/index.ts";
import { listen } from "../../adapters/mock-trunk/ws.ts";
import type { HealthNote, HealthSnapshot } from "../../src/ports/shared-health.ts";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { openPage, type OpenPage } from "./page.ts";
import type { SoftphoneOptions } from "./pages/reload.ts";

const note: HealthNote = { trunkId: "A", route: "local", plane: "signalling", vote: "failure", because: "sip-503" };
const snapshot: HealthSnapshot = {
  dateMs: 1_700_000_000_000,
  breakers: [{ trunkId: "A", route: "local", plane: "signalling", state: "open", restMs: 30_000, ejections: 1, logOdds: 0 }],
};

chromiumOrSkip("the tabs of one browser", () => {
  let browser: Browser;
  let context: BrowserContext;
  const open = () => openPage(context, "tabs");
  const telephones = async (...pages: readonly OpenPage[]) => Promise.all(pages.map((page) => page.run<boolean>("isTelephone()")));

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    context = await browser.newContext();
  });
  afterEach(() => context.close());

  test("hear from each other", async () => {
    const [one, two] = [await open(), await open()];
    await one.run(`tell(${JSON.stringify(note)})`);
    await vi.waitFor(async () => expect(await two.run("heardNotes()")).toEqual([note]));
    expect(await one.run("heardNotes()")).toEqual([]);
  });

  /** Which one of them is the telephone: to the browser all have the agent's attention, so it may move to any while they open. */
  const telephoneOf = (...pages: readonly OpenPage[]): Promise<OpenPage> =>
    vi.waitFor(
      async () => {
        const are = await telephones(...pages);
        expect(are.toSorted()).toEqual(pages.map((_, index) => index === pages.length - 1));
        return pages[are.indexOf(true)] as OpenPage;
      },
      { timeout: 5_000 },
    );

  test("have one telephone, and another as soon as that one is closed", async () => {
    const pages = [await open(), await open(), await open()];
    const telephone = await telephoneOf(...pages);
    await telephone.close();
    await telephoneOf(...pages.filter((page) => page !== telephone));
  });

  test("hand it to where the agent places a call, and take it from a page that hangs", async () => {
    const pages = [await open(), await open()];
    const one = await telephoneOf(...pages);
    const two = pages.find((page) => page !== one) as OpenPage;
    await two.run("use(true)");
    await vi.waitFor(async () => expect(await telephones(one, two)).toEqual([false, true]), { timeout: 5_000 });
    await two.run("use(false)");
    const hanging = two.run("hang(6_000)");
    await one.run("use(true)");
    await vi.waitFor(async () => expect(await telephones(one)).toEqual([true]), { timeout: 5_000 });
    await hanging;
    await vi.waitFor(async () => expect(await telephones(one, two)).toEqual([true, false]), { timeout: 5_000 });
  });

  test("leave to the next page what they knew", async () => {
    const one = await open();
    await one.run(`save(${JSON.stringify(snapshot)})`);
    await one.close();
    expect(await (await open()).run("restore()")).toEqual(snapshot);
  });

  test("are one agent's where one serves an account more: each account is bound once, and no customer rings while the agent talks, until that page crashes", async () => {
    const carriers = ["a", "b"].map((name) =>
      createMockTrunk({ name, domain: `${name}.example`, challenge: "none", habit: { ringAfterMs: 50, answerAfterMs: 100 } }),
    );
    const listening = await Promise.all(carriers.map((carrier) => listen(carrier)));
    const [server = "", serverB = ""] = listening.map(({ url }) => url);
    const softphone = async (options: SoftphoneOptions) => {
      const page = await openPage(context, "reload", { isLocal: true });
      await page.run(`start(${JSON.stringify(options)})`);
      return page;
    };
    const one = await softphone({ server, isOptedIn: true });
    const two = await softphone({ server, serverB, isOptedIn: true });
    const areBoundOnce = () => vi.waitFor(() => expect(carriers.map(({ registrations }) => registrations.length)).toEqual([1, 1]), 10_000);
    const rung = (carrier: MockTrunk) => carrier.call("agent7", { from: "+21698000000" });
    await areBoundOnce();
    await one.run('call("+21671000001")');
    await vi.waitFor(async () => expect(await one.run("calls()")).toEqual([["answered", false]]), 5_000);
    await areBoundOnce();
    for (const carrier of carriers) {
      const customer = rung(carrier);
      await vi.waitFor(() => expect(customer.answers.at(-1)).toBe(486));
    }
    await crash(one);
    const waiting = await vi.waitFor(() => {
      const customer = rung(carriers[1] as MockTrunk);
      return vi.waitFor(() => expect(customer.answers.at(-1)).toBe(180)).then(() => customer);
    }, 15_000);
    expect(await two.run("calls()")).toEqual([["ringing", false]]);
    waiting.hangUp();
    await context.close();
    await Promise.all(listening.map((each) => each.close()));
    for (const carrier of carriers) carrier.close();
  });
});

/** Its renderer dies. */
async function crash({ tab }: OpenPage): Promise<void> {
  const crashed = tab.waitForEvent("crash");
  await tab.goto("chrome://crash").catch(() => {});
  await crashed;
}
