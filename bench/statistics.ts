export interface Spread {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** The value at `share` of the way from the least to the greatest; NaN of nothing. */
function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? NaN;
}

/** The middle value, the lower one of two; NaN of nothing. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Half of the values lie between `low` and `high`. */
export const quartiles = (values: readonly number[]): Spread => ({
  low: quantile(values, 0.25),
  middle: median(values),
  high: quantile(values, 0.75),
});

export const worst = (values: readonly number[]): number => (values.length > 0 ? Math.max(...values) : NaN);
