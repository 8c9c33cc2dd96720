import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { type OpenPage, openPage } from "./page.ts";

interface Measured {
  readonly packets: number;
  readonly hasSound: boolean;
}

/** Opus sends 50 packets a second, and a machine that is busy some fewer. */
const flows = expect.toSatisfy((packets: number) => packets > 30, "packets flow");

const talks = { packets: flows, hasSound: true };

chromiumOrSkip("webrtc() with microphones and speakers of a real browser", () => {
  let browser: Browser;
  let page: OpenPage;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await openPage(browser, "devices");
    // What an agent has done who dials.
    await page.tab.mouse.click(10, 10);
  });
  afterAll(async () => {
    expect(page.errors).toEqual([]);
    await browser.close();
  });

  it("changes the microphone without a word to the peer, muted as it was, on the offer made ahead too; one that is missing changes nothing", async () => {
    expect(await page.run<Record<string, Measured>>("changesMicrophone()")).toEqual({
      before: talks,
      after: talks,
      muted: { packets: flows, hasSound: false },
      open: talks,
      moved: talks,
      results: [{ ok: true }, { ok: true }],
      isOther: true,
      isSameSession: true,
      because: "not-found",
      ended: ["ended", "ended"],
      told: [],
    });
  });

  it("goes on by the next microphone when the browser ends the one in use", async () => {
    expect(await page.run("losesMicrophone()")).toEqual({ before: talks, after: talks, isFollowed: true });
  });

  it("plays the customer, on another speaker too, not while held, and not after the end", async () => {
    expect(await page.run("playsTheCustomer()")).toEqual({
      played: true,
      moved: { ok: true },
      isThere: true,
      because: "not-found",
      held: false,
      back: true,
      afterwards: null,
      told: [],
    });
  });
});
