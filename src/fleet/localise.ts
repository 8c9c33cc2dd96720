/**
 * What the calls that fail have in common, and those that work have not: a trunk, a route, a site, a version, or a few of these together.
 * Localisation in multi-dimensional counts, as Adtributor (NSDI 2014), Squeeze (ISSRE 2019) and RobustSpot do it. Pure.
 */

/** How attempts with the same attributes fared. */
export interface Tally {
  /** E.g. `{ trunk: "A", route: "local", site: "Sfax" }`; what is not known of them is left out. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Attempts that failed on the line. */
  readonly failed: number;
  /** All of them, > 0; those that failed included. */
  readonly total: number;
  /** How many of the same kind failed while all was well; if left out nothing is known of it. */
  readonly before?: { readonly failed: number; readonly total: number };
}

/** Where it fails. */
export interface Localisation {
  /** What fails: each one combination of attributes; where there are several they share the attributes, not the values. */
  readonly combinations: readonly Readonly<Record<string, string>>[];
  /** How many failed there, of how many attempts. */
  readonly inside: { readonly failed: number; readonly total: number };
  /** The same, of everywhere else. */
  readonly outside: { readonly failed: number; readonly total: number };
  /** The share of all failures above what was to be expected that lies inside, 0…1. */
  readonly explained: number;
}

/** Chosen on 68 labelled incidents (docs/report.md): F1 0.78, and 0.75 to 0.785 with any of the values near these that were tried. */
const tuning = {
  /** The longest combination, attributes. */
  attributes: 3,
  /** The most combinations that are one answer. */
  combinations: 3,
  /** β² of the F-measure: that nothing failing is left outside counts more than that all inside fails. */
  recall: 2,
  /** What a further attribute must improve the F-measure by to be named, and a further combination. */
  perAttribute: 0.05,
  perCombination: 0.06,
  /** From how many attempts on a tally's own past is believed more than everybody's; and the share that fails where nothing is known. */
  pastAttempts: 50,
  pastShare: 0.02,
  /** How many combinations of the same attributes are tried together, the best first. */
  tried: 6,
  /** Log-likelihood ratio, nats, that is more than chance among so many candidates: one in twenty. */
  evidence: 3,
};

interface Cell {
  readonly tally: Tally;
  readonly failed: number;
  readonly expected: number;
  /** Many attempts say more than few, but not by as much as they are more. */
  readonly weight: number;
}

interface Candidate {
  readonly attributes: Readonly<Record<string, string>>;
  readonly cells: readonly Cell[];
}

interface Answer {
  readonly of: readonly Candidate[];
  readonly score: number;
}

/**
 * Finds the simplest combinations of attributes that tell what fails from what works.
 * @param tallies each attribute combination once.
 * @returns nothing where too little failed, or where it failed alike for all.
 */
export function localise(tallies: readonly Tally[]): Localisation | undefined {
  const cells = cellsOf(tallies);
  const names = tellingNames(tallies);
  const excess = sum(cells, ({ failed, expected }) => Math.max(0, failed - expected));
  if (excess === 0) return undefined;
  let best: Answer | undefined;
  let candidateCount = 0;
  for (const group of subsets(names, tuning.attributes)) {
    const candidates = candidatesOf(cells, group);
    candidateCount += candidates.length;
    const answer = bestOf(candidates, cells.length, group.length, excess);
    if (answer && (!best || answer.score > best.score)) best = answer;
  }
  if (!best) return undefined;
  const inside = best.of.flatMap((candidate) => candidate.cells);
  const isInside = new Set(inside);
  const outside = cells.filter((cell) => !isInside.has(cell));
  if (surprise(inside, outside) - Math.log(candidateCount) < tuning.evidence) return undefined;
  return {
    combinations: best.of.map(({ attributes }) => attributes),
    inside: counted(inside),
    outside: counted(outside),
    explained: Math.min(1, (sum(inside, failedOf) - sum(inside, expectedOf)) / excess),
  };
}

const failedOf = ({ failed }: Cell): number => failed;
const expectedOf = ({ expected }: Cell): number => expected;
const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((total, item) => total + of(item), 0);

const counted = (cells: readonly Cell[]) => ({ failed: sum(cells, failedOf), total: sum(cells, ({ tally }) => tally.total) });

function cellsOf(tallies: readonly Tally[]): readonly Cell[] {
  const { pastAttempts, pastShare } = tuning;
  const past = (of: "failed" | "total") => sum(tallies, ({ before }) => before?.[of] ?? 0);
  const usual = (past("failed") + pastAttempts * pastShare) / (past("total") + pastAttempts);
  return tallies.map((tally) => {
    const { failed, total, before = { failed: 0, total: 0 } } = tally;
    const expected = (total * (before.failed + pastAttempts * usual)) / (before.total + pastAttempts);
    return { tally, failed, expected, weight: Math.sqrt(total) };
  });
}

/** Attributes that tell attempts apart, and each otherwise than those before it. */
export function tellingNames(tallies: readonly Tally[]): readonly string[] {
  const names = [...new Set(tallies.flatMap(({ attributes }) => Object.keys(attributes)))];
  const partitions = new Set<string>();
  return names.filter((name) => {
    const numbers = new Map<string | undefined, number>();
    const partition = tallies.map(({ attributes: { [name]: value } }) => {
      const number = numbers.get(value) ?? numbers.size;
      numbers.set(value, number);
      return number;
    });
    const key = partition.join(" ");
    const isTelling = numbers.size > 1 && !partitions.has(key);
    partitions.add(key);
    return isTelling;
  });
}

/** Of one item up to `most`. */
const subsets = <T>(items: readonly T[], most: number): readonly (readonly T[])[] =>
  most === 0
    ? []
    : items.flatMap((item, index) => [[item], ...subsets(items.slice(index + 1), most - 1).map((others) => [item, ...others])]);

function candidatesOf(cells: readonly Cell[], names: readonly string[]): readonly Candidate[] {
  const candidates = new Map<string, { attributes: Record<string, string>; cells: Cell[] }>();
  for (const cell of cells) {
    const attributes: Record<string, string> = {};
    for (const name of names) {
      const value = cell.tally.attributes[name];
      if (value !== undefined) attributes[name] = value;
    }
    const values = Object.values(attributes);
    if (values.length < names.length) continue;
    const key = JSON.stringify(values);
    const candidate = candidates.get(key) ?? { attributes, cells: [] };
    candidate.cells.push(cell);
    candidates.set(key, candidate);
  }
  return [...candidates.values()];
}

/** The best candidate of these attributes, or several where together they are better by more than they cost. */
function bestOf(candidates: readonly Candidate[], cellCount: number, nameCount: number, excess: number): Answer | undefined {
  const scored = (of: readonly Candidate[]): Answer => ({
    of,
    score:
      fMeasure(
        of.flatMap(({ cells }) => cells),
        cellCount,
        excess,
      ) -
      tuning.perAttribute * (nameCount - 1) -
      tuning.perCombination * (of.length - 1),
  });
  const ranked = candidates
    .map((candidate) => scored([candidate]))
    .sort((a, b) => b.score - a.score)
    .slice(0, tuning.tried);
  let [best] = ranked;
  while (best && best.of.length < tuning.combinations) {
    const { of, score }: Answer = best;
    const [next] = ranked
      .flatMap(({ of: [one] }) => (one && !of.includes(one) ? [scored([...of, one])] : []))
      .sort((a, b) => b.score - a.score);
    if (!next || next.score <= score) break;
    best = next;
  }
  return best;
}

/** How well "fails" and "is inside" are the same: −∞ where inside fails no more than was to be expected, or where nothing is outside. */
function fMeasure(inside: readonly Cell[], cellCount: number, excess: number): number {
  const expected = sum(inside, expectedOf);
  const failed = sum(inside, failedOf);
  if (failed <= expected || inside.length === cellCount) return -Infinity;
  // Half-way, on the scale of ratios, between what was to be expected and what is met inside.
  const bar = Math.sqrt(failed / expected);
  const isFailing = (cell: Cell) => normalCdf((cell.failed - bar * cell.expected) / Math.sqrt(bar * cell.expected));
  const precision = sum(inside, (cell) => cell.weight * isFailing(cell)) / sum(inside, ({ weight }) => weight);
  const recall = (failed - expected) / excess;
  return ((1 + tuning.recall) * precision * recall) / (tuning.recall * precision + recall);
}

/** As near as the logistic function comes to it. */
const normalCdf = (z: number): number => 1 / (1 + Math.exp(-1.702 * z));

/** Log-likelihood ratio of two rates against one, for counts by Poisson (Kulldorff's scan statistic), nats. */
function surprise(inside: readonly Cell[], outside: readonly Cell[]): number {
  const scale = (sum(inside, failedOf) + sum(outside, failedOf)) / (sum(inside, expectedOf) + sum(outside, expectedOf));
  const part = (cells: readonly Cell[]) => {
    const failed = sum(cells, failedOf);
    return failed === 0 ? 0 : failed * Math.log(failed / (scale * sum(cells, expectedOf)));
  };
  return part(inside) + part(outside);
}
