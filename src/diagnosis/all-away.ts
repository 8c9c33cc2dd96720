/**
 * Callees who are away, as a bare 480 says of each (RFC 3261 §21.4.18), or a network that found no response there (Q.850 18). One in four may be, and of
 * one it is a callee's answer (ITU-T E.425). But a network that reaches nobody may have no other word for it: number after number of one route gets it,
 * and no phone rings between. So it is where the route was reached before, or is by another carrier; not where that finds them away too. But where that
 * comes back while this does not, they had been away by neither.
 */
import type { Entry } from "../journal.ts";
import { isOfCallee, isRinging, isUnresponsive } from "./answers.ts";
import { remember, type CallBook } from "./call-book.ts";
import { keyOf } from "./keys.ts";
import { createStreaks, nothing, type End, type Streak, type StreakNews } from "./streaks.ts";

export interface AllAway {
  read(entry: Entry): StreakNews;
}

/** With one absent callee in four, each different one makes a dead route four times as likely: so many, 16 000 times. */
const enough = 7;

/** So many will do where other carriers meanwhile found nobody away of twice as many there: were all as likely to be away, one chance in 3 000. */
const enoughBeside = 5;

/** One after the other within so many ms: over a day there are always some. */
const withinMs = 30 * 60_000;

/** So many of those are needed after another carrier, whose callees had been away as well, has come back: 256 times as likely. */
const enoughSince = 4;

/** So many ends of rows that are over are remembered. */
const rememberedAtMost = 100;

/** Numbers of the same route at another carrier, since the row began, or since that carrier came back: those reached, and those away there too. */
interface Found {
  /** And when each was last. */
  readonly reached: Map<string, number>;
  readonly away: Set<string>;
}

interface Compared {
  /** By carrier. */
  readonly elsewhere: Map<string, Found>;
  /** The different numbers since the last carrier came back that had found nobody either; undefined where none has. */
  since: Set<string> | undefined;
  /** What those carriers had found until then, the last of it: it was no more their callees' than this row is. */
  before: readonly End[];
}

/** Whom one carrier reaches there is not away by another: the callees are none that share a reason. */
const isContrast = ({ reached, away }: Found) => reached.size > away.size;

/** Other carriers reached whomever they asked for there meanwhile, and asked for many. */
function isReachedElsewhere({ numbers, elsewhere }: Streak & Compared): boolean {
  const found = [...elsewhere.values()];
  const sinceMs = Math.min(...numbers.values());
  const reached = new Set(found.flatMap((one) => [...one.reached].flatMap(([number, atMs]) => (atMs >= sinceMs ? number : []))));
  return numbers.size >= enoughBeside && reached.size >= 2 * numbers.size && found.every(({ away }) => away.size === 0);
}

/** That a phone is away, or nobody responds there, with nothing that says that it is the callee's own word. */
const isAway = (end: Entry<"attempt:ended">) =>
  isUnresponsive(end) || (end.answer?.said === "peer" && end.answer.code === 480 && end.answer.q850 === undefined);

const wayOf = ({ trunkId, route }: { readonly trunkId: string; readonly route: string }) => keyOf(trunkId, route);

/** @param book has read each entry before. */
export function createAllAway({ carrierOf, numberOf }: CallBook): AllAway {
  const streaks = createStreaks<Compared>(() => ({ elsewhere: new Map(), since: undefined, before: [] }));
  /** Trunks and routes on which somebody was reached. */
  const known = new Set<string>();
  /** Attempts for which a phone was said to ring: who does not pick up is another matter. */
  const rang = new Map<string, true>();

  const ofOthers = ({ trunkId, route }: { readonly trunkId: string; readonly route: string }) =>
    streaks.all().filter((streak) => streak.route === route && carrierOf(streak.trunkId) !== carrierOf(trunkId));

  const isEnough = (streak: Streak & Compared, way: string) => {
    const { numbers, elsewhere, since } = streak;
    if (!since && isReachedElsewhere(streak)) return true;
    if (numbers.size < enough || (since && since.size < enoughSince)) return false;
    const found = [...elsewhere.values()];
    return found.some(isContrast) || (known.has(way) && found.every(({ away }) => away.size === 0));
  };

  function foundBy({ elsewhere }: Compared, carrier: string): Found {
    const found = elsewhere.get(carrier) ?? { reached: new Map(), away: new Set() };
    elsewhere.set(carrier, found);
    return found;
  }

  function reach(entry: Entry<"attempt:progressed"> | Entry<"attempt:answered"> | Entry<"attempt:ended">): StreakNews {
    const [way, number, carrier] = [wayOf(entry), numberOf(entry.callId), carrierOf(entry.trunkId)];
    known.add(way);
    // Whom it had not reached until then was not away for a reason of theirs alone.
    const back = streaks.all().find((streak) => wayOf(streak) === way && streak.numbers.size >= enough);
    for (const streak of number === undefined ? [] : ofOthers(entry)) {
      if (back) {
        streak.before = [...streak.before, ...back.ends].slice(-rememberedAtMost);
        streak.elsewhere.delete(carrier);
        streak.since = new Set();
      }
      foundBy(streak, carrier).reached.set(number ?? "", entry.atMs);
    }
    return streaks.reach(way);
  }

  function miss(entry: Entry<"attempt:ended">): StreakNews {
    const [way, number] = [wayOf(entry), numberOf(entry.callId)];
    if (number === undefined) return nothing;
    for (const streak of ofOthers(entry)) foundBy(streak, carrierOf(entry.trunkId)).away.add(number);
    const streak = streaks.lengthen(way, number, entry);
    streak.since?.add(number);
    forget(streak, entry.atMs - withinMs);
    const ends = streaks.tell(streak, isEnough(streak, way));
    if (ends.length === 0) return nothing;
    const past = streak.before;
    streak.before = [];
    return { ends, past };
  }

  function end(entry: Entry<"attempt:ended">): StreakNews {
    const hadRung = rang.delete(keyOf(entry.callId, entry.attempt));
    if (isAway(entry)) return hadRung ? nothing : miss(entry);
    return isOfCallee(entry) && !hadRung ? reach(entry) : nothing;
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
