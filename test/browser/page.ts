/** Runs a page of test/browser/pages in the Chromium of the tests. */
import { build } from "esbuild";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { fileURLToPath } from "node:url";

/** A page in the browser, whose functions are called by name. */
export interface OpenPage {
  run<T>(expression: string): Promise<T>;
  /** Errors that the page did not catch. */
  readonly errors: string[];
  /** The page itself, for what only the browser can do to it. */
  readonly tab: Page;
  /** F5. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

const bundles = new Map<string, Promise<string>>();

/** The script of `pages/<name>.ts`, as `page`. */
export async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`pages/${name}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "page",
    target: "es2022",
    conditions: ["linekeeper-source"],
  });
  return outputFiles[0]?.text ?? "";
}

/**
 * Bundles `pages/<name>.ts` and opens it at a secure origin, for only there is a microphone.
 * `run("f(1)")` calls its exported function f. Pages of one context share storage, locks and channels; a browser gives each its own.
 * @param options `inFrame`: in a frame of another origin's page, which allows it nothing. `isLocal`: on localhost, which is
 * secure without TLS: it may open `ws:` too. `isInsecure`: by http, from anywhere else.
 * `policy`: its Content-Security-Policy. `begins`: what the page itself runs as it is loaded; whatever a test runs counts as a click.
 * `address`: where a server of the test's own has the page, so that nothing stands between it and its network.
 */
export async function openPage(
  browser: Browser | BrowserContext,
  name: string,
  { inFrame = false, isLocal = false, isInsecure = false, policy = "", address = "", begins = "" } = {},
): Promise<OpenPage> {
  const script = bundles.get(name) ?? bundle(name);
  bundles.set(name, script);
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const pages = /^(https?:\/\/(linekeeper|crm)\.test|http:\/\/localhost)\//;
  const serve = async (route: Route) => {
    if (route.request().url().endsWith("/page.js")) return route.fulfill({ contentType: "text/javascript", body: await script });
    const own = begins && `<body><script src="/page.js"></script><script>page.${begins}</script>`;
    const frame = route.request().url().startsWith("https://crm.test/") ? '<iframe src="https://linekeeper.test/"></iframe>' : "";
    const headers = { ...(policy && { "content-security-policy": policy }) };
    return route.fulfill({ contentType: "text/html", headers, body: `<!doctype html><title>test</title>${frame}${own}` });
  };
  if (!address) await page.route(pages, serve);
  const origin = isInsecure ? "http://linekeeper.test/" : "https://linekeeper.test/";
  await page.goto(address || (isLocal ? "http://localhost/" : inFrame ? "https://crm.test/" : origin));
  const frame = inFrame ? page.frames()[1] : page.mainFrame();
  if (!frame) throw new Error("the page has no frame");
  if (!begins) await frame.addScriptTag({ content: await script });
  const reload = async () => {
    await page.reload();
    if (!begins) await frame.addScriptTag({ content: await script });
  };
  return { errors, tab: page, run: (expression) => frame.evaluate(`page.${expression}`), reload, close: () => page.close() };
}
