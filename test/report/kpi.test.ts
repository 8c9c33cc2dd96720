import { describe, expect, test } from "vitest";
import { attemptsOf, type AttemptRecord } from "../../src/report/attempts.ts";
import { kpisOf, registrationKpisOf, spreadOf } from "../../src/report/kpi.ts";
import { allAtOnce } from "../../src/slices.ts";
import { script } from "./journals.ts";

const attempt = (rest: Partial<AttemptRecord>): AttemptRecord => ({
  time: "",
  startedMs: 0,
  callId: "c",
  attempt: 1,
  trunkId: "a",
  route: "national",
  sent: true,
  codes: [],
  ...rest,
});

const answered = attempt({ class: "answered", row: "answered", codes: [100, 180, 200] });
const busy = attempt({ class: "callee", row: "q850-17", codes: [100, 486] });
const declined = attempt({ class: "callee", row: "sip-603", codes: [603] });
const rangOut = attempt({ class: "local", row: "own-cancel", codes: [100, 180, 487] });
const hungUp = attempt({ class: "local", row: "own-cancel", codes: [100] });
const noCircuit = attempt({ class: "carrier", row: "q850-34", codes: [100, 503] });
const badGateway = attempt({ class: "carrier", row: "sip-502", codes: [502] });
const swallowed = attempt({ class: "carrier", row: "silence-edge-alive" });
const stalled = attempt({ class: "carrier", row: "stalled-after-100", codes: [100, 487] });
const flowLost = attempt({ class: "network", row: "flow-lost", codes: [100] });
const challenged = attempt({ class: "caller", row: "sip-407", codes: [407] });
const redirected = attempt({ class: "ambiguous", row: "sip-3xx", codes: [302] });
const unsent = attempt({ class: "network", row: "not-connected", sent: false });
const running = attempt({ codes: [100, 180] });

describe("ratios per trunk and route", () => {
  test.each([
    ["one answered", [answered], { attempts: 1, answered: 1, asr: 1, ner: 1, seer: 1, isa: 0 }],
    [
      "busy and declined are effective, not answered",
      [answered, busy, declined, noCircuit],
      { attempts: 4, answered: 1, asr: 1 / 4, ner: 3 / 4, seer: 3 / 4, isa: 1 / 4 },
    ],
    ["unanswered ringing is effective for NER", [rangOut, hungUp], { attempts: 2, answered: 0, asr: 0, ner: 1 / 2, seer: 0, isa: 0 }],
    ["502 is neither established nor ineffective", [badGateway, answered], { asr: 1 / 2, ner: 1 / 2, seer: 1 / 2, isa: 0 }],
    ["silence counts as 408, a lost flow as 503", [swallowed, flowLost], { asr: 0, ner: 0, seer: 0, isa: 1 }],
    ["a stall that we cancelled keeps the code that came", [stalled, answered], { asr: 1 / 2, ner: 1 / 2, seer: 1 / 2, isa: 0 }],
    [
      "challenges and redirections leave SEER's denominator",
      [challenged, redirected, answered],
      { asr: 1 / 3, ner: 1 / 3, seer: 1, isa: 0 },
    ],
    [
      "what never left and what still runs is in no ratio",
      [answered, unsent, running],
      { attempts: 2, unsent: 1, running: 1, answered: 1, asr: 1, ner: 1, seer: 1, isa: 0 },
    ],
  ])("%s", (_, attempts, expected) => {
    expect(kpisOf(attempts)).toEqual([expect.objectContaining(expected)]);
  });

  test("no attempt, no row", () => expect(kpisOf([])).toEqual([]));

  test.each([
    ["unsent", [unsent]],
    ["running", [running]],
  ])("only %s: no ratio, rather than 0 %%", (_, attempts) => {
    const [kpi] = kpisOf(attempts);
    expect(kpi).toMatchObject({ answered: 0, srd: { n: 0 }, pdd: { n: 0 } });
    for (const ratio of ["asr", "ner", "seer", "isa"]) expect(kpi).not.toHaveProperty(ratio);
  });

  test("only challenged: SEER has nothing to divide by", () => {
    const [kpi] = kpisOf([challenged]);
    expect(kpi).toMatchObject({ asr: 0, isa: 0 });
    expect(kpi).not.toHaveProperty("seer");
  });

  test("names with spaces do not run into one another", () => {
    const rows = kpisOf([attempt({ trunkId: "a b", route: "c" }), attempt({ trunkId: "a", route: "b c" })]);
    expect(rows.map(({ trunkId, route }) => [trunkId, route])).toEqual([
      ["a b", "c"],
      ["a", "b c"],
    ]);
  });
});

describe("registrations per trunk", () => {
  test("delay of those confirmed, refreshed ones too; failed ones only counted", () => {
    const { at, entries } = script();
    at(0, "registration:changed", { trunkId: "a", from: "none", to: "registering" });
    at(90, "registration:changed", { trunkId: "a", from: "registering", to: "registered", tookMs: 90 });
    at(9_000, "registration:changed", { trunkId: "a", from: "registered", to: "refreshing" });
    at(9_030, "registration:changed", { trunkId: "a", from: "refreshing", to: "registered", tookMs: 30 });
    at(9_500, "registration:changed", { trunkId: "b", from: "registering", to: "refused", tookMs: 500 });
    at(9_600, "registration:changed", { trunkId: "a", from: "registered", to: "none" });
    expect(allAtOnce(registrationKpisOf(entries()))).toEqual([
      { trunkId: "a", confirmed: 2, failed: 0, rrd: { n: 2, p50Ms: 30, p95Ms: 90 } },
      { trunkId: "b", confirmed: 0, failed: 1, rrd: { n: 0 } },
    ]);
  });

  test("none tried, no row", () => expect(allAtOnce(registrationKpisOf([]))).toEqual([]));
});

describe("audio", () => {
  const rated = (mos: number, lossPercent: number, jitterMs: number) =>
    attempt({ class: "answered", row: "answered", codes: [200], worstAudio: { mos, lossPercent, jitterMs } });

  test("is the median of the calls that were measured, and absent where none was", () => {
    expect(kpisOf([answered, busy])[0]).not.toHaveProperty("audio");
    const [kpi] = kpisOf([rated(4.2, 0, 8), answered, rated(2.1, 12, 70), rated(3.9, 1, 20)]);
    expect(kpi?.audio).toEqual({ n: 3, mos: 3.9, lossPercent: 1, jitterMs: 20 });
  });

  test("of a call is the worst of its ratings, of the two ways the worse; another leg's is not its own", () => {
    const { at, entries } = script();
    const of = { callId: "c1", trunkId: "a", route: "mobile", attempt: 1 };
    at(0, "attempt:started", of);
    at(10, "attempt:answered", { ...of, answer: { code: 200, said: "peer" }, tookMs: 10 });
    const quality = { callId: "c1", trunkId: "a", mos: 4.1, lossPercent: 0, jitterMs: 9, level: "good" as const };
    at(20, "audio:rated", quality);
    at(30, "audio:rated", { ...quality, level: "poor", uplink: { mos: 2.5, lossPercent: 9, jitterMs: 60 } });
    at(40, "audio:rated", quality);
    at(50, "audio:rated", { ...quality, trunkId: "b", mos: 1.1 });
    const [record] = allAtOnce(attemptsOf(entries(), new Map(), () => ""));
    expect(record?.worstAudio).toEqual({ mos: 2.5, lossPercent: 9, jitterMs: 60 });
  });
});

describe("percentiles by nearest rank", () => {
  test.each([
    [[], { n: 0 }],
    [[undefined, undefined], { n: 0 }],
    [[7], { n: 1, p50Ms: 7, p95Ms: 7 }],
    [[30, 10], { n: 2, p50Ms: 10, p95Ms: 30 }],
    [[15, 20, 35, 40, 50], { n: 5, p50Ms: 35, p95Ms: 50 }],
    [[undefined, 9, 100], { n: 2, p50Ms: 9, p95Ms: 100 }],
    [Array.from({ length: 100 }, (_, index) => 100 - index), { n: 100, p50Ms: 50, p95Ms: 95 }],
  ])("%j", (values, expected) => expect(spreadOf(values)).toEqual(expected));
});
