/** A report as one page: no network, nothing to install, and all there without its one script. */
import { sheetOf, type RenderOptions } from "./audience.ts";
import type { ReportDocument } from "./document.ts";
import { environmentText } from "./environment-words.ts";
import { kpiTables } from "./html/figure-tables.ts";
import { html, type Markup } from "./html/markup.ts";
import { picture } from "./html/picture.ts";
import { script, scriptHash } from "./html/script.ts";
import { style, styleHash } from "./html/style.ts";
import { about, callList, timeTable } from "./html/tables.ts";
import { pageTerms } from "./html/terms.ts";
import { doNow, figures, reasoning } from "./html/verdict.ts";
import { sheetPage } from "./sheet/page.ts";
import { allAtOnce, type Sliced } from "../slices.ts";
import type { Catalogue } from "./language.ts";
import { en } from "./languages/en.ts";
import { actorOf, conclusionOf, lengthText, spanText } from "./wording.ts";

/** Nothing may be loaded, and nothing else run, should anything ever get past the escaping. */
const policy = `default-src 'none'; style-src '${styleHash}'; script-src '${scriptHash}'; base-uri 'none'; form-action 'none'`;

/** Renders a report as a self-contained HTML file. */
export function renderHtml(report: ReportDocument, options?: RenderOptions): string {
  return allAtOnce(renderHtmlSliced(report, options));
}

/** In slices: a long day's page has hundreds of tables, and a call may be on while it is made. */
export function* renderHtmlSliced(
  report: ReportDocument,
  { audience = "support", language = en, trunkId }: RenderOptions = {},
): Sliced<string> {
  if (audience === "support")
    return pageOf(`${language.subject(report)} · ${spanText(report)} UTC`, yield* supportBody(report, language), language);
  const sheet = sheetOf(report, audience, language, trunkId);
  return pageOf(`${sheet.title} · ${spanText(report)} UTC`, sheetPage(sheet, language), language);
}

function* supportBody(report: ReportDocument, catalogue: Catalogue): Sliced<Markup> {
  const { labels } = catalogue;
  const { environment } = report;
  const actor = actorOf(report, catalogue);
  const { marker, glossary } = pageTerms(catalogue);
  const top = html`<header>
      <p class="eyebrow">
        <strong>${catalogue.subject(report)}</strong> <span>${spanText(report)} UTC</span>
        <span>${lengthText(report, catalogue)}</span>${environment && html` <span>${environmentText(environment)}</span>`}
      </p>
      <h1>${marker()(conclusionOf(report, catalogue))}</h1>
      ${actor !== undefined && html`<p class="actor"><span>${catalogue.pair(labels.whoActs, "")}</span><strong>${actor}</strong></p>`}
    </header>
    ${doNow(report, marker(), catalogue)}`;
  const drawn = yield* picture(report, catalogue);
  yield;
  const why = html`${figures(report, catalogue)} ${reasoning(report, marker(), catalogue)} ${kpiTables(report, marker(), catalogue)}`;
  const calls = yield* callList(report, marker(), catalogue);
  yield;
  const told = timeTable(report, marker(), catalogue);
  return html`${top} ${drawn} ${why} ${calls} ${told} ${glossary()} ${about(report, catalogue)}`;
}

/** A whole page around what is on it. */
export function pageOf(title: string, body: Markup, { tag, direction, labels }: Catalogue): string {
  const page = html`<!doctype html>
    <html lang="${tag}" dir="${direction}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title} · Linekeeper</title>
        ${style}
      </head>
      <body>
        <main data-sort="${labels.sortBy}" data-filter="${labels.filter}">${body}</main>
        ${script}
      </body>
    </html> `;
  return page.toString();
}
