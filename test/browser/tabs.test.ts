import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { HealthNote, HealthSnapshot } from "../../src/ports/shared-health.ts";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { openPage, type OpenPage } from "./page.ts";

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
});
