/**
 * How long a report takes, by the length of its journal: ms of one core's time, the best of several runs, so that a busy machine
 * says nearly what a quiet one does. Twice the journal has to take twice the time. A page delivers it in turns, with its journal's digest,
 * as what is signed and as text, and `otlp()` reads that text again: there the longest turn counts, for a frame has to wait for it.
 * `npm run bench:report`
 */
import { Command } from "commander";
import { bodiesOf } from "../adapters/otlp/requests.ts";
import { systemClock } from "../src/clock.ts";
import { explain } from "../src/diagnosis/index.ts";
import type { Entry } from "../src/journal.ts";
import { buildReportSliced } from "../src/report/document.ts";
import { renderHtml, renderHtmlSliced } from "../src/report/html.ts";
import { buildReport } from "../src/report/index.ts";
import { jsonSliced } from "../src/report/json.ts";
import { createRunningDigest } from "../src/seal/running-digest.ts";
import { signedText } from "../src/seal/signature.ts";
import { allAtOnce, type Sliced } from "../src/slices.ts";
import { inTurns } from "../src/turns.ts";
import { bestMsOf, dayOf } from "./day.ts";
import { table } from "./table.ts";

new Command("npm run bench:report --")
  .description("How long a report takes, by the length of its journal. Prints tables.")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse();

function* delivered(entries: readonly Entry[]): Sliced<string> {
  const report = yield* buildReportSliced(entries, undefined, { generatedAtMs: 0 });
  const sealed = { ...report, journalDigest: yield* createRunningDigest()(entries) };
  yield* signedText(sealed);
  return yield* jsonSliced(sealed);
}

/** How long each turn of it took, ms. */
async function turnsOf(work: Sliced<unknown>): Promise<readonly number[]> {
  const turns: number[] = [];
  let before = process.threadCpuUsage();
  const rest = () => {
    const { user, system } = process.threadCpuUsage(before);
    turns.push((user + system) / 1_000);
  };
  const begin = (fire: () => void) => () => {
    before = process.threadCpuUsage();
    fire();
  };
  await inTurns(work, {
    ...systemClock,
    setTimer: (fire, delayMs) => {
      rest();
      return systemClock.setTimer(begin(fire), delayMs);
    },
  });
  rest();
  return turns;
}

const built = [1_500, 3_000, 6_000].map((calls) => {
  const entries = dayOf(calls);
  const attempts = entries.filter(({ type }) => type === "attempt:started").length;
  return { calls, attempts, entries: entries.length, ms: bestMsOf(() => buildReport(entries, undefined, { generatedAtMs: 0 })) };
});

interface Turns {
  readonly longestMs: number;
  readonly turns: number;
}

async function bestTurnsOf(work: () => Sliced<unknown>): Promise<Turns> {
  const all: (readonly number[])[] = [];
  for (let run = 0; run < 5; run++) all.push(await turnsOf(work()));
  const best = all.toSorted((a, b) => Math.max(...a) - Math.max(...b))[0] ?? [];
  return { longestMs: Math.max(...best), turns: best.length };
}

const inTurn: { readonly delivery: Turns; readonly otlp: Turns }[] = [];
for (const { calls } of built) {
  const entries = dayOf(calls);
  const text = allAtOnce(delivered(entries));
  inTurn.push({
    delivery: await bestTurnsOf(() => delivered(entries)),
    otlp: await bestTurnsOf(() => bodiesOf(text, ["logs", "metrics"], {})),
  });
}

interface Page extends Turns {
  readonly calls: number;
  readonly ms: number;
}

const pages: Page[] = [];
for (const calls of [400, 5_000]) {
  const entries = dayOf(calls);
  const report = buildReport(entries, undefined, { generatedAtMs: 0, verdict: explain(entries).verdict });
  pages.push({ calls, ms: bestMsOf(() => renderHtml(report)), ...(await bestTurnsOf(() => renderHtmlSliced(report))) });
}

process.stdout.write(
  `${table(
    [
      "calls",
      "attempts",
      "entries",
      "buildReport, ms",
      "ms per 1000 attempts",
      "delivered: turns",
      "longest, ms",
      "OTLP: turns",
      "longest, ms",
    ],
    built.map(({ calls, attempts, entries, ms }, row) => {
      const turns = Object.values(inTurn[row] ?? {}).flatMap((one) => [one.turns, one.longestMs.toFixed(0)]);
      return [calls, attempts, entries, ms.toFixed(0), ((ms / attempts) * 1_000).toFixed(1), ...turns].map(String);
    }),
  )}\n${table(
    ["calls", "renderHtml, ms", "in turns", "longest, ms"],
    pages.map(({ calls, ms, turns, longestMs }) => [calls, ms.toFixed(0), turns, longestMs.toFixed(0)].map(String)),
  )}\n`,
);
