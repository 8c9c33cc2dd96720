import { fc, it as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { parseJournal } from "../../src/journal-lines.ts";
import { journalDigest, sealJournal, verifyJournal } from "../../src/seal/index.ts";
import { readJournal } from "../corpus/files.ts";
import { wellBegun } from "../diagnosis/story.ts";

const { entries } = wellBegun("A", "B").calls("local", ["A", "swallowed"], ["B", "answered"]);
const text = await sealJournal(entries);
const lines = text.trimEnd().split("\n");
const bytes = new TextEncoder().encode(text);
const joined = (kept: readonly string[]) => `${kept.join("\n")}\n`;
const line = fc.nat({ max: lines.length - 1 });

describe("a sealed journal", () => {
  test("reads as it did before", () => {
    expect(parseJournal(text)).toEqual(entries);
  });

  test("is whole, with the digest of its entries, with or without the last line feed", async () => {
    expect(await verifyJournal(text)).toEqual(await journalDigest(entries));
    expect(await verifyJournal(text.trimEnd())).toEqual(await journalDigest(entries));
    const long = readJournal("edge-frozen-1");
    expect(await verifyJournal(await sealJournal(long))).toEqual(await journalDigest(long));
  });

  test("is whole with the line ends of Windows too, and shows what else changed", async () => {
    const windows = text.replaceAll("\n", "\r\n");
    expect(await verifyJournal(windows)).toEqual(await journalDigest(entries));
    expect(await verifyJournal(windows.replace('"atMs":', '"atMs":9'))).toEqual({ kind: "altered", line: 1 });
    expect(await verifyJournal(windows.split("\r\n").toSpliced(2, 1).join("\r\n"))).toEqual({ kind: "cut", line: 3 });
  });

  test("is never the same as that of other entries", async () => {
    expect((await journalDigest(entries.slice(1))).value).not.toBe((await journalDigest(entries)).value);
  });

  property.prop([fc.nat({ max: bytes.length - 2 }), fc.integer({ min: 1, max: 255 })], { numRuns: 400 })(
    "any byte that changes is found, in its line",
    async (at, by) => {
      const changed = bytes.with(at, ((bytes[at] ?? 0) + by) % 256);
      const found = await verifyJournal(new TextDecoder().decode(changed));
      const itsLine = new TextDecoder().decode(bytes.subarray(0, at)).split("\n").length;
      expect(found).toMatchObject({ line: itsLine });
      expect(["altered", "cut"]).toContain((found as { kind: string }).kind);
    },
  );

  property.prop([line], { numRuns: 100 })("a line that is taken out is found where it was", async (at) => {
    expect(await verifyJournal(joined(lines.toSpliced(at, 1)))).toEqual({ kind: "cut", line: at + 1 });
  });

  property.prop([line, line], { numRuns: 200 })("two lines that change places are found at the first of them", async (one, other) => {
    fc.pre(one !== other);
    const swapped = lines.with(one, lines[other] ?? "").with(other, lines[one] ?? "");
    expect(await verifyJournal(joined(swapped))).toEqual({ kind: "reordered", line: Math.min(one, other) + 1 });
  });

  property.prop([fc.integer({ min: 1, max: lines.length - 1 })], { numRuns: 100 })("an end that is cut off is missed", async (kept) => {
    expect(await verifyJournal(joined(lines.slice(0, kept)))).toEqual({ kind: "cut", line: kept + 1 });
  });

  property.prop([fc.integer({ min: 1, max: bytes.length - 2 })], { numRuns: 200 })("… within a line too", async (kept) => {
    fc.pre(bytes[kept - 1] !== 10 && bytes[kept] !== 10);
    const cut = new TextDecoder().decode(bytes.subarray(0, kept));
    const found = await verifyJournal(cut);
    // Before the first seal there is nothing that could be missed.
    expect(found).toEqual(kept < (lines[0]?.length ?? 0) ? { kind: "unsealed", line: 1 } : { kind: "cut", line: cut.split("\n").length });
  });

  test("a line that is said twice, and one after the end, are found", async () => {
    expect(await verifyJournal(joined(lines.toSpliced(3, 0, lines[2] ?? "")))).toEqual({ kind: "reordered", line: 4 });
    expect(await verifyJournal(joined([...lines, lines[2] ?? ""]))).toMatchObject({ line: lines.length + 1 });
  });

  test("none at all is told from one that was changed", async () => {
    expect(await verifyJournal(joined(entries.map((entry) => JSON.stringify(entry))))).toEqual({ kind: "unsealed", line: 1 });
  });
});
