/** Runs the steps of `npm run check` and `npm test` one after the other, each told on one line. */
import { spawnSync } from "node:child_process";
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
 * @param {readonly Step[]} steps
 * @returns how many failed
 */
export function runSteps(steps) {
  return steps.filter((step) => !run(step)).length;
}

/** @param {Step} step */
function run({ name, command, show }) {
  const startedAtMs = performance.now();
  const { status, stdout, stderr } = spawnSync(command, {
    cwd: root,
    shell: true,
    encoding: "utf8",
    env: { ...process.env, PATH: path, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const passed = status === 0;
  console.log(`${passed ? "✓" : "✗"} ${name} (${seconds} s)`);
  if (!passed || show === "always") console.log(`${stdout}${stderr}`.trimEnd().replace(/^/gm, "    "));
  return passed;
}
