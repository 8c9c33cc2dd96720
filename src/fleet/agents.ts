/** Whose the reports are: each agent's together, and set to one clock. */
import type { ReportDocument } from "../report/document.ts";
import { clocksOf, type SetClock } from "./clocks.ts";

/** One agent, on the common clock. */
export interface Agent {
  readonly number: number;
  readonly source: string;
  readonly clock: SetClock;
  readonly reports: readonly ReportDocument[];
}

/** A report's id begins with its session's; an incident's ends with its first entry's number. */
const sessionOf = ({ reportId, subject }: ReportDocument): string => (subject === "incident" ? reportId.replace(/-\d+$/, "") : reportId);

export const agentIdOf = (report: ReportDocument): string => report.environment?.crm.agentId ?? sessionOf(report);

/** When its session started, ms since 1970, by its own clock. */
export const startOf = ({ span }: ReportDocument): number => Date.parse(span.from) - span.fromMs;

/** Of several versions of a report the last one counts. */
export function agentsOf(reports: readonly ReportDocument[], agentOf: (report: ReportDocument) => string): readonly Agent[] {
  const bySource = new Map<string, Map<string, ReportDocument>>();
  for (const report of reports) {
    const source = agentOf(report);
    const own = bySource.get(source) ?? new Map<string, ReportDocument>();
    bySource.set(source, own);
    const before = own.get(report.reportId);
    if (!before || isLater(report, before)) own.set(report.reportId, report);
  }
  const sources = [...bySource].map(([source, own]) => ({ source, reports: [...own.values()] }));
  const clocks = clocksOf(sources.map((one) => one.reports));
  return sources.map((one, index) => ({ ...one, number: index + 1, clock: clocks[index] ?? { skewMs: 0, by: "none" } }));
}

const isLater = (report: ReportDocument, before: ReportDocument): boolean =>
  report.status === before.status ? report.generatedAt > before.generatedAt : report.status === "closed";
