/**
 * Weights by penalised maximum likelihood: additive log-odds, softmax over them, and a pull towards what an expert put down,
 * so that what the examples say little about stays where it is. Convex but for examples with several truths; projected
 * gradient descent finds the minimum.
 */

/** What was seen at one moment of one journal, as a linear function of the weights. */
export interface Example {
  /** Its share of the loss. */
  readonly share: number;
  /** Which of the classes are true; naming one of them is right. */
  readonly truth: readonly number[];
  /** Prior log-odds of each class. */
  readonly priors: readonly number[];
  /** Sum of the votes for each class with the expert's weights. */
  readonly sums: readonly number[];
  /** How much each class's sum gains for each unit that a weight gains. */
  readonly slopes: readonly { readonly of: number; readonly on: readonly number[] }[];
}

/** All weights, and the one factor for all of them. */
export interface Weights {
  readonly values: readonly number[];
  readonly sharpness: number;
}

export interface Bounds {
  /** No weight is nearer to 0 than this, and its sign is the expert's. */
  readonly least: number;
  readonly most: number;
  readonly sharpness: readonly [number, number];
}

const steps = 400;
/** The first step, and what a step that was too long or well chosen makes of the next. */
const stride = { first: 1, shorter: 0.5, longer: 1.2, least: 1e-7 };

/**
 * @param penalty what each squared distance from the expert's weight costs; the loss is the mean of −ln p(truth).
 * @param onGrid what a number is written as; the factor is then fitted again to what the weights have become.
 */
export function fit(
  examples: readonly Example[],
  expert: Weights,
  penalty: number,
  bounds: Bounds,
  onGrid: (value: number) => number,
): Weights {
  const { values, sharpness } = descend(examples, expert, expert, penalty, bounds);
  return descend(examples, { values: values.map(onGrid), sharpness }, expert, penalty, bounds, true);
}

function descend(
  examples: readonly Example[],
  start: Weights,
  expert: Weights,
  penalty: number,
  bounds: Bounds,
  isFactorOnly = false,
): Weights {
  let best = start;
  let { cost, slope } = costOf(examples, best, expert, penalty);
  let length = stride.first;
  for (let step = 0; step < steps && length > stride.least; step++) {
    const free = within(moved(best, slope, -length), expert, bounds);
    const next = isFactorOnly ? { ...free, values: start.values } : free;
    const tried = costOf(examples, next, expert, penalty);
    if (tried.cost > cost) length *= stride.shorter;
    else {
      [best, cost, slope] = [next, tried.cost, tried.slope];
      length *= stride.longer;
    }
  }
  return best;
}

const moved = ({ values, sharpness }: Weights, slope: Weights, by: number): Weights => ({
  values: values.map((value, index) => value + by * (slope.values[index] ?? 0)),
  sharpness: sharpness + by * slope.sharpness,
});

const clamp = (value: number, [least, most]: readonly [number, number]) => Math.min(most, Math.max(least, value));

function within({ values, sharpness }: Weights, expert: Weights, { least, most, sharpness: range }: Bounds): Weights {
  const kept = (value: number, index: number) => {
    const sign = Math.sign(expert.values[index] ?? 0);
    return sign * clamp(sign * value, [least, most]);
  };
  return { values: values.map(kept), sharpness: clamp(sharpness, range) };
}

function costOf(examples: readonly Example[], weights: Weights, expert: Weights, penalty: number) {
  const { sharpness } = weights;
  const away = weights.values.map((value, index) => value - (expert.values[index] ?? 0));
  const byValue = away.map((distance) => 2 * penalty * distance);
  let bySharpness = 2 * penalty * (sharpness - expert.sharpness);
  let cost = penalty * (away.reduce((sum, distance) => sum + distance ** 2, 0) + (sharpness - expert.sharpness) ** 2);
  for (const { share, truth, priors, sums, slopes } of examples) {
    const total = [...sums];
    for (const { of, on } of slopes)
      for (const [index, slope] of on.entries()) total[index] = (total[index] ?? 0) + slope * (away[of] ?? 0);
    const odds = probabilities(total.map((sum, index) => (priors[index] ?? 0) + sharpness * sum));
    const right = truth.reduce((sum, index) => sum + (odds[index] ?? 0), 0);
    cost -= share * Math.log(Math.max(right, Number.MIN_VALUE));
    const errors = odds.map((odd, index) => share * (odd - (truth.includes(index) ? odd / Math.max(right, Number.MIN_VALUE) : 0)));
    bySharpness += errors.reduce((sum, error, index) => sum + error * (total[index] ?? 0), 0);
    for (const { of, on } of slopes)
      byValue[of] = (byValue[of] ?? 0) + sharpness * on.reduce((sum, slope, index) => sum + slope * (errors[index] ?? 0), 0);
  }
  return { cost, slope: { values: byValue, sharpness: bySharpness } };
}

function probabilities(logOdds: readonly number[]): readonly number[] {
  const top = Math.max(...logOdds);
  const all = logOdds.map((each) => Math.exp(each - top));
  const total = all.reduce((sum, each) => sum + each, 0);
  return all.map((each) => each / total);
}
