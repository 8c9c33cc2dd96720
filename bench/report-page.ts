/**
 * What a page feels of a report on 10 000 attempts: Chromium's own longest task while the report is built in turns, beside what it takes
 * at once. Nothing without a Chromium. `npm run bench:report-page`
 */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { findChromium } from "../test/setup/chromium.mjs";
import { dayOf } from "./day.ts";
import { table } from "./table.ts";

const calls = 6_000;
const entry = `
import { systemClock } from "./src/clock.ts";
import { allAtOnce } from "./src/slices.ts";
import { buildReportSliced } from "./src/report/document.ts";
import { inTurns } from "./src/turns.ts";
const build = (entries) => buildReportSliced(entries, undefined, { generatedAtMs: 0 });
const settled = () => new Promise((resolve) => setTimeout(resolve, 300));
window.measured = async (text) => {
  const entries = JSON.parse(text);
  allAtOnce(build(entries.slice(0, 5000)));
  await settled();
  let longestMs = 0, frameMs = 0, isOn = true, last = performance.now();
  new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (longestMs = Math.max(longestMs, duration)))).observe({ type: "longtask" });
  const frame = (now) => { frameMs = Math.max(frameMs, now - last); last = now; if (isOn) requestAnimationFrame(frame); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
  const began = performance.now();
  await inTurns(build(entries), systemClock);
  const turnsMs = performance.now() - began;
  isOn = false;
  await settled();
  const inTurnsLongestMs = longestMs;
  const before = performance.now();
  allAtOnce(build(entries));
  return { onceMs: performance.now() - before, turnsMs, longestMs: inTurnsLongestMs, frameMs };
};`;

const executablePath = findChromium();
if (executablePath === undefined) {
  process.stdout.write("no Chromium on this machine: nothing is measured\n");
  process.exit();
}
const { outputFiles } = await build({
  stdin: { contents: entry, resolveDir: fileURLToPath(new URL("..", import.meta.url)), loader: "ts" },
  ...{ bundle: true, write: false, format: "iife", conditions: ["linekeeper-source"] },
});
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const entries = dayOf(calls);
const text = JSON.stringify(entries);
const attempts = entries.filter(({ type }) => type === "attempt:started").length;
interface Measured {
  readonly onceMs: number;
  readonly turnsMs: number;
  /** Of tasks over 50 ms (Long Tasks API); 0 where there was none. */
  readonly longestMs: number;
  readonly frameMs: number;
}
try {
  const page = await browser.newPage();
  await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
  await page.evaluate((json) => void Object.assign(globalThis, { given: json }), text);
  const runs: Measured[] = [];
  for (let run = 0; run < 3; run++) runs.push(await page.evaluate<Measured>("measured(given)"));
  const best = (of: keyof Measured) => Math.min(...runs.map((each) => each[of]));
  process.stdout.write(
    `${table(
      ["attempts", "entries", "at once, ms", "in turns, ms", "longest task over 50 ms", "longest frame, ms", "frame / at once"],
      [
        [
          attempts,
          entries.length,
          best("onceMs").toFixed(0),
          best("turnsMs").toFixed(0),
          best("longestMs") > 0 ? best("longestMs").toFixed(0) : "none",
          best("frameMs").toFixed(0),
          (best("frameMs") / best("onceMs")).toFixed(2),
        ].map(String),
      ],
    )}\n`,
  );
} finally {
  await browser.close();
}
