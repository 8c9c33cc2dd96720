/** How sure, and why. */
import type { Evidence } from "../../diagnosis/model.ts";
import type { ReportDocument } from "../document.ts";
import type { Catalogue } from "../language.ts";
import { domainName, evidenceLine, nextTestOf, oddsOf, otherFaultsOf, toldOnce } from "../wording.ts";
import { lengthOf, section, wrap } from "./lines.ts";

const barLength = 20;

export function verdict(report: ReportDocument, catalogue: Catalogue): string[] {
  if (!report.verdict || report.verdict.conclusion === "healthy") return [];
  const { labels } = catalogue;
  const { reasonsFor, reasonsAgainst } = report.verdict;
  const { named, rest } = oddsOf(report);
  const test = nextTestOf(report, catalogue);
  const others = otherFaultsOf(report, catalogue);
  const widest = Math.max(...[...named.map(({ domain }) => domainName(domain, catalogue)), labels.otherDomains].map(lengthOf));
  const row = (name: string, probability: number, words = catalogue.confidence(probability)) => {
    const filled = Math.max(0, Math.min(barLength, Math.round(probability * barLength))) || 0;
    return wrap(
      `${name.padEnd(Math.min(widest, 30))} ${"#".repeat(filled)}${".".repeat(barLength - filled)} ${catalogue.percent(probability).padStart(6)} ${words}`,
    );
  };
  const reasons = (evidence: readonly Evidence[]) =>
    toldOnce(evidence, catalogue).flatMap((item) => wrap(evidenceLine(item, report, catalogue), "- ", "  "));
  return [
    ...section(labels.howSure, [
      ...named.flatMap(({ domain, probability }) => row(domainName(domain, catalogue), probability)),
      ...(rest > 0 ? row(labels.otherDomains, rest, "") : []),
      ...(report.endedByReinitialisation ? wrap(catalogue.reinitialised()) : []),
    ]),
    ...section(labels.reasonsFor, reasons(reasonsFor)),
    ...section(labels.reasonsAgainst, reasons(reasonsAgainst)),
    ...others.flatMap((other) => section(other.title, reasons(other.reasonsFor))),
    ...(test === undefined ? [] : section(labels.nextTest, wrap(test))),
  ];
}
