import type { Clock } from "../clock.ts";

/**
 * Keeps answered calls for the page that the agent reloads: `resumeInTab()`. Nothing of it throws or rejects: what it does wrong costs
 * the resumption, nothing else.
 */
export interface Resumption {
  /**
   * Keeps `text` for the next page of this tab, in place of what was kept before; undefined: nothing any more.
   * @param isLeaving the page goes away now.
   */
  keep(text: string | undefined, isLeaving: boolean): void;
  /** What the page before kept, for one page alone: undefined where there is nothing, another page has ended it, or that page, or another that took it, lives on. */
  take(clock: Clock): Promise<string | undefined>;
  /**
   * Looks after what other pages of this browser have kept, and none of their tabs takes any more. Left out where pages share nothing.
   * @param heir what is done of it, by one page alone. @returns what stops it.
   */
  inherit?(heir: Heir, clock: Clock): () => void;
}

/** Who ends the calls of pages that are gone for good. Nothing of it throws or rejects. */
export interface Heir {
  /** In how many ms what was kept is to be ended, should its page be gone; 0: now; undefined: not by us. */
  dueMs(text: string): number | undefined;
  /** Resolves when nothing of it is left to be done. */
  end(text: string): Promise<void>;
}
