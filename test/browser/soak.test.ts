/**
 * Healthy calls, at length: nothing is found in them. A minute beside the other tests, ten by `npm run soak`. What takes
 * longer than a minute to show is judged on four recorded minutes in test/media/healthy-calls.test.ts.
 */
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Moment } from "../media/calls/reduce.ts";
import { chromiumOrSkip, launchChromium, launchPlainChromium } from "./chromium.ts";
import { firefoxOrSkip, launchFirefox, type Firefox } from "./firefox.ts";
import { openPage, type OpenPage } from "./page.ts";
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

/** @param isRecorded its statistics are kept. */
async function raisesNoAlarm({ run, errors }: Pick<OpenPage, "run" | "errors">, condition: Condition, isRecorded = false): Promise<void> {
  const call = await run<{ found: string[]; received: number; moments: Moment[] }>(`talk("${condition}", ${forMs}, ${isRecorded})`);
  const { found, received, moments } = call;
  if (isRecorded && recordTo !== undefined)
    writeFileSync(recordTo, gzipSync(moments.map((moment) => `${JSON.stringify(moment)}\n`).join(""), { level: 9 }));
  expect(errors).toEqual([]);
  expect(found).toEqual([]);
  expect(received).toBeGreaterThan(100 * minutes);
}

chromiumOrSkip(`a healthy call of ${minutes} min`, () => {
  let browser: Browser;
  /** Where a page can be frozen. */
  let plain: Awaited<ReturnType<typeof launchPlainChromium>>;

  beforeAll(async () => void ([browser, plain] = await Promise.all([launchChromium(), launchPlainChromium()])));
  afterAll(() => Promise.all([browser.close(), plain.close()]));

  /** Each in a page, and a process, of its own. */
  it.concurrent.each(conditions)(
    "raises no alarm: %s",
    async (condition) => {
      const context = condition === "frozen" ? plain.context : await browser.newContext();
      const page = await openPage(context, "soak");
      let isOver = false;
      const call = raisesNoAlarm(page, condition, recordTo !== undefined && condition === "normal").finally(() => (isOver = true));
      if (condition === "frozen") await freeze(await context.newCDPSession(page.tab), () => isOver);
      await call;
      await page.close();
    },
    forMs + 90_000,
  );
});

/** Too long for every day: by `npm run soak` only. */
if (asked)
  firefoxOrSkip(`a healthy call of ${minutes} min in Firefox`, () => {
    let firefox: Firefox;

    beforeAll(async () => void (firefox = await launchFirefox()));
    afterAll(() => firefox.close());

    it.concurrent.each(["normal", "hidden", "muted", "silence-suppressed", "busy"] as const)(
      "raises no alarm: %s",
      async (condition) => raisesNoAlarm(await firefox.open("soak", { isHidden: condition === "hidden" }), condition),
      forMs + 90_000,
    );
  });
