/** What `docs/benchmarks.md` promises and needs no real time to be measured. */
import { describe, expect, it, test } from "vitest";
import { lostWhereAnswered } from "../../bench/figures.ts";
import { measureFalseAlarms, simulateSilence } from "../../bench/silence.ts";
import { measureSlowEdge, slowEdges } from "../../bench/slow-edge.ts";
import type { CallResult, Trial } from "../../bench/trial.ts";

describe("a slow edge", () => {
  it.each(slowEdges)("is set aside after two calls at most, none of them lost: $name", async (edge) => {
    const { paidBeforeAside, lost, paidMs } = await measureSlowEdge(edge, 4, 1);
    expect(paidBeforeAside).toBeGreaterThan(0);
    expect(paidBeforeAside).toBeLessThanOrEqual(2);
    expect(lost).toBe(0);
    expect(Math.max(...paidMs)).toBeLessThan(2_500);
  });
});

describe("silence, told sooner", () => {
  it("gives up more calls whose edge is well, whatever it learns from", () => {
    const [today, ...learnt] = simulateSilence(1);
    const alarms = (each: typeof today) => each?.falseAlarms.reduce((sum, { perThousand }) => sum + perThousand, 0) ?? NaN;
    expect(learnt.every((each) => each.waitsMs < (today?.waitsMs ?? 0))).toBe(true);
    for (const each of learnt) expect(alarms(each), each.deadline).toBeGreaterThan(1.25 * alarms(today));
  });

  it("rings nobody unmarked, but sets a carrier aside that is well", async () => {
    expect(await measureFalseAlarms(250, [300, 500], 1)).toEqual({
      ...{ waitedMs: 250, placed: 2, failedOver: 2, rungTwice: 2 },
      ...{ unmarked: 0, setAside: 2 },
    });
  });
});

test("a call counts as lost where the other softphone had the customer on the line in the same trial", () => {
  const call = (end: CallResult["end"]): CallResult => ({ end, askedA: true, askedB: false, rungTwice: false });
  const trial = (contender: string, seed: number, ...ends: readonly CallResult["end"][]): Trial => ({
    ...{ contender, fault: "slow", seed },
    calls: ends.map(call),
  });
  const trials = [
    trial("ours", 1, "lost", "never told", "answered"),
    trial("theirs", 1, "answered", "lost", "lost"),
    trial("ours", 2, "lost"),
    trial("theirs", 2, "lost"),
  ];
  expect(lostWhereAnswered(trials, "ours", "theirs")).toEqual({ lost: 1, placed: 4 });
  expect(lostWhereAnswered(trials, "theirs", "ours")).toEqual({ lost: 1, placed: 4 });
});
