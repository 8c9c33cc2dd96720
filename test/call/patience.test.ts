import { describe, expect, test } from "vitest";
import { grantsTime, patience, type Patience } from "../../src/call/patience.ts";
import { defaultLimits } from "../../src/limits.ts";

const after = (code: number | undefined, more: { rttMs?: number; sinceSentMs?: number; pddLimitMs?: number } = {}): Patience =>
  patience(
    { ...(code !== undefined && { code }), rttMs: more.rttMs, sinceSentMs: more.sinceSentMs ?? 0, pddLimitMs: more.pddLimitMs ?? 7_000 },
    defaultLimits,
  );

describe("nothing was heard of the INVITE yet", () => {
  test.each([
    // Round trip + 200 ms + margin, from 600 ms to 2 s; the edge is asked a round trip and 250 ms before.
    [0, 600, 250],
    [100, 600, 350],
    [400, 900, 650],
    [1_400, 1_900, 1_650],
    [5_000, 2_000, 2_000],
  ])("on a flow with a round trip of %i ms it has %i ms, and the edge is asked %i ms before", (rttMs, withinMs, askMs) => {
    expect(after(undefined, { rttMs })).toEqual({ awaited: "any-answer", withinMs, askMs });
  });

  test("on a flow that was never measured it has the longest time", () => {
    expect(after(undefined)).toEqual({ awaited: "any-answer", withinMs: 2_000, askMs: 250 });
  });
});

describe("it has been heard of", () => {
  test("100: a phone should ring within the post-dial delay of this route, from the INVITE on", () => {
    expect(after(100, { sinceSentMs: 300, pddLimitMs: 6_000 })).toEqual({ awaited: "ringing", withinMs: 5_700, askMs: 0 });
  });

  test.each([
    [181, 11_000],
    [199, 11_000],
    [182, 120_000],
  ])("%i grants %i ms from now on, each time", (code, withinMs) => {
    expect(grantsTime(code)).toBe(true);
    expect(after(code, { sinceSentMs: 9_000 })).toEqual({ awaited: "ringing", withinMs, askMs: 0 });
  });

  test.each([180, 183])("%i: a phone rings, for as long as one may", (code) => {
    expect(grantsTime(code)).toBe(false);
    expect(after(code, { sinceSentMs: 9_000 })).toEqual({ awaited: "pickup", withinMs: 120_000, askMs: 0 });
  });
});
