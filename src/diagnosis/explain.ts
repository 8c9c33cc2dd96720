/** What the live diagnosis told, told again from the journal alone; or what it would have told of other evidence. */
import type { Entry } from "../journal.ts";
import { incidentsOf } from "./incident.ts";
import type { Evidence, Incident, Verdict } from "./model.ts";
import { diagnose, type Reconsider } from "./verdict.ts";
import { evidenceWeights, weightOf, type EvidenceCode } from "./weights.ts";

/** What a journal tells: its incidents, and what holds of the session as a whole. */
export interface Explanation {
  /** Oldest first; the last one may be open. */
  readonly incidents: readonly Incident[];
  /** On the whole session, for where there was no incident. */
  readonly verdict: Verdict;
}

/** What else a verdict may depend on besides the journal. */
export interface ExplainOptions {
  /** Changes what was found before it is weighed. */
  readonly reconsider?: Reconsider;
  /** Now, ms since the session's start: the last entry's time if left out. */
  readonly nowMs?: number;
}

/**
 * The verdicts on a journal, `incidentsOf()` and `diagnose()` in one, with the calm period and the priors that the live session had.
 * @param entries oldest first.
 */
export function explain(entries: readonly Entry[], options: ExplainOptions = {}): Explanation {
  const { nowMs: _, ...weighing } = options;
  return { incidents: incidentsOf(entries, options), verdict: diagnose(entries, weighing) };
}

/** A kind of evidence that is not known, or a change without its sign. */
export class UnknownEvidenceError extends Error {
  /** The same for all of them: tells them from other errors where `instanceof` cannot. */
  override readonly name = "UnknownEvidenceError";
}

/**
 * What the verdict would be if some evidence were missing or more of it there: for `explain()`, as `reconsider`.
 * @param changes each `-code` (as if it had not been seen) or `+code` (as if it had been).
 * @throws UnknownEvidenceError that names the change.
 */
export function whatIf(changes: readonly string[]): Reconsider {
  const parsed = changes.map((change) => {
    const [sign, code] = [change[0], change.slice(1)];
    if (sign !== "+" && sign !== "-") throw new UnknownEvidenceError(`${change}: begin with + to add evidence, with - to drop it`);
    if (!Object.hasOwn(evidenceWeights, code)) throw new UnknownEvidenceError(`${code} is no kind of evidence${closest(code)}`);
    return { adds: sign === "+", code: code as EvidenceCode };
  });
  const dropped = new Set<string>(parsed.filter(({ adds }) => !adds).map(({ code }) => code));
  const added = parsed.filter(({ adds }) => adds).map(({ code }) => code);
  return (evidence) => {
    const kept = evidence.filter(({ code }) => !dropped.has(code));
    const lastMs = Math.max(0, ...evidence.map((item) => item.lastMs));
    return [...kept, ...added.map((code) => supposed(code, lastMs))];
  };
}

/** As if seen just now, by nobody. */
function supposed(code: EvidenceCode, atMs: number): Evidence {
  const { group, weights } = weightOf(code);
  return { code, group, said: "inferred", params: {}, firstMs: atMs, lastMs: atMs, count: 1, seqs: [], weights };
}

/** The kinds that share most words with it. */
function closest(code: string): string {
  const words = code.split("-");
  const shared = (other: string) => other.split("-").filter((word) => words.includes(word)).length;
  const near = Object.keys(evidenceWeights)
    .filter((other) => shared(other) > 1)
    .sort((a, b) => shared(b) - shared(a));
  return near.length === 0 ? "" : `; did you mean ${near.slice(0, 3).join(" or ")}?`;
}
