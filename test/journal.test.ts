import { describe, expect, test } from "vitest";
import { createJournal } from "../src/journal.ts";
import { createVirtualClock } from "./support/virtual-clock.ts";

function setUp(limit = 100) {
  const clock = createVirtualClock();
  return { clock, journal: createJournal(clock, limit) };
}

describe("the journal", () => {
  test("counts without gaps, on a monotonic clock that starts with the session", () => {
    const { clock, journal } = setUp();
    clock.advance(5);
    journal.append("boot:started", { run: 1 });
    clock.advance(10.5);
    journal.append("boot:completed", { run: 1, tookMs: 10 });
    expect(journal.entries).toEqual([
      { seq: 0, atMs: 5, type: "boot:started", run: 1 },
      { seq: 1, atMs: 15.5, type: "boot:completed", run: 1, tookMs: 10 },
    ]);
  });

  test("entries cannot be altered", () => {
    const { journal } = setUp();
    const entry = journal.append("network:changed", { online: true });
    expect(() => Object.assign(entry, { online: false })).toThrow(TypeError);
  });

  test("a wall clock that jumps is written down once, before the entry that noticed", () => {
    const { clock, journal } = setUp();
    journal.append("network:changed", { online: true });
    clock.jumpDate(-3_600_000);
    journal.append("network:changed", { online: false });
    journal.append("network:changed", { online: true });
    expect(journal.entries.map(({ type }) => type)).toEqual(["network:changed", "clock:jumped", "network:changed", "network:changed"]);
    expect(journal.entries[1]).toMatchObject({ byMs: -3_600_000 });
  });

  test("is bounded: the first entry stays, the oldest others go, the numbers go on", () => {
    const { journal } = setUp(10);
    for (let run = 0; run < 25; run++) journal.append("boot:started", { run });
    const seqs = journal.entries.map(({ seq }) => seq);
    expect(journal.entries.length).toBeLessThanOrEqual(10);
    expect(seqs[0]).toBe(0);
    expect(seqs.at(-1)).toBe(24);
  });

  test("listeners hear each entry once, and none after they left", () => {
    const { journal } = setUp();
    const heard: number[] = [];
    const leave = journal.subscribe(({ seq }) => heard.push(seq));
    journal.append("boot:started", { run: 1 });
    leave();
    journal.append("boot:started", { run: 2 });
    expect(heard).toEqual([0]);
  });
});
