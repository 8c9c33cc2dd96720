/**
 * Ten thousand agents lose their carrier together, and get it back; writes docs/herd.md and docs/herd.svg.
 * `npm run simulate -- [--agents N] [--capacity N] [--seed N] [--excess 503|refused] [--date YYYY-MM-DD] [--out FOLDER]`
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { Command, Option } from "commander";
import { contenders } from "./contenders.ts";
import { documentOf } from "./document.ts";
import type { Drill } from "./drill.ts";
import type { Figures } from "./figures.ts";
import { plotOf } from "./plot.ts";
import { targetsOf } from "./targets.ts";
import { wholeNumber } from "../whole-number.ts";
import type { Report, Task } from "./worker.ts";

const { agents, capacity, seed, excess, date, out } = new Command("npm run simulate --")
  .description(
    "Agents of one edge that all fail over in the same second and come back: who overruns it, and for how long. Writes docs/herd.md.",
  )
  .option("--agents <n>", "at that edge", wholeNumber, 10_000)
  .option("--capacity <n>", "requests that it serves in a second", wholeNumber, 200)
  .option("--seed <n>", "another run", wholeNumber, 1)
  .addOption(new Option("--excess <how>", "what becomes of more than that").choices(["503", "refused"]).default("503"))
  .option("--date <yyyy-mm-dd>", "that the page bears", new Date().toISOString().slice(0, 10))
  .option("--out <folder>", "for the page and its pictures", "docs")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse()
  .opts<{ agents: number; capacity: number; seed: number; excess: Drill["excess"]; date: string; out: string }>();
const drill: Drill = {
  agents,
  capacityPerS: capacity,
  seed,
  excess,
  outageS: 180,
  returnS: 150,
  callsPerHour: 30,
};

const say = (text: string) => void process.stderr.write(text);
const startedMs = performance.now();
/** How far each is, from 0 to 1. */
const shares = new Map<string, number>();
const allEffort = contenders.reduce((sum, { effort }) => sum + effort, 0);

function showProgress(): void {
  if (!process.stderr.isTTY) return;
  const done = contenders.reduce((sum, { id, effort }) => sum + effort * (shares.get(id) ?? 0), 0) / allEffort;
  say(`\r${"█".repeat(Math.round(done * 40)).padEnd(40, "░")} ${Math.round(done * 100)} %`);
}

/** In a thread of its own, whose memory goes with it. */
function run(task: Task): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: task,
      // Most of what a softphone makes is soon forgotten.
      resourceLimits: { maxOldGenerationSizeMb: 3_000, maxYoungGenerationSizeMb: 256 },
    });
    worker.on("message", (report: Report) => {
      if ("share" in report) {
        shares.set(task.id, report.share);
        return showProgress();
      }
      resolve(report.figures);
      void worker.terminate();
    });
    worker.on("error", reject);
  });
}

const figures = new Map<string, Figures>();
const queue = contenders.toSorted((a, b) => b.effort - a.effort);

async function work(): Promise<void> {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { id, name, isIdle } = next;
    figures.set(id, await run({ id, drill: { ...drill, ...(isIdle && { callsPerHour: 0 }) } }));
    if (!process.stderr.isTTY) say(`${name}: ${((figures.get(id)?.tookMs ?? 0) / 1_000).toFixed(0)} s\n`);
  }
}

await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));

function of(id: string): Figures {
  const found = figures.get(id);
  if (!found) throw new Error(`no figures of ${id}`);
  return found;
}

const rows = contenders.map((contender) => ({ contender, figures: of(contender.id) }));
const page = documentOf({
  drill,
  rows,
  targets: targetsOf(drill, of("idle"), of("cold"), of("warm")),
  machine: `${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, Node ${process.versions.node}`,
  date: date,
  tookS: Math.round((performance.now() - startedMs) / 1_000),
});
process.stdout.write(`\n${page}`);
await writeFile(join(out, "herd.md"), page);
await writeFile(join(out, "herd.svg"), plotOf(drill, rows));
say(`Written to ${out}/herd.md and herd.svg; ${Math.round(process.resourceUsage().maxRSS / 1_024)} MB at most.\n`);
