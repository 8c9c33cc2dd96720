import { expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { openPage } from "./page.ts";

chromiumOrSkip("sipjs() and webrtc() in a real browser", () => {
  it("a call that one carrier refuses is answered by the next: another offer, and audio both ways", async () => {
    const browser = await launchChromium();
    try {
      const page = await openPage(browser, "call");
      const { received, sent, ...rest } = await page.run<{ received: number; sent: number }>("failsOver()");
      expect(rest).toEqual({ codes: [503, 200, 200], isOfferAnother: true });
      expect(received).toBeGreaterThanOrEqual(20);
      expect(sent).toBeGreaterThanOrEqual(20);
      expect(page.errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it("a customer's call without an offer is answered by ours, with audio both ways", async () => {
    const browser = await launchChromium();
    try {
      const page = await openPage(browser, "call");
      const { received, sent, ...rest } = await page.run<{ received: number; sent: number }>("answersWithoutOffer()");
      expect(rest).toEqual({ state: "answered", isAcknowledged: true });
      expect(received).toBeGreaterThanOrEqual(20);
      expect(sent).toBeGreaterThanOrEqual(20);
      expect(page.errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it("a customer's call with the mock trunk's own offer is answered, and encrypted", async () => {
    const browser = await launchChromium();
    try {
      const page = await openPage(browser, "call");
      const { answer, ...rest } = await page.run<{ answer: string }>("answersDefaultOffer()");
      expect(rest).toEqual({ state: "answered", isAcknowledged: true, answers: [100, 180, 200] });
      expect(answer).toMatch(/^m=audio [1-9]\d* UDP\/TLS\/RTP\/SAVPF /m);
      expect(answer).toMatch(/^a=fingerprint:/m);
      expect(page.errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
