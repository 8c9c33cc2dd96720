import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";
import type { Entry } from "../../src/journal.ts";
import { journalDigest } from "../../src/seal/index.ts";
import { createRunningDigest } from "../../src/seal/running-digest.ts";
import { allAtOnce } from "../../src/slices.ts";
import { carrierRouting } from "../report/journals.ts";

const { entries } = carrierRouting();

property.prop([fc.array(fc.nat({ max: entries.length }), { minLength: 1, maxLength: 6 })], { numRuns: 40 })(
  "comes to what WebCrypto comes to, however the journal grew meanwhile",
  async (lengths) => {
    const digest = createRunningDigest();
    const digestOf = (behind: readonly Entry[]) => allAtOnce(digest(behind));
    for (const length of lengths) {
      const behind = entries.slice(0, length);
      expect(digestOf(behind)).toEqual(await journalDigest(behind));
    }
  },
);

test("begins anew when the journal was trimmed, and when it is another", async () => {
  const digest = createRunningDigest();
  const digestOf = (behind: readonly Entry[]) => allAtOnce(digest(behind));
  digestOf(entries);
  for (const others of [
    entries.toSpliced(1, 5),
    entries.toSpliced(3, 2),
    entries.slice(4),
    [],
    entries.map((entry) => ({ ...entry, atMs: 7 })),
  ])
    expect(digestOf(others)).toEqual(await journalDigest(others));
});
