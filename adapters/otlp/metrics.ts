/** A report's figures as metrics: pure. */
import type { ReportDocument } from "../../src/index.ts";
import { attributesOf, nanosOf, type Metric, type NumberDataPoint } from "./model.ts";
import type { pointAttributes } from "./vocabulary.ts";

type Labels = Partial<Record<(typeof pointAttributes)[number], string | undefined>>;
type Rows<Row> = readonly (readonly [Row, Labels])[];

interface Definition<Row> {
  readonly name: string;
  readonly kind: "sum" | "gauge";
  readonly unit: string;
  readonly description: string;
  /** Undefined where nothing was measured: there is no point then, and never a 0. */
  readonly value: (row: Row) => number | undefined;
}

/** Poor audio on one trunk and route. */
interface Poor {
  readonly count: number;
  readonly lowestMos: number;
}

/** AGGREGATION_TEMPORALITY_CUMULATIVE: each version of a report counts from the start of its span, so a later one replaces an earlier. */
const cumulative = 2;

const define =
  (kind: Definition<never>["kind"]) =>
  <Row>(name: string, unit: string, description: string, value: Definition<Row>["value"]): Definition<Row> => ({
    name,
    kind,
    unit,
    description,
    value,
  });
const sum = define("sum");
const gauge = define("gauge");

const seconds = (ms: number | undefined) => (Number.isFinite(ms) ? Number(ms) / 1_000 : undefined);

const ofKpi: readonly Definition<ReportDocument["kpis"][number]>[] = [
  sum("linekeeper.attempts", "{attempt}", "INVITEs that left the agent.", ({ attempts }) => attempts),
  sum("linekeeper.attempts.unsent", "{attempt}", "INVITEs that never left the agent.", ({ unsent }) => unsent),
  sum("linekeeper.attempts.answered", "{attempt}", "INVITEs that were answered.", ({ answered }) => answered),
  gauge("linekeeper.asr", "1", "Answer seizure ratio (ITU-T E.425).", ({ asr }) => asr),
  gauge("linekeeper.ner", "1", "Network effectiveness ratio (ITU-T E.425).", ({ ner }) => ner),
  gauge("linekeeper.seer", "1", "Session establishment effectiveness ratio (RFC 6076 §4.7).", ({ seer }) => seer),
  gauge("linekeeper.isa", "1", "Ineffective session attempts (RFC 6076 §4.8).", ({ isa }) => isa),
  gauge("linekeeper.srd.p50", "s", "Session request delay (RFC 6076 §4.3.1), median.", ({ srd }) => seconds(srd.p50Ms)),
  gauge("linekeeper.srd.p95", "s", "Session request delay, 95th percentile.", ({ srd }) => seconds(srd.p95Ms)),
  gauge("linekeeper.pdd.p50", "s", "Post-dial delay, median.", ({ pdd }) => seconds(pdd.p50Ms)),
  gauge("linekeeper.pdd.p95", "s", "Post-dial delay, 95th percentile.", ({ pdd }) => seconds(pdd.p95Ms)),
  sum("linekeeper.audio.rated", "{call}", "Calls whose audio was rated.", ({ audio }) => audio?.n),
  gauge("linekeeper.audio.mos.p50", "1", "MOS by the worst rating of each call, median (ITU-T G.107).", ({ audio }) => audio?.mos),
  gauge("linekeeper.audio.loss.p50", "1", "Share of packets lost, median of the same.", ({ audio }) => audio && audio.lossPercent / 100),
  gauge("linekeeper.audio.jitter.p50", "s", "Interarrival jitter (RFC 3550 §6.4.1), median of the same.", ({ audio }) =>
    seconds(audio?.jitterMs),
  ),
];

const ofPoorAudio: readonly Definition<Poor>[] = [
  sum("linekeeper.audio.poor", "{rating}", "Times that the audio of a call was rated poor.", ({ count }) => count),
  gauge("linekeeper.audio.mos.lowest", "1", "Lowest MOS of poor audio, either way (ITU-T G.107).", ({ lowestMos }) => lowestMos),
];

const ofRegistration: readonly Definition<ReportDocument["registrations"][number]>[] = [
  sum("linekeeper.registrations.confirmed", "{registration}", "Registrations that were confirmed.", ({ confirmed }) => confirmed),
  sum("linekeeper.registrations.failed", "{registration}", "Registrations that were refused, or not answered.", ({ failed }) => failed),
  gauge("linekeeper.rrd.p50", "s", "Registration request delay (RFC 6076 §4.1), median.", ({ rrd }) => seconds(rrd.p50Ms)),
  gauge("linekeeper.rrd.p95", "s", "Registration request delay, 95th percentile.", ({ rrd }) => seconds(rrd.p95Ms)),
];

const ofReport: readonly Definition<ReportDocument>[] = [
  sum("linekeeper.calls.placed", "{call}", "Calls of the span.", ({ callCounts }) => callCounts.placed),
  sum("linekeeper.calls.affected", "{call}", "Calls that met a fault.", ({ callCounts }) => callCounts.affected),
  sum("linekeeper.calls.saved", "{call}", "Calls that reached their callee after a failover.", ({ callCounts }) => callCounts.saved),
  sum("linekeeper.calls.lost", "{call}", "Calls that a fault ended.", ({ callCounts }) => callCounts.lost),
  sum("linekeeper.calls.refused", "{call}", "Calls that never left the agent.", ({ callCounts }) => callCounts.refused),
  sum("linekeeper.time_lost", "s", "Time in which a call could not be placed.", ({ minutesLost }) => minutesLost * 60),
];

/** Every metric, and what has a point of its own in it; `docs/otlp.md` shows this table, a test holds both equal. */
export const metricTable: Readonly<Record<string, readonly Omit<Definition<never>, "value">[]>> = {
  "trunk, route": [...ofKpi, ...ofPoorAudio],
  trunk: ofRegistration,
  report: ofReport,
};

/** What has no point has no metric. */
export function metricsOf(report: ReportDocument): Metric[] {
  const { span, trunks } = report;
  const stretch = { startTimeUnixNano: nanosOf(Date.parse(span.from)), timeUnixNano: nanosOf(Date.parse(span.to)) };
  const carriers = new Map(trunks.map(({ id, carrier }) => [id, carrier || undefined]));
  const labels = (trunkId: string, route?: string): Labels => ({
    "linekeeper.trunk.id": trunkId,
    "linekeeper.trunk.carrier": carriers.get(trunkId),
    "linekeeper.route": route,
  });

  function metric<Row>({ name, unit, description, kind, value }: Definition<Row>, rows: Rows<Row>): Metric[] {
    const dataPoints = rows.flatMap(([row, own]): NumberDataPoint[] => {
      const measured = value(row) ?? NaN;
      // What is counted is an integer, at every point of the metric.
      const isCount = unit.startsWith("{");
      const figure = isCount ? Math.round(measured) : measured;
      // Not measured; or a report says what cannot be, and is not given up for it.
      if (!(isCount ? Number.isSafeInteger(figure) : Number.isFinite(figure))) return [];
      return [{ ...stretch, ...(isCount ? { asInt: String(figure) } : { asDouble: figure }), attributes: attributesOf(own) }];
    });
    if (dataPoints.length === 0) return [];
    const points =
      kind === "gauge" ? { gauge: { dataPoints } } : { sum: { dataPoints, aggregationTemporality: cumulative, isMonotonic: true } };
    return [{ name, unit, description, ...points }];
  }
  const metrics = <Row>(definitions: readonly Definition<Row>[], rows: Rows<Row>) => definitions.flatMap((one) => metric(one, rows));

  return [
    ...metrics(
      ofKpi,
      report.kpis.map((kpi) => [kpi, labels(kpi.trunkId, kpi.route)]),
    ),
    ...metrics(
      ofPoorAudio,
      poorAudioOf(report).map(({ trunkId, route, ...poor }) => [poor, labels(trunkId, route)]),
    ),
    ...metrics(
      ofRegistration,
      report.registrations.map((row) => [row, labels(row.trunkId)]),
    ),
    ...metrics(ofReport, [[report, {}]]),
  ];
}

/** By trunk and route: two points of a metric never have the same attributes. */
function poorAudioOf({ timeline, calls }: ReportDocument): (Poor & { readonly trunkId: string; readonly route?: string })[] {
  const routes = new Map(calls.map(({ callId, party }) => [callId, party?.route]));
  const rows = new Map<string, ReturnType<typeof poorAudioOf>[number]>();
  for (const entry of timeline) {
    if (entry.type !== "audio:rated") continue;
    const { trunkId, callId, mos, uplink } = entry;
    const route = routes.get(callId);
    const key = JSON.stringify([trunkId, route]);
    const { count, lowestMos } = rows.get(key) ?? { count: 0, lowestMos: Infinity };
    rows.set(key, {
      trunkId,
      ...(route !== undefined && { route }),
      count: count + 1,
      lowestMos: Math.min(lowestMos, mos, uplink?.mos ?? Infinity),
    });
  }
  return [...rows.values()];
}
