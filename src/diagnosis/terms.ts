/** What a verdict depends on besides the entries: the live session put it on record, so that the journal alone tells the same. */
import type { Entry } from "../journal.ts";
import { defaultLimits } from "../limits.ts";
import type { Priors } from "./weights.ts";

export interface Terms {
  /** Service must have been well for this long before an incident is closed, ms. */
  readonly calmMs: number;
  readonly priors: Priors;
}

/** The defaults where the journal does not say, as one that begins in the middle of its session, or says what can be none. */
export function termsOf(entries: readonly Entry[]): Terms {
  const started = entries.find((entry) => entry.type === "session:started");
  const { calmMs = NaN, priors = {} } = started?.diagnosis ?? {};
  return {
    calmMs: Number.isFinite(calmMs) && calmMs >= 0 ? calmMs : defaultLimits.calmMs,
    priors: Object.fromEntries(Object.entries(priors).filter(([, logOdds]) => Number.isFinite(logOdds))),
  };
}
