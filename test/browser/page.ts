/** Runs a page of test/browser/pages in the Chromium of the tests. */
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { fileURLToPath } from "node:url";

/** A page in the browser, whose functions are called by name. */
export interface OpenPage {
  run<T>(expression: string): Promise<T>;
  /** Errors that the page did not catch. */
  readonly errors: string[];
  /** The page itself, for what only the browser can do to it. */
  readonly tab: Page;
  close(): Promise<void>;
}

/**
 * Bundles `pages/<name>.ts` and opens it at a secure origin, for only there is a microphone.
 * `run("f(1)")` calls its exported function f. Pages of one context share storage, locks and channels; a browser gives each its own.
 * @param options `inFrame`: in a frame of another origin's page, which allows it nothing.
 */
export async function openPage(browser: Browser | BrowserContext, name: string, { inFrame = false } = {}): Promise<OpenPage> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`pages/${name}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "page",
    target: "es2022",
    conditions: ["linekeeper-source"],
  });
  const script = outputFiles[0]?.text ?? "";
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.route(/^https:\/\/(linekeeper|crm)\.test\//, (route) => {
    const frame = route.request().url().startsWith("https://crm.test/") ? '<iframe src="https://linekeeper.test/"></iframe>' : "";
    return route.fulfill({ contentType: "text/html", body: `<!doctype html><title>test</title>${frame}` });
  });
  await page.goto(inFrame ? "https://crm.test/" : "https://linekeeper.test/");
  const frame = inFrame ? page.frames()[1] : page.mainFrame();
  if (!frame) throw new Error("the page has no frame");
  await frame.addScriptTag({ content: script });
  return { errors, tab: page, run: (expression) => frame.evaluate(`page.${expression}`), close: () => page.close() };
}
