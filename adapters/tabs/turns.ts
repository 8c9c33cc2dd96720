/**
 * Which page the agent turned to last: each turn gets a number above all that were heard of (a logical clock: Lamport, CACM 1978), so that of two
 * pages that turn at once both know which was the later, and no two wait for each other, or take each other's calls back for ever.
 */
import type { Turn } from "../../src/ports/shared-telephone.ts";

/** Of one page, on all of its accounts. */
export interface Turns {
  readonly page: string;
  /** The agent listens to a call of this page, or to none any more. @returns the number of the turn to this page. */
  hear(isHeard: boolean): number;
  /** The agent turned to another page, by its number. */
  turned(page: string, turn: number): Turn;
}

export function createTurns(page: string): Turns {
  let last = 0;
  let own = 0;
  let isHere = false;

  return {
    page,
    hear(isHeard) {
      if (isHeard && !isHere) own = ++last;
      isHere = isHeard;
      return own;
    },
    turned(other, turn) {
      last = Math.max(last, turn);
      const isLater = turn === own ? other > page : turn > own;
      return isHere && !isLater ? "before" : "to";
    },
  };
}
