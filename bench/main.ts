/**
 * Linekeeper beside what else there is, under the same faults, in one run; writes docs/benchmarks.md.
 * `npm run bench -- [--calls N] [--seed N] [--date YYYY-MM-DD] [--out FILE]`
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { measureBrownOut } from "./brown-out.ts";
import type { Contender } from "./contender.ts";
import { jsSip } from "./contenders/jssip.ts";
import { linekeeper, linekeeperWith } from "./contenders/linekeeper.ts";
import { plainSipJs, plainSipJsWith } from "./contenders/plain-sipjs.ts";
import { sessionManager } from "./contenders/session-manager.ts";
import { measureCost } from "./cost.ts";
import { documentOf } from "./document.ts";
import { allFaults, aloneFaults, healthy, type BenchFault } from "./faults.ts";
import { figuresOf } from "./figures.ts";
import { measureAudio } from "./media.ts";
import { createPace } from "./pace.ts";
import { measureReplay } from "./replay.ts";
import { measureFalseAlarms, simulateSilence } from "./silence.ts";
import { measureSlowEdge, slowEdges } from "./slow-edge.ts";
import { pretendBrowser } from "./static-sdp.ts";
import { mediaPromises, offerMs, verdictsOf } from "./targets.ts";
import { runTrial, type Trial } from "./trial.ts";
import { wholeNumber } from "./whole-number.ts";

/** From the last first call on; what still waits then waits for a timer of 32 s. */
const quietMs = 13_000;

/** How late the edge reads an INVITE that a deadline may give up too soon. */
const lateMs = Array.from({ length: 20 }, (_, place) => 260 + 40 * place);

const contenders = [linekeeper, plainSipJs, sessionManager, jsSip];
const { calls, seed, date, out } = new Command("npm run bench --")
  .description(
    "Linekeeper beside other softphones under the same faults; writes docs/benchmarks.md. About six minutes, on a quiet machine.",
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
const plan = (of: readonly BenchFault[], by: readonly Contender[], isAlone = false): Promise<Trial>[] =>
  Array.from({ length: calls }, (_, n) =>
    of.flatMap((fault) => by.map((contender) => runTrial(contender, fault, seed + n, busy, isAlone))),
  ).flat();
const planned = {
  both: plan(allFaults, contenders),
  alone: plan(aloneFaults, [linekeeper, plainSipJs], true),
  media: plan(
    mediaPromises.map(({ fault }) => fault),
    [linekeeperWith(offerMs), plainSipJsWith(offerMs)],
  ),
};
say(`${Object.values(planned).flat().length} trials; those that wait for a 32 s timer wait side by side.`);
await busy("begins", () => Promise.resolve());
await pause(quietMs);
say("Meanwhile: what the SDK costs, and brown-outs.");
const cost = await measureCost();
const brownOuts = [await measureBrownOut(0.3, 15, 100, seed), await measureBrownOut(0.02, 5, 50, seed)];
const slow = [];
for (const edge of slowEdges) slow.push(await measureSlowEdge(edge, 20, seed * 1_000));
const falseAlarms = [];
for (const waitedMs of [250, 400, 600]) falseAlarms.push(await measureFalseAlarms(waitedMs, lateMs, seed));
const [trials, alone, media] = [await Promise.all(planned.both), await Promise.all(planned.alone), await Promise.all(planned.media)];

say("And calls over real carriers, where they can be had.");
const audio = measureAudio(calls);

const figures = allFaults.map(({ name }) => contenders.map((contender) => figuresOf(trials, name, contender.name)));
const verdicts = verdictsOf({
  figuresOf: (fault, contender) => figuresOf(trials, fault, contender.name),
  mediaOf: (fault, contender) => figuresOf(media, fault, contender.name),
  alone,
  slowEdges: slow,
  replay: measureReplay(10_000),
});
const page = documentOf({
  machine: `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.versions.node}`,
  date,
  calls,
  seed,
  tookS: Math.round((performance.now() - startedMs) / 1_000),
  figures,
  alone: aloneFaults.map(({ name }) => [linekeeper, plainSipJs].map((contender) => figuresOf(alone, name, contender.name))),
  verdicts,
  cost,
  brownOuts,
  slowEdges: slow,
  sooner: simulateSilence(seed),
  falseAlarms,
  audio,
});
process.stdout.write(page);
await writeFile(out, page);
say(`Written to ${out}.`);
// Softphones that were left waiting on a mute carrier would hold the process for half a minute more.
process.exit(0);
