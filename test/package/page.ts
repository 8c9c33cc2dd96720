/** A built page in a browser, straight from disk: no web server is needed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";

const origin = "https://crm.example";

/** Opens `index.html` of a folder. */
export async function openFolder(browser: Browser, folder: string): Promise<Page> {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error("in the page:", error));
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const path = join(folder, pathname === "/" ? "index.html" : pathname);
    await route.fulfill(existsSync(path) ? { path } : { status: 404 });
  });
  await page.goto(`${origin}/`);
  return page;
}
