/**
 * Numbers that nobody knows, one after the other, or calls that are refused with an answer that says nothing of why. A 404 is the answer
 * for one number, and no failure of the carrier's (ITU-T E.425); a 408 may be a phone that is out of reach. But of an agent's numbers perhaps
 * one in ten is void, and of those on a route that leads nowhere nearly all seem so: a sequential test (Page 1954) tells the one from
 * the other. Neither the breakers nor a retry hears of it.
 */
import type { Entry } from "../journal.ts";

export type UnknownEnd = Entry<"attempt:ended">;

export interface NumberLog {
  /** @returns what speaks of its route from now on: when there is enough of it, what was before it as well. */
  read(entry: Entry): readonly UnknownEnd[];
  /** Whether a phone rang for the call all the same, by another trunk; asked once, of an end that was told. */
  wasSaved(callId: string): boolean;
  /** By its alias; undefined where the call's beginning is not on record. */
  numberOf(callId: string): string | undefined;
}

/** With one void number in ten each different one makes a dead route nine times as likely: so many, 6 600 times. */
const enough = 4;

/** So many calls and numbers are remembered at most: who has forgotten more learns nothing false. */
const rememberedAtMost = 200;

function remember<V>(memory: Map<string, V>, key: string, value: V): void {
  memory.set(key, value);
  if (memory.size > rememberedAtMost) for (const [oldest] of memory) return void memory.delete(oldest);
}

interface Streak {
  /** How many different numbers speak for it; one that was reached takes half of them away. */
  level: number;
  readonly numbers: Set<string>;
  /** Not yet told. */
  readonly ends: UnknownEnd[];
}

/** Nobody at that number, as the peer says. */
export const isVoid = ({ outcome }: UnknownEnd): boolean => outcome.row === "sip-404" || isUnallocated(outcome);

/** It says so outright (ITU-T Q.850 1): however many numbers get that, it is believed, until a phone rings at one of them by another trunk. */
const isUnallocated = ({ row }: UnknownEnd["outcome"]) => row === "q850-1";

/** It may be of the number, of the route, or of what we asked. */
const isUnexplained = ({ outcome, answer }: UnknownEnd) =>
  outcome.class === "ambiguous" && answer?.said === "peer" && outcome.row !== "sip-487";

export function createNumberLog(): NumberLog {
  const calls = new Map<string, { readonly number: string; isKnown: boolean }>();
  const streaks = new Map<string, Streak>();
  /** Calls that may have to be told of, and whether a phone rang for them since. */
  const missed = new Map<string, boolean>();
  /** By number: where nobody was at it. */
  const voids = new Map<string, UnknownEnd[]>();
  const keyOf = ({ trunkId, route }: { readonly trunkId: string; readonly route: string }) => `${trunkId} ${route}`;

  /** A phone rang, or its owner answered or refused. @returns what another trunk had said of the number, which is untrue. */
  function reach(entry: Extract<Entry, { attempt: number; callId: string }>): readonly UnknownEnd[] {
    const call = calls.get(entry.callId);
    if (!call || call.isKnown) return [];
    call.isKnown = true;
    if (missed.has(entry.callId)) missed.set(entry.callId, true);
    const streak = streaks.get(keyOf(entry));
    if (streak && (streak.level >>= 1) === 0) streaks.delete(keyOf(entry));
    const untrue = (voids.get(call.number) ?? []).filter(({ trunkId }) => trunkId !== entry.trunkId);
    voids.delete(call.number);
    return untrue;
  }

  function miss(entry: UnknownEnd): readonly UnknownEnd[] {
    const call = calls.get(entry.callId);
    if (!call || call.isKnown) return [];
    remember(missed, entry.callId, false);
    if (isVoid(entry)) remember(voids, call.number, [...(voids.get(call.number) ?? []), entry]);
    if (isUnallocated(entry.outcome)) return [];
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
          return entry.answer.code === 180 || entry.answer.code === 183 ? reach(entry) : [];
        case "attempt:answered":
          return reach(entry);
        case "attempt:ended":
          if (isVoid(entry) || isUnexplained(entry)) return miss(entry);
          return entry.outcome.class === "callee" ? reach(entry) : [];
        case "call:ended":
          calls.delete(entry.callId);
          return [];
        default:
          return [];
      }
    },
    wasSaved(callId) {
      const isSo = missed.get(callId) === true;
      missed.delete(callId);
      return isSo;
    },
    numberOf: (callId) => calls.get(callId)?.number,
  };
}
