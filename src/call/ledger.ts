/**
 * Whether two phones may have rung, or one twice. All that goes out to one number within a minute counts, over all calls, for the
 * customer cannot tell one call of ours from another.
 */
import type { Clock } from "../clock.ts";

/** What is known of one attempt, in so far as it tells of a phone that may have rung; nothing that holds on to the attempt itself. */
export interface Tried {
  /** A phone was heard to ring. */
  readonly alerted: boolean;
  readonly answered: boolean;
  /** Its end is known, and all that came of it was heard. */
  readonly isKnown: boolean;
  /** Since when nothing can come of it any more, or nobody will ever know; undefined while something may. */
  readonly finishedMs: number | undefined;
}

/** An attempt, and what had been tried before it went out. */
export interface Sent {
  readonly attempt: Tried;
  readonly before: readonly Tried[];
  /** Those of them that were not finished yet. */
  readonly beside: readonly Tried[];
}

/**
 * May two phones have rung of it? An attempt is one too many where one before it was not known to be over: nobody has confirmed its
 * end, or a phone rang for it while the next one was out already.
 */
export const mayHaveRung = (sent: readonly Sent[]): boolean =>
  sent.some(({ attempt, before, beside }) =>
    before.some((earlier) => isOpen(earlier) || (beside.includes(earlier) && (earlier.alerted || (earlier.answered && mayRing(attempt))))),
  );

const isOpen = ({ answered, isKnown }: Tried): boolean => !answered && !isKnown;
const mayRing = ({ alerted, isKnown }: Tried): boolean => alerted || !isKnown;

/** How long an attempt counts for the next call to the same number, in ms: an agent who tries again does so within a minute. */
const rememberMs = 60_000;

/** The attempts of every call, by number. */
export interface Ledger {
  /** One more goes out to `number`; `own`: those of the same call before it. */
  enter(number: string, attempt: Tried, own: readonly Tried[]): Sent;
}

export function createLedger(clock: Clock): Ledger {
  const pages = new Map<string, readonly Tried[]>();
  const isRemembered = ({ finishedMs = Infinity }: Tried) => clock.nowMs() - finishedMs <= rememberMs;

  return {
    enter(number, attempt, own) {
      for (const [each, page] of pages) {
        const left = page.filter(isRemembered);
        if (left.length > 0) pages.set(each, left);
        else pages.delete(each);
      }
      const page = pages.get(number) ?? [];
      pages.set(number, [...page, attempt]);
      const before = [...new Set([...page, ...own])];
      return { attempt, before, beside: before.filter(({ finishedMs }) => finishedMs === undefined) };
    },
  };
}
