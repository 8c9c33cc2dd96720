/** A long report does not hold up its page: counted in what is done between two rests, not in what this machine needs for it. */
import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test, vi } from "vitest";
import { bodiesOf } from "../../adapters/otlp/requests.ts";
import { journalDigest } from "../../src/seal/index.ts";
import type { Entry } from "../../src/journal.ts";
import { jsonSliced, parsedSliced } from "../../src/report/json.ts";
import type { AttemptRecord } from "../../src/report/attempts.ts";
import { renderHtml, renderHtmlSliced } from "../../src/report/html.ts";
import { renderHtmlInTurns } from "../../src/report/index.ts";
import { en } from "../../src/report/languages/en.ts";
import { buildReport, buildReportSliced } from "../../src/report/document.ts";
import { createRunningDigest } from "../../src/seal/running-digest.ts";
import { allAtOnce, sliceItems, type Sliced } from "../../src/slices.ts";
import { inTurns } from "../../src/turns.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { begin, boot, call, connect, script } from "./journals.ts";

/** Of so many calls, each refused by one trunk and answered on the other; how often an entry is looked at is counted. */
function longDay(calls: number) {
  const day = script();
  begin(day);
  boot(day, 0);
  for (const trunkId of ["a", "b"]) connect(day, trunkId, 2_000);
  const tries = [{ trunkId: "a", answer: { code: 503, said: "peer" } as const }, { trunkId: "b" }];
  for (let n = 0; n < calls; n++) call(day, 5_000 + n * 20_000, `c${n}`, tries, { talkMs: 8_000 });
  const plain = day.entries();
  const looked = new Set<Entry>();
  const watched = plain.map((entry) => {
    const get = (target: Entry, name: string) => (looked.add(entry), Reflect.get(target, name) as unknown);
    return new Proxy(entry, { get: get as NonNullable<ProxyHandler<Entry>["get"]> });
  });
  return {
    plain,
    watched,
    /** How many entries were looked at since it was last asked. */
    looked() {
      const { size } = looked;
      looked.clear();
      return size;
    },
  };
}

const options = { generatedAtMs: 0 };

function* delivered(entries: readonly Entry[]): Sliced<string> {
  const report = yield* buildReportSliced(entries, undefined, options);
  return yield* jsonSliced({ ...report, journalDigest: yield* createRunningDigest()(entries) });
}

test("10 000 attempts: no slice looks at more entries than it may, and in slices it is the same report", async () => {
  const { plain, watched, looked } = longDay(5_000);
  expect(plain.filter(({ type }) => type === "attempt:started")).toHaveLength(10_000);
  const work = delivered(watched);
  let [longest, slices] = [0, 0];
  for (let step = work.next(); ; step = work.next()) {
    slices++;
    longest = Math.max(longest, looked());
    if (step.done !== true) continue;
    expect(step.value).toBe(JSON.stringify({ ...buildReport(plain, undefined, options), journalDigest: await journalDigest(plain) }));
    break;
  }
  // A slice may hold the end of one pass, and the beginning of the next.
  expect(longest).toBeLessThanOrEqual(2 * sliceItems + 2);
  expect(slices).toBeGreaterThan(plain.length / sliceItems);
});

test("5 000 calls: no slice of their page draws more than ten of them, and in slices it is the same page", async () => {
  const report = buildReport(longDay(5_000).plain, undefined, options);
  let [drawn, longest, slices] = [0, 0, 0];
  const counted = { ...en, attemptNote: (attempt: AttemptRecord) => (drawn++, en.attemptNote(attempt)) };
  const work = renderHtmlSliced(report, { language: counted });
  for (let step = work.next(); ; step = work.next()) {
    slices++;
    longest = Math.max(longest, drawn);
    drawn = 0;
    if (step.done !== true) continue;
    expect(step.value).toBe(renderHtml(report));
    break;
  }
  expect(longest).toBe(2 * 10);
  expect(slices).toBeGreaterThan(500 / 10);
  expect(await renderHtmlInTurns(report)).toBe(renderHtml(report));
});

test("a page has its turn after each slice that took long, and none where nothing takes time", async () => {
  const clock = createVirtualClock();
  const { plain } = longDay(200);
  let turns = 0;
  let nowMs = 0;
  const slow = {
    ...clock,
    nowMs: () => (nowMs += 5),
    setTimer: (fire: () => void) => {
      turns++;
      queueMicrotask(fire);
      return () => {};
    },
  };
  const rests = [...buildReportSliced(plain, undefined, options)].length;
  const report = await inTurns(buildReportSliced(plain, undefined, options), slow);
  expect(report).toEqual(buildReport(plain, undefined, options));
  expect(turns).toBe(Math.floor(rests / 2));
  turns = 0;
  await inTurns(buildReportSliced(plain, undefined, options), { ...slow, nowMs: () => 0 });
  expect(turns).toBe(0);
});

test("a page that nobody sees does not wait for its timers", async () => {
  vi.stubGlobal("document", { visibilityState: "hidden" });
  const never = { nowMs: () => performance.now() * 1e6, dateMs: () => 0, setTimer: () => expect.unreachable() };
  const { plain } = longDay(200);
  expect(await inTurns(buildReportSliced(plain, undefined, options), never)).toEqual(
    allAtOnce(buildReportSliced(plain, undefined, options)),
  );
  vi.unstubAllGlobals();
});

test("what is aborted is left where it is", async () => {
  const closing = new AbortController();
  const clock = { nowMs: () => performance.now() * 1e6, dateMs: () => 0, setTimer: () => () => {} };
  const { plain } = longDay(200);
  const built = inTurns(buildReportSliced(plain, undefined, options), clock, closing.signal);
  closing.abort();
  await expect(built).rejects.toThrow("aborted");
});

describe("a report that is read again", () => {
  test("10 000 attempts: no slice reads more than it may, and it is what was written", () => {
    const text = allAtOnce(delivered(longDay(5_000).plain));
    const parse = vi.spyOn(JSON, "parse");
    const slices = [...parsedSliced(text)].length;
    const longest = Math.max(...parse.mock.calls.map(([part]) => part.length));
    parse.mockRestore();
    expect(longest).toBeLessThan(160 * 1_024);
    expect(slices).toBeGreaterThan(text.length / (200 * 1_024));
    expect(JSON.stringify(allAtOnce(parsedSliced(text)))).toBe(text);
  });

  test("as OpenTelemetry's logs it is written in slices too", () => {
    const text = allAtOnce(delivered(longDay(5_000).plain));
    const stringify = vi.spyOn(JSON, "stringify");
    const slices = [...bodiesOf(text, ["logs"], { quote: '"logRecords":[]' })].length;
    const longest = Math.max(...stringify.mock.results.map(({ value }) => (value as string).length));
    stringify.mockRestore();
    expect(longest).toBeLessThan(10_000);
    expect(slices).toBeGreaterThan(5_000 / sliceItems);
    const body = allAtOnce(bodiesOf(text, ["logs"], { quote: '"logRecords":[]' }))?.get("logs") ?? "";
    expect(JSON.stringify(JSON.parse(body))).toBe(body);
    expect(body.match(/"eventName":"linekeeper.call"/g)).toHaveLength(5_000);
  });

  property.prop([fc.json(), fc.nat(2)])("whatever it is, it is read as JSON.parse reads it", (text, indent) => {
    const spaced = JSON.stringify({ list: [JSON.parse(text), ']\\"}'], one: JSON.parse(text) as unknown, none: [] }, null, indent);
    for (const each of [text, spaced]) expect(allAtOnce(parsedSliced(each))).toEqual(JSON.parse(each));
  });

  test.each(["", "{", '{"a":[1,]}', '{"a":[1}', '{"a":[1]]}', '{"a', '{"a":[{]}', "[1", '{"a":["\\"]}'])("%j is no JSON", (text) => {
    expect(() => allAtOnce(parsedSliced(text))).toThrow(SyntaxError);
  });
});
