/** What the detectors look at: the observations, and what more than one of them asks of these, made out once. */
import { closedWaysOf, type ClosedWays } from "./closed-ways.ts";
import { ofFilledRegistrars } from "./filled-registrar.ts";
import { fortunesOf, type Fortune } from "./fortunes.ts";
import { hitchesOf } from "./hitch.ts";
import type { AttemptSeen, Observations, Outage, Seen } from "./observations.ts";
import { withoutRefuted } from "./refuted-refusals.ts";
import { refusedByHost } from "./shared-host.ts";
import { sharedOutagesOf, type SharedOutages } from "./shared-outages.ts";
import { sharedSilence, type SharedSilence } from "./shared-silence.ts";

export interface Sight extends Observations, SharedOutages {
  /** What was refused in passing: it is not among the attempts. */
  readonly hitches: readonly AttemptSeen[];
  /** What one host refused on trunks of unrelated carriers. */
  readonly ofHost: ReadonlySet<AttemptSeen>;
  readonly silence: SharedSilence;
  /** The attempts but for those that something refused or swallowed which all trunks share. */
  readonly ofTrunks: readonly AttemptSeen[];
  /** Those of unrelated carriers that are one event, and silences that all carriers share. */
  readonly sharedOutages: ReadonlySet<Outage>;
  /** How calls fared on each trunk and route on which something failed. */
  readonly fortunes: readonly Fortune[];
  /** What registrars said that starts of the CRM may have filled. */
  readonly filled: ReadonlySet<Seen>;
  /** New connections that were not to be had. */
  readonly closedWays: ClosedWays;
}

export function sightOf(observed: Observations): Sight {
  const judged = withoutRefuted(observed);
  const passing = hitchesOf(judged);
  const hitches = [...passing].filter((attempt) => judged.attempts.includes(attempt));
  const without = (attempts: readonly AttemptSeen[]) => attempts.filter((attempt) => !passing.has(attempt));
  const seen =
    passing.size === 0 ? judged : { ...judged, attempts: without(judged.attempts), earlierAttempts: without(judged.earlierAttempts) };
  const ofHost = refusedByHost(seen);
  const silence = sharedSilence(seen);
  const isOfTrunk = (attempt: AttemptSeen) => !ofHost.has(attempt) && !silence.attempts.has(attempt);
  const ofTrunks = ofHost.size + silence.attempts.size === 0 ? seen.attempts : seen.attempts.filter(isOfTrunk);
  const { together, wellDuring } = sharedOutagesOf(seen);
  return {
    ...seen,
    hitches,
    ofHost,
    silence,
    ofTrunks,
    together,
    wellDuring,
    sharedOutages: new Set([...together, ...silence.outages]),
    fortunes: fortunesOf(seen),
    filled: ofFilledRegistrars(seen),
    closedWays: closedWaysOf(seen),
  };
}
