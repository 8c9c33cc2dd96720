/** Anybody can record the corpus again: the same seed gives the same journal, byte by byte. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { journalText } from "../../src/journal-lines.ts";
import { filesOf, type Seeds } from "./files.ts";
import { kinds } from "./kinds/index.ts";
import { recordShift } from "./record-shift.ts";

const seeds = JSON.parse(readFileSync(filesOf.seeds, "utf8")) as Seeds;

test.each(["edge-frozen-1", "start-hangs-2", "udp-blocked-3", "device-slept-4"])("%s", async (id) => {
  const kind = kinds.find((each) => id.startsWith(`${each.id}-`));
  if (!kind) throw new Error(`no kind of ${id}`);
  const journal = await recordShift(kind, seeds[id] ?? 0);
  expect(journalText(journal ?? [])).toBe(gunzipSync(readFileSync(filesOf.journal(id))).toString());
});
