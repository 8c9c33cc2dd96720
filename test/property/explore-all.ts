/** `npm run explore`: every order of events to a depth, in each house: how many states there are, and what does not hold in them. */
import { Command } from "commander";
import { wholeNumber } from "../../bench/whole-number.ts";
import { explore } from "./explore.ts";
import { beginnings } from "./beginnings.ts";
import type { Step } from "./world.ts";

const { depth } = new Command("npm run explore --")
  .description("Plays every order of events, breadth first, and prints how many states differ and what does not hold in any of them.")
  .option("--depth <n>", "steps after each beginning; each one more takes about seven times as long", wholeNumber, 3)
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse()
  .opts<{ depth: number }>();

const word = (step: Step): string =>
  [step.do, "trunk" in step ? step.trunk : "", "code" in step ? step.code : ""].filter(Boolean).join(" ");
for (const [name, { house, from }] of Object.entries(beginnings)) {
  console.log(name);
  const startedMs = performance.now();
  const { states, transitions, faults } = await explore({
    house,
    from,
    depth,
    onDepth: (deep, found) => console.log(`  after ${deep} steps: ${found} states that were not seen before`),
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`  ${states} states, ${transitions} steps, ${seconds} s; ${faults.length} in which something does not hold`);
  for (const { path, broken } of faults.slice(0, 5)) console.log(`  ${path.map(word).join(" → ")}: ${broken.join("; ")}`);
  if (faults.length > 0) process.exitCode = 1;
}
