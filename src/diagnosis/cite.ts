import type { Evidence } from "./model.ts";
import type { Seen } from "./observations.ts";
import type { Sight } from "./sight.ts";
import { weightOf, type EvidenceCode } from "./weights.ts";

/** Finds one kind of evidence, or none. */
export type Detector = (seen: Sight) => readonly Evidence[];

/**
 * Evidence from its occurrences; none when there are none.
 * @param said `peer` only where somebody outside said it: what our own stack made up is `inferred`.
 */
export function cite(
  code: EvidenceCode,
  said: Evidence["said"],
  occurrences: readonly Seen[],
  params: Evidence["params"] = {},
): readonly Evidence[] {
  const isInOrder = occurrences.every(({ seq }, index) => index === 0 || (occurrences[index - 1]?.seq ?? 0) <= seq);
  const sorted = isInOrder ? occurrences : [...occurrences].sort((a, b) => a.seq - b.seq);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (!first || !last) return [];
  const seqs = [...new Set([...sorted.slice(0, 3), last].map(({ seq }) => seq))];
  const { group, weights } = weightOf(code);
  return [
    {
      code,
      group,
      said,
      params,
      firstMs: first.atMs,
      lastMs: sorted.reduce((latestMs, { atMs, untilMs = atMs }) => Math.max(latestMs, untilMs), -Infinity),
      count: sorted.length,
      seqs,
      weights,
    },
  ];
}
