/**
 * Dependency direction and cycles. dependency-cruiser passes without having read anything when it does not
 * understand the installed TypeScript, so this also holds its list against the files on disk.
 */
import { cruise, format } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { existsSync, globSync } from "node:fs";
import config from "../../.dependency-cruiser.mjs";

const folders = ["src", "adapters", "examples"].filter((folder) => existsSync(folder));
const { enhancedResolveOptions, ...options } = config.options;
const { output } = await cruise(folders, { ...options, validate: true, ruleSet: { forbidden: config.forbidden } }, enhancedResolveOptions, {
  tsConfig: extractTSConfig(options.tsConfig.fileName),
});
if (typeof output === "string") throw new Error("dependency-cruiser gave text instead of modules");

const read = new Map(output.modules.map((module) => [module.source, module]));
const unread = globSync(folders.map((folder) => `${folder}/**/*.ts`)).filter((file) => !read.has(file.replaceAll("\\", "/")));
const { error, totalCruised, totalDependenciesCruised } = output.summary;

if (error > 0) console.log((await format(output, { outputType: "err-long" })).output);
if (unread.length > 0) console.log(`not read by dependency-cruiser: ${unread.join(", ")}`);
if (totalDependenciesCruised === 0) console.log("dependency-cruiser found no import at all: it did not understand the files");
console.log(`${totalCruised} modules, ${totalDependenciesCruised} imports, ${error} violations`);
process.exitCode = error > 0 || unread.length > 0 || totalDependenciesCruised === 0 ? 1 : 0;
