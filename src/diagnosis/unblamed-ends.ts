/**
 * Ends of attempts that are nobody's fault one by one: a number that nobody knows, or an answer that says nothing of why. A 404 is the answer
 * for one number, and no failure of the carrier's (ITU-T E.425); a 408 may be a phone that is out of reach. But of an agent's numbers perhaps
 * one in ten is void, and of those on a route that leads nowhere nearly all seem so: a sequential test (Page 1954) tells the one from
 * the other. Neither the breakers nor a retry hears of it.
 */
import type { Entry } from "../journal.ts";
import { isFarEndDown, isOfNetwork, isRinging } from "./answers.ts";
import { remember, type CallBook } from "./call-book.ts";
import { keyOf } from "./keys.ts";

export type UnblamedEnd = Entry<"attempt:ended">;

export interface UnblamedEnds {
  /** @returns what speaks of its route from now on, each end once: when there is enough of it, what was before it as well. */
  read(entry: Entry): readonly UnblamedEnd[];
  /** Whether a phone rang for the call all the same, by another trunk. */
  wasSaved(callId: string): boolean;
}

/** With one void number in ten each different one makes a dead route nine times as likely: so many, 6 600 times. */
const enough = 4;

/**
 * So many different numbers of a route, one after the other, at which another carrier got through where the network said that it had failed of itself
 * (a 5xx, RFC 3261 §21.5; a 4xx may be about what we asked for): one may be its owner's exchange.
 */
const enoughRefuted = 2;

/**
 * Whether who reached a number refutes who did not know it: another carrier does. One carrier that says both may have come to know it
 * since, or its edges differ, or what was asked of them does: its own word is in doubt, and no more.
 */
export const isRefuted = (unknown: { readonly carrier: string }, reached: { readonly carrier: string }): boolean =>
  unknown.carrier !== reached.carrier;

interface Miss {
  readonly end: UnblamedEnd;
  readonly number: string;
  /** As the journal had it then. */
  readonly carrier: string;
  isTold: boolean;
}

/** Whom a call is to. */
interface Called {
  readonly number: string;
  /** A phone rang for it, as far as is known. */
  isKnown: boolean;
  /** What networks said of themselves as it was tried, and no phone had rung. */
  readonly failed: Miss[];
  /** The streak that a phone which rang speaks against, as long as the network has not taken it back. */
  rangOn?: string | undefined;
}

interface Streak {
  /** How many different numbers speak for it; one that was reached takes half of them away. */
  level: number;
  readonly numbers: Set<string>;
  readonly misses: Miss[];
  /** What another carrier refuted, until a phone rings here. */
  refuted: readonly Miss[];
}

/** Nobody at that number, as the peer says. */
export const isVoid = ({ outcome }: UnblamedEnd): boolean => outcome.row === "sip-404" || isUnallocated(outcome);

/**
 * It says so outright (ITU-T Q.850 1 unallocated, 22 number changed): however many numbers get that, it is believed, until a phone rings
 * at one of them by another trunk.
 */
const isUnallocated = ({ row }: UnblamedEnd["outcome"]) => row === "q850-1" || row === "q850-22";

/** It may be of the number, of the route, or of what we asked. */
const isUnexplained = (end: UnblamedEnd) =>
  isFarEndDown(end.outcome.row)
    ? isOfNetwork(end)
    : end.outcome.class === "ambiguous" && end.answer?.said === "peer" && end.outcome.row !== "sip-487";

const isOfServer = ({ answer }: UnblamedEnd) => answer !== undefined && answer.code >= 500 && answer.code < 600;

const wayOf = ({ trunkId, route }: { readonly trunkId: string; readonly route: string }) => keyOf(trunkId, route);

/** Each is told once, though a streak and a redial may both speak of it. */
function tell(misses: readonly Miss[]): readonly UnblamedEnd[] {
  const news = misses.filter(({ isTold }) => !isTold);
  for (const miss of news) miss.isTold = true;
  return news.map(({ end }) => end);
}

/** @param book has read each entry before. */
export function createUnblamedEnds({ carrierOf, numberOf }: CallBook): UnblamedEnds {
  const calls = new Map<string, Called>();
  const streaks = new Map<string, Streak>();
  /** Calls that may have to be told of, and whether a phone rang for them since. */
  const missed = new Map<string, boolean>();
  /** By number: where nobody was at it. */
  const voids = new Map<string, readonly Miss[]>();

  /** A phone rang, or its owner answered or refused. @returns what is told of it: that another trunk had said of the number what is untrue. */
  function reach(entry: Extract<Entry, { attempt: number; callId: string }>): readonly UnblamedEnd[] {
    const call = calls.get(entry.callId);
    if (!call || call.isKnown) return [];
    call.isKnown = true;
    if (missed.has(entry.callId)) missed.set(entry.callId, true);
    call.rangOn = wayOf(entry);
    const denied = (voids.get(call.number) ?? []).filter(({ end }) => end.trunkId !== entry.trunkId);
    voids.delete(call.number);
    const by = { carrier: carrierOf(entry.trunkId) };
    const refuted = denied.filter((miss) => isRefuted(miss, by));
    // Its own carrier takes that back: it is one void number among others, and no more believed than they.
    const doubted = denied.filter((miss) => !isRefuted(miss, by) && isUnallocated(miss.end.outcome));
    const failed = call.failed.splice(0).filter((miss) => isRefuted(miss, by));
    return [...tell(refuted), ...doubted.flatMap(lengthen), ...failed.flatMap(refute)];
  }

  /** It stays so that a phone rang for the call. */
  function shorten(callId: string): void {
    const call = calls.get(callId);
    const key = call?.rangOn;
    if (!call || key === undefined) return;
    call.rangOn = undefined;
    const streak = streaks.get(key);
    if (streak) streak.refuted = [];
    if (streak && (streak.level >>= 1) === 0) streaks.delete(key);
  }

  /** @returns all that were refuted, where they are enough. */
  function refute(miss: Miss): readonly UnblamedEnd[] {
    const streak = streaks.get(wayOf(miss.end));
    if (!streak) return [];
    streak.refuted = [...streak.refuted, miss];
    return new Set(streak.refuted.map(({ number }) => number)).size < enoughRefuted ? [] : tell(streak.refuted);
  }

  /** @returns the streak's, where it is long enough. */
  function lengthen(miss: Miss): readonly UnblamedEnd[] {
    const key = wayOf(miss.end);
    const streak = streaks.get(key) ?? { level: 0, numbers: new Set(), misses: [], refuted: [] };
    streaks.set(key, streak);
    // Who dials a wrong number again learns nothing new.
    if (!streak.numbers.has(miss.number)) streak.level = Math.min(enough, streak.level + 1);
    streak.numbers.add(miss.number);
    streak.misses.push(miss);
    return streak.level < enough ? [] : tell(streak.misses.splice(0));
  }

  function miss(end: UnblamedEnd, hadRung: boolean): readonly UnblamedEnd[] {
    const call = calls.get(end.callId);
    if (!call || call.isKnown) return [];
    remember(missed, end.callId, false);
    const one: Miss = { end, number: call.number, carrier: carrierOf(end.trunkId), isTold: false };
    if (isVoid(end)) remember(voids, call.number, [...(voids.get(call.number) ?? []), one]);
    else if (isOfServer(end) && !hadRung) call.failed.push(one);
    return isUnallocated(end.outcome) ? [] : lengthen(one);
  }

  const end = (entry: UnblamedEnd) => {
    const call = calls.get(entry.callId);
    const hadRung = call?.isKnown === true;
    // That a phone rang, the network has taken back.
    if (call && isOfNetwork(entry)) [call.isKnown, call.rangOn] = [false, undefined];
    if (isVoid(entry) || isUnexplained(entry)) return miss(entry, hadRung);
    return entry.outcome.class === "callee" ? reach(entry) : [];
  };

  return {
    read(entry) {
      switch (entry.type) {
        case "call:placed": {
          const number = numberOf(entry.callId);
          if (number !== undefined) calls.set(entry.callId, { number, isKnown: false, failed: [] });
          return [];
        }
        case "attempt:progressed":
          return isRinging(entry.answer) ? reach(entry) : [];
        case "attempt:answered": {
          const told = reach(entry);
          shorten(entry.callId);
          return told;
        }
        case "attempt:ended": {
          const told = end(entry);
          shorten(entry.callId);
          return told;
        }
        case "call:ended":
          shorten(entry.callId);
          calls.delete(entry.callId);
          return [];
        default:
          return [];
      }
    },
    wasSaved: (callId) => missed.get(callId) === true,
  };
}
