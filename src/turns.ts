/** Long work on a page, turn by turn: it draws and hears in between. */
import { sleep, type Clock } from "./clock.ts";
import { isHidden } from "./host.ts";
import type { Sliced } from "./slices.ts";

/** A turn is over with the slice that comes past this, ms: half of what a frame has at 60 Hz. */
const turnMs = 8;

/**
 * What it comes to. A page that nobody sees draws nothing, and its timers may be a minute late: there it is done without a rest.
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
