import { describe, expect, test } from "vitest";
import { createJournal } from "../src/book.ts";
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

  test("a subscriber that throws breaks neither what is written nor the others, and is on record once", () => {
    const { journal } = setUp();
    const heard: string[] = [];
    journal.subscribe(() => {
      throw new TypeError("no");
    });
    journal.subscribe(({ type }) => heard.push(type));
    journal.append("network:changed", { online: true });
    journal.append("network:changed", { online: false });
    expect(heard).toEqual(["network:changed", "listener:failed", "network:changed"]);
    expect(journal.entries[1]).toMatchObject({ type: "listener:failed", event: "journal", error: "TypeError" });
  });

  test("is bounded: the first entry stays, the oldest others go, the numbers go on", () => {
    const { journal } = setUp(10);
    for (let run = 0; run < 25; run++) journal.append("boot:started", { run });
    const seqs = journal.entries.map(({ seq }) => seq);
    expect(journal.entries.length).toBeLessThanOrEqual(10);
    expect(seqs[0]).toBe(0);
    expect(seqs.at(-1)).toBe(24);
  });

  test.each([1, 2, 10])("of %i entries keeps the settings of the trunks as they are now, in their place", (limit) => {
    const { journal } = setUp(limit);
    journal.append("boot:started", { run: 0 });
    for (const settings of [2, 3]) journal.append("trunks:changed", { settings, trunks: [], added: [], removed: [], changed: [] });
    for (let run = 1; run < 40; run++) journal.append("boot:started", { run });
    expect(journal.entries.length).toBeLessThanOrEqual(Math.max(2, limit));
    expect(journal.entries.filter(({ type }) => type === "trunks:changed")).toMatchObject([{ settings: 3 }]);
    const order = journal.entries.map(({ seq }) => seq);
    expect(order).toEqual([...order].sort((one, other) => one - other));
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

  test("what a listener writes is told to all after what it heard", () => {
    const { journal } = setUp();
    journal.subscribe(({ type }) => type === "boot:started" && journal.append("network:changed", { online: true }));
    const heard: string[] = [];
    journal.subscribe(({ type }) => heard.push(type));
    journal.append("boot:started", { run: 1 });
    expect(heard).toEqual(["boot:started", "network:changed"]);
  });

  test("a jump of the wall clock can be looked for", () => {
    const { clock, journal } = setUp();
    journal.compareClocks();
    expect(journal.entries).toEqual([]);
    clock.jumpDate(3_600_000);
    journal.compareClocks();
    journal.compareClocks();
    expect(journal.entries).toMatchObject([{ type: "clock:jumped", byMs: 3_600_000 }]);
  });

  describe("trimmed while an incident is open", () => {
    const probed = { trunkId: "A", method: "OPTIONS", rttMs: 1 } as const;

    test("keeps what belongs to it, and lets go what was before", () => {
      const { clock, journal } = setUp(20);
      for (let run = 0; run < 10; run++) journal.append("boot:started", { run });
      clock.advance(1_000);
      journal.hold(1_000);
      for (let call = 0; call < 15; call++) journal.append("call:ringing", { callId: `c${call}`, trunkId: "A" });
      expect(journal.entries.filter(({ type }) => type === "call:ringing")).toHaveLength(15);
      expect(journal.entries[0]?.seq).toBe(0);
    });

    test("then lets go routine, and only then the oldest of it", () => {
      const { journal } = setUp(20);
      journal.append("boot:started", { run: 1 });
      journal.hold(0);
      for (let call = 0; call < 15; call++) {
        journal.append("call:ringing", { callId: `c${call}`, trunkId: "A" });
        journal.append("probe:answered", probed);
      }
      expect(journal.entries.filter(({ type }) => type === "call:ringing")).toHaveLength(15);
      for (let call = 15; call < 40; call++) journal.append("call:ringing", { callId: `c${call}`, trunkId: "A" });
      expect(journal.entries.length).toBeLessThanOrEqual(20);
      expect(journal.entries.at(-1)).toMatchObject({ callId: "c39" });
      expect(journal.entries[0]?.type).toBe("boot:started");
    });

    test("and is as ever once nothing is held", () => {
      const { journal } = setUp(10);
      journal.hold(0);
      journal.hold(undefined);
      for (let run = 0; run < 25; run++) journal.append("boot:started", { run });
      expect(journal.entries.length).toBeLessThanOrEqual(10);
    });
  });
});
