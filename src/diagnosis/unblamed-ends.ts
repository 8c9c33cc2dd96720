/**
 * Ends of attempts that are nobody's fault one by one: a number that nobody knows, or an answer that says nothing of why. A 404 is the answer
 * for one number, and no failure of the carrier's (ITU-T E.425); a 408 may be a phone that is out of reach. But of an agent's numbers perhaps
 * one in ten is void, and of those on a route that leads nowhere nearly all seem so: a sequential test (Page 1954) tells the one from
 * the other. Neither the breakers nor a retry hears of it.
 */
import type { Entry } from "../journal.ts";
import { isAlerting, isFarEndDown, isForbidden, isOfCallee, isOfNetwork, isRinging } from "./answers.ts";
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
 * Where the network said that it had failed of itself (a 5xx, RFC 3261 §21.5; a 4xx may be about what we asked for), or that the call is forbidden, and another
 * carrier got through at one of them at least: each different number counts once, and once more where it was reached so; what the route carries
 * between takes one off. One may be its owner's exchange; two in a row are enough.
 */
const enoughRefuted = 4;

/** Whoever is reached so much later than was said of the number may be so because it is over, ms. */
export const refutedWithinMs = 10 * 60_000;

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
  /** The streak that a phone which rang speaks against, as long as the network has not taken it back. */
  rangOn?: string | undefined;
}

interface Doubt {
  level: number;
  readonly numbers: Set<string>;
  /** Those of them that another carrier reached. */
  readonly refuted: Set<string>;
  readonly misses: Miss[];
}

interface Streak {
  /** How many different numbers speak for it; one that was reached takes half of them away. */
  level: number;
  readonly numbers: Set<string>;
  readonly misses: Miss[];
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
    : end.outcome.class === "ambiguous" && end.answer?.said === "peer" && end.outcome.row !== "sip-487" && !isOfCallee(end);

const isOfServer = ({ answer }: UnblamedEnd) => answer !== undefined && answer.code >= 500 && answer.code < 600;

/** Another carrier that gets through shows that it is not the number's. */
const isRefutable = (end: UnblamedEnd) => isVoid(end) || isOfServer(end) || isForbidden(end);

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
  /** By trunk and route. */
  const doubts = new Map<string, Doubt>();
  /** Calls that may have to be told of, and whether a phone rang for them since. */
  const missed = new Map<string, boolean>();
  /** By number: what was said of it that another carrier may refute. */
  const sayings = new Map<string, readonly Miss[]>();

  /**
   * A phone rang, or its owner answered or refused; a voice alone (183) may be a network's, and takes back no more than that nobody is there.
   * @returns what is told of it: that another trunk had said of the number what is untrue.
   */
  function reach(entry: Extract<Entry, { attempt: number; callId: string }>, isVoice = false): readonly UnblamedEnd[] {
    const call = calls.get(entry.callId);
    if (!call) return [];
    if (!call.isKnown) {
      call.isKnown = true;
      call.rangOn = wayOf(entry);
      if (missed.has(entry.callId)) missed.set(entry.callId, true);
    }
    const said = sayings.get(call.number) ?? [];
    const [voids, failures] = [said.filter(({ end }) => isVoid(end)), said.filter(({ end }) => !isVoid(end))];
    if (isVoice && failures.length > 0) sayings.set(call.number, failures);
    else sayings.delete(call.number);
    const by = { carrier: carrierOf(entry.trunkId) };
    const denied = voids.filter(({ end }) => end.trunkId !== entry.trunkId);
    // Its own carrier takes that back: it is one void number among others, and no more believed than they.
    const doubted = denied.filter((miss) => !isRefuted(miss, by) && isUnallocated(miss.end.outcome));
    const failed = isVoice ? [] : failures.filter((miss) => isRefuted(miss, by) && entry.atMs - miss.end.atMs <= refutedWithinMs);
    return [
      ...tell(denied.filter((miss) => isRefuted(miss, by))),
      ...doubted.flatMap(lengthen),
      ...failed.flatMap((miss) => doubt(miss, true)),
    ];
  }

  /** It stays so that a phone rang for the call. */
  function shorten(callId: string): void {
    const call = calls.get(callId);
    const key = call?.rangOn;
    if (!call || key === undefined) return;
    call.rangOn = undefined;
    const [streak, doubt] = [streaks.get(key), doubts.get(key)];
    if (streak && (streak.level >>= 1) === 0) streaks.delete(key);
    if (doubt && (doubt.level -= 1) <= 0) doubts.delete(key);
  }

  /** @param isRefuted another carrier has reached it. @returns all that are in doubt, where they are enough. */
  function doubt(miss: Miss, isRefuted = false): readonly UnblamedEnd[] {
    const key = wayOf(miss.end);
    const doubt = doubts.get(key) ?? { level: 0, numbers: new Set(), refuted: new Set(), misses: [] };
    doubts.set(key, doubt);
    const { numbers, refuted, misses } = doubt;
    const counted = isRefuted ? refuted : numbers;
    if (!counted.has(miss.number)) doubt.level = Math.min(enoughRefuted, doubt.level + 1);
    counted.add(miss.number);
    misses.push(miss);
    return refuted.size === 0 || doubt.level < enoughRefuted ? [] : tell(misses.splice(0));
  }

  /** @returns the streak's, where it is long enough. */
  function lengthen(miss: Miss): readonly UnblamedEnd[] {
    const key = wayOf(miss.end);
    const streak = streaks.get(key) ?? { level: 0, numbers: new Set(), misses: [] };
    streaks.set(key, streak);
    // Who dials a wrong number again learns nothing new.
    if (!streak.numbers.has(miss.number)) streak.level = Math.min(enough, streak.level + 1);
    streak.numbers.add(miss.number);
    streak.misses.push(miss);
    return streak.level < enough ? [] : tell(streak.misses.splice(0));
  }

  function miss(end: UnblamedEnd): readonly UnblamedEnd[] {
    const call = calls.get(end.callId);
    if (!call || call.isKnown) return [];
    remember(missed, end.callId, false);
    const one: Miss = { end, number: call.number, carrier: carrierOf(end.trunkId), isTold: false };
    if (isRefutable(end)) remember(sayings, call.number, [...(sayings.get(call.number) ?? []), one]);
    const doubted = isRefutable(end) && !isVoid(end) ? doubt(one) : [];
    return isUnallocated(end.outcome) ? [] : [...doubted, ...lengthen(one)];
  }

  const end = (entry: UnblamedEnd) => {
    const call = calls.get(entry.callId);
    // That a phone rang, the network has taken back.
    if (call && isOfNetwork(entry)) [call.isKnown, call.rangOn] = [false, undefined];
    if (isVoid(entry) || isUnexplained(entry)) return miss(entry);
    return isOfCallee(entry) ? reach(entry) : [];
  };

  return {
    read(entry) {
      switch (entry.type) {
        case "call:placed": {
          const number = numberOf(entry.callId);
          if (number !== undefined) calls.set(entry.callId, { number, isKnown: false });
          return [];
        }
        case "attempt:progressed":
          return isRinging(entry.answer) ? reach(entry, !isAlerting(entry.answer)) : [];
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
