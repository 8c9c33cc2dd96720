/**
 * How long a report takes, by the length of its journal: ms of one core's time, the best of several runs, so that a busy machine
 * says nearly what a quiet one does. Twice the journal has to take twice the time.
 * `npm run bench:report`
 */
import { explain } from "../src/diagnosis/index.ts";
import type { Entry } from "../src/journal.ts";
import { buildReport, renderHtml } from "../src/report/index.ts";
import { boot, call, connect, script } from "../test/report/journals.ts";
import { table } from "./table.ts";

const runs = 15;

/** A day on two trunks, one of which refuses most: 1.7 attempts a call, none at the same time as another. */
function dayOf(calls: number): readonly Entry[] {
  const day = script();
  boot(day, 0);
  connect(day, "a", 2_000);
  connect(day, "b", 2_100);
  for (let n = 0; n < calls; n++) {
    const tries = n % 10 < 7 ? [{ trunkId: "a", answer: { code: 503, said: "peer" } as const }, { trunkId: "b" }] : [{ trunkId: "a" }];
    call(day, 5_000 + n * 20_000, `c${n}`, tries, { talkMs: 8_000 });
  }
  return day.entries();
}

function bestMsOf(work: () => unknown): number {
  const took = Array.from({ length: runs }, () => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...took);
}

const built = [1_500, 3_000, 6_000].map((calls) => {
  const entries = dayOf(calls);
  const attempts = entries.filter(({ type }) => type === "attempt:started").length;
  return { calls, attempts, entries: entries.length, ms: bestMsOf(() => buildReport(entries, undefined, { generatedAtMs: 0 })) };
});

const busy = dayOf(400);
const report = buildReport(busy, undefined, { generatedAtMs: 0, verdict: explain(busy).verdict });
const pageMs = bestMsOf(() => renderHtml(report));

process.stdout.write(
  `${table(
    ["calls", "attempts", "entries", "buildReport, ms", "ms per 1000 attempts"],
    built.map(({ calls, attempts, entries, ms }) =>
      [calls, attempts, entries, ms.toFixed(0), ((ms / attempts) * 1_000).toFixed(1)].map(String),
    ),
  )}\nrenderHtml of ${report.calls.length} calls: ${pageMs.toFixed(0)} ms\n`,
);
