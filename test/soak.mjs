/**
 * `npm run soak`: healthy calls of ten minutes, or of `--minutes N`, in which nothing may be found. `--record FILE` keeps the
 * statistics of the plain one, as test/media/calls has them.
 */
import { spawnSync } from "node:child_process";
import { Command, InvalidArgumentError } from "commander";
import { ensureFirefox } from "./setup/firefox.mjs";

const { minutes, record } = new Command("npm run soak --")
  .description("Healthy calls in real browsers, in which nothing may be found.")
  .option("--minutes <n>", "how long they go on", above0, 10)
  .option("--record <file>", "keeps the statistics of the plain one, as test/media/calls has them")
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse()
  .opts();

/** @param {string} text */
function above0(text) {
  if (Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It takes a number above 0.");
}

const noFirefox = ensureFirefox();
if (noFirefox) console.log(`The calls in Firefox will be skipped: ${noFirefox}.`);

const { status } = spawnSync(
  process.execPath,
  [
    ...["node_modules/vitest/vitest.mjs", "run", "--project", "browser", "--project", "interop"],
    ...["test/browser/soak.test.ts", "test/interop/linphone.test.ts"],
  ],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      LINEKEEPER_SOAK_MINUTES: String(minutes),
      ...(noFirefox && { LINEKEEPER_NO_FIREFOX: noFirefox }),
      ...(record !== undefined && { LINEKEEPER_SOAK_RECORD: record }),
    },
  },
);
process.exitCode = status ?? 1;
