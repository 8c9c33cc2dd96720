import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { type OpenPage, openPage } from "./page.ts";

chromiumOrSkip("the mock trunk inside a page, behind msw", () => {
  let browser: Browser;
  let page: OpenPage;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await openPage(browser, "msw");
  });
  afterAll(async () => {
    expect(page.errors).toEqual([]);
    await browser.close();
  });

  it("carries a call over B while A is silent, and nothing is left open", async () => {
    expect(await page.run("callsWhileCarrierAIsSilent()")).toEqual({ ready: true, trunk: "b", rings: [0, 1], connections: 0 });
  });
});
