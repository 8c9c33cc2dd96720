import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { type OpenPage, openPage } from "./page.ts";

/** They wait for audio, or for its end, and one page has room for all of them. */
chromiumOrSkip("webrtc() watches the audio in a real browser", () => {
  let browser: Browser;
  let page: OpenPage;

  beforeAll(async () => {
    browser = await launchChromium();
    page = await openPage(browser, "media");
  });
  afterAll(async () => {
    expect(page.errors).toEqual([]);
    await browser.close();
  });

  it.concurrent("rates it, finds within 5 s that the peer stopped sending, and that it sends again", async () => {
    const { tookMs, rated, ...rest } = await page.run<{ tookMs: number; rated: { mos: number } }>("peerStopsSending()");
    expect(rest).toEqual({
      before: ["good"],
      lost: {
        direction: "inbound",
        kind: "stopped",
        forMs: expect.any(Number),
        path: expect.objectContaining({ ice: "connected", dtls: "connected", wasConnected: true }),
      },
      isRestored: true,
    });
    expect(rated.mos).toBeGreaterThan(4);
    expect(rated.mos).toBeLessThanOrEqual(4.41);
    expect(tookMs).toBeGreaterThan(3_000);
    expect(tookMs).toBeLessThan(5_500);
  });

  it.concurrent("finds 3 s after the answer that nothing came", async () => {
    const [found] = await page.run<{ afterMs: number; what: string; detail: unknown }[]>("peerNeverSends()");
    expect(found).toMatchObject({ what: "lost", detail: { direction: "both", kind: "never-came" } });
    expect(found?.afterMs).toBeLessThan(4_500);
  });

  it.concurrent("takes neither a muted microphone nor a hold for a fault", async () => {
    expect(await page.run("agentMutesAndHolds()")).toEqual([]);
  });

  it.concurrent("restarts ICE on the same connection, and the audio goes on", async () => {
    expect(await page.run("restartsIce()")).toEqual({
      isSameConnection: true,
      hasNewCredentials: true,
      hasCandidates: true,
      flows: true,
      state: "stable",
    });
  });

  it.concurrent.each(["first", "second"])("plays an announcement of one carrier, and talks to the %s who answers", async (answeredBy) => {
    type Result = { asked: number; isAnother: boolean; early: number; received: number; sent: number };
    const { early, received, sent, ...rest } = await page.run<Result>(`hearsAnAnnouncement("${answeredBy}")`);
    expect(rest).toEqual({ asked: 1, isAnother: true });
    expect(Math.min(early, received, sent)).toBeGreaterThanOrEqual(20);
  });
});
