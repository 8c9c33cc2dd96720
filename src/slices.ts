/** Long work that can be put down: done in slices, between which a page may draw. Who does it says whether. */

/** It may be put down where it yields. */
export type Sliced<T> = Generator<void, T, void>;

/** So many items make a slice: a few ms on a slow machine, whatever is done with each of them here. */
export const sliceItems = 500;

/** Visits them in their order. */
export function* forEachSliced<T>(items: readonly T[], visit: (item: T) => void): Sliced<void> {
  for (let from = 0; from < items.length; from += sliceItems) {
    if (from > 0) yield;
    const to = Math.min(from + sliceItems, items.length);
    for (let at = from; at < to; at++) visit(items[at] as T);
  }
}

export function* filterSliced<T>(items: readonly T[], isWanted: (item: T) => boolean): Sliced<T[]> {
  const wanted: T[] = [];
  yield* forEachSliced(items, (item) => {
    if (isWanted(item)) wanted.push(item);
  });
  return wanted;
}

/** What is made of each slice. */
export function* mapSlices<T, U>(items: readonly T[], make: (slice: readonly T[]) => U, size = sliceItems): Sliced<U[]> {
  const made: U[] = [];
  for (let from = 0; from < items.length; from += size) {
    if (from > 0) yield;
    made.push(make(items.slice(from, from + size)));
  }
  return made;
}

/** Without a rest: where there is no page, or no time. */
export function allAtOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
