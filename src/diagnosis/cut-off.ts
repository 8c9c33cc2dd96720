/** A start-up in trouble before any trunk was tried: of the network between, the controls alone can tell. */
import type { ControlSeen, Observations, StageTrouble } from "./observations.ts";
import { probedWithinMs, togetherMs } from "./questions.ts";

/**
 * The controls that were out of reach as the start-up of `trouble` first hung or failed, no trunk having been tried. Each by its first
 * word, for a later one may have met the network on its way back; none where another was reached, for the network carried that.
 */
export function unreachedBeside({ controls, stageTroubles, triedMs }: Observations, { run }: StageTrouble): readonly ControlSeen[] {
  const first = stageTroubles.find((trouble) => trouble.run === run);
  if (!first || first.atMs >= triedMs) return [];
  const asked = controls.filter(({ atMs }) => atMs >= first.atMs - togetherMs && atMs <= first.atMs + probedWithinMs);
  const words = asked.filter(({ name }, index) => asked.findIndex((control) => control.name === name) === index);
  return words.some(({ reached }) => reached) ? [] : words;
}

/**
 * One control may be the CRM's own server, which is down for the stage as well; two that share nothing but the network tell of that,
 * and so does the browser.
 */
export function isCutOff(seen: Observations, trouble: StageTrouble): boolean {
  const unreached = unreachedBeside(seen, trouble);
  return unreached.length > 1 || unreached.some(({ atMs }) => seen.offline.some((told) => Math.abs(told.atMs - atMs) <= probedWithinMs));
}
