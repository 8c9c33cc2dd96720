/** The last moments of a line: what a phone that rings, or picks up just then, has still to be told. */
import { sleep, type Clock } from "../clock.ts";
import type { Trunk } from "./trunk.ts";

/**
 * Resolves once nothing of any call is under way on `trunk` any more, or `withinMs` have passed. A flow that is lost is called back
 * meanwhile: what stops the phone can only go out on the next.
 * @param whenFree runs an action as soon as that is so; gives back what calls the wait off.
 */
export async function untilFree(
  trunk: Trunk,
  withinMs: number,
  { clock, whenFree }: { readonly clock: Clock; readonly whenFree: (trunk: Trunk, action: () => void) => () => void },
): Promise<void> {
  const free = new AbortController();
  const stopWaiting = whenFree(trunk, () => free.abort());
  if (!free.signal.aborted && !trunk.connection.isOpen) trunk.wake();
  await sleep(clock, withinMs, free.signal).catch(() => {});
  stopWaiting();
}
