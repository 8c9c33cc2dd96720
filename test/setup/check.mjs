/** `npm run check`: all that can be said about the code without running it. */
import { pathToFileURL } from "node:url";
import { runSteps } from "./steps.mjs";

/** @type {readonly import("./steps.mjs").Step[]} */
export const checks = [
  { name: "format", command: "prettier --check --log-level warn .", show: "on-failure" },
  { name: "lint", command: "oxlint .", show: "on-failure" },
  // TypeScript 7 by path: `tsc` is TypeScript 6, which rollup-plugin-dts needs for its compiler API.
  { name: "types", command: "node node_modules/typescript-7/bin/tsc --project . --pretty false", show: "on-failure" },
  { name: "dead exports", command: "knip --no-config-hints", show: "on-failure" },
  { name: "dependency direction and cycles", command: "node test/setup/dependencies.mjs", show: "always" },
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.exitCode = (await runSteps(checks)) > 0 ? 1 : 0;
