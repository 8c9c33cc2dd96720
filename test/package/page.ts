/** A built page in a browser, straight from disk: no web server is needed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";

const origin = "https://crm.example";

/**
 * Opens `index.html` of a folder.
 * @param lacks APIs that the page goes without, e.g. `URL.canParse`.
 */
export async function openFolder(browser: Browser, folder: string, lacks: readonly string[] = []): Promise<Page> {
  const page = await browser.newPage();
  await page.addInitScript(takeAway, lacks);
  page.on("pageerror", (error) => console.error("in the page:", error));
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = join(folder, pathname === "/" ? "index.html" : pathname);
    await route.fulfill(existsSync(path) ? { path } : { status: 404 });
  });
  await page.goto(`${origin}/`);
  return page;
}

/** Runs in the page, before its own scripts do. */
function takeAway(paths: readonly string[]): void {
  for (const path of paths) {
    const names = path.split(".");
    const last = names.pop() ?? "";
    const holder = names.reduce<object | undefined>((object, name) => object && Reflect.get(object, name), globalThis);
    if (!holder) continue;
    // What only a prototype holds cannot be deleted from the object itself.
    Reflect.deleteProperty(holder, last);
    if (Reflect.get(holder, last) !== undefined) Object.defineProperty(holder, last, { value: undefined, configurable: true });
    if (Reflect.get(holder, last) !== undefined) throw new Error(`${path} cannot be taken away`);
  }
}
