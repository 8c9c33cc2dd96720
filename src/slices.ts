/** Long work that can be put down: done in slices, between which a page draws and hears. Who does it says whether. */
import { sleep, type Clock } from "./clock.ts";
import { isHidden } from "./host.ts";

/** It may be put down where it yields. */
export type Sliced<T> = Generator<void, T, void>;

/** So many items make a slice: a few ms on a slow machine, whatever is done with each of them here. */
export const sliceItems = 500;

/** A turn is over with the slice that comes past this, ms: half of what a frame has at 60 Hz. */
const turnMs = 8;

/** Visits them in their order. */
export function* forEachSliced<T>(items: readonly T[], visit: (item: T) => void): Sliced<void> {
  for (let from = 0; from < items.length; from += sliceItems) {
    if (from > 0) yield;
    for (const item of items.slice(from, from + sliceItems)) visit(item);
  }
}

export function* filterSliced<T>(items: readonly T[], isWanted: (item: T) => boolean): Sliced<T[]> {
  const wanted: T[] = [];
  yield* forEachSliced(items, (item) => {
    if (isWanted(item)) wanted.push(item);
  });
  return wanted;
}

/** Without a rest: where there is no page, or no time. */
export function allAtOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/**
 * Turn by turn. A page that nobody sees draws nothing, and its timers may be a minute late: there it is done without a rest.
 * @throws the signal's reason when it aborts first.
 */
export async function inTurns<T>(work: Sliced<T>, clock: Clock, signal?: AbortSignal): Promise<T> {
  for (let begunMs = clock.nowMs(); ;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (isHidden() || clock.nowMs() - begunMs < turnMs) continue;
    await sleep(clock, 0, signal);
    begunMs = clock.nowMs();
  }
}
