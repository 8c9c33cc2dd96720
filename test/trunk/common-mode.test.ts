import { describe, expect, test } from "vitest";
import { createJournal } from "../../src/book.ts";
import { createCommonMode } from "../../src/trunk/common-mode.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

function setUp(...carriers: readonly string[]) {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 100);
  const since: number[] = [];
  const mode = createCommonMode({
    carriers: () => new Set(carriers),
    windowMs: 5_000,
    clock,
    journal,
    onSuspected: (sinceMs) => since.push(sinceMs - clock.nowMs()),
  });
  return { mode, clock, since, told: () => journal.entries.map(({ type }) => type) };
}

describe("unrelated carriers that fail together", () => {
  test("are suspected only once all of them failed within the window", () => {
    const { mode, clock, since, told } = setUp("A", "B");
    mode.failed("A");
    mode.failed("A");
    expect(mode.suspected).toBe(false);
    clock.advance(4_999);
    mode.failed("B");
    expect(mode.suspected).toBe(true);
    expect(since).toEqual([-5_000]);
    expect(told()).toEqual(["common-mode:suspected"]);
  });

  test("not when one failed long ago, or serves others meanwhile", () => {
    const { mode, clock } = setUp("A", "B", "C");
    mode.failed("A");
    clock.advance(5_001);
    mode.failed("B");
    mode.failed("C");
    expect(mode.suspected).toBe(false);
    mode.failed("A");
    expect(mode.suspected).toBe(true);
    mode.served("B");
    expect(mode.suspected).toBe(false);
    mode.failed("A");
    expect(mode.suspected).toBe(false);
  });

  test("with one carrier nothing is common", () => {
    const { mode } = setUp("A");
    mode.failed("A");
    expect(mode.suspected).toBe(false);
  });

  test("end when any carrier serves, and may begin again", () => {
    const { mode, told } = setUp("A", "B");
    mode.failed("A");
    mode.failed("B");
    mode.served("A");
    mode.served("A");
    mode.failed("A");
    expect(told()).toEqual(["common-mode:suspected", "common-mode:ended", "common-mode:suspected"]);
  });

  test("one number is one witness, whatever number of carriers refuses it", () => {
    const { mode } = setUp("A", "B");
    mode.failed("A", "n1");
    mode.failed("B", "n1");
    expect(mode.suspected).toBe(false);
    mode.failed("B", "n2");
    expect(mode.suspected).toBe(true);
  });

  test("each carrier needs a witness that no other needs", () => {
    const { mode } = setUp("A", "B", "C");
    for (const carrier of ["A", "B"]) mode.failed(carrier, "n1");
    mode.failed("C", "n2");
    mode.failed("C", "n3");
    mode.failed("C");
    expect(mode.suspected).toBe(false);
    mode.failed("A");
    expect(mode.suspected).toBe(true);
  });

  test("a call that failed long ago is no witness any more", () => {
    const { mode, clock } = setUp("A", "B");
    mode.failed("B", "n2");
    clock.advance(5_001);
    mode.failed("A", "n1");
    mode.failed("B", "n1");
    expect(mode.suspected).toBe(false);
  });
});
