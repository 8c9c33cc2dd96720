import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { logsRequestOf, metricsRequestOf } from "../../../adapters/otlp/requests.ts";
import { metricTable } from "../../../adapters/otlp/metrics.ts";
import { eventNames, logAttributes, pointAttributes, resourceAttributes } from "../../../adapters/otlp/vocabulary.ts";
import type { ReportDocument } from "../../../src/index.ts";
import { allAtOnce } from "../../../src/slices.ts";
import { cases, carrierRouting, startedMs } from "../../report/journals.ts";
import { throughProto } from "./official-proto.ts";
import { buildReport } from "../../../src/report/index.ts";

const generatedAtMs = Date.UTC(2026, 1, 3, 15);
const reports = Object.entries(cases).flatMap(([name, make]) => {
  const { entries, incident } = make();
  return [
    [`${name}, incident`, buildReport(entries, incident, { generatedAtMs })],
    [`${name}, session`, buildReport(entries, undefined, { generatedAtMs })],
  ] as const;
});
const incidentReport = () => {
  const { entries, incident } = carrierRouting();
  return buildReport(entries, incident, { generatedAtMs });
};

const recordsOf = (report: ReportDocument) => allAtOnce(logsRequestOf(report, {})).resourceLogs[0].scopeLogs[0].logRecords;
const metricsOf = (report: ReportDocument) => metricsRequestOf(report, {}).resourceMetrics[0].scopeMetrics[0].metrics;
const keysOf = (attributes: readonly { readonly key: string }[]) => attributes.map(({ key }) => key);
const valuesOf = (attributes: readonly { readonly key: string; readonly value: object }[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] as unknown]));

describe.each(reports)("%s", (_, report) => {
  test("comes through the official message types as it went in: no field that they do not know, no value of another kind", () => {
    for (const [signal, request] of [
      ["logs", allAtOnce(logsRequestOf(report, { "deployment.environment.name": "test", shift: 2, isNight: true, share: 0.5 }))],
      ["metrics", metricsRequestOf(report, {})],
    ] as const)
      expect(throughProto(signal, request)).toEqual(withoutDefaults(request));
  });

  test("tells each call that met a fault, each failover, and nothing twice", () => {
    const told = recordsOf(report);
    const named = (name: string) => told.filter(({ eventName }) => eventName === name).length;
    expect(named("linekeeper.call")).toBe(report.calls.filter(({ fate }) => ["saved", "lost", "refused"].includes(fate)).length);
    expect(named("linekeeper.failover")).toBe(report.calls.flatMap(({ failovers }) => failovers).length);
    expect(named("linekeeper.verdict")).toBe(report.verdict ? 1 : 0);
    expect(named(`linekeeper.${report.subject}`)).toBe(1);
    const uids = told.map(({ attributes }) => valuesOf(attributes)["log.record.uid"]);
    expect(new Set(uids).size).toBe(uids.length);
  });

  test("has one point for each figure of each row, and none that was not measured", () => {
    const points = metricsOf(report).flatMap(({ name, gauge, sum }) =>
      (gauge ?? sum)?.dataPoints.map((point) => `${name} ${JSON.stringify(point.attributes)}`),
    );
    expect(new Set(points).size).toBe(points.length);
    expect(points.filter((point) => point?.startsWith("linekeeper.asr "))).toHaveLength(
      report.kpis.filter(({ asr }) => asr !== undefined).length,
    );
  });
});

/** The mapping leaves out what has its type's default, but in a oneof. */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => !(Array.isArray(child) && child.length === 0))
      .map(([key, child]) => [key, withoutDefaults(child)]),
  );
}

test("what an integrator, or a broken clock, puts in goes through as well, and costs no more than itself", () => {
  const report = incidentReport();
  const [kpi] = report.kpis;
  const half = "Amira \ud83d";
  const hostile = {
    ...report,
    generatedAt: "+275760-09-13T00:00:00.000Z",
    span: { ...report.span, to: "+275760-09-13T00:00:00.000Z" },
    minutesLost: NaN,
    sampledShare: Infinity,
    callCounts: { ...report.callCounts, lost: 1e21 },
    kpis: [{ ...kpi, asr: NaN, ner: -Infinity, isa: null, srd: { p50Ms: null, n: 0 }, attempts: 2 ** 53 }],
    environment: { ...report.environment, crm: { vendor: "\0\u2028\udc00", agentId: half, ticket: null } },
    redacted: [half],
  } as unknown as ReportDocument;
  const resource = { [half]: half, most: Number.MAX_VALUE, least: 5e-324, negative: -(2 ** 53), zero: -0 };
  for (const of of [hostile, JSON.parse(JSON.stringify(hostile)) as ReportDocument])
    for (const [signal, request] of [
      ["logs", allAtOnce(logsRequestOf(of, resource))],
      ["metrics", metricsRequestOf(of, resource)],
    ] as const) {
      const sent: unknown = JSON.parse(JSON.stringify(request));
      expect(throughProto(signal, sent)).toEqual(withoutDefaults(sent));
      expect(JSON.stringify(sent)).toContain("Amira \ufffd");
      expect(JSON.stringify(sent)).not.toMatch(/null|"linekeeper\.(?:asr|ner|isa|srd\.p50)"/);
    }
});

test("the strict reading is strict", () => {
  expect(() => throughProto("logs", { resourceLogs: [{ colour: "red" }] })).toThrow("colour");
  expect(() => throughProto("metrics", { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 1 }] }] }] })).toThrow();
});

test("times are UTC in ns, as texts", () => {
  const report = incidentReport();
  const [subject] = recordsOf(report);
  expect(subject?.timeUnixNano).toBe(`${startedMs + report.span.fromMs}000000`);
  expect(subject?.observedTimeUnixNano).toBe(`${generatedAtMs}000000`);
  const [call] = report.calls.filter(({ failovers }) => failovers.length > 0);
  const failover = recordsOf(report).find(({ eventName }) => eventName === "linekeeper.failover");
  expect(failover?.timeUnixNano).toBe(`${startedMs + (call?.failovers[0]?.atMs ?? 0)}000000`);
});

test("a later version of a report is another record, and continues its sums", () => {
  const report = incidentReport();
  const earlier: ReportDocument = { ...report, status: "ongoing", span: { ...report.span, ongoing: true } };
  const uid = (of: ReportDocument) => valuesOf(recordsOf(of)[0]?.attributes ?? [])["log.record.uid"];
  expect(uid(earlier)).not.toBe(uid(report));
  const [attempts] = metricsOf(report);
  expect(attempts).toMatchObject({ name: "linekeeper.attempts", sum: { aggregationTemporality: 2, isMonotonic: true } });
  expect(attempts?.sum?.dataPoints[0]).toMatchObject({
    startTimeUnixNano: `${Date.parse(report.span.from)}000000`,
    timeUnixNano: `${Date.parse(report.span.to)}000000`,
  });
});

test("poor audio is told by trunk and route, with its lowest MOS either way", () => {
  const report = incidentReport();
  const [call] = report.calls;
  const rated = { seq: 1, atMs: 1, time: report.span.from, type: "audio:rated", callId: call?.callId ?? "", level: "poor" } as const;
  const timeline: ReportDocument["timeline"] = [
    { ...rated, trunkId: "a", mos: 2.5, lossPercent: 9, jitterMs: 40 },
    { ...rated, trunkId: "a", mos: 2.9, lossPercent: 9, jitterMs: 40, uplink: { mos: 1.75, lossPercent: 20, jitterMs: 60 } },
  ];
  const metrics = metricsOf({ ...report, timeline });
  const points = (name: string) => metrics.find((metric) => metric.name === name);
  expect(points("linekeeper.audio.poor")?.sum?.dataPoints).toMatchObject([{ asInt: "2" }]);
  expect(points("linekeeper.audio.mos.lowest")?.gauge?.dataPoints).toMatchObject([{ asDouble: 1.75 }]);
  expect(valuesOf(points("linekeeper.audio.poor")?.sum?.dataPoints[0]?.attributes ?? [])).toMatchObject({
    "linekeeper.trunk.id": "a",
    "linekeeper.route": call?.party?.route,
  });
});

test("audio is told by its medians, in a metric's own units, and not at all where none was measured", () => {
  const report = incidentReport();
  const audio = { n: 3, mos: 4.1, lossPercent: 2.5, jitterMs: 12 };
  const [first, ...others] = report.kpis;
  const pointsOf = (kpis: ReportDocument["kpis"]) =>
    metricsOf({ ...report, kpis })
      .filter(({ name }) => /^linekeeper\.audio\.(rated|.*p50)$/.test(name))
      .map(({ name, sum, gauge }) => [name.split(".")[2], ...(sum ?? gauge)!.dataPoints.map(({ asInt, asDouble }) => asInt ?? asDouble)]);
  expect(pointsOf(report.kpis)).toEqual([]);
  expect(pointsOf([{ ...first!, audio }, ...others])).toEqual([
    ["rated", "3"],
    ["mos", 4.1],
    ["loss", 0.025],
    ["jitter", 0.012],
  ]);
});

const marker = "ZzMARKzZ";

/** The document once for each of its strings, with a marker in that place; `path` without the indices. */
function* markEach(value: unknown, path = ""): Generator<readonly [path: string, marked: unknown]> {
  if (typeof value === "string") yield [path, marker];
  else if (Array.isArray(value)) {
    for (const [index, child] of value.entries())
      for (const [at, marked] of markEach(child, `${path}[]`)) yield [at, value.with(index, marked)];
  } else if (value !== null && typeof value === "object")
    for (const [key, child] of Object.entries(value))
      for (const [at, marked] of markEach(child, path === "" ? key : `${path}.${key}`)) yield [at, { ...value, [key]: marked }];
}

test("of a party only its digest, no host, no free text and no From tag leaves, whatever else a report comes to hold", () => {
  const sent = new Set<string>();
  for (const [, report] of reports) {
    const attempts = report.attempts.map((attempt, index) => (index === 0 ? { ...attempt, text: "No circuit" } : attempt));
    const calls = report.calls.map(({ party, ...call }) => ({
      ...call,
      sipCallId: "s",
      ...(party && { party: { ...party, hash: "h", number: "n", name: "n" } }),
    }));
    const journalDigest = { value: "d", entries: 1, lastSeq: 0 };
    for (const [path, marked] of markEach({ ...report, attempts, calls, journalDigest })) {
      if (sent.has(path)) continue;
      const told = [allAtOnce(logsRequestOf(marked as ReportDocument, {})), metricsRequestOf(marked as ReportDocument, {})];
      if (JSON.stringify(told).includes(marker)) sent.add(path);
    }
  }
  expect([...sent].sort()).toMatchInlineSnapshot(`
    [
      "attempts[].row",
      "attempts[].said",
      "attempts[].sipCallId",
      "attempts[].trunkId",
      "calls[].callId",
      "calls[].direction",
      "calls[].end",
      "calls[].failovers[].because",
      "calls[].failovers[].from",
      "calls[].failovers[].to",
      "calls[].party.hash",
      "calls[].party.route",
      "calls[].refusal",
      "calls[].sipCallId",
      "calls[].stage",
      "calls[].trunkId",
      "environment.crm.agentId",
      "environment.crm.site",
      "environment.crm.ticket",
      "environment.crm.vendor",
      "environment.crm.version",
      "environment.runtime",
      "environment.sdk",
      "generatedAt",
      "journalDigest.value",
      "kpis[].route",
      "kpis[].trunkId",
      "redacted[]",
      "registrations[].trunkId",
      "reportId",
      "span.from",
      "span.to",
      "status",
      "subject",
      "trunks[].carrier",
      "verdict.actor",
      "verdict.conclusion",
      "verdict.leader",
      "verdict.nextTest.code",
      "verdict.reasonsAgainst[].code",
      "verdict.reasonsFor[].code",
      "verdict.runnerUp",
      "verdict.trunkId",
    ]
  `);
});

describe("docs/otlp.md", () => {
  const page = readFileSync(new URL("../../../docs/otlp.md", import.meta.url), "utf8");
  const rowsOf = (title: string) =>
    (page.split("\n## ").find((chapter) => chapter.startsWith(`${title}\n`)) ?? "").split("\n").filter((line) => line.startsWith("| `"));
  const namesOf = (title: string) => rowsOf(title).map((row) => /`([^`]+)`/.exec(row)?.[1]);

  test("has every metric as it is", () => {
    const rows = Object.entries(metricTable).flatMap(([of, metrics]) =>
      metrics.map(({ name, kind, unit, description }) => `| \`${name}\` | ${kind} | \`${unit}\` | ${of} | ${description} |`),
    );
    expect(rowsOf("Metrics")).toEqual(rows);
  });

  test.each([
    ["The resource", resourceAttributes],
    ["Events", eventNames],
    ["Attributes of an event", logAttributes],
    ["Attributes of a point", pointAttributes],
  ])("%s: every name, and none that is not in the code", (title, names) => {
    expect(namesOf(title)).toEqual(names);
  });

  test("the code writes no name that is not listed", () => {
    for (const [, report] of reports) {
      const { resource, scopeLogs } = allAtOnce(logsRequestOf(report, {})).resourceLogs[0];
      expect(resourceAttributes).toEqual(expect.arrayContaining(keysOf(resource.attributes)));
      for (const { attributes } of scopeLogs[0].logRecords) expect(logAttributes).toEqual(expect.arrayContaining(keysOf(attributes)));
    }
  });
});
