import commonjs from "@rollup/plugin-commonjs";
import nodeResolve from "@rollup/plugin-node-resolve";
import { cpSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { rollup } from "rollup";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import webpack from "webpack";
import { chromiumOrSkip, launchChromium } from "../browser/chromium.ts";
import { openFolder } from "./page.ts";

const consumer = inject("consumer");
const app = join(consumer, "app");
const outputOf = (bundler: string): string => join(consumer, "built", bundler);

/** Each as a user would call it: for a browser, and with nothing configured on behalf of Linekeeper. Gives its warnings. */
const bundlers: Record<string, (output: string) => Promise<readonly string[]>> = {
  async vite(output) {
    const warnings: string[] = [];
    const onwarn = (warning: { message?: string }) => void warnings.push(warning.message ?? String(warning));
    await vite({
      root: app,
      configFile: false,
      logLevel: "silent",
      build: { outDir: output, rollupOptions: { onwarn } },
    });
    return warnings;
  },
  async webpack(output) {
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      webpack(
        {
          mode: "production",
          context: app,
          entry: "./main.js",
          output: { path: output, filename: "main.js" },
          performance: false,
        },
        (error, result) => (error ? reject(error) : resolve(result)),
      );
    });
    const { errors = [], warnings = [] } = stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
    return [...errors, ...warnings].map(({ message }) => message);
  },
  async rollup(output) {
    const warnings: string[] = [];
    const bundle = await rollup({
      input: join(app, "main.js"),
      // The usual pair: eventemitter3 is CommonJS.
      plugins: [nodeResolve({ browser: true }), commonjs()],
      onwarn: ({ message }) => void warnings.push(message),
    });
    await bundle.write({ dir: output, format: "es" });
    return warnings;
  },
};

/** What came after Chrome 100, Firefox 104 and Safari 16.4, by its place on the global object. */
const youngApis = [
  "AbortSignal.any",
  "AbortSignal.timeout",
  "URL.canParse",
  "URL.parse",
  "Array.fromAsync",
  "Array.prototype.toReversed",
  "Array.prototype.toSorted",
  "Array.prototype.toSpliced",
  "Array.prototype.with",
  "CompressionStream",
  "Intl.DurationFormat",
  "Intl.Segmenter",
  "Iterator",
  "Map.groupBy",
  "Object.groupBy",
  "Promise.try",
  "Promise.withResolvers",
  "RegExp.escape",
  "Set.prototype.difference",
  "Set.prototype.intersection",
  "Set.prototype.isSubsetOf",
  "Set.prototype.union",
  "String.prototype.isWellFormed",
  "String.prototype.toWellFormed",
  "Uint8Array.fromBase64",
  "Uint8Array.prototype.toHex",
  "navigator.userAgentData",
  "scheduler",
];

beforeAll(() => cpSync(join(import.meta.dirname, "app"), app, { recursive: true }));

describe.each(Object.entries(bundlers))("%s", (name, build) => {
  test("bundles a user's app for the browser without a warning", async () => {
    expect(await build(outputOf(name))).toEqual([]);
    if (name !== "vite") cpSync(join(app, "index.html"), join(outputOf(name), "index.html"));
  });

  chromiumOrSkip("in Chromium", () => {
    let browser: Browser;
    beforeAll(async () => void (browser = await launchChromium()));
    afterAll(() => browser.close());

    test.each([
      { in: "today's", lacks: [] },
      { in: "the oldest that the README names", lacks: youngApis },
    ])("the built page places calls, and opens a breaker, in a browser as $in", async ({ lacks }) => {
      const page = await openFolder(browser, outputOf(name), lacks);
      const result = await page.evaluate(() => (globalThis as unknown as { result: Promise<unknown> }).result);
      expect(result).toEqual({ breakerOpened: "a", answeredBy: ["b", "b", "b"], violations: 0, sipJsOpened: false });
      await page.close();
    });
  });
});
