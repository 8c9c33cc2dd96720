/** Runs the steps of `npm run check` and `npm test`, one for each core at a time, each told on one line. */
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
 * @param {readonly Step[]} steps none needs what another makes; they begin in this order, so that the longest is best named first
 * @returns how many failed
 */
export async function runSteps(steps) {
  const waiting = [...steps];
  let failed = 0;
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) if (!(await run(step))) failed += 1;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return failed;
}

/** @param {Step} step */
async function run({ name, command, show }) {
  const startedAtMs = performance.now();
  const { passed, output } = await outcomeOf(command);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${passed ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (!passed || show === "always") console.log(output.trimEnd().replace(/^/gm, "    "));
  return passed;
}

/**
 * @param {string} command
 * @returns {Promise<{ passed: boolean, output: string }>}
 */
function outcomeOf(command) {
  const child = spawn(command, {
    cwd: root,
    shell: true,
    env: { ...process.env, PATH: path, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  /** @type {string[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => output.push(text));
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ passed: code === 0, output: output.join("") }));
  });
}
