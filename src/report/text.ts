/** A report as plain text, for a ticket or a mail: never wider than 80 columns. */
import { sheetOf, type RenderOptions } from "./audience.ts";
import type { ReportDocument } from "./document.ts";
import { environmentRows, environmentText } from "./environment-words.ts";
import { wordOf, type Catalogue } from "./language.ts";
import { en } from "./languages/en.ts";
import { sheetText } from "./sheet/text.ts";
import { figures, kpis, registrations, stages } from "./text/figures.ts";
import { columns, lengthOf, section, wrap } from "./text/lines.ts";
import { attempts, moments, otherCalls } from "./text/records.ts";
import { verdict } from "./text/verdict.ts";
import { termsIn } from "./terms.ts";
import { plainSpaces } from "./visible.ts";
import { actorOf, conclusionOf, instructionsOf, lengthText, spanText } from "./wording.ts";

/** Renders a report as text. */
export function renderText(report: ReportDocument, { audience = "support", language = en, trunkId }: RenderOptions = {}): string {
  return textOf(audience === "support" ? supportText(report, language) : sheetText(sheetOf(report, audience, language, trunkId), language));
}

function supportText(report: ReportDocument, catalogue: Catalogue): string[] {
  const { labels, pair } = catalogue;
  const { journal, redacted, environment } = report;
  const lines = [
    ...head(report, catalogue),
    ...section(labels.doNow, doNow(report, catalogue)),
    ...section(labels.keyFigures, figures(report, catalogue)),
    ...verdict(report, catalogue),
    ...section(labels.kpis, kpis(report, catalogue)),
    ...section(labels.registrations, registrations(report, catalogue)),
    ...section(labels.pictureStartUp, stages(report, catalogue)),
    ...section(labels.attempts, attempts(report, catalogue)),
    ...section(labels.callsWithoutAttempt, otherCalls(report, catalogue)),
    ...section(labels.timeline, moments(report, catalogue)),
  ];
  return [
    ...lines,
    ...section(labels.terms, glossary(lines, catalogue)),
    ...section(labels.about, [
      ...(environment ? environmentRows(environment, catalogue) : []).flatMap(([name, value]) => wrap(value, pair(name, ""), "  ")),
      ...wrap(redacted.map((code) => wordOf(catalogue.redactions, code) ?? code).join(", "), pair(labels.leftOut, ""), "  "),
      ...wrap(catalogue.entries(journal), pair(labels.journal, "")),
      ...wrap(`${catalogue.moment(report.generatedAt)} · ${report.version}`, pair(labels.generated, "")),
    ]),
  ];
}

/** The verdict alone, with its reasons. */
export function renderVerdict(report: ReportDocument, { language: catalogue = en }: Pick<RenderOptions, "language"> = {}): string {
  return textOf([...head(report, catalogue), ...section(catalogue.labels.doNow, doNow(report, catalogue)), ...verdict(report, catalogue)]);
}

const doNow = (report: ReportDocument, catalogue: Catalogue): string[] =>
  instructionsOf(report, catalogue).flatMap(({ who, what }) => wrap(who === undefined ? what : catalogue.pair(who, what), "- ", "  "));

/** The terms that occur, explained. */
const glossary = (lines: readonly string[], catalogue: Catalogue): string[] =>
  termsIn(lines.join(" "), catalogue).flatMap((code) => {
    const { forms, means } = catalogue.terms[code];
    return wrap(means, catalogue.pair(forms[0], ""), "  ");
  });

/** What it is about, and what it comes to. */
function head(report: ReportDocument, catalogue: Catalogue): string[] {
  const { environment } = report;
  const actor = actorOf(report, catalogue);
  const title = `${catalogue.subject(report)} · ${spanText(report)} UTC`;
  return [
    ...wrap(title),
    "=".repeat(Math.min(columns, lengthOf(title))),
    ...wrap(`${lengthText(report, catalogue)}${environment ? ` · ${environmentText(environment)}` : ""}`),
    "",
    ...wrap(conclusionOf(report, catalogue)),
    ...(actor === undefined ? [] : wrap(actor, catalogue.pair(catalogue.labels.whoActs, ""))),
  ];
}

/** Lines as they are written out. */
export const textOf = (lines: readonly string[]): string => `${lines.map((line) => plainSpaces(line).trimEnd()).join("\n")}\n`;
