import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mergeReports, renderFleetHtml } from "../../src/fleet/index.ts";
import { audiences, buildReport, en, languageFor, renderHtml, styleHash } from "../../src/report/index.ts";
import { busyHour, carrierRouting, crmInit, localNetwork, type Case } from "../report/journals.ts";
import { shiftReport } from "../report/shift.ts";
import { chromiumOrSkip, launchChromium } from "./chromium.ts";

const reportOf = ({ entries, incident }: Case) => buildReport(entries, incident, { generatedAtMs: Date.UTC(2026, 1, 3, 15) });
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const address = "http://report.example/";
const [wide, phone] = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];
/** A sheet of A4 less its margins, in CSS px. */
const sheet = { width: 687, height: 1016 };

chromiumOrSkip("the report's page in a real browser", () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchChromium()));
  afterAll(() => browser.close());

  /** Opens a page as a server would serve it. @returns also what its policy blocked. */
  async function open(html: string, options: BrowserContextOptions = {}, policy?: string): Promise<{ page: Page; errors: string[] }> {
    const page = await browser.newPage({ viewport: wide, ...options });
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.route(address, (route) =>
      route.fulfill({
        contentType: "text/html",
        body: html,
        ...(policy !== undefined && { headers: { "Content-Security-Policy": policy } }),
      }),
    );
    await page.goto(address);
    return { page, errors };
  }

  /** What is wider than the page, if anything is. */
  const overflow = (page: Page) => page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

  async function findings(page: Page): Promise<string[]> {
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate<AxeResults>("axe.run()");
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map(({ html }) => html)
            .slice(0, 3)
            .join(" ")}`,
      );
  }

  it("uses axe as it is installed", () => expect(axeSource).toContain(axe.version));

  describe.each(["en", "fr"])("%s", (tag) => {
    it.each(audiences)("%s: axe finds nothing serious, light and dark; nothing is wider than screen, phone or A4", async (audience) => {
      const language = await languageFor(tag);
      // Each incident has tables of its own, which support alone sees all of.
      for (const make of tag === "en" && audience === "support" ? [carrierRouting, crmInit, localNetwork] : [carrierRouting]) {
        const { page, errors } = await open(renderHtml(reportOf(make()), { audience, language }));
        await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          expect(await findings(page)).toEqual([]);
        }
        for (const viewport of [wide, phone]) {
          await page.setViewportSize(viewport);
          expect(await overflow(page)).toBe(0);
        }
        await page.emulateMedia({ media: "print" });
        await page.setViewportSize(sheet);
        expect(await overflow(page)).toBe(0);
        expect(errors).toEqual([]);
        await page.close();
      }
    });
  });

  it.each(["en", "fr"])("%s: a fleet's page hides no column on a wide screen, and breaks no time, figure or word on A4", async (tag) => {
    const language = await languageFor(tag);
    const reports = ["Sfax", "Tunis"].map((site) => {
      const { environment, reportId, ...report } = reportOf(carrierRouting());
      const { crm = { vendor: "Example CRM" }, ...others } = environment ?? { sdk: "", runtime: "" };
      return { ...report, reportId: `${site}-${reportId}`, environment: { ...others, crm: { ...crm, site, agentId: `agent ${site}` } } };
    });
    const fleet = mergeReports(reports, { generatedAtMs: 0 });
    if (!fleet) throw new Error("no outage");
    const { page } = await open(renderFleetHtml(fleet, { language }));
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findings(page)).toEqual([]);
    }
    const hidden = `[...document.querySelectorAll(".scroll")].filter((each) => each.scrollWidth > each.clientWidth)`;
    expect(await page.evaluate<string[]>(`${hidden}.map(({ ariaLabel }) => ariaLabel)`)).toEqual([]);
    await page.setViewportSize(phone);
    expect(await overflow(page)).toBe(0);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize(sheet);
    expect(await overflow(page)).toBe(0);
    // One word on two lines has two boxes.
    const broken = `[...document.querySelectorAll(":is(td, th):not(.breaks)")].flatMap(({ firstChild: text }) =>
      text?.nodeType !== 3 ? [] : [...text.data.matchAll(/[^\\s-]+/g)].filter(({ 0: word, index }) => {
        const range = new Range();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
      }).map(String))`;
    expect(await page.evaluate<string[]>(broken)).toEqual([]);
    await page.close();
  });

  it("an hour with 200 calls fits a phone", async () => {
    const { page } = await open(renderHtml(reportOf(busyHour())), { viewport: phone });
    expect(await overflow(page)).toBe(0);
    await page.close();
  });

  it("a shift of 400 calls is read on a phone: what met a fault is in sight, what went well is counted and opens, names are whole", async () => {
    const { page } = await open(renderHtml(shiftReport()), { viewport: phone });
    expect(await overflow(page)).toBe(0);
    expect(await page.evaluate<number>("document.documentElement.scrollHeight")).toBeLessThan(12 * phone.height);
    const calls = page.locator(".call:visible");
    expect(await calls.count()).toBe(20);
    expect(await page.locator(".calm:visible > summary").allInnerTexts()).toEqual([
      expect.stringContaining("142 calls carried"),
      expect.stringContaining("238 calls carried"),
    ]);
    const cut = `[...document.querySelectorAll(".names > span")].filter((name) => name.scrollWidth > name.clientWidth || name.scrollHeight > name.clientHeight + 1)`;
    expect(await page.evaluate<string[]>(`${cut}.map((name) => name.textContent)`)).toEqual([]);
    await page.getByRole("searchbox", { name: "Filter Calls and their attempts" }).fill("party-c399");
    expect(await calls.count()).toBe(1);
    await page.getByRole("searchbox", { name: "Filter Calls and their attempts" }).fill("");
    expect(await calls.count()).toBe(20);
    expect(await findings(page)).toEqual([]);
    await page.close();
  });

  it("on A4 that shift takes a few sheets: attempts and ladders of what met a fault are open, nothing is cut, no line is a column of digits", async () => {
    const { page } = await open(renderHtml(shiftReport()));
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize(sheet);
    const wider = `[...document.querySelectorAll("main *")].filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)`;
    expect(await page.evaluate<string[]>(`${wider}.map(({ outerHTML }) => outerHTML.slice(0, 80))`)).toEqual([]);
    const seen = (what: string) =>
      page.evaluate<number>(
        `[...document.querySelectorAll("${what}")].filter((each) => each.checkVisibility({ contentVisibilityAuto: true }) && each.getBoundingClientRect().height > 0).length`,
      );
    expect([await seen("svg.ladder"), await seen("table.attempts"), await seen(".moments tbody tr")]).toEqual([20, 20, 82]);
    const tallest = `Math.max(...[...document.querySelectorAll(".moments tbody tr")].map((row) => row.getBoundingClientRect().height))`;
    expect(await page.evaluate<number>(tallest)).toBeLessThan(60);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    const sheets = pdf.match(/\/Type\s*\/Page\b/gu)?.length ?? 0;
    expect(sheets).toBeGreaterThan(10);
    expect(sheets).toBeLessThan(22);
    await page.close();
  });

  it("on A4 the picture stands on the first sheet, below the verdict, however much there is to do", async () => {
    // A language that says everything at length: what stands above the picture is what moves it.
    const told = (times: number) => ({
      ...en,
      steps: Object.fromEntries(
        Object.entries(en.steps).map(([code, step]): [string, typeof step] => [code, (params) => `${step(params)} `.repeat(times)]),
      ) as typeof en.steps,
    });
    for (const report of [...[carrierRouting, crmInit, localNetwork, busyHour].map((make) => reportOf(make())), shiftReport()])
      for (const times of [1, 2]) {
        const { page } = await open(renderHtml(report, { language: told(times) }));
        await page.emulateMedia({ media: "print" });
        await page.setViewportSize(sheet);
        const bottom = await page.evaluate<number>("document.querySelector('.picture').getBoundingClientRect().bottom");
        expect(bottom, `${report.calls.length} calls, said ${times} times`).toBeLessThan(sheet.height);
        await page.close();
      }
  });

  it("however long a language has them, on A4 the names beside the picture are whole, and wide no column is hidden", async () => {
    const report = reportOf(carrierRouting());
    const abroad = JSON.parse(
      JSON.stringify(report).replace(/"route":"(?:local|national|mobile)"/g, '"route":"international"'),
    ) as typeof report;
    const { page } = await open(renderHtml(abroad, { language: await languageFor("fr") }));
    const past =
      "document.querySelector('.kpis').getBoundingClientRect().right - document.querySelector('main').getBoundingClientRect().right";
    expect(await page.evaluate<number>(past)).toBeLessThanOrEqual(0);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize(sheet);
    const names = "[...document.querySelectorAll('.names > span')]";
    expect(await page.evaluate<string[]>(`${names}.map(({ textContent }) => textContent)`)).toContainEqual(
      expect.stringMatching(/appels\s: international/),
    );
    const cut = `${names}.filter((name) => name.scrollWidth > name.clientWidth || name.scrollHeight > name.clientHeight + 1)`;
    expect(await page.evaluate<string[]>(`${cut}.map((name) => name.textContent)`)).toEqual([]);
    await page.close();
  });

  it.each(["en", "fr"])("%s: wide, no table of an agent's page hides a column; on A4 none is wider than the sheet", async (tag) => {
    const language = await languageFor(tag);
    // As a stack makes Call-IDs, and the longest words that an attempt is told in.
    const sipCallId = "icpp2h0805899js83n1q2vpj4kd7";
    for (const make of [carrierRouting, crmInit, localNetwork, busyHour]) {
      const report = reportOf(make());
      const attempts = report.attempts.map((attempt) => ({ ...attempt, route: "international", sipCallId }));
      const kpis = report.kpis.map((kpi) => ({
        ...{ ...kpi, route: "international", audio: { n: 3, mos: 4.3, lossPercent: 0.2, jitterMs: 106 } },
        ...{ srd: { n: 4, p50Ms: 10_080, p95Ms: 11_700 }, pdd: { n: 4, p50Ms: 10_080, p95Ms: 11_700 } },
      }));
      const { page } = await open(renderHtml({ ...report, attempts, kpis }, { language }));
      await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
      const hidden = `[...document.querySelectorAll(".scroll")].filter((each) => each.scrollWidth > each.clientWidth)`;
      const names = () => page.evaluate<string[]>(`${hidden}.map(({ ariaLabel }) => ariaLabel)`);
      expect(await names()).toEqual([]);
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize(sheet);
      expect(await names()).toEqual([]);
      await page.close();
    }
  });

  const looks = (page: Page) => page.evaluate<string>("getComputedStyle(document.querySelector('main')).maxWidth");

  it("keeps its looks under its own policy, and under a server's that names its hash; loses them without it", async () => {
    const html = renderHtml(reportOf(carrierRouting()));
    const strict = "default-src 'none'; style-src 'self'";
    for (const [policy, width] of [
      [undefined, "1080px"],
      [`${strict} '${styleHash}'`, "1080px"],
      [strict, "none"],
    ] as const) {
      const { page } = await open(html, {}, policy);
      expect(await looks(page)).toBe(width);
      await page.close();
    }
  });

  it("under a contrast theme bars stand out from the page, and failed ones keep their texture", async () => {
    const { page } = await open(renderHtml(reportOf(carrierRouting())), { forcedColors: "active" });
    const [paper, ...bars] = await page.evaluate<string[]>(
      `[getComputedStyle(document.body).backgroundColor, ...[".leader rect", ".bar.well", ".bar.failed"].map((bar) => getComputedStyle(document.querySelector(bar)).fill)]`,
    );
    expect(bars).toHaveLength(3);
    for (const fill of bars) expect(fill).not.toBe(paper);
    expect(bars[2]).toContain("#lk-failed");
    await page.close();
  });

  it("tables sort by a column's values, filters leave what has the words, paper shows all; under its own policy", async () => {
    const { page, errors } = await open(renderHtml(reportOf(busyHour())));
    await page.locator("[aria-labelledby=timeline] summary").click();
    const first = page.locator(".moments tbody tr:first-child td.figure");
    const earliest = await first.textContent();
    const button = page.getByRole("table", { name: "Time line" }).getByRole("button", { name: "Sort by #" });
    await button.focus();
    await page.keyboard.press("Enter");
    expect(await first.textContent()).toBe(earliest);
    await page.keyboard.press("Enter");
    expect(Number(await first.textContent())).toBeGreaterThan(Number(earliest));
    expect(await page.getByRole("columnheader", { name: "#" }).last().getAttribute("aria-sort")).toBe("descending");
    const shown = () => page.locator(".call:visible").count();
    const all = await page.locator(".call").count();
    expect([all, await shown(), await page.locator(".calm:visible").count()]).toEqual([197, 23, 22]);
    await page.getByRole("searchbox", { name: "Filter Calls and their attempts" }).fill("saved by");
    expect(await shown()).toBe(22);
    expect(await page.locator("output", { hasText: `22 / ${all}` }).count()).toBe(1);
    expect(await page.locator(".calm:visible").count()).toBe(0);
    expect(await findings(page)).toEqual([]);
    await page.getByRole("searchbox", { name: "Filter Calls and their attempts" }).fill("party-c199");
    expect(await shown()).toBe(1);
    await page.emulateMedia({ media: "print" });
    // With the stretch that the filter has opened.
    const opened = await page.locator(".calm[open] .call").count();
    expect([opened > 1, await shown(), await page.locator(".calm:visible").count()]).toEqual([true, 23 + opened, 22]);
    expect(await page.locator("thead button:visible, .filter:visible").count()).toBe(0);
    expect(errors).toEqual([]);
    await page.close();
  });

  it("the picture is one image with a name, and its data are tables", async () => {
    const { page } = await open(renderHtml(reportOf(carrierRouting())));
    const images = await page.getByRole("img", { name: "What happened, on one time axis (UTC)" }).count();
    expect(images).toBe(1);
    await page.getByText("The same, as tables").click();
    expect(await page.getByRole("table", { name: "Trunks", exact: true }).isVisible()).toBe(true);
    await page.close();
  });

  it("a language from right to left: the names change sides, time runs on, nothing overflows", async () => {
    const { page } = await open(renderHtml(reportOf(carrierRouting()), { language: { ...en, tag: "ar", direction: "rtl" } }));
    const isRight =
      "document.querySelector('.names').getBoundingClientRect().left > document.querySelector('.lanes > svg').getBoundingClientRect().left";
    expect(await page.evaluate(isRight)).toBe(true);
    const ticks = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.lanes .tick')].map((tick) => tick.getBoundingClientRect().left)",
    );
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
    for (const viewport of [wide, phone]) {
      await page.setViewportSize(viewport);
      expect(await overflow(page)).toBe(0);
    }
    await page.close();
  });
});
