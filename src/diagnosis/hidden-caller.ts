/**
 * Callees who take no anonymous calls (433, RFC 5079 §5). One in some has that habit, and is nobody's fault; that several in a row on one trunk
 * have it, and nobody is reached between, is no chance: what they share is who calls, whom our settings do not name.
 */
import type { Entry } from "../journal.ts";
import { isRinging } from "./answers.ts";
import type { CallBook } from "./call-book.ts";
import { createStreaks, nothing, type StreakNews } from "./streaks.ts";

export interface HiddenCaller {
  read(entry: Entry): StreakNews;
}

/** So many different numbers. */
const enough = 4;

/** @param book has read each entry before. */
export function createHiddenCaller({ numberOf }: CallBook): HiddenCaller {
  const streaks = createStreaks(() => ({}));

  function refuse(entry: Entry<"attempt:ended">): StreakNews {
    const number = numberOf(entry.callId);
    if (entry.answer?.code !== 433 || entry.answer.said !== "peer" || entry.outcome.class !== "callee" || number === undefined)
      return nothing;
    const streak = streaks.lengthen(entry.trunkId, number, entry);
    return { ends: streaks.tell(streak, streak.numbers.size >= enough) };
  }

  return {
    read(entry) {
      switch (entry.type) {
        case "attempt:progressed":
          return isRinging(entry.answer) ? streaks.reach(entry.trunkId) : nothing;
        case "attempt:answered":
          return streaks.reach(entry.trunkId);
        case "attempt:ended":
          return refuse(entry);
        default:
          return nothing;
      }
    },
  };
}
