/** When the device slept, where the monotonic clock went on meanwhile (`page:woke`); else there is no such time in a journal. Pure. */
import type { Entry } from "./journal.ts";
import { forEachSliced, type Sliced } from "./slices.ts";

/** On the session's clock, ms. */
export interface Sleep {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A timer that comes too late was due when the device slept already: no more than that is known of its beginning. */
export const sleepOf = ({ atMs, lateMs }: Extract<Entry, { readonly type: "page:woke" }>): Sleep => ({ fromMs: atMs - lateMs, toMs: atMs });

export function* sleepsOf(entries: readonly Entry[]): Sliced<readonly Sleep[]> {
  const sleeps: Sleep[] = [];
  yield* forEachSliced(entries, (entry) => void (entry.type === "page:woke" && sleeps.push(sleepOf(entry))));
  return sleeps;
}

/** @returns how much of a stretch nobody slept, ms; 0 where it ends before it begins. */
export function awakeMs(sleeps: readonly Sleep[], fromMs: number, toMs: number): number {
  const slept = sleeps.map((sleep) => Math.max(0, Math.min(toMs, sleep.toMs) - Math.max(fromMs, sleep.fromMs)));
  return Math.max(0, toMs - fromMs - slept.reduce((sum, ms) => sum + ms, 0));
}

/** How long something took, in an entry that tells of its end, ms. */
const durations = ["tookMs", "waitedMs", "setupMs"] as const;

/** The same entries, without the sleep in what they took or waited for. */
export function* withoutSleep(entries: readonly Entry[]): Sliced<readonly Entry[]> {
  const sleeps = yield* sleepsOf(entries);
  if (sleeps.length === 0) return entries;
  const awake: Entry[] = [];
  yield* forEachSliced(entries, (entry) => void awake.push(shortened(entry, sleeps)));
  return awake;
}

function shortened(entry: Entry, sleeps: readonly Sleep[]): Entry {
  const timed: Entry & { readonly [Name in (typeof durations)[number]]?: number | undefined } = entry;
  const name = durations.find((each) => timed[each] !== undefined);
  const tookMs = name && timed[name];
  if (tookMs === undefined) return entry;
  const fromMs = entry.atMs - tookMs;
  // It began before the sleep did; what was measured without it is as it is.
  const through = sleeps.filter((sleep) => sleep.fromMs >= fromMs && sleep.fromMs < entry.atMs);
  return through.length === 0 ? entry : { ...entry, [name as string]: awakeMs(through, fromMs, entry.atMs) };
}
