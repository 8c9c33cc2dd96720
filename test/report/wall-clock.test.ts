import { fc } from "@fast-check/vitest";
import { expect, test } from "vitest";
import type { Entry } from "../../src/journal.ts";
import { wallClockOf } from "../../src/report/wall-clock.ts";
import { allAtOnce } from "../../src/slices.ts";

const startedAt = (dateMs: number) => allAtOnce(wallClockOf([{ seq: 0, atMs: 0, type: "session:started", dateMs } as unknown as Entry], 0));

const dates = fc.oneof(
  fc.integer({ min: -8.64e15, max: 8.64e15 }),
  fc.constantFrom(-8.64e15, -62_198_755_200_000, -62_167_219_200_000, -1, 0, 253_402_300_800_000, 8.64e15),
);

test("one clock writes moments as a Date does, whatever the year and the order in which it is asked", () => {
  fc.assert(
    fc.property(dates, fc.array(fc.double({ min: -1e7, max: 1e7, noNaN: true }), { maxLength: 20 }), (dateMs, moments) => {
      const utc = startedAt(dateMs);
      const within = (ms: number) => Math.max(-8.64e15, Math.min(8.64e15, ms));
      expect(moments.map(utc)).toStrictEqual(moments.map((atMs) => new Date(within(atMs + dateMs)).toISOString()));
    }),
  );
});

test("what is no number is 1970", () => expect(startedAt(0)(NaN)).toBe("1970-01-01T00:00:00.000Z"));
