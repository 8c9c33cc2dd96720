/** A report as plain text, for a ticket or a mail: never wider than 80 columns. */
import type { ReportDocument } from "./document.ts";
import type { Evidence } from "../diagnosis/model.ts";
import { wordOf, type Catalogue } from "./language.ts";
import { en } from "./languages/en.ts";
import {
  actorOf,
  clockTime,
  conclusionOf,
  domainName,
  environmentText,
  evidenceSentence,
  nextTestOf,
  oddsOf,
  sentenceOf,
  spanText,
} from "./wording.ts";

const columns = 80;
/** Longer lists are cut; the page and the data hold all. */
const mostMoments = 40;
const mostAttempts = 60;
const barLength = 24;

/** Controls would move the reader's cursor or reorder what he reads. */
// eslint-disable-next-line no-control-regex -- these are what must not pass
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const lengthOf = (text: string) => [...text].length;

const printable = (text: string) => text.replace(unprintable, "\ufffd");

/** Breaks `text` at spaces, or within a word that is longer than a line. @param hang indent of the second line on. */
function wrap(text: string, first = "", hang = " ".repeat(Math.min(columns / 2, lengthOf(first)))): string[] {
  const lines: string[] = [];
  let line = [...printable(first)].slice(0, columns - 20).join("");
  let isFresh = true;
  for (const word of printable(text).split(" ")) {
    let rest = [...word];
    if (!isFresh && lengthOf(line) + 1 + rest.length > columns) {
      lines.push(line);
      line = hang;
      isFresh = true;
    }
    if (!isFresh) line += " ";
    while (lengthOf(line) + rest.length > columns) {
      const room = columns - lengthOf(line);
      lines.push(line + rest.slice(0, room).join(""));
      rest = rest.slice(room);
      line = hang;
    }
    line += rest.join("");
    isFresh = false;
  }
  return [...lines, line];
}

const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ["", title, "-".repeat(Math.min(columns, lengthOf(title))), ...lines];

/**
 * Renders a report as text.
 * @param catalogue the language; English if left out.
 */
export function renderText(report: ReportDocument, catalogue: Catalogue = en): string {
  const { labels } = catalogue;
  const { span, environment, journal, redacted } = report;
  const actor = actorOf(report, catalogue);
  const title = `${catalogue.subject(report)} · ${spanText(report)} UTC`;
  const lines = [
    ...wrap(title),
    "=".repeat(Math.min(columns, lengthOf(title))),
    ...wrap(
      `${catalogue.duration(span.toMs - span.fromMs)}${span.ongoing ? `, ${labels.ongoing}` : ""}${environment ? ` · ${environmentText(environment)}` : ""}`,
    ),
    "",
    ...wrap(conclusionOf(report, catalogue)),
    ...(actor === undefined ? [] : wrap(actor, `${labels.whoActs}: `)),
    ...section(labels.keyFigures, figures(report, catalogue)),
    ...verdict(report, catalogue),
    ...section(labels.kpis, kpis(report, catalogue)),
    ...section(labels.attempts, attempts(report, catalogue)),
    ...section(labels.timeline, moments(report, catalogue)),
    ...section(labels.about, [
      ...wrap(redacted.map((code) => wordOf(catalogue.redactions, code) ?? code).join(", "), `${labels.leftOut}: `, "  "),
      ...wrap(catalogue.entries(journal), `${labels.journal}: `),
      ...wrap(`${report.generatedAt} · ${report.version}`, `${labels.generated}: `),
    ]),
  ];
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function figures(
  { minutesLost, callCounts: { placed, affected, saved, lost, refused } }: ReportDocument,
  { labels, number }: Catalogue,
): string[] {
  const row = (value: number, label: string) => `${number(value).padStart(7)}  ${label}`;
  return [
    row(minutesLost, labels.minutesLost),
    row(placed, labels.callsPlaced),
    row(affected, labels.callsAffected),
    row(saved, labels.callsSaved),
    row(lost, labels.callsLost),
    row(refused, labels.callsRefused),
  ];
}

function verdict(report: ReportDocument, catalogue: Catalogue): string[] {
  if (!report.verdict || report.verdict.conclusion === "healthy") return [];
  const { labels } = catalogue;
  const { reasonsFor, reasonsAgainst, alsoAtFault } = report.verdict;
  const { named, rest } = oddsOf(report);
  const test = nextTestOf(report, catalogue);
  const row = (name: string, probability: number, words = catalogue.confidence(probability)) => {
    const filled = Math.max(0, Math.min(barLength, Math.round(probability * barLength))) || 0;
    return wrap(
      `${name.padEnd(24)} ${"#".repeat(filled)}${".".repeat(barLength - filled)} ${catalogue.percent(probability).padStart(6)} ${words}`,
    );
  };
  const reasons = (evidence: readonly Evidence[]) =>
    evidence.flatMap((item) =>
      wrap(
        `${evidenceSentence(item, catalogue)} (${wordOf(catalogue.evidenceSaid, item.said) ?? item.said}, ${catalogue.seen(item.count)})`,
        "- ",
        "  ",
      ),
    );
  return [
    ...section(labels.howSure, [
      ...named.flatMap(({ domain, probability }) => row(domainName(domain, catalogue), probability)),
      ...(rest > 0 ? row(labels.otherDomains, rest, "") : []),
      ...(alsoAtFault.length > 0
        ? wrap(alsoAtFault.map((domain) => domainName(domain, catalogue)).join(", "), `${labels.alsoAtFault}: `, "  ")
        : []),
      ...(report.endedByReinitialisation ? wrap(catalogue.reinitialised()) : []),
    ]),
    ...section(labels.reasonsFor, reasons(reasonsFor)),
    ...section(labels.reasonsAgainst, reasons(reasonsAgainst)),
    ...(test === undefined ? [] : section(labels.nextTest, wrap(test))),
  ];
}

function kpis(report: ReportDocument, { labels, percent, duration }: Catalogue): string[] {
  return report.kpis.flatMap(({ trunkId, route, attempts: sent, answered, asr, ner, seer, isa, pdd }) => [
    ...wrap(`${trunkId} · ${route}`),
    ...wrap(
      `${labels.attempts} ${sent}, ${labels.answered} ${answered}, ASR ${percent(asr)}, NER ${percent(ner)}, SEER ${percent(seer)}, ISA ${percent(isa)}${pdd.p50Ms === undefined || pdd.p95Ms === undefined ? "" : `, PDD ${duration(pdd.p50Ms)} / ${duration(pdd.p95Ms)} (${pdd.n})`}`,
      "  ",
    ),
  ]);
}

/** What a carrier can look for; those that failed first, as the list may be cut. */
function attempts(report: ReportDocument, catalogue: Catalogue): string[] {
  const isFault = ({ class: class_ }: ReportDocument["attempts"][number]) =>
    class_ !== "answered" && class_ !== "callee" && class_ !== "local";
  const ordered =
    report.attempts.length <= mostAttempts
      ? report.attempts
      : [...report.attempts.filter(isFault), ...report.attempts.filter((attempt) => !isFault(attempt))];
  return ordered.slice(0, mostAttempts).flatMap((attempt) => {
    const { q850, said } = attempt;
    const note = catalogue.attemptNote(attempt);
    const facts = [
      attempt.codes.join(" "),
      q850 && `Q.850 ${q850.value}${q850.location ? ` ${q850.location}` : ""}`,
      said && (wordOf(catalogue.attemptSaid, said) ?? said),
      attempt.row ?? catalogue.labels.running,
      note,
    ].filter((fact) => fact !== undefined && fact !== "");
    return [
      ...wrap(
        `${attempt.callId}/${attempt.attempt} ${attempt.trunkId} ${attempt.route}: ${facts.join(", ")}`,
        `${clockTime(attempt.time, report)} `,
        "  ",
      ),
      ...(attempt.sipCallId === undefined
        ? []
        : wrap(`Call-ID ${attempt.sipCallId}${attempt.fromTag === undefined ? "" : ` tag ${attempt.fromTag}`}`, "  ")),
    ];
  });
}

function moments(report: ReportDocument, catalogue: Catalogue): string[] {
  const { timeline } = report;
  const half = mostMoments / 2;
  const shown = timeline.length <= mostMoments ? timeline : [...timeline.slice(0, half), ...timeline.slice(-half)];
  return [
    ...shown.flatMap((moment) => wrap(sentenceOf(moment, catalogue), `${clockTime(moment.time, report)} `, "  ")),
    ...(shown.length < timeline.length ? wrap(catalogue.someMoments(shown.length, timeline.length)) : []),
  ];
}
