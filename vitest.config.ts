import { rollup } from "rollup";
import { defineConfig, type UserWorkspaceConfig, type ViteUserConfig } from "vitest/config";
import { leftOutOfSipJs, toJavaScript } from "./rollup.config.mjs";
import { LongestFirst } from "./test/setup/longest-first.ts";

/** Tests run what ships: opossum over our events shim, as the build bundles it. */
const opossumAsShipped: NonNullable<ViteUserConfig["plugins"]>[number] = {
  name: "opossum-as-shipped",
  enforce: "pre",
  resolveId: (id) => (id === "opossum" ? "\0opossum" : undefined),
  load: (id) => (id === "\0opossum" ? (bundled ??= bundleOpossum()) : undefined),
};

/** Bundled once: rollup's plugins keep notes of a bundle, which two at the same time would mix up. */
let bundled: Promise<string> | undefined;

async function bundleOpossum(): Promise<string> {
  const bundle = await rollup({ input: "opossum", ...toJavaScript });
  const { output } = await bundle.generate({ format: "es", exports: "default" });
  return output[0].code;
}

/** Marks the copy of sip.js that our adapter and its tests get; who plays a peer with sip.js has all of it, as it is installed. */
const shipped = "?as-shipped";

/** The same for sip.js: without what the build leaves out. */
const sipJsAsShipped: NonNullable<ViteUserConfig["plugins"]>[number] = {
  name: "sip-js-as-shipped",
  enforce: "pre",
  async resolveId(id, importer = "") {
    const isAsked = id.startsWith("sip.js/") && importer.includes("/adapters/sipjs/");
    if (!isAsked && !importer.endsWith(shipped)) return undefined;
    const file = importer.replace(shipped, "");
    const resolved = await this.resolve(id, file, { skipSelf: true });
    return leftOutOfSipJs(id, file) ?? (resolved && `${resolved.id}${shipped}`);
  },
};

/** A family of tests. All run in Node (those of `browser` drive a real Chromium from there), one family after the other. */
function project(name: string, include: string[], groupOrder: number, options: UserWorkspaceConfig["test"] = {}) {
  return {
    plugins: [opossumAsShipped, sipJsAsShipped],
    ssr: { resolve: { conditions: ["linekeeper-source", "module", "node", "import", "default"] } },
    test: {
      name,
      include,
      restoreMocks: true,
      setupFiles: ["test/support/left-out.ts", "test/support/published-reports.ts"],
      sequence: { groupOrder },
      server: { deps: { inline: [/\?as-shipped$/] } },
      ...options,
    },
  };
}

/** What runs in real time may want for time on a busy machine: it is tried once more, and the run says so. No assertion is loosened. */
const realTime = { retry: 1 };
const slow = { testTimeout: 120_000, hookTimeout: 120_000, ...realTime };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      project("unit", ["test/**/*.test.ts"], 0, {
        // Most take milliseconds; on a machine that others keep busy some need a while.
        testTimeout: 60_000,
        hookTimeout: 120_000,
        // Every core; a thread starts twice as fast as a process.
        pool: "threads",
        maxWorkers: "100%",
        exclude: ["test/browser/**", "test/package/**", "test/examples/**", "test/interop/**", "test/carriers/**"],
      }),
      // They wait for minutes and compute for seconds: two at once, and no more, or they would want for time.
      project("browser", ["test/browser/**/*.test.ts"], 1, { ...slow, maxWorkers: 2 }),
      // These two in real time, each file with carriers of its own: three at once want for time.
      project("interop", ["test/interop/**/*.test.ts"], 2, {
        testTimeout: 30_000,
        hookTimeout: 30_000,
        maxWorkers: 2,
        ...realTime,
      }),
      project("carriers", ["test/carriers/**/*.test.ts"], 3, {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        maxWorkers: 2,
        ...realTime,
      }),
      project("package", ["test/package/**/*.test.ts"], 4, { ...slow, globalSetup: "test/package/setup.ts" }),
      // Real time: nothing else may run beside them.
      project("examples", ["test/examples/**/*.test.ts"], 5, slow),
    ],
  },
});
