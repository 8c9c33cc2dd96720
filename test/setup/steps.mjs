/** Runs the steps of `npm run check` and `npm test`, as many at once as there are cores, each told on one line when it is over. */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";

const root = join(import.meta.dirname, "../..");
const path = [join(root, "node_modules/.bin"), process.env["PATH"]].join(delimiter);

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string} command a shell command; the packages' own programs come first
 * @property {"always" | "on-failure"} show when its output is printed
 */

/**
 * @param {readonly Step[]} steps none needs what another makes; the longest first ends soonest
 * @returns how many failed
 */
export async function runSteps(steps) {
  const waiting = [...steps];
  let failed = 0;
  const work = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) if (!(await run(step))) failed += 1;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return failed;
}

/** @param {Step} step */
async function run({ name, command, show }) {
  const startedAtMs = performance.now();
  const child = spawn(command, {
    cwd: root,
    shell: true,
    env: { ...process.env, PATH: path, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const passed = await new Promise((resolve) => child.on("close", (status) => resolve(status === 0)));
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${passed ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (!passed || show === "always") console.log(output.trimEnd().replace(/^/gm, "    "));
  return passed;
}
