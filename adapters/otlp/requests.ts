/** The two requests that a report becomes. */
import type { ReportDocument } from "../../src/index.ts";
import type { Sliced } from "../../src/slices.ts";
import { logRecordsOf } from "./logs.ts";
import { metricsOf } from "./metrics.ts";
import { attributesOf, type LogsRequest, type MetricsRequest, type Resource, type Value } from "./model.ts";
import type { resourceAttributes } from "./vocabulary.ts";

/** What the integrator says of where it runs, such as `deployment.environment.name`. */
export type ResourceAttributes = Readonly<Record<string, string | number | boolean>>;

function resourceOf({ reportId, subject, environment }: ReportDocument, given: ResourceAttributes): Resource {
  const own: Partial<Record<(typeof resourceAttributes)[number], Value | undefined>> = {
    "service.name": "linekeeper",
    "service.version": environment?.sdk,
    // An incident's report is called after its session and its first entry.
    "service.instance.id": subject === "incident" ? reportId.replace(/-\d+$/, "") : reportId,
    "user_agent.original": environment?.runtime,
    "linekeeper.crm.vendor": environment?.crm.vendor,
    "linekeeper.crm.version": environment?.crm.version,
    "linekeeper.crm.site": environment?.crm.site,
    "linekeeper.crm.agent_id": environment?.crm.agentId,
    "linekeeper.crm.ticket": environment?.crm.ticket,
  };
  return { attributes: attributesOf({ ...own, ...given }) };
}

const scopeOf = ({ environment }: ReportDocument) => ({ name: "linekeeper", ...(environment && { version: environment.sdk }) });

/** `ExportLogsServiceRequest`: a long report has thousands of records. */
export function* logsRequestOf(report: ReportDocument, resource: ResourceAttributes): Sliced<LogsRequest> {
  const logRecords = yield* logRecordsOf(report);
  return { resourceLogs: [{ resource: resourceOf(report, resource), scopeLogs: [{ scope: scopeOf(report), logRecords }] }] };
}

/** `ExportMetricsServiceRequest`. */
export const metricsRequestOf = (report: ReportDocument, resource: ResourceAttributes): MetricsRequest => ({
  resourceMetrics: [{ resource: resourceOf(report, resource), scopeMetrics: [{ scope: scopeOf(report), metrics: metricsOf(report) }] }],
});
