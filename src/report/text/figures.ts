/** What is counted and measured: the calls, the trunks' routes and registrations, the CRM's stages. */
import type { ReportDocument } from "../document.ts";
import type { Spread } from "../kpi.ts";
import { wordOf, type Catalogue } from "../language.ts";
import { audioText, clockTimeOf, figureRows } from "../wording.ts";
import { wrap } from "./lines.ts";

export function figures(report: ReportDocument, catalogue: Catalogue): string[] {
  const rows = figureRows(report, catalogue);
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)} ${value.padStart(7)}`);
}

/** A label that a figure follows stays on its line. */
const measured = (label: string, value: string | number) => `${label} ${value}`.replaceAll(" ", "\u00a0");

const spread = (label: string, { n, p50Ms, p95Ms }: Spread, { duration }: Catalogue) =>
  p50Ms === undefined || p95Ms === undefined ? [] : [measured(label, `${duration(p50Ms)} / ${duration(p95Ms)} (${n})`)];

export function kpis(report: ReportDocument, catalogue: Catalogue): string[] {
  const { labels, percent } = catalogue;
  return report.kpis.flatMap((kpi) => {
    const { trunkId, route, attempts: sent, answered, asr, ner, seer, isa, srd, pdd } = kpi;
    const shown = [
      measured(labels.attempts, sent),
      measured(labels.answered, answered),
      measured("ASR", percent(asr)),
      measured("NER", percent(ner)),
      measured("SEER", percent(seer)),
      measured("ISA", percent(isa)),
      ...spread("SRD", srd, catalogue),
      ...spread("PDD", pdd, catalogue),
      measured(labels.audio.replace(" (n)", ""), audioText(kpi, catalogue)),
    ];
    return [...wrap(`${trunkId} · ${route}`), ...wrap(shown.join(", "), "  ")];
  });
}

export function registrations(report: ReportDocument, catalogue: Catalogue): string[] {
  const { labels } = catalogue;
  return report.trunks.flatMap(({ id, carrier, host }) => {
    const { confirmed, failed, rrd } = report.registrations.find(({ trunkId }) => trunkId === id) ?? noRegistrations;
    const shown = [measured(labels.confirmed, confirmed), measured(labels.failed, failed), ...spread("RRD", rrd, catalogue)];
    return [...wrap([id, carrier, host].filter((part) => part !== "").join(" · ")), ...wrap(shown.join(", "), "  ")];
  });
}

const noRegistrations = { confirmed: 0, failed: 0, rrd: { n: 0 } };

export function stages(report: ReportDocument, { labels, stageResults, stageFault, duration, pair }: Catalogue): string[] {
  return report.bootRuns.flatMap(({ run, stages: tries }) =>
    tries.flatMap(({ stage, attempt, fromMs, toMs, result, fault }) =>
      wrap(
        pair(
          `${labels.run} ${run} · ${stage}${attempt > 0 ? ` · ${labels.stageTry} ${attempt}` : ""}`,
          `${wordOf(stageResults, result) ?? result}${fault ? ` (${stageFault(fault)})` : ""}, ${duration(toMs - fromMs)}`,
        ),
        `${clockTimeOf(fromMs, report)} `,
        "  ",
      ),
    ),
  );
}
