/** `npm run eval`: judges every journal of the corpus and writes docs/eval.md. Fails when the scored half misses a target. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { documentOf } from "./document.ts";
import { evaluate, evaluateBrowser } from "./evaluate.ts";
import { reliabilityPlot } from "./reliability.ts";
import { targets } from "./targets.ts";

new Command("npm run eval --")
  .description("Judges every journal of the corpus, and writes docs/eval.md. Exit code 1 when the scored half misses a target.")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse();
const docs = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));

const [tuned, scored] = [evaluate("tune"), evaluate("score")];
writeFileSync(docs("eval.md"), documentOf(tuned, scored, evaluateBrowser()));
writeFileSync(docs("eval.svg"), reliabilityPlot(tuned.score, scored.score));

for (const { name, words, show, isMet } of targets)
  console.log(`${isMet(scored.score) ? "✓" : "✗"} ${name}: ${show(scored.score)} of ${scored.score.cases} journals (target ${words})`);
for (const { id, truth, answer, confidence } of scored.score.misses)
  console.log(`  ${id}: ${truth.join(" + ") || "healthy"}, said ${answer} (${Math.round(100 * confidence)} %)`);
console.log("docs/eval.md and docs/eval.svg are written.");
process.exitCode = targets.every(({ isMet }) => isMet(scored.score)) ? 0 : 1;
