import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { openPage } from "./page.ts";

chromiumOrSkip("preflight() in a real browser", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchChromium()));
  afterAll(() => browser.close());

  it("finds microphone, sound, WebRTC and trunk well", async () => {
    const page = await openPage(browser, "preflight");
    expect(await page.run("fails()")).toEqual([]);
    expect(page.errors).toEqual([]);
    await page.close();
  });

  it("measures the microphone, and tells a relay that is not to be had", async () => {
    const page = await openPage(browser, "preflight");
    const { levelDbov, turn, stun } = await page.run<{ levelDbov: number; turn: { code: string; cause: string }; stun: string }>(
      "measured()",
    );
    // Chromium's own microphone beeps.
    expect(levelDbov).toBeGreaterThan(-50);
    expect(levelDbov).toBeLessThan(0);
    expect(turn).toMatchObject({ outcome: "fail", code: "NetworkError", cause: expect.stringContaining("relais") });
    expect(stun).toBe("NotConfigured");
    expect(page.errors).toEqual([]);
    await page.close();
  });

  it("says that the frame it is in may not use the microphone", async () => {
    const page = await openPage(browser, "preflight", { inFrame: true });
    expect((await page.run<string[]>("fails()")).slice(0, 2)).toEqual(["microphone-policy: SecurityError", "microphone: BlockedError"]);
    await page.close();
  });

  it("says that the page's own security policy forbids the sockets, within milliseconds", async () => {
    const page = await openPage(browser, "preflight", { policy: "connect-src 'self'" });
    const { tookMs, ...found } = await page.run<{ tookMs: number }>("forbidden()");
    expect(found).toEqual({
      sockets: ["socket a: SecurityError", "socket b: SecurityError"],
      errors: ["connection SecurityError", "connection SecurityError"],
      verdict: "crm-config",
      tells: false,
    });
    // Far below any deadline of ours.
    expect(tookMs).toBeLessThan(1_000);
    expect(page.errors).toEqual([]);
    await page.close();
  });
});
