/**
 * Numbers that nobody knows, one after the other. A 404 without a cause is the answer for one number, and no failure of the
 * carrier's (ITU-T E.425). But of an agent's numbers perhaps one in ten is void, and of those on a route that leads nowhere nearly
 * all seem so: a sequential test (Page 1954) tells the one from the other. Neither the breakers nor a retry hears of it.
 */
import type { Entry } from "../journal.ts";

export type UnknownEnd = Entry<"attempt:ended">;

export interface NumberLog {
  /** @returns the 404s that speak of their route from now on: when there are enough of them, those before it as well. */
  read(entry: Entry): readonly UnknownEnd[];
  /** By its alias; undefined where the call's beginning is not on record. */
  numberOf(callId: string): string | undefined;
}

/** With one void number in ten each different one makes a dead route nine times as likely: so many, 6 600 times. */
const enough = 4;

interface Streak {
  /** How many different numbers speak for it; one that was reached takes half of them away. */
  level: number;
  readonly numbers: Set<string>;
  /** Not yet told. */
  readonly ends: UnknownEnd[];
}

export function createNumberLog(): NumberLog {
  const calls = new Map<string, { readonly number: string; isKnown: boolean }>();
  const streaks = new Map<string, Streak>();
  const keyOf = ({ trunkId, route }: { readonly trunkId: string; readonly route: string }) => `${trunkId} ${route}`;

  /** A phone rang, or its owner answered or refused. */
  function reach(entry: Extract<Entry, { attempt: number; callId: string }>): void {
    const call = calls.get(entry.callId);
    if (!call || call.isKnown) return;
    call.isKnown = true;
    const streak = streaks.get(keyOf(entry));
    if (streak && (streak.level >>= 1) === 0) streaks.delete(keyOf(entry));
  }

  function miss(entry: UnknownEnd): readonly UnknownEnd[] {
    const call = calls.get(entry.callId);
    if (!call || call.isKnown) return [];
    const streak = streaks.get(keyOf(entry)) ?? { level: 0, numbers: new Set(), ends: [] };
    streaks.set(keyOf(entry), streak);
    // Who dials a wrong number again learns nothing new.
    if (!streak.numbers.has(call.number)) streak.level = Math.min(enough, streak.level + 1);
    streak.numbers.add(call.number);
    streak.ends.push(entry);
    return streak.level < enough ? [] : streak.ends.splice(0);
  }

  return {
    read(entry) {
      switch (entry.type) {
        case "call:placed":
          // A number of the preflight's is no customer's.
          if (entry.by !== "check") calls.set(entry.callId, { number: entry.party.alias, isKnown: false });
          return [];
        case "attempt:progressed":
          if (entry.answer.code === 180 || entry.answer.code === 183) reach(entry);
          return [];
        case "attempt:answered":
          reach(entry);
          return [];
        case "attempt:ended":
          if (entry.outcome.row === "sip-404") return miss(entry);
          if (entry.outcome.class === "callee") reach(entry);
          return [];
        case "call:ended":
          calls.delete(entry.callId);
          return [];
        default:
          return [];
      }
    },
    numberOf: (callId) => calls.get(callId)?.number,
  };
}
