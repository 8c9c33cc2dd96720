/**
 * Callees who are away, as a bare 480 says of each (RFC 3261 §21.4.18). One in four may be, and of one it is a callee's answer (ITU-T E.425). But
 * a network that reaches nobody may have no other word for it: number after number of one route gets it, and no phone rings between. So it is where
 * the route was reached before, or is by another carrier; not where that finds them away too.
 */
import type { Entry } from "../journal.ts";
import { isRinging } from "./answers.ts";
import { remember, type CallBook } from "./call-book.ts";
import { keyOf } from "./keys.ts";
import { createStreaks, nothing, type Streak, type StreakNews } from "./streaks.ts";

export interface AllAway {
  read(entry: Entry): StreakNews;
}

/** With one absent callee in four, each different one makes a dead route four times as likely: so many, 16 000 times. */
const enough = 7;

/** One after the other within so many ms: over a day there are always some. */
const withinMs = 30 * 60_000;

/** Numbers of the same route at other carriers, since the row began: those that were reached, and those that are away there too. */
interface Compared {
  readonly reached: Set<string>;
  readonly away: Set<string>;
}

/** That a phone is away, with nothing that says whose word it is. */
const isBare = ({ answer }: Entry<"attempt:ended">) => answer?.said === "peer" && answer.code === 480 && answer.q850 === undefined;

const wayOf = ({ trunkId, route }: { readonly trunkId: string; readonly route: string }) => keyOf(trunkId, route);

/** @param book has read each entry before. */
export function createAllAway({ carrierOf, numberOf }: CallBook): AllAway {
  const streaks = createStreaks<Compared>(() => ({ reached: new Set(), away: new Set() }));
  /** Trunks and routes on which somebody was reached. */
  const known = new Set<string>();
  /** Attempts for which a phone was said to ring: who does not pick up is another matter. */
  const rang = new Map<string, true>();

  const elsewhere = ({ trunkId, route }: { readonly trunkId: string; readonly route: string }) =>
    streaks.all().filter((streak) => streak.route === route && carrierOf(streak.trunkId) !== carrierOf(trunkId));

  const isEnough = ({ numbers, reached, away }: Streak & Compared, way: string) => {
    const isContrast = known.has(way) || reached.size > 0;
    return numbers.size >= enough && isContrast && (away.size === 0 || reached.size > away.size);
  };

  function reach(entry: Entry<"attempt:progressed"> | Entry<"attempt:answered"> | Entry<"attempt:ended">): StreakNews {
    const number = numberOf(entry.callId);
    known.add(wayOf(entry));
    for (const { reached } of number === undefined ? [] : elsewhere(entry)) reached.add(number ?? "");
    return streaks.reach(wayOf(entry));
  }

  function miss(entry: Entry<"attempt:ended">): StreakNews {
    const [way, number] = [wayOf(entry), numberOf(entry.callId)];
    if (number === undefined) return nothing;
    for (const { away } of elsewhere(entry)) away.add(number);
    const streak = streaks.lengthen(way, number, entry);
    forget(streak, entry.atMs - withinMs);
    return { ends: streaks.tell(streak, isEnough(streak, way)) };
  }

  function end(entry: Entry<"attempt:ended">): StreakNews {
    const hadRung = rang.delete(keyOf(entry.callId, entry.attempt));
    if (isBare(entry)) return hadRung ? nothing : miss(entry);
    return entry.outcome.class === "callee" && !hadRung ? reach(entry) : nothing;
  }

  return {
    read(entry) {
      switch (entry.type) {
        case "attempt:progressed":
          if (!isRinging(entry.answer)) return nothing;
          remember(rang, keyOf(entry.callId, entry.attempt), true);
          return reach(entry);
        case "attempt:answered":
          rang.delete(keyOf(entry.callId, entry.attempt));
          return reach(entry);
        case "attempt:ended":
          return end(entry);
        default:
          return nothing;
      }
    },
  };
}

/** What was longer ago is of another hour. */
function forget({ ends, numbers }: Streak, sinceMs: number): void {
  while (ends[0] && ends[0].atMs < sinceMs) ends.shift();
  for (const [number, atMs] of numbers) if (atMs < sinceMs) numbers.delete(number);
}
