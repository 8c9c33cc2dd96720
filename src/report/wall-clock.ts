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
  const iso = createIsoClock();
  return (atMs) => {
    // By halves: a clock that jumps all day is asked for each of a day's calls.
    let [before, after] = [-1, settings.length];
    while (after - before > 1) {
      const middle = (before + after) >>> 1;
      if ((settings[middle]?.fromMs ?? 0) <= atMs) before = middle;
      else after = middle;
    }
    return iso(atMs + (settings[before]?.offsetMs ?? firstMs));
  };
}

/** ISO 8601 in UTC, whatever the number. */
export const isoOf = (dateMs: number): string => new Date(dateOf(dateMs)).toISOString();

/** What a `Date` can hold, in whole ms. */
const dateOf = (dateMs: number) => Math.trunc(Math.max(-dateLimitMs, Math.min(dateLimitMs, Number.isFinite(dateMs) ? dateMs : 0)));

const [hourMs, minuteMs] = [3_600_000, 60_000];

/** The same for a report's many moments: a `Date` writes each of them from scratch, though most share their hour with the one before. */
function createIsoClock(): (dateMs: number) => string {
  let [hour, written] = [NaN, ""];
  return (dateMs) => {
    const ms = dateOf(dateMs);
    const of = Math.floor(ms / hourMs);
    // "2026-02-03T13:"
    if (of !== hour) [hour, written] = [of, isoOf(of * hourMs).slice(0, -"00:00.000Z".length)];
    const inHourMs = ms - of * hourMs;
    // A digit in front keeps the zeros.
    const minutes = `${100 + Math.floor(inHourMs / minuteMs)}`;
    const inMinute = `${100_000 + (inHourMs % minuteMs)}`;
    return `${written}${minutes.slice(1)}:${inMinute.slice(1, 3)}.${inMinute.slice(3)}Z`;
  };
}
