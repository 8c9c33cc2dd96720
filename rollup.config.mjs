import commonjs from "@rollup/plugin-commonjs";
import nodeResolve from "@rollup/plugin-node-resolve";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import dts from "rollup-plugin-dts";
import esbuild from "rollup-plugin-esbuild";

const manifest = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

/** package.json's `exports` is the one list of entries: the file in `linekeeper-source` becomes the files beside it. */
const input = Object.fromEntries(
  Object.values(manifest.exports)
    .map((entry) => entry["linekeeper-source"])
    .filter((source) => source !== undefined)
    .map((source) => [source.slice("./".length).replace(/\.ts$/, ""), source]),
);

/** package.json's `bin`: each program derives from the source beside it. */
const programs = Object.fromEntries(
  Object.values(manifest.bin)
    .map((file) => file.replace(/^\.\/dist\/|\.js$/g, ""))
    .map((name) => [name, `./${name}.ts`]),
);

const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

/** What the user's package manager brings stays an import; opossum and sip.js do not, so they are bundled. */
const external = (id) => id.startsWith("node:") || installed.some((name) => id === name || id.startsWith(`${name}/`));

/**
 * opossum's `events` becomes our shim, so that no browser needs a polyfill.
 * @type {import("rollup").Plugin}
 */
const eventsShim = {
  name: "events-shim",
  resolveId: {
    order: "pre",
    handler: (id) => (id === "events" ? fileURLToPath(new URL("src/trunk/opossum-events.ts", import.meta.url)) : null),
  },
};

/** Files of sip.js that become adapters/sipjs/left-out.ts: a sixth of what a first call would load, and reached by nothing of ours. */
export const leftOut = ["grammar/grammar.js", "core/user-agents/subscribe-user-agent-client.js"];

/** What `id` becomes where a file of sip.js imports one of them; null for all else. For vitest too, so that tests run what ships. */
export function leftOutOfSipJs(id, importer) {
  if (!id.startsWith(".") || !importer?.replaceAll("\\", "/").includes("/sip.js/lib/")) return null;
  const { pathname } = new URL(id, pathToFileURL(importer));
  const isLeftOut = leftOut.some((file) => pathname.endsWith(`/sip.js/lib/${file}`));
  return isLeftOut ? fileURLToPath(new URL("adapters/sipjs/left-out.ts", import.meta.url)) : null;
}

/** @type {import("rollup").Plugin} */
const sipJsInPart = { name: "sip-js-in-part", resolveId: { order: "pre", handler: leftOutOfSipJs } };

/**
 * How code becomes JavaScript; vitest.config.ts uses the same for opossum, so that tests run what ships.
 * @satisfies {import("rollup").RollupOptions}
 */
export const toJavaScript = {
  external,
  plugins: [
    eventsShim,
    sipJsInPart,
    esbuild({ target: "es2022", tsconfig: false, loaders: { ".json": "json" } }),
    nodeResolve({ browser: true }),
    commonjs({ defaultIsModuleExports: true, requireReturnsDefault: "preferred" }),
  ],
};

/**
 * One output file per source file, so that a bundler drops what its user does not import. Bundled packages
 * go to `vendor/`: npm leaves every folder called `node_modules` out of a package.
 */
const perModule = (format, extension) => ({
  dir: "dist",
  format,
  exports: "named",
  sourcemap: true,
  preserveModules: true,
  preserveModulesRoot: ".",
  entryFileNames: ({ name }) => `${name.replaceAll("node_modules", "vendor")}.${extension}`,
});

/** A file of an earlier build would be published too. */
const emptyDist = { name: "empty-dist", buildStart: () => rmSync("dist", { recursive: true, force: true }) };

/**
 * npm makes programs runnable where it installs them; here nobody does.
 * @type {import("rollup").Plugin}
 */
const runnable = {
  name: "runnable",
  writeBundle({ format }) {
    if (format === "es") for (const file of Object.values(manifest.bin)) chmodSync(file, 0o755);
  },
};

const declarations = (extension) => ({
  dir: "dist",
  format: "es",
  entryFileNames: `[name].d.${extension}`,
  chunkFileNames: `shared/[name]-[hash].d.${extension}`,
});

export default [
  {
    input: { ...input, ...programs },
    external,
    plugins: [emptyDist, ...toJavaScript.plugins, runnable],
    output: [perModule("es", "js"), perModule("cjs", "cjs")],
  },
  {
    input,
    external,
    plugins: [dts()],
    output: [declarations("ts"), declarations("cts")],
  },
];
