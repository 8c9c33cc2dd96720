import { fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../adapters/mock-trunk/index.ts";
import { defaultLimits } from "../../src/limits.ts";
import { createSequentialTest } from "../../src/trunk/sequential-test.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

/** How many calls it takes to find a trunk failing of which this share of the calls fails; at most `most`. */
function callsToDetect(failing: number, random: () => number, most: number): number {
  const sequential = createSequentialTest(createVirtualClock(), defaultLimits);
  for (let calls = 1; calls <= most; calls++) if (sequential.count(random() >= failing)) return calls;
  return Infinity;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

describe("the sequential test", () => {
  test("finds a brown-out of 30 % in about 12 calls (docs/limits.md)", () => {
    const random = seededRandom(1);
    const needed = Array.from({ length: 2_000 }, () => callsToDetect(0.3, random, 1_000));
    expect(median(needed)).toBeGreaterThanOrEqual(8);
    expect(median(needed)).toBeLessThanOrEqual(13);
    expect(needed.every((calls) => calls < 1_000)).toBe(true);
  });

  test("lets a trunk be that loses two calls in a hundred: hardly any false alarm in a day of a busy agent", () => {
    const random = seededRandom(2);
    const alarms = Array.from({ length: 2_000 }, () => callsToDetect(0.02, random, 240)).filter(Number.isFinite).length;
    // Each run of the test is wrong with α = 0.1 %; 240 calls are about 25 runs of it.
    expect(alarms / 2_000).toBeLessThan(0.03);
  });

  test("three failures in a row suffice, two do not", () => {
    const sequential = createSequentialTest(createVirtualClock(), defaultLimits);
    expect([false, false, false].map((ok) => sequential.count(ok))).toEqual([false, false, true]);
  });

  test("a half counts half", () => {
    const sequential = createSequentialTest(createVirtualClock(), defaultLimits);
    const counted = Array.from({ length: 6 }, () => sequential.count(false, 0.5));
    expect(counted).toEqual([false, false, false, false, false, true]);
  });

  test("a good day does not hide a bad hour: the evidence for health is bounded", () => {
    fc.assert(
      fc.property(fc.nat(5_000), (successes) => {
        const sequential = createSequentialTest(createVirtualClock(), defaultLimits);
        for (let call = 0; call < successes; call++) sequential.count(true);
        expect([false, false, false, false].some((ok) => sequential.count(ok))).toBe(true);
      }),
    );
  });

  test("evidence fades: failures a day apart never add up", () => {
    const clock = createVirtualClock();
    const sequential = createSequentialTest(clock, defaultLimits);
    sequential.count(false);
    const fresh = sequential.logOdds;
    clock.advance(defaultLimits.evidenceHalfLifeMs);
    expect(sequential.logOdds).toBeCloseTo(fresh / 2);
    for (let day = 0; day < 30; day++) {
      clock.advance(86_400_000);
      expect(sequential.count(false)).toBe(false);
    }
  });
});
