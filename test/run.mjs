/** `npm test`: sets up what is missing, runs everything, and closes with one line of counts. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checks } from "./setup/check.mjs";
import { ensureCarriers } from "./setup/carriers.mjs";
import { ensureChromium } from "./setup/chromium.mjs";
import { ensureInterop, ensurePhones } from "./setup/interop.mjs";
import { runSteps } from "./setup/steps.mjs";
import { ensureTurn } from "./setup/turn.mjs";

if (Number.parseInt(process.versions.node) < 24) {
  console.error(`This runs on Node ${process.versions.node}, but the devDependency "node" brings 24: use npm test, after npm install.`);
  process.exit(1);
}

/** What this machine cannot run; the tests read their variable. */
const skipped = [
  { tests: "browser", variable: "LINEKEEPER_NO_CHROMIUM", because: ensureChromium() },
  { tests: "TURN", variable: "LINEKEEPER_NO_TURN", because: ensureTurn() },
  { tests: "interop", variable: "LINEKEEPER_NO_INTEROP", because: ensureInterop() },
  ...ensurePhones(),
  { tests: "carriers", variable: "LINEKEEPER_NO_CARRIERS", because: ensureCarriers() },
].filter(({ because }) => because !== undefined);
for (const { tests, because } of skipped) console.log(`The ${tests} tests will be skipped: ${because}.`);

/** @type {readonly import("./setup/steps.mjs").Step[]} */
const build = [{ name: "build", command: "rollup --config rollup.config.mjs --silent", show: "on-failure" }];
/** @type {readonly import("./setup/steps.mjs").Step[]} */
const ofWhatWasBuilt = [...checks, { name: "size", command: "node test/setup/size.mjs", show: "always" }];
const failedSteps = (await runSteps(build)) + (await runSteps(ofWhatWasBuilt));
const tests = runVitest();

const passed = build.length + ofWhatWasBuilt.length - failedSteps + tests.passed;
const failed = failedSteps + tests.failed;
for (const { tests, because } of skipped) console.log(`\nSkipped, the ${tests} tests: ${because}.`);
console.log(`\n${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;

function runVitest() {
  const folder = mkdtempSync(join(tmpdir(), "linekeeper-test-"));
  const file = join(folder, "vitest.json");
  const args = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--reporter=default",
    "--reporter=./test/setup/retries.mjs",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  const { status } = spawnSync(process.execPath, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...Object.fromEntries(skipped.map(({ variable, because }) => [variable, because])) },
  });
  try {
    return countTests(JSON.parse(readFileSync(file, "utf8")), status === 0);
  } catch (error) {
    console.error(`vitest left no result: ${error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {any} result vitest's JSON
 * @param {boolean} succeeded vitest's own word
 */
function countTests(result, succeeded) {
  // A file that cannot even be loaded holds no failed test: it counts as one.
  const unloaded = result.testResults.filter(({ status, assertionResults }) => status === "failed" && !assertionResults.some(isFailed));
  const failed = result.numFailedTests + unloaded.length;
  return {
    passed: result.numPassedTests,
    // An error outside of any test (an unhandled rejection) fails the run without failing a test.
    failed: !succeeded && failed === 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** @param {{ status: string }} test */
function isFailed({ status }) {
  return status === "failed";
}
