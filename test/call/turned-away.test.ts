import { expect, test } from "vitest";
import { createTurnedAway } from "../../src/call/turned-away.ts";
import { createJournal } from "../../src/book.ts";
import { entriesOf } from "../support/entries.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

function record() {
  const clock = createVirtualClock();
  const journal = createJournal(clock, 1_000);
  const turnedAway = createTurnedAway({ clock, journal });
  let made = 0;
  return {
    clock,
    turnedAway,
    note(because: "busy" | "flood" = "busy", trunkId = "A") {
      turnedAway.note({ trunkId, because }, () => ({ party: { route: "all", alias: `n${++made}`, tail: "42" } }));
    },
    get made() {
      return made;
    },
    entries: () => entriesOf(journal.entries, "call:turned-away"),
  };
}

const times = (count: number, act: () => void) => Array.from({ length: count }, act);

test("a person who calls now and then is told each time, all day, and no timer runs", () => {
  const { clock, note, entries } = record();
  times(200, () => {
    note();
    clock.advance(30_000);
  });
  expect(entries()).toHaveLength(200);
  expect(entries().every(({ party, count }) => party !== undefined && count === undefined)).toBe(true);
  expect(clock.pending).toBe(0);
});

test("what comes thicker is counted once a minute, and no alias is made for it", () => {
  const recorded = record();
  times(500, () => {
    recorded.note("flood");
    recorded.clock.advance(10);
  });
  expect(recorded.entries()).toHaveLength(10);
  recorded.clock.advance(60_000);
  expect(recorded.entries().at(-1)).toMatchObject({ trunkId: "A", because: "flood", count: 490, firstMs: 100, lastMs: 4_990 });
  expect([recorded.entries().length, recorded.made, recorded.clock.pending]).toEqual([11, 10, 0]);
  recorded.note("flood");
  expect(recorded.entries().at(-1)).toMatchObject({ party: { alias: "n11" } });
});

test("each trunk and each reason is counted apart", () => {
  const { note, entries } = record();
  times(12, () => note("flood"));
  note("busy");
  note("flood", "B");
  expect(entries()).toHaveLength(12);
});

test("what was counted is written down at the end", () => {
  const { clock, note, turnedAway, entries } = record();
  times(15, () => note());
  turnedAway.close();
  expect(entries().at(-1)).toMatchObject({ because: "busy", count: 5 });
  expect(clock.pending).toBe(0);
});
