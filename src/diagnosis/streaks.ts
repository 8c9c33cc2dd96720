/** Ends of attempts that say nothing one by one, and something when they are many in a row: each is nobody's fault, all of them are a sign. */
import type { Entry } from "../journal.ts";
import { remember } from "./call-book.ts";

export type End = Entry<"attempt:ended">;
type Way = Pick<End, "trunkId" | "route">;

export interface StreakNews {
  /** Ends that speak from now on, each once: when there is enough of them, what was before them as well. */
  readonly ends: readonly End[];
  /** Those of rows that are over, which speak as well. */
  readonly past?: readonly End[];
  /** A row that had been told of is over: somebody was reached there. */
  readonly mended?: Way;
}

export const nothing: StreakNews = { ends: [] };

/** A row of them, since somebody was last reached there. */
export interface Streak extends Way {
  /** Not told yet. */
  readonly ends: End[];
  /** The different numbers, and when each was last called: who dials one again learns nothing new. */
  readonly numbers: Map<string, number>;
  isTold: boolean;
}

export interface Streaks<S extends Streak> {
  /** Those that go on. */
  all(): readonly S[];
  /** One more in its row. */
  lengthen(key: string, number: string, end: End): S;
  /** What is to be told of it: from the moment on at which it `isEnough`, all. */
  tell(streak: S, isEnough: boolean): readonly End[];
  /** Somebody was reached there. */
  reach(key: string): StreakNews;
}

/** So many ends of one row are remembered. */
const longest = 50;

/** @param more what its kind notes of a row besides, as it begins. */
export function createStreaks<M extends object>(more: () => M): Streaks<Streak & M> {
  const streaks = new Map<string, Streak & M>();
  return {
    all: () => [...streaks.values()],
    lengthen(key, number, end) {
      const { trunkId, route } = end;
      const begun = (): Streak => ({ trunkId, route, ends: [], numbers: new Map(), isTold: false });
      const streak = streaks.get(key) ?? { ...begun(), ...more() };
      remember(streaks, key, streak);
      streak.ends.push(end);
      if (streak.ends.length > longest) streak.ends.shift();
      remember(streak.numbers, number, end.atMs);
      return streak;
    },
    tell(streak, isEnough) {
      streak.isTold ||= isEnough;
      return streak.isTold ? streak.ends.splice(0) : [];
    },
    reach(key) {
      const { isTold = false, trunkId = "", route = "" } = streaks.get(key) ?? {};
      streaks.delete(key);
      return isTold ? { ends: [], mended: { trunkId, route } } : nothing;
    },
  };
}
