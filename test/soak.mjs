/**
 * `npm run soak`: healthy calls of ten minutes, or of `--minutes N`, in which nothing may be found. `--record FILE` keeps the
 * statistics of the plain one, as test/media/calls has them.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, record: { type: "string" } } });
if (!(Number(values.minutes) > 0)) {
  console.error(`--minutes takes a number above 0, not ${values.minutes}.`);
  process.exit(1);
}
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--project", "browser", "test/browser/soak.test.ts"],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      LINEKEEPER_SOAK_MINUTES: values.minutes,
      ...(values.record !== undefined && { LINEKEEPER_SOAK_RECORD: values.record }),
    },
  },
);
process.exitCode = status ?? 1;
