/** A long report does not hold up its page: counted in what is done between two rests, not in what this machine needs for it. */
import { expect, test, vi } from "vitest";
import { journalDigest } from "../../src/seal/index.ts";
import type { Entry } from "../../src/journal.ts";
import { jsonSliced } from "../../src/report/json.ts";
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
}, 30_000);

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
