/** What a verdict depends on besides the entries: the live session put it on record, so that the journal alone tells the same. */
import type { Entry } from "../journal.ts";
import { defaultLimits } from "../limits.ts";
import type { Priors } from "./weights.ts";

export interface Terms {
  /** Service must have been well for this long before an incident is closed, ms. */
  readonly calmMs: number;
  readonly priors: Priors;
}

/** The defaults where the journal does not say, as one that begins in the middle of its session. */
export function termsOf(entries: readonly Entry[]): Terms {
  const started = entries.find((entry) => entry.type === "session:started");
  const { calmMs = defaultLimits.calmMs, priors = {} } = started?.diagnosis ?? {};
  return { calmMs, priors: priors as Priors };
}
