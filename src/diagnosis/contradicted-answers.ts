/**
 * Answers that say that nobody is there, or that the call is declined, before any phone had rung. Each is a callee's (ITU-T E.425), and of one callee
 * another carrier may find otherwise a moment later: people come back, and change their minds. But of several on one trunk, few being reached between,
 * whom another carrier's calls are picked up by each time: those were never asked. A sequential test (Page 1954) tells the one from the other. Neither
 * the breakers nor a retry hears of it.
 */
import type { Entry } from "../journal.ts";
import { isOfCalleeSide } from "../causes.ts";
import { isLocated, isOfCallee, isRinging } from "./answers.ts";
import { remember, type CallBook } from "./call-book.ts";
import { keyOf } from "./keys.ts";
import { createOpening } from "./opening.ts";
import type { End } from "./streaks.ts";

export interface ContradictedAnswers {
  /** @returns what speaks of its route from now on, each end once: when there is enough of it, what was before it in the row as well. */
  read(entry: Entry): readonly End[];
}

/** One callee in five or so is not to be had: who is not makes a trunk that asks nobody four times as likely. As powers of two, as all of these. */
const perDenial = 2;

/** Of those who are not, one in ten is a moment later. */
const perContradiction = 3;

/** Who is reached on such a route makes it half as likely. */
const perReached = 1;

/** 2 000 times as likely: two who are contradicted and a third in a row, or some more with others between. */
const enough = 11;

/** So many different numbers are contradicted at least: one may have come back. */
const enoughContradicted = 2;

/** Later they may have come back, ms. */
const soonMs = 300_000;

/** So many ends of one row are remembered. */
const longest = 50;

/**
 * Nobody there, or nobody who will (RFC 3261 §21.4.11, §21.4.18, §21.6.2, §21.6.3; ITU-T Q.850 18 to 20). Not busy: who is may be free a moment later.
 * Nor what is said of who calls (433, 607): another carrier may show another number. That a call was rejected (Q.850 21) counts where a network on the
 * way says so: who is asked declines by their own telephone.
 */
const rows: ReadonlySet<string> = new Set(["sip-410", "sip-480", "sip-603", "sip-604", "q850-18", "q850-19", "q850-20"]);

/** Where the callee's own side says it, it is believed. */
const isDenial = ({ outcome, answer }: End): boolean =>
  answer?.said === "peer" &&
  ((rows.has(outcome.row) && !(answer.q850 && isOfCalleeSide(answer.q850))) || (outcome.row === "q850-21" && isLocated(answer)));

/** What one trunk says: what has no channel left has none to anywhere. */
interface Row {
  readonly trunkId: string;
  level: number;
  isTold: boolean;
  /** Not told yet. */
  readonly ends: End[];
  readonly routes: Set<string>;
  /** Each number, and when it was last denied. */
  readonly denied: Map<string, number>;
  /** Those of them that picked up another carrier's call. */
  readonly contradicted: Set<string>;
}

type OfAttempt = Entry<"attempt:progressed"> | Entry<"attempt:answered"> | End;

/** @param book has read each entry before. */
export function createContradictedAnswers(book: CallBook): ContradictedAnswers {
  const { carrierOf, numberOf } = book;
  const opening = createOpening(book);
  const trunks = new Map<string, Row>();
  /** Attempts for which a phone was said to ring. */
  const rang = new Map<string, true>();

  const ofOthers = (trunkId: string) => [...trunks.values()].filter((row) => carrierOf(row.trunkId) !== carrierOf(trunkId));

  /** Rows of other carriers in which that number was denied of late. */
  const elsewhere = (number: string, { trunkId, atMs }: OfAttempt) =>
    ofOthers(trunkId).filter(({ denied }) => atMs - (denied.get(number) ?? -Infinity) <= soonMs);

  function raise(row: Row, by: number): void {
    row.level = Math.min(enough, row.level + by);
  }

  function lower(row: Row, by: number): void {
    row.level -= by;
    if (row.level < enough / 2) row.isTold = false;
    if (row.level <= 0) trunks.delete(row.trunkId);
  }

  /** Carriers that contradict each other have callees who come and go. */
  function tell(row: Row): readonly End[] {
    row.isTold ||=
      row.level >= enough &&
      row.contradicted.size >= enoughContradicted &&
      ofOthers(row.trunkId).every(({ contradicted }) => contradicted.size === 0);
    return row.isTold ? row.ends.splice(0) : [];
  }

  /** The carrier got there. */
  function reach(entry: OfAttempt): void {
    opening.reach(entry);
    const row = trunks.get(entry.trunkId);
    if (row?.routes.has(entry.route)) lower(row, perReached);
  }

  function pickUp(entry: Entry<"attempt:answered">): readonly End[] {
    const number = numberOf(entry.callId);
    if (number === undefined) return [];
    const others = elsewhere(number, entry).filter(
      ({ contradicted, denied }) => !contradicted.has(number) && opening.isControl(entry, denied.get(number) ?? 0),
    );
    return others.flatMap((row) => {
      row.contradicted.add(number);
      raise(row, perContradiction);
      return tell(row);
    });
  }

  function deny(entry: End): readonly End[] {
    const { trunkId, route, atMs } = entry;
    const number = numberOf(entry.callId);
    if (number === undefined) return [];
    opening.miss(entry);
    const others = elsewhere(number, entry);
    // Who is not to be had there either is not to be had.
    for (const row of others) lower(row, perDenial + perContradiction);
    if (others.length > 0) return [];
    const begun = (): Row => ({
      trunkId,
      level: 0,
      isTold: false,
      ends: [],
      routes: new Set(),
      denied: new Map(),
      contradicted: new Set(),
    });
    const row = trunks.get(trunkId) ?? begun();
    trunks.set(trunkId, row);
    // Who dials one again learns nothing new.
    if (!row.denied.has(number)) raise(row, perDenial);
    remember(row.denied, number, atMs);
    row.routes.add(route);
    row.ends.push(entry);
    if (row.ends.length > longest) row.ends.shift();
    return tell(row);
  }

  function end(entry: End): readonly End[] {
    const hadRung = rang.delete(keyOf(entry.callId, entry.attempt));
    if (hadRung || !isOfCallee(entry)) return [];
    if (isDenial(entry)) return deny(entry);
    reach(entry);
    return [];
  }

  return {
    read(entry) {
      switch (entry.type) {
        case "attempt:progressed": {
          const key = keyOf(entry.callId, entry.attempt);
          if (!isRinging(entry.answer) || rang.has(key)) return [];
          remember(rang, key, true);
          reach(entry);
          return [];
        }
        case "attempt:answered":
          if (!rang.delete(keyOf(entry.callId, entry.attempt))) reach(entry);
          return pickUp(entry);
        case "attempt:ended":
          return end(entry);
        default:
          return [];
      }
    },
  };
}
