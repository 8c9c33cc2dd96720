import { expect, test, vi } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { createJournal } from "../../src/book.ts";
import { createFrameFaults } from "../../src/trunk/frame-faults.ts";
import { entriesOf } from "../support/entries.ts";
import { pass, underFakeTime } from "../support/house.ts";

underFakeTime();

function counted() {
  const journal = createJournal(systemClock, 100);
  const faults = createFrameFaults({ trunkId: "A", clock: systemClock, journal });
  return { faults, told: () => entriesOf(journal.entries, "frame:discarded") };
}

test("the first is told at once, its repeats together after a minute", async () => {
  const { faults, told } = counted();
  faults.note("malformed", 100);
  expect(told()).toMatchObject([{ trunkId: "A", fault: "malformed", bytes: 100 }]);
  expect(told()[0]).not.toHaveProperty("count");
  await pass(10_000);
  for (let repeats = 0; repeats < 20_000; repeats++) faults.note("malformed", repeats === 7 ? 900 : 50);
  await pass(20_000);
  faults.note("malformed", 50);
  expect(told()).toHaveLength(1);
  await pass(30_000);
  expect(told().slice(1)).toMatchObject([{ fault: "malformed", bytes: 900, count: 20_001, firstMs: 10_000, lastMs: 30_000 }]);
  await pass(600_000);
  expect(told()).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test("each kind and header is counted by itself", () => {
  const { faults, told } = counted();
  for (const header of ["contact", "from", "contact"]) faults.note("unreadable", 1, header);
  faults.note("unmatched", 1);
  expect(told().map(({ fault, header }) => [fault, header])).toEqual([
    ["unreadable", "contact"],
    ["unreadable", "from"],
    ["unmatched", undefined],
  ]);
  faults.close();
  expect(told().slice(3)).toMatchObject([{ header: "contact", count: 1 }]);
  expect(vi.getTimerCount()).toBe(0);
});
