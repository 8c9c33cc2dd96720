/** Spells a message anew, by chance, and leaves what it means as it is. */
import type { Random } from "../../src/clock.ts";
import type { Draft } from "./draft.ts";
import { respellings } from "./respellings.ts";
import { isNumberIn } from "./rule.ts";
import { seededRandom } from "./seeded-random.ts";

/** The trunk's messages written in odd ways that mean the same, drawn by `seed`. */
export interface Mangle {
  /** The same seed spells the same messages the same. */
  readonly seed: number;
  /** Only what a standard allows. Default: also what it does not, but equipment in the field sends. */
  readonly legal?: boolean;
  /** How many of the spellings each message gets, in (0, 1]. Default 0.2. */
  readonly share?: number;
}

export function isMangle(value: unknown): value is Mangle {
  if (typeof value !== "object" || value === null) return false;
  const { seed, legal, share, ...unknown } = value as Record<string, unknown>;
  const isShare = share === undefined || (isNumberIn(0, 1)(share) && share !== 0);
  return (
    Number.isSafeInteger(seed) && [undefined, true, false].includes(legal as undefined) && isShare && Object.keys(unknown).length === 0
  );
}

/** @param draft with its content headers */
export function mangled(draft: Draft, { seed, legal = false, share = 0.2 }: Mangle, random: Random): Draft {
  const allowed = respellings.filter(({ isLegal }) => isLegal || !legal);
  // Each is drawn for, whether it comes or not: then one more kind of message does not change all that follow.
  const callId = draft.headers.find(({ name }) => name === "Call-ID")?.value ?? "";
  const ofCall = seededRandom(Array.from(callId).reduce((sum, character) => sum + character.charCodeAt(0), seed));
  return allowed
    .filter(({ isOfCall }) => (isOfCall ? ofCall : random)() < share)
    .reduce((spelled, { spell }) => spell(spelled, random), draft);
}
