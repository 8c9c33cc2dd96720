/** What the end of one attempt tells the health book of its trunk, each kind by a door of its own. */
import type { Limits } from "../limits.ts";
import { silentOutcome, stalledOutcome, swallowedOutcome, type Outcome } from "../outcome.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";
import { retryAfterMs } from "../trunk/backoff.ts";
import type { Ballot, HealthBook } from "../trunk/health-book.ts";

type Book = Pick<HealthBook, "vote" | "condemn" | "stalled" | "fellSilent" | "letRest">;

/** @param stalledMs how long it was waited for, where it did not ring. */
export function testify(
  book: Book,
  ballot: Ballot,
  outcome: Outcome,
  stalledMs: number,
  answer: SipAnswer | undefined,
  limits: Limits,
): void {
  const restMs = outcome.retryAfterConcerns === "trunk" ? retryAfterMs(answer?.retryAfterS, limits.retryAfterMaxMs) : 0;
  // Hard evidence acts at once: an edge that asks for rest, or lives and swallows INVITEs.
  if (restMs > 0) book.letRest(outcome.row, restMs);
  else if (outcome === swallowedOutcome) book.condemn(ballot, outcome.row);
  else if (outcome === stalledOutcome) book.stalled(ballot, stalledMs);
  else if (outcome === silentOutcome) book.fellSilent(ballot);
  else book.vote(ballot, outcome.vote, outcome.row);
}
