/** From the journal's monotonic time to UTC. */
import type { Entry } from "../journal.ts";
import { forEachSliced, type Sliced } from "../slices.ts";

/** Gives the UTC time, ISO 8601, of a moment in ms since the session's start. */
export type WallClock = (atMs: number) => string;

/** The furthest moment that a `Date` can hold, either side of 1970 (ECMA-262 §21.4.1.1). */
const dateLimitMs = 8.64e15;

/**
 * Reads the wall clock out of the journal: where it started, and each jump since.
 * @param generatedAtMs taken as the moment of the last entry when the journal does not say when it started.
 */
export function* wallClockOf(entries: readonly Entry[], generatedAtMs: number): Sliced<WallClock> {
  const settings: { readonly fromMs: number; readonly offsetMs: number }[] = [];
  yield* forEachSliced(entries, (entry) => {
    if (entry.type === "session:started" || entry.type === "clock:jumped")
      settings.push({ fromMs: entry.atMs, offsetMs: entry.dateMs - entry.atMs });
  });
  const firstMs = settings[0]?.offsetMs ?? generatedAtMs - (entries.at(-1)?.atMs ?? 0);
  return (atMs) => {
    // By halves: a clock that jumps all day is asked for each of a day's calls.
    let [before, after] = [-1, settings.length];
    while (after - before > 1) {
      const middle = (before + after) >>> 1;
      if ((settings[middle]?.fromMs ?? 0) <= atMs) before = middle;
      else after = middle;
    }
    return isoOf(atMs + (settings[before]?.offsetMs ?? firstMs));
  };
}

/** ISO 8601 in UTC, whatever the number. */
export function isoOf(dateMs: number): string {
  const ms = Number.isFinite(dateMs) ? dateMs : 0;
  return new Date(Math.max(-dateLimitMs, Math.min(dateLimitMs, ms))).toISOString();
}
