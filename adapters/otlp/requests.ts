/** The two requests that a report becomes, and their text. */
import type { ReportDocument } from "../../src/index.ts";
import { parsedSliced } from "../../src/report/json.ts";
import { forEachSliced, type Sliced } from "../../src/slices.ts";
import { logRecordsOf } from "./logs.ts";
import { metricsOf } from "./metrics.ts";
import { attributesOf, type LogsRequest, type MetricsRequest, type Resource, type Value } from "./model.ts";
import type { resourceAttributes } from "./vocabulary.ts";

/** What a report is sent as: its moments as log records, its key figures as metrics. */
export type OtlpSignal = "logs" | "metrics";

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

/** @returns the text of each request; none where another version wrote the report, and this one cannot read it. */
export function* bodiesOf(
  text: string,
  signals: readonly OtlpSignal[],
  resource: ResourceAttributes,
): Sliced<ReadonlyMap<OtlpSignal, string> | undefined> {
  try {
    const report = (yield* parsedSliced(text)) as ReportDocument;
    const bodies = new Map<OtlpSignal, string>();
    for (const signal of signals) {
      yield;
      bodies.set(signal, signal === "logs" ? yield* logsBodyOf(report, resource) : JSON.stringify(metricsRequestOf(report, resource)));
    }
    return bodies;
  } catch {
    return undefined;
  }
}

/** The records are put in one by one: in a text no quote stands alone, so there is one such place. */
function* logsBodyOf(report: ReportDocument, resource: ResourceAttributes): Sliced<string> {
  const { resourceLogs } = yield* logsRequestOf(report, resource);
  const [{ scopeLogs, ...of }] = resourceLogs;
  const [{ logRecords, ...scope }] = scopeLogs;
  const around = JSON.stringify({ resourceLogs: [{ ...of, scopeLogs: [{ ...scope, logRecords: [] }] }] });
  const [before = "", after = ""] = around.split('"logRecords":[]');
  let body = `${before}"logRecords":[`;
  let comma = "";
  yield* forEachSliced(logRecords, (record) => {
    body += comma + JSON.stringify(record);
    comma = ",";
  });
  return `${body}]${after}`;
}
