/** `npm run explore`: every order of events to a depth, in each house: how many states there are, and what does not hold in them. */
import { parseArgs } from "node:util";
import { explore } from "./explore.ts";
import { beginnings } from "./beginnings.ts";
import type { Step } from "./world.ts";

const { values } = parseArgs({ options: { depth: { type: "string", default: "4" }, help: { type: "boolean", default: false } } });
const depth = Number(values.depth);
if (values.help || !Number.isInteger(depth) || depth < 1) {
  console.log("npm run explore -- --depth N: steps after each beginning, 4 by default; each one more takes about seven times as long.");
  process.exit(values.help ? 0 : 2);
}

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
