/**
 * Linekeeper beside what else there is, under the same faults, in one run; writes docs/benchmarks.md.
 * `npm run bench -- [--calls N] [--seed N] [--date YYYY-MM-DD] [--out FILE]`
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { measureBrownOut } from "./brown-out.ts";
import { jsSip } from "./contenders/jssip.ts";
import { linekeeper } from "./contenders/linekeeper.ts";
import { plainSipJs } from "./contenders/plain-sipjs.ts";
import { sessionManager } from "./contenders/session-manager.ts";
import { measureCost } from "./cost.ts";
import { documentOf } from "./document.ts";
import { allFaults, healthy } from "./faults.ts";
import { figuresOf } from "./figures.ts";
import { createPace } from "./pace.ts";
import { pretendBrowser } from "./static-sdp.ts";
import { verdictsOf } from "./targets.ts";
import { runTrial } from "./trial.ts";
import { wholeNumber } from "./whole-number.ts";

/** From the last first call on; what still waits then waits for a timer of 32 s. */
const quietMs = 13_000;

const contenders = [linekeeper, plainSipJs, sessionManager, jsSip];
const { calls, seed, date, out } = new Command("npm run bench --")
  .description(
    "Linekeeper beside other softphones under the same faults; writes docs/benchmarks.md. About three minutes, on a quiet machine.",
  )
  .option("--calls <n>", "of each softphone under each fault", wholeNumber, 5)
  .option("--seed <n>", "another run", wholeNumber, 1)
  .option("--date <yyyy-mm-dd>", "that the page bears", new Date().toISOString().slice(0, 10))
  .option("--out <file>", "the page", "docs/benchmarks.md")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse()
  .opts<{ calls: number; seed: number; date: string; out: string }>();

const say = (text: string) => void process.stderr.write(`${text}\n`);

pretendBrowser();
const startedMs = performance.now();
const busy = createPace();
// Code that has run before: the first trials shall not pay for all.
for (const contender of contenders) await runTrial(contender, healthy, seed, busy);
const planned = Array.from({ length: calls }, (_, n) =>
  allFaults.flatMap((fault) => contenders.map((contender) => runTrial(contender, fault, seed + n, busy))),
).flat();
say(`${planned.length} trials; those that wait for a 32 s timer wait side by side.`);
await busy("begins", () => Promise.resolve());
await pause(quietMs);
say("Meanwhile: what the SDK costs, and brown-outs.");
const cost = await measureCost();
const brownOuts = [await measureBrownOut(0.3, 15, 100, seed), await measureBrownOut(0.02, 5, 50, seed)];
const trials = await Promise.all(planned);

const figures = allFaults.map(({ name }) => contenders.map((contender) => figuresOf(trials, name, contender.name)));
const verdicts = verdictsOf((fault, contender) => figuresOf(trials, fault, contender.name));
const page = documentOf({
  machine: `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.versions.node}`,
  date,
  calls,
  seed,
  tookS: Math.round((performance.now() - startedMs) / 1_000),
  figures,
  verdicts,
  cost,
  brownOuts,
});
process.stdout.write(page);
await writeFile(out, page);
say(`Written to ${out}.`);
// Softphones that were left waiting on a mute carrier would hold the process for half a minute more.
process.exit(0);
