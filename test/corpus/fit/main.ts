/**
 * `npm run fit`: fits the table of weights to the tuning half of the corpus, cross-validated by kind of fault, and says how much
 * better it is than the present one. `npm run fit -- --write` puts it where the code and the documents read it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { crossValidate, rate, type Rating } from "./cross-validation.ts";
import { fit, type Weights } from "./fitter.ts";
import { examplesOf, present, tuningMoments } from "./moments.ts";
import { bounds, documentWith, rounded, sourceWith, table } from "./table.ts";

const { write = false } = new Command("npm run fit --")
  .description("Fits the weights of the diagnosis to the tuning half of the corpus, cross-validated by kind of fault.")
  .option("--write", "put the fitted weights into src/diagnosis/weights.ts and docs/diagnosis.md, whatever they are worth")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse()
  .opts<{ write?: boolean }>();

/** From hardly any pull towards the expert's weights to one that lets nothing move. */
const penalties = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1];

const moments = tuningMoments();
const examples = examplesOf(moments);
const kinds = new Set(moments.map(({ kind }) => kind));
console.log(`${moments.length} moments of ${kinds.size} kinds of the tuning half; ${table.length} weights and one factor.\n`);

const show = ({ logLoss, ece, accuracy, crossBlame }: Rating) =>
  `log-loss ${logLoss.toFixed(4)}, ECE ${ece.toFixed(3)}, right ${(100 * accuracy).toFixed(1)} %, wrong side above 80 %: ${crossBlame}`;
const before = rate(moments, () => present);
console.log(`the present table:        ${show(before)}`);
const tried = penalties.map((penalty) => ({ penalty, rating: crossValidate(moments, examples, penalty) }));
for (const { penalty, rating } of tried) console.log(`penalty ${String(penalty).padEnd(8)} unseen: ${show(rating)}`);

// One side blamed for the other's fault is worse than any loss.
const [best] = tried.toSorted((a, b) => a.rating.crossBlame - b.rating.crossBlame || a.rating.logLoss - b.rating.logLoss) as [
  (typeof tried)[number],
];
const { values, sharpness } = fit(examples, present, best.penalty, bounds, rounded);
const fitted: Weights = { values, sharpness: Math.round(sharpness * 20) / 20 };
console.log(`\nfitted with penalty ${best.penalty} on all of it: ${show(rate(moments, () => fitted))}`);
console.log(`factor ${present.sharpness} → ${fitted.sharpness}`);
for (const [index, { code, domains, expert }] of table.entries()) {
  const value = fitted.values[index] ?? expert;
  if (value !== expert) console.log(`  ${code.padEnd(42)} ${domains.join(", ").padEnd(20)} ${expert} → ${value}`);
}
const isBetter = best.rating.logLoss < before.logLoss && best.rating.ece <= before.ece && best.rating.crossBlame <= before.crossBlame;
console.log(
  isBetter
    ? "\nOn kinds that it has not seen the fitted table is better."
    : "\nOn kinds that it has not seen the fitted table is not better in all three.",
);

if (write) {
  const put = (path: string, change: (text: string) => string) => {
    const file = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
    writeFileSync(file, change(readFileSync(file, "utf8")));
  };
  put("src/diagnosis/weights.ts", (source) => sourceWith(source, fitted.values, fitted.sharpness));
  put("docs/diagnosis.md", (document) => documentWith(document, fitted.values));
  console.log("src/diagnosis/weights.ts and docs/diagnosis.md are written: `npm run format`, then `npm run eval`.");
}
