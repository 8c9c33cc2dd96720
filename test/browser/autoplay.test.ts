import { expect, it } from "vitest";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { openPage } from "./page.ts";

chromiumOrSkip("a browser that plays nothing before a click", () => {
  it("is told; the click on a button brings the customer's voice", async () => {
    const browser = await launchChromium({ flags: ["--autoplay-policy=document-user-activation-required"] });
    try {
      const context = await browser.newContext();
      const found = context.waitForEvent("console");
      const page = await openPage(context, "autoplay", { begins: "calls()" });
      expect(JSON.parse((await found).text())).toEqual({
        ...{ told: ["blocked"], state: "answered", isPaused: true, isResumed: false },
        leader: "agent-device",
      });
      await page.tab.click("button");
      expect(await page.run("hears()")).toEqual({ told: ["blocked", "playing"], isHeard: true });
      expect(page.errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
