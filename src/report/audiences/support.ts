/** For support: everything, redacted. The page and the text have views of their own; this is what Markdown is made of. */
import { q850Cause, reasonName, rowBeside, sipCode } from "../codes.ts";
import type { Evidence } from "../../diagnosis/model.ts";
import type { ReportDocument } from "../document.ts";
import { environmentRows, environmentText } from "../environment-words.ts";
import type { Spread } from "../kpi.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { toldMoments } from "../moments.ts";
import { part, type Block, type Sheet } from "../sheet.ts";
import {
  actorOf,
  clockTime,
  callRemarks,
  clockTimeOf,
  conclusionOf,
  evidenceLine,
  figureRows,
  toldOnce,
  instructionsOf,
  nextTestOf,
  oddsBars,
  otherFaultsOf,
  partyText,
  spanText,
  audioText,
} from "../wording.ts";
import { unheardIn } from "../unheard.ts";

export function supportSheet(report: ReportDocument, language: Catalogue): Sheet {
  const { labels, pair } = language;
  const { verdict } = report;
  const actor = actorOf(report, language);
  const test = nextTestOf(report, language);
  const others = otherFaultsOf(report, language);
  const reasons = (evidence: readonly Evidence[]): Block => ({
    kind: "list",
    items: toldOnce(evidence, language).map((item) => evidenceLine(item, report, language)),
  });
  return {
    title: `${language.subject(report)} · ${spanText(report)} UTC`,
    lead: conclusionOf(report, language),
    explains: true,
    blocks: [
      ...(actor === undefined ? [] : [{ kind: "paragraph", text: pair(labels.whoActs, actor) } as const]),
      ...part(labels.doNow, {
        kind: "list",
        items: instructionsOf(report, language).map(({ who, what }) => (who === undefined ? what : pair(who, what))),
      }),
      ...part(labels.keyFigures, { kind: "facts", rows: figureRows(report, language) }),
      ...part(labels.howSure, odds(report, language)),
      ...(report.endedByReinitialisation ? [{ kind: "paragraph", text: language.reinitialised() } as const] : []),
      ...part(labels.reasonsFor, reasons(verdict?.reasonsFor ?? [])),
      ...part(labels.reasonsAgainst, reasons(verdict?.reasonsAgainst ?? [])),
      ...others.flatMap(({ title, reasonsFor }) => part(title, reasons(reasonsFor))),
      ...(test === undefined ? [] : part(labels.nextTest, { kind: "paragraph", text: test })),
      ...part(labels.kpis, kpiTable(report, language)),
      ...part(labels.registrations, registrationTable(report, language)),
      ...part(labels.trunkStates, stateTable(report, language)),
      ...part(labels.pictureStartUp, stageTable(report, language)),
      ...part(labels.calls, callTable(report, language)),
      ...part(labels.attempts, attemptTable(report, language)),
      ...part(labels.timeline, {
        kind: "table",
        caption: labels.timeline,
        head: [labels.time, labels.what, "#"],
        rows: toldMoments(report, language).lines.map(({ time, text, seq }) => [time, text, seq]),
      }),
      ...part(labels.about, { kind: "facts", rows: aboutRows(report, language) }),
    ],
  };
}

function odds(report: ReportDocument, language: Catalogue): Block {
  const { labels } = language;
  return {
    kind: "bars",
    caption: labels.howSure,
    head: [labels.domain, labels.probability, labels.inWords],
    rows: oddsBars(report, language),
  };
}

const spread = ({ n, p50Ms, p95Ms }: Spread, { duration }: Catalogue) =>
  p50Ms === undefined || p95Ms === undefined ? "–" : `${duration(p50Ms)} / ${duration(p95Ms)} (${n})`;

function kpiTable({ kpis }: ReportDocument, language: Catalogue): Block {
  const { labels, percent } = language;
  return {
    kind: "table",
    caption: labels.kpis,
    head: [labels.trunk, labels.route, labels.attempts, labels.answered, "ASR", "NER", "SEER", "ISA", labels.srd, labels.pdd, labels.audio],
    rows: kpis.map((kpi) => {
      const { trunkId, route, attempts, answered, asr, ner, seer, isa, srd, pdd } = kpi;
      return [
        trunkId,
        route,
        `${attempts}`,
        `${answered}`,
        percent(asr),
        percent(ner),
        percent(seer),
        percent(isa),
        spread(srd, language),
        spread(pdd, language),
        audioText(kpi, language),
      ];
    }),
  };
}

function registrationTable({ trunks, registrations }: ReportDocument, language: Catalogue): Block {
  const { labels } = language;
  return {
    kind: "table",
    caption: labels.registrations,
    head: [labels.trunk, labels.carrier, labels.edge, labels.confirmed, labels.failed, labels.rrd],
    rows: trunks.map(({ id, carrier, host }) => {
      const kpi = registrations.find(({ trunkId }) => trunkId === id);
      return [id, carrier || "–", host || "–", `${kpi?.confirmed ?? 0}`, `${kpi?.failed ?? 0}`, kpi ? spread(kpi.rrd, language) : "–"];
    }),
  };
}

function stateTable(report: ReportDocument, language: Catalogue): Block {
  const { labels, flowStates, registrationStates, breakerStates, routeOf, pair } = language;
  const row =
    (trunkId: string, what: string, words: Readonly<Record<string, string>>) =>
    (
      span:
        | (typeof report.trunks)[number]["flow"][number]
        | { readonly state: string; readonly fromMs: number; readonly toMs: number; readonly because?: string },
    ) => [
      trunkId,
      what,
      wordOf(words, span.state) ?? span.state,
      clockTimeOf(span.fromMs, report),
      clockTimeOf(span.toMs, report),
      span.because === undefined ? "–" : reasonName(span.because, language),
    ];
  return {
    kind: "table",
    caption: labels.trunkStates,
    head: [labels.trunk, labels.what, labels.state, labels.from, labels.until, labels.because],
    rows: report.trunks.flatMap(({ id, flow, registration, breakers }) => [
      ...flow.map(row(id, labels.connection, flowStates)),
      ...registration.map(row(id, labels.registration, registrationStates)),
      ...breakers.flatMap(({ route, plane, spans }) => spans.map(row(id, pair(labels.breaker[plane], routeOf(route)), breakerStates))),
    ]),
  };
}

function stageTable(report: ReportDocument, { labels, stageResults, stageFault, duration }: Catalogue): Block {
  return {
    kind: "table",
    caption: labels.pictureStartUp,
    head: [labels.from, labels.run, labels.stage, labels.stageTry, labels.result, labels.took],
    rows: report.bootRuns.flatMap(({ run, stages }) =>
      stages.map(({ stage, attempt, fromMs, toMs, result, fault }) => [
        clockTimeOf(fromMs, report),
        `${run}`,
        stage,
        attempt > 0 ? `${attempt}` : "–",
        `${wordOf(stageResults, result) ?? result}${fault ? ` (${stageFault(fault)})` : ""}`,
        duration(toMs - fromMs),
      ]),
    ),
  };
}

function callTable(report: ReportDocument, catalogue: Catalogue): Block {
  const { labels, fates } = catalogue;
  const unheard = unheardIn(report);
  return {
    kind: "table",
    caption: labels.calls,
    head: [labels.time, "#", labels.party, labels.result, labels.because],
    rows: report.calls.map((call) => [
      clockTime(call.time, report),
      call.callId,
      call.party === undefined ? "–" : partyText(call.party),
      wordOf(fates, call.fate) ?? call.fate,
      callRemarks(call, unheard, catalogue).join(" · ") || "–",
    ]),
  };
}

function attemptTable(report: ReportDocument, language: Catalogue): Block {
  const { labels, outcomeClasses, attemptSaid, attemptNote, madeUnder, duration } = language;
  return {
    kind: "table",
    caption: labels.attempts,
    head: [
      labels.time,
      "#",
      labels.trunk,
      labels.route,
      labels.codes,
      labels.cause,
      labels.saidBy,
      labels.outcome,
      labels.took,
      labels.sipCallId,
      labels.fromTag,
    ],
    rows: report.attempts.map((attempt) => {
      const { time, callId, trunkId, route, codes, q850, said, class: class_, tookMs, sipCallId = "–", fromTag = "–" } = attempt;
      const outcome = class_ === undefined ? labels.running : (wordOf(outcomeClasses, class_) ?? class_);
      return [
        clockTime(time, report),
        `${callId}/${attempt.attempt}`,
        trunkId,
        route,
        codes.map((code) => sipCode(code, language)).join(", ") || "–",
        q850 ? q850Cause(q850.value, language, q850.location) : "–",
        said === undefined ? "–" : (wordOf(attemptSaid, said) ?? said),
        [outcome, rowBeside(attempt.row, language), attemptNote(attempt), madeUnder(attempt)].filter((one) => one !== "").join(" · "),
        tookMs === undefined ? "–" : duration(tookMs),
        sipCallId,
        fromTag,
      ];
    }),
  };
}

function aboutRows(report: ReportDocument, language: Catalogue): (readonly [string, string])[] {
  const { labels } = language;
  const { environment, clockSkews, redacted, journal, generatedAt, version } = report;
  return [
    ...(environment ? [[labels.environment, environmentText(environment)] as const, ...environmentRows(environment, language)] : []),
    ...(clockSkews.length > 0
      ? [[labels.clocks, clockSkews.map(({ by, byMs }) => language.clockSkew(by, byMs)).join(" · ")] as const]
      : []),
    [labels.leftOut, redacted.map((code) => wordOf(language.redactions, code) ?? code).join(", ")],
    [labels.journal, language.entries(journal)],
    [labels.generated, `${language.moment(generatedAt)} · ${version}`],
  ];
}
