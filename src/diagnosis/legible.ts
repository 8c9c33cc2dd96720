/** What can be judged of a journal, whoever wrote it: its entries may come of another version, of a file that was spoilt, or of two sessions. */
import { isWhole } from "../entry-shape.ts";
import type { Entry } from "../journal.ts";

/**
 * The entries that hold what their type says they do, in a time that never goes back: where it does, it goes on from there.
 * @returns `entries` itself where there is nothing to mend, as in all that the SDK wrote.
 */
export function legible(entries: readonly Entry[]): readonly Entry[] {
  const kept = entries.every(isLegible) ? entries : entries.filter(isLegible);
  if (kept.every(({ atMs }, index) => atMs >= (kept[index - 1]?.atMs ?? -Infinity))) return kept;
  let [lastMs, aheadMs] = [-Infinity, 0];
  return kept.map((entry) => {
    if (entry.atMs < lastMs) aheadMs += lastMs - entry.atMs;
    lastMs = entry.atMs;
    return aheadMs === 0 ? entry : { ...entry, atMs: entry.atMs + aheadMs };
  });
}

/** The most that a clock can tell (ECMA-262 §21.4.1.1), ms. */
const mostMs = 8.64e15;

const isLegible = (entry: Entry | null | undefined): boolean =>
  typeof entry?.type === "string" &&
  typeof entry.atMs === "number" &&
  Math.abs(entry.atMs) <= mostMs &&
  Number.isInteger(entry.seq) &&
  isWhole(entry);
