/** How well localisations agree with what was at fault: F1 over combinations, each right only as a whole, as the literature counts. */

export type Combination = Readonly<Record<string, string>>;

export interface Answer {
  readonly truth: readonly Combination[];
  readonly said: readonly Combination[];
}

const keyOf = (combination: Combination): string => JSON.stringify(Object.entries(combination).sort());

export const isRight = ({ truth, said }: Answer): boolean =>
  JSON.stringify(truth.map(keyOf).sort()) === JSON.stringify(said.map(keyOf).sort());

export function scoreOf(answers: readonly Answer[]): {
  readonly f1: number;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
} {
  let [right, wrong, missed] = [0, 0, 0];
  for (const { truth, said } of answers) {
    const keys = new Set(truth.map(keyOf));
    const hits = said.filter((combination) => keys.has(keyOf(combination))).length;
    right += hits;
    wrong += said.length - hits;
    missed += truth.length - hits;
  }
  return { f1: (2 * right) / (2 * right + wrong + missed), right, wrong, missed };
}
