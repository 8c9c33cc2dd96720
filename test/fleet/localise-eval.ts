/**
 * `npm run eval:localise -- FOLDER`: localisation on labelled incidents. `labels.json` lists `file`, `timestamp` (the minute at fault, s since
 * 1970) and `cause`, one combination or several; each CSV has `min`, `value` (failed), `cnt` (all), and its attributes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { localise, type Tally } from "../../src/fleet/index.ts";
import { isRight, scoreOf, type Combination } from "./localise-score.ts";

type Values = Readonly<Record<string, string | number>>;
interface Label {
  readonly file: string;
  readonly timestamp: number;
  readonly cause: Values | readonly Values[];
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: npm run eval:localise -- FOLDER");

const combinationOf = (values: Values): Combination =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

/** The minute itself, beside all that came before it. */
function talliesOf(csv: string, atS: number): readonly Tally[] {
  const [head = [], ...rows] = csv
    .split(/\r?\n/)
    .filter(Boolean)
    .map((line) => line.split(","));
  const tallies = new Map<string, { attributes: Combination; now: number[]; before: number[] }>();
  for (const row of rows) {
    const { min, value, cnt, ...attributes } = Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""]));
    if (Number(min) > atS) continue;
    const key = JSON.stringify(attributes);
    const tally = tallies.get(key) ?? { attributes, now: [0, 0], before: [0, 0] };
    tallies.set(key, tally);
    const counts = Number(min) === atS ? tally.now : tally.before;
    [value, cnt].forEach((count, index) => (counts[index] = (counts[index] ?? 0) + Number(count)));
  }
  return [...tallies.values()].flatMap(({ attributes, now: [failed = 0, total = 0], before: [failedBefore = 0, totalBefore = 0] }) =>
    total === 0 ? [] : [{ attributes, failed, total, before: { failed: failedBefore, total: totalBefore } }],
  );
}

const labels = JSON.parse(readFileSync(join(folder, "labels.json"), "utf8")) as readonly Label[];
const answers = labels.map(({ file, timestamp, cause }) => ({
  file,
  truth: [cause].flat().map(combinationOf),
  said: localise(talliesOf(readFileSync(join(folder, file), "utf8"), timestamp))?.combinations ?? [],
}));

const written = (combinations: readonly Combination[]) =>
  combinations
    .map((one) =>
      Object.entries(one)
        .map((pair) => pair.join("="))
        .join(" "),
    )
    .join(" | ") || "nothing";
for (const answer of answers) if (!isRight(answer)) console.log(`${answer.file}: ${written(answer.truth)}; said ${written(answer.said)}`);
const { f1, right, wrong, missed } = scoreOf(answers);
console.log(`${answers.length} incidents: F1 ${f1.toFixed(3)} (${right} right, ${wrong} wrong, ${missed} missed)`);
