/**
 * Records the corpus: `npm run corpus`, or only some kinds with `npm run corpus -- edge-frozen route-silent`.
 * The same seeds give the same journals, byte by byte.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Command } from "commander";
import { journalText } from "../../src/journal-lines.ts";
import { filesOf, type Labels, type Seeds } from "./files.ts";
import { kinds } from "./kinds/index.ts";
import { recordShift } from "./record-shift.ts";

/** Shifts of each kind. */
const shiftsPerKind = 5;

/** A kind keeps its seeds when others come and go. */
const seedOf = (id: string): number => [...id].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 1_000_003, 7) * 100;

const command = new Command("npm run corpus --")
  .description(
    "Records the corpus: the real SDK at work against mock carriers with faults put in. The same seeds give the same journals, byte by byte.",
  )
  .argument("[kinds...]", "only these; all where none is named")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse();
const wanted = new Set(command.args);
const unknown = [...wanted].filter((id) => !kinds.some((kind) => kind.id === id));
if (unknown.length > 0) command.error(`no such kind: ${unknown.join(", ")}; there are ${kinds.map(({ id }) => id).join(", ")}`);

mkdirSync(filesOf.journals, { recursive: true });
const read = <T>(path: string): T => (wanted.size === 0 ? {} : JSON.parse(readFileSync(path, "utf8"))) as T;
const labels = read<Record<string, Labels[string]>>(filesOf.labels);
const seeds = read<Record<string, Seeds[string]>>(filesOf.seeds);
if (wanted.size === 0) for (const file of readdirSync(filesOf.journals)) rmSync(filesOf.journal(file.replace(/\..*$/, "")));

for (const kind of kinds) {
  if (wanted.size > 0 && !wanted.has(kind.id)) continue;
  let bytes = 0;
  let seed = seedOf(kind.id);
  for (let shift = 1; shift <= shiftsPerKind; shift++) {
    const id = `${kind.id}-${shift}`;
    let journal;
    for (let tries = 0; !journal; tries++) {
      if (tries === 20) throw new Error(`nothing meets ${kind.id} in 20 shifts`);
      journal = await recordShift(kind, ++seed);
    }
    const zipped = gzipSync(journalText(journal), { level: 9 });
    bytes += zipped.length;
    writeFileSync(filesOf.journal(id), zipped);
    labels[id] = { kind: kind.id, half: kind.half, truth: kind.truth, ...(kind.isOpen && { isOpen: true }) };
    seeds[id] = seed;
  }
  console.log(`${kind.id}: ${shiftsPerKind} shifts, ${Math.round(bytes / 1_024)} kB`);
}
// In the order of the kinds, however many were recorded.
const ids = kinds.flatMap(({ id }) => Array.from({ length: shiftsPerKind }, (_, index) => `${id}-${index + 1}`));
for (const [path, value] of [
  [filesOf.labels, labels],
  [filesOf.seeds, seeds],
] as const)
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(ids.map((id) => [id, value[id]])), undefined, 2)}\n`);
