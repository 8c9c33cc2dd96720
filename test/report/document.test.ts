import { describe, expect, test } from "vitest";
import { answeredOutcome, outcomeOf, stalledOutcome } from "../../src/outcome.ts";
import { buildReport, en, renderText } from "../../src/report/index.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { begin, boot, call, carrierRouting, cases, connect, crmInit, localNetwork, script, startedMs } from "./journals.ts";

const generatedAtMs = Date.UTC(2026, 1, 3, 15);
const options = { generatedAtMs };

describe("a report as data", () => {
  test.each(Object.entries(cases))("%s survives JSON unchanged", (_, make) => {
    const { entries, incident } = make();
    const report = buildReport(entries, incident, options);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report.verdict).toBe(incident.verdict);
  });

  test("an attempt says under which start of the CRM, and by which version of the settings, it was made", () => {
    const day = script();
    begin(day);
    connect(day, "a", 300);
    call(day, 50, "c1", [{ trunkId: "a" }]);
    boot(day, 40_000);
    boot(day, 50_000, 2);
    call(day, 60_000, "c2", [{ trunkId: "a", settings: 3 }]);
    const report = buildReport(day.entries());
    expect(report.attempts.map(({ callId, run, settings }) => ({ callId, run, settings }))).toEqual([
      { callId: "c1" },
      { callId: "c2", run: 2, settings: 3 },
    ]);
    const [support, carrier] = (["support", "carrier"] as const).map((audience) => renderText(report, { audience }));
    expect(support).toMatch(/start-up run 2;\s+settings version 3/);
    expect(carrier).not.toContain("start-up run 2");
  });

  test("counts no time that the device slept through as waiting, where its clocks went on meanwhile", () => {
    const sleptMs = 8 * 3_600_000;
    const wokeMs = 61_000 + sleptMs;
    const of = { callId: "c1", attempt: 1, trunkId: "a", route: "national" } as const;
    const day = script();
    begin(day);
    connect(day, "a", 300);
    day.at(60_000, "call:placed", { callId: "c1", party: { route: "national", alias: "p1", tail: "11" } });
    day.at(60_000, "attempt:started", of);
    day.at(60_000, "attempt:sent", { ...of, sipCallId: "x", fromTag: "y" });
    day.at(wokeMs + 500, "attempt:progressed", { ...of, answer: { code: 180, said: "peer" }, tookMs: sleptMs + 1_500 });
    // The timer that tells of it may come after what it is about.
    day.at(wokeMs + 600, "page:woke", { lateMs: sleptMs - 400 });
    day.at(wokeMs + 4_000, "attempt:answered", { ...of, answer: { code: 200, said: "peer" }, tookMs: sleptMs + 5_000 });
    day.at(wokeMs + 4_000, "call:answered", { callId: "c1", trunkId: "a", setupMs: sleptMs + 5_000 });
    const { attempts, kpis } = buildReport(day.entries());
    expect(attempts).toMatchObject([{ pddMs: 2_000, srdMs: 2_000, tookMs: 5_400 }]);
    expect(kpis[0]?.pdd.p95Ms).toBe(2_000);
  });

  test("is made of the journal alone: of the whole session, as it was when the journal ended", () => {
    const { entries } = carrierRouting();
    const report = buildReport(entries);
    expect(report).toMatchObject({ subject: "session", generatedAt: report.span.to });
    expect(report.calls).toHaveLength(buildReport(entries, undefined, options).calls.length);
  });

  test("holds no sentence", () => {
    const { entries, incident } = carrierRouting();
    const { environment: _, trunks: __, ...report } = buildReport(entries, incident, options);
    const texts = JSON.stringify(report).match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    expect(texts.filter((text) => text.split(" ").length > 2)).toEqual([]);
  });

  test("carrier routing: calls, failovers and what a carrier needs to find its own trace", () => {
    const { entries, incident } = carrierRouting();
    const report = buildReport(entries, incident, options);
    expect(report).toMatchObject({
      subject: "incident",
      incidentId: 1,
      generatedAt: "2026-02-03T15:00:00.000Z",
      span: { from: "2026-02-03T13:59:52.430Z", to: "2026-02-03T14:01:56.000Z", ongoing: false },
      callCounts: { placed: 7, affected: 3, saved: 2, lost: 1, refused: 0 },
      clockSkews: [{ by: "edge.carthage.example", byMs: 1_840 }],
    });
    expect(report.calls.map(({ callId, fate }) => `${callId} ${fate}`)).toEqual([
      "c2 saved",
      "c3 saved",
      "c4 carried",
      "c5 carried",
      "c6 lost",
      "c7 carried",
      "c8 carried",
    ]);
    expect(report.attempts[0]).toEqual({
      time: "2026-02-03T13:59:50.030Z",
      startedMs: 90_030,
      endedMs: 92_430,
      callId: "c2",
      attempt: 1,
      run: 1,
      trunkId: "a",
      route: "mobile",
      party: { route: "mobile", alias: "party-c2", tail: "17" },
      sipCallId: "c2-1-9f2c71d0a8e44b63",
      fromTag: "tc21",
      sent: true,
      codes: [100, 503],
      messages: [
        { atMs: 90_031, what: "INVITE" },
        { atMs: 90_090, what: 100 },
        { atMs: 92_430, what: 503 },
      ],
      said: "peer",
      q850: { value: 34, location: "TN" },
      class: "carrier",
      row: "q850-34",
      tookMs: 2_400,
    });
    expect(report.attempts[1]).toMatchObject({ codes: [100, 180, 200], class: "answered", srdMs: 900, pddMs: 900 });
    expect(report.attempts.find(({ row }) => row === "silence-edge-alive")).toMatchObject({
      codes: [],
      said: "inferred",
      overdue: { edgeAlive: true },
      abandoned: "silence",
      settled: "never-answered",
    });
    expect(report.trunks[0]?.breakers).toEqual([
      {
        route: "mobile",
        plane: "signalling",
        spans: expect.arrayContaining([expect.objectContaining({ state: "open", fromMs: 104_140, toMs: 134_140, because: "q850-38" })]),
      },
    ]);
  });

  test("CRM start-up: both runs with their stages, what hung and what failed", () => {
    const { entries, incident } = crmInit();
    const { bootRuns, callCounts } = buildReport(entries, incident, options);
    expect(callCounts).toMatchObject({ affected: 3, refused: 3 });
    expect(bootRuns.map(({ run, completed }) => ({ run, completed }))).toEqual([
      { run: 1, completed: false },
      { run: 2, completed: true },
    ]);
    expect(bootRuns[0]?.stages.filter(({ stage }) => stage === "telephony-config")).toEqual([
      {
        stage: "telephony-config",
        attempt: 1,
        critical: true,
        fromMs: 640,
        toMs: 10_640,
        result: "failed",
        stalled: true,
        fault: { kind: "overdue" },
      },
      {
        stage: "telephony-config",
        attempt: 2,
        critical: true,
        fromMs: 12_700,
        toMs: 13_100,
        result: "failed",
        stalled: false,
        fault: { kind: "threw", name: "HttpError", httpStatus: 502 },
      },
    ]);
  });

  test("local network: goes on, so the span ends with the last entry", () => {
    const { entries, incident } = localNetwork();
    const { span, trunks, timeline } = buildReport(entries, incident, options);
    expect(span).toMatchObject({ fromMs: 62_500, toMs: 104_000, ongoing: true });
    expect(trunks.map(({ flow }) => flow[0]?.state)).toEqual(["open", "open"]);
    expect(timeline.map(({ type }) => type)).toContain("network:changed");
  });

  test("a call that was answered before the span still shows its INVITE; the span's figures do not count it", () => {
    const { entries, incident } = localNetwork();
    const { attempts, calls, kpis, callCounts } = buildReport(entries, incident, options);
    expect(calls[0]).toMatchObject({ callId: "c2", fate: "lost" });
    expect(attempts).toMatchObject([{ callId: "c2", sent: true, class: "answered" }]);
    expect(kpis).toEqual([]);
    expect(callCounts).toMatchObject({ affected: 3, lost: 1, refused: 2 });
  });

  test("who said it: not the other side where a code only answers our giving up, or our own stack made it up", () => {
    const { at, entries } = script();
    const given = (callId: string) => ({ callId, attempt: 1, trunkId: "a", route: "national" });
    const trying = { code: 100, said: "peer" } as const;
    at(0, "attempt:sent", { ...given("stalled"), sipCallId: "x", fromTag: "y" });
    at(50, "attempt:progressed", { ...given("stalled"), answer: trying, tookMs: 50 });
    at(8_000, "attempt:overdue", { ...given("stalled"), awaited: "ringing", waitedMs: 8_000, edgeAlive: "unknown" });
    at(8_000, "attempt:abandoned", { ...given("stalled"), because: "stalled" });
    at(8_100, "attempt:ended", { ...given("stalled"), outcome: stalledOutcome, answer: { code: 487, said: "peer" }, tookMs: 8_100 });
    at(9_000, "attempt:sent", { ...given("timed-out"), sipCallId: "x", fromTag: "y" });
    const timeout = { code: 408, said: "inferred" } as const;
    at(9_900, "attempt:ended", { ...given("timed-out"), outcome: outcomeOf(timeout, "sent"), answer: timeout, tookMs: 900 });
    at(10_000, "attempt:progressed", { ...given("hung-up"), answer: trying, tookMs: 50 });
    const cancelled = { code: 487, said: "inferred" } as const;
    at(11_000, "attempt:ended", { ...given("hung-up"), outcome: outcomeOf(cancelled, "trying"), answer: cancelled, tookMs: 900 });
    const { attempts } = buildReport(entries(), undefined, options);
    expect(attempts.map(({ callId, codes, said, row }) => ({ callId, codes, said, row }))).toEqual([
      { callId: "stalled", codes: [100, 487], said: "inferred", row: "stalled-after-100" },
      { callId: "timed-out", codes: [], said: "inferred", row: "timeout-no-answer" },
      { callId: "hung-up", codes: [100], said: undefined, row: "own-cancel" },
    ]);
  });

  test("a session without an incident counts its own calls", () => {
    const { entries } = crmInit();
    const report = buildReport(entries, undefined, options);
    expect(report).toMatchObject({
      subject: "session",
      callCounts: { placed: 4, affected: 3, saved: 0, lost: 0, refused: 3 },
      minutesLost: 0,
    });
    expect(report).not.toHaveProperty("verdict");
    expect(report).not.toHaveProperty("incidentId");
  });

  test("an empty journal", () => {
    expect(buildReport([], undefined, options)).toMatchObject({
      span: { from: "2026-02-03T15:00:00.000Z" },
      attempts: [],
      journal: { entries: 0 },
    });
  });

  test.each([{ tookMs: 900 }, { pddMs: 900 } as never])("a journal that lost its oldest entries still yields its attempts: %j", (after) => {
    const { at, entries } = script();
    const answer = { code: 200, said: "peer" } as const;
    at(5_000, "attempt:answered", { callId: "c", attempt: 1, trunkId: "a", route: "national", answer, ...after });
    at(6_000, "attempt:ended", { callId: "d", attempt: 1, trunkId: "a", route: "national", outcome: answeredOutcome, tookMs: 5 });
    expect(buildReport(entries(), undefined, options).attempts).toMatchObject([
      { sent: true, class: "answered", srdMs: 900, pddMs: 900 },
      { sent: false, said: "inferred" },
    ]);
  });

  test("a stage that the next run found unfinished ends there", () => {
    const { at, entries } = script();
    at(0, "boot:started", { run: 1 });
    at(10, "stage:started", { stage: "sign-in", run: 1, attempt: 1, critical: true });
    at(5_000, "boot:started", { run: 2 });
    at(9_000, "boot:completed", { run: 2, tookMs: 4_000 });
    expect(buildReport(entries(), undefined, options).bootRuns[0]?.stages).toMatchObject([{ fromMs: 10, toMs: 5_000, result: "running" }]);
  });

  test.each([
    [en, "The agent had the customer of call c called back, who was lost on trunk a.", "can be diagnosed elsewhere all the same"],
    [fr, "L’agent a fait rappeler le client de l’appel c, perdu sur la ligne a.", "peut être diagnostiqué ailleurs"],
  ])("what the agent chose after a line died, and what the page could not load, are told: %$", (language, calledBack, elsewhere) => {
    const { at, entries } = script();
    at(0, "session:started", { dateMs: startedMs, environment: { sdk: "0", crm: { vendor: "x" }, runtime: "y" }, trunks: [] });
    at(1_000, "diagnosis:missing", { error: "TypeError" });
    at(5_000, "call:cut", { callId: "c", trunkId: "a", talkedMs: 4_000 });
    at(6_000, "call:redialled", { callId: "c", trunkId: "a", because: "flow-lost" });
    const report = buildReport(entries(), undefined, options);
    expect(report.timeline.map(({ type }) => type)).toEqual(["session:started", "diagnosis:missing", "call:cut", "call:redialled"]);
    const text = renderText(report, { language }).replaceAll(/\s+/g, " ");
    for (const words of [calledBack, elsewhere]) expect(text).toContain(words);
  });

  test("UTC follows a wall clock that jumped, from then on", () => {
    const { at, entries } = script();
    at(0, "session:started", { dateMs: startedMs, environment: { sdk: "0", crm: { vendor: "x" }, runtime: "y" }, trunks: [] });
    at(1_000, "network:changed", { online: false });
    at(2_000, "clock:jumped", { byMs: 3_600_000, dateMs: startedMs + 3_602_000 });
    at(3_000, "network:changed", { online: true });
    expect(buildReport(entries(), undefined, options).timeline.map(({ time }) => time.slice(11, 19))).toEqual([
      "13:58:20",
      "13:58:21",
      "14:58:22",
      "14:58:23",
    ]);
  });

  test("free text counts as left out only where there is none", () => {
    const day = script();
    boot(day, 0);
    connect(day, "a", 100);
    expect(buildReport(day.entries(), undefined, options).redacted).toEqual([
      "full-numbers",
      "names",
      "credentials",
      "message-bodies",
      "error-messages",
      "reason-text",
    ]);
    call(day, 1_000, "c", [{ trunkId: "a", answer: { code: 503, said: "peer", text: "No circuit" } }], { end: "failed" });
    day.at(9_000, "control:failed", { control: "api", tookMs: 1, fault: { kind: "threw", message: "boom" } });
    expect(buildReport(day.entries(), undefined, options).redacted).toEqual(["full-numbers", "names", "credentials", "message-bodies"]);
  });
});
