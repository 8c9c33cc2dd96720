/** Anybody can record the corpus again: the same seed gives the same journal, byte by byte. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { journalText } from "../../src/journal-lines.ts";
import { filesOf, type Seeds } from "./files.ts";
import { kinds } from "./kinds/index.ts";
import { recordShift } from "./record-shift.ts";

const seeds = Object.entries(JSON.parse(readFileSync(filesOf.seeds, "utf8")) as Seeds);

/** A sample that is spread over the kinds, and over the shifts of each: a change of the SDK that shifts a tenth of all journals is met by four of these. */
const everyNth = 17;

describe("the SDK of today writes the journals that are committed: `npm run corpus` where it does not", () => {
  test.each(seeds.filter((_, index) => index % everyNth === 0))("%s", async (id, seed) => {
    const kind = kinds.find((each) => id.replace(/-\d+$/, "") === each.id);
    if (!kind) throw new Error(`no kind of ${id}`);
    const journal = await recordShift(kind, seed);
    expect(journalText(journal ?? [])).toBe(gunzipSync(readFileSync(filesOf.journal(id))).toString());
  });
});
