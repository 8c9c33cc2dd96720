/** The fitter finds weights that are known, keeps what nothing speaks of, and never turns an expert's "for" into "against". */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../adapters/mock-trunk/index.ts";
import { fit, type Example, type Weights } from "./fitter.ts";
import { bounds, documentWith, rounded, sourceWith, table } from "./table.ts";

const asIs = (value: number) => value;
const wide = { least: 0.25, most: 6, sharpness: [1, 1] } as const;

/** Each weight speaks for one class of three: the first for 0, the second for 1, the third against 2. The fourth is never seen. */
const expert: Weights = { values: [1, 1, -1, 2], sharpness: 1 };
const classes = [0, 1, 2];

/** Moments in which each kind of evidence is seen or not, with truths drawn by `values`. */
function drawn(values: readonly number[], count: number): readonly Example[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => {
    const slopes = classes.flatMap((of) => (random() < 0.5 ? [{ of, on: classes.map((each) => Number(each === of)) }] : []));
    const sumOf = (weights: readonly number[], each: number) =>
      slopes.reduce((sum, { of, on }) => sum + (on[each] ?? 0) * (weights[of] ?? 0), 0);
    const odds = classes.map((each) => Math.exp(sumOf(values, each)));
    let left = random() * odds.reduce((sum, each) => sum + each, 0);
    const truth = classes.find((each) => (left -= odds[each] ?? 0) < 0) ?? 2;
    return { share: 1 / count, truth: [truth], priors: [0, 0, 0], sums: classes.map((each) => sumOf(expert.values, each)), slopes };
  });
}

describe("weights that are known", () => {
  const known = [2.5, 0.5, -2];
  const { values } = fit(drawn(known, 4_000), expert, 0.0001, wide, asIs);

  test.each(known.map((weight, index) => [weight, index] as const))("%s is found", (weight, index) => {
    expect(Math.abs((values[index] ?? 0) - weight)).toBeLessThan(0.2);
  });

  test("what was never seen stays as the expert put it", () => expect(values[3]).toBe(2));
});

test("a sign is kept, whatever the examples say", () => {
  const { values } = fit(drawn([-3, 1, 3], 1_000), expert, 0.0001, wide, asIs);
  expect([values[0], values[2]]).toEqual([0.25, -0.25]);
});

test("a strong pull lets nothing move, a weaker one less than none would", () => {
  const [held, pulled, free] = [100, 0.05, 0.0001].map(
    (penalty) => fit(drawn([2.5, 1, -1], 2_000), expert, penalty, wide, asIs).values[0] ?? 0,
  );
  expect(held).toBeCloseTo(1, 2);
  expect(pulled).toBeGreaterThan(1.05);
  expect(pulled).toBeLessThan(free ?? 0);
});

test("the factor for all weights is found where the weights are held", () => {
  const truth = expert.values.map((value) => 2 * value);
  const examples = drawn(truth, 4_000);
  expect(fit(examples, expert, 0.0001, { ...wide, sharpness: [0.5, 3] }, Math.sign).sharpness).toBeGreaterThan(1.5);
});

test("of several that are true, naming one is right", () => {
  const both: Example = { share: 1, truth: [0, 1], priors: [0, 0, 0], sums: [1, 0, 0], slopes: [{ of: 0, on: [1, 0, 0] }] };
  const { values } = fit([both], expert, 0.001, wide, asIs);
  expect(values[0]).toBeGreaterThan(1.5);
});

describe("the table is written where it is read", () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const source = read("src/diagnosis/weights.ts");
  const document = read("docs/diagnosis.md");
  const values = table.map(({ expert: value }) => value);

  test("unchanged, it changes nothing", () => {
    expect(sourceWith(source, values, 1.5)).toBe(source);
    expect(documentWith(document, values)).toBe(document);
  });

  test("each number finds its row, and a carrier's three stay one", () => {
    const doubled = values.map((value) => 2 * value);
    const written = sourceWith(source, doubled, 1.25);
    expect(written).toContain('weights: { "crm-init": 3, "local-network": -6, ...carriers(-4) }');
    expect(written).toContain("export const sharpness = 1.25;");
    expect(documentWith(document, doubled)).toContain("| `critical-stage-failed` | boot | crm-init +6 |");
  });

  test("on a grid, within bounds that the table itself keeps", () => {
    expect([1.1, 1.13, -0.4].map(rounded)).toEqual([1, 1.25, -0.5]);
    for (const { expert: value } of table) {
      expect(rounded(value)).toBe(value);
      expect(Math.abs(value)).toBeGreaterThanOrEqual(bounds.least);
      expect(Math.abs(value)).toBeLessThanOrEqual(bounds.most);
    }
  });
});
