/**
 * Healthy calls, at length: nothing is found in them. A minute beside the other tests, ten by `npm run soak`. What takes
 * longer than a minute to show is judged on four recorded minutes in test/media/healthy-calls.test.ts.
 */
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Moment } from "../media/calls/reduce.ts";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";
import { openPage } from "./page.ts";
import type { Condition } from "./pages/soak.ts";

const asked = process.env["LINEKEEPER_SOAK_MINUTES"];
const minutes = Number(asked ?? 1);
const recordTo = process.env["LINEKEEPER_SOAK_RECORD"];
const forMs = minutes * 60_000;

/** A busy machine is one for the tests beside it too; a throttled watch has one look in a minute. */
const conditions: readonly Condition[] = [
  "normal",
  "frozen",
  "muted",
  "silence-suppressed",
  ...(asked ? (["busy", "throttled"] as const) : []),
];

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Freezes the page now and then, as a browser does with one that nobody looks at. */
async function freeze(session: CDPSession, isOver: () => boolean): Promise<void> {
  await pass(8_000);
  while (!isOver()) {
    await session.send("Page.setWebLifecycleState", { state: "frozen" });
    await pass(12_000);
    await session.send("Page.setWebLifecycleState", { state: "active" });
    await pass(18_000);
  }
}

chromiumOrSkip(`a healthy call of ${minutes} min`, () => {
  let browser: Browser;

  beforeAll(async () => void (browser = await launchChromium()));
  afterAll(() => browser.close());

  /** Each in a page, and a process, of its own. */
  it.concurrent.each(conditions)(
    "raises no alarm: %s",
    async (condition) => {
      const context = await browser.newContext();
      const page = await openPage(context, "soak");
      const isRecorded = recordTo !== undefined && condition === "normal";
      let isOver = false;
      const call = page
        .run<{ found: string[]; received: number; moments: Moment[] }>(`talk("${condition}", ${forMs}, ${isRecorded})`)
        .finally(() => (isOver = true));
      if (condition === "frozen") await freeze(await context.newCDPSession(page.tab), () => isOver);
      const { found, received, moments } = await call;
      if (isRecorded) writeFileSync(recordTo, gzipSync(moments.map((moment) => `${JSON.stringify(moment)}\n`).join(""), { level: 9 }));
      expect(page.errors).toEqual([]);
      expect(found).toEqual([]);
      expect(received).toBeGreaterThan(100 * minutes);
      await context.close();
    },
    forMs + 90_000,
  );
});
