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

/** Calls and entries are numbered anew by each page: of one that was loaded again in mid-outage, `c1` is another call. */
export type SessionNumber = (report: ReportDocument) => number;

/** Its sessions counted from 1, the oldest first. */
export function sessionNumbersOf({ reports }: Pick<Agent, "reports">): SessionNumber {
  const sessions = [...new Set([...reports].sort((a, b) => startOf(a) - startOf(b)).map(sessionOf))];
  return (report) => sessions.indexOf(sessionOf(report)) + 1;
}

/** Each of a session's reports tells a figure of the whole journal: the sum of its sessions'. */
export function sumOfSessions(reports: readonly ReportDocument[], of: (report: ReportDocument) => number): number {
  const sessions = new Map<string, number>();
  for (const report of reports) sessions.set(sessionOf(report), Math.max(sessions.get(sessionOf(report)) ?? 0, of(report)));
  return [...sessions.values()].reduce((sum, figure) => sum + figure, 0);
}

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
