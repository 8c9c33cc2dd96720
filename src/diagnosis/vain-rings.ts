/**
 * Phones that are said to ring and that nobody picks up. One such call is its callee's affair. But who does not answer by one carrier and a
 * moment later, asked again, by another, was not away: of many customers perhaps one in six does so. Several in a row on one route, with none
 * who picked up there between, were never rung: a ring-back tone costs a carrier nothing, and proves nothing.
 */
import type { Entry } from "../journal.ts";
import { isLocated, isRinging } from "./answers.ts";
import { remember, type CallBook } from "./call-book.ts";
import { keyOf } from "./keys.ts";
import { createOpening } from "./opening.ts";
import { createStreaks, nothing, type Streak, type StreakNews } from "./streaks.ts";

export interface VainRings {
  read(entry: Entry): StreakNews;
}

/** So many different numbers that another carrier's call was picked up at: by chance one in two hundred times. */
const enough = 3;

/** Who hangs up sooner has not waited for an answer, ms. */
const longEnoughMs = 10_000;

/** Later the callee may have come back, ms. */
const soonMs = 600_000;

/** Who did not pick up: our CANCEL, or the network's word on a phone that rang (Q.850 18, 19; RFC 3261 §21.4.9, §21.4.18, §21.4.25). */
const rows: ReadonlySet<string> = new Set(["own-cancel", "sip-408", "sip-480", "sip-487", "q850-18", "q850-19"]);

/** The network's own word that it waits no longer (Q.850 18, 19; said on a way to the callee's own side): no callee and no agent has ended it. */
const isTimer = ({ outcome, answer }: Entry<"attempt:ended">): boolean =>
  (outcome.row === "q850-18" || outcome.row === "q850-19") && isLocated(answer);

/** Numbers that rang in vain and that another carrier's call was picked up at; those that rang in vain there as well. */
interface Compared {
  readonly pickedUp: Set<string>;
  readonly away: Set<string>;
}

/** @param book has read each entry before. */
export function createVainRings(book: CallBook): VainRings {
  const { carrierOf, numberOf } = book;
  const opening = createOpening(book);
  /** Since when a phone is said to ring, by attempt, ms. */
  const ringing = new Map<string, number>();
  const streaks = createStreaks<Compared>(() => ({ pickedUp: new Set(), away: new Set() }));

  /** The streaks of other carriers in which it rang in vain of late. */
  const elsewhere = (number: string, { trunkId, atMs }: Entry<"attempt:answered"> | Entry<"attempt:ended">) =>
    streaks
      .all()
      .filter(
        ({ trunkId: other, numbers }) => carrierOf(other) !== carrierOf(trunkId) && atMs - (numbers.get(number) ?? -Infinity) <= soonMs,
      );

  const tell = (streak: Streak & Compared) =>
    streaks.tell(streak, streak.pickedUp.size >= enough && streak.pickedUp.size > streak.away.size);

  /** Somebody was rung there. */
  const prove = (entry: Entry<"attempt:answered"> | Entry<"attempt:ended">) => {
    opening.reach(entry);
    return streaks.reach(keyOf(entry.trunkId, entry.route));
  };

  function pickUp(entry: Entry<"attempt:answered">): StreakNews {
    const proven = prove(entry);
    const number = numberOf(entry.callId);
    const others =
      number === undefined ? [] : elsewhere(number, entry).filter(({ numbers }) => opening.isControl(entry, numbers.get(number) ?? 0));
    for (const { pickedUp } of others) pickedUp.add(number ?? "");
    return { ...proven, ends: others.flatMap(tell) };
  }

  function end(entry: Entry<"attempt:ended">): StreakNews {
    const key = keyOf(entry.callId, entry.attempt);
    const sinceMs = ringing.get(key);
    ringing.delete(key);
    const number = numberOf(entry.callId);
    if (sinceMs === undefined || number === undefined) return nothing;
    const isInVain = rows.has(entry.outcome.row);
    // Who declines was rung.
    if (!isInVain && entry.outcome.class === "callee") return prove(entry);
    if (!isInVain || (entry.atMs - sinceMs < longEnoughMs && !isTimer(entry))) return nothing;
    opening.miss(entry);
    const others = elsewhere(number, entry);
    for (const { away } of others) away.add(number);
    // Who had not picked up there either is away.
    if (others.length > 0) return nothing;
    return { ends: tell(streaks.lengthen(keyOf(entry.trunkId, entry.route), number, entry)) };
  }

  return {
    read(entry) {
      switch (entry.type) {
        case "attempt:progressed": {
          const key = keyOf(entry.callId, entry.attempt);
          if (isRinging(entry.answer) && !ringing.has(key)) remember(ringing, key, entry.atMs);
          return nothing;
        }
        case "attempt:answered":
          ringing.delete(keyOf(entry.callId, entry.attempt));
          return pickUp(entry);
        case "attempt:ended":
          return end(entry);
        default:
          return nothing;
      }
    },
  };
}
