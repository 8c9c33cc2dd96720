/** Waiting for a trunk that something of an answered call is to go out on. */
import { sleep } from "../clock.ts";
import type { Settings } from "../config.ts";
import { anyOf } from "../platform.ts";
import type { Trunk } from "../trunk/trunk.ts";

export interface ReadyPorts {
  readonly settings: Settings;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  /** Nobody waits any more. */
  readonly signal: AbortSignal;
}

/**
 * So often in a row the next flow is brought up at once for what was lost with its own: an edge that hangs up at it each time is left to the
 * back-off then.
 */
export const promptReturns = 2;

/** @returns whether it is ready: now, or by `untilMs`, ms since the session's start. Never rejects. */
export async function untilReady(
  trunk: Trunk,
  untilMs: number,
  { settings: { clock }, onTrunkChange, signal }: ReadyPorts,
): Promise<boolean> {
  if (trunk.health.ready) return true;
  const bound = new AbortController();
  const stop = onTrunkChange(() => trunk.health.ready && bound.abort());
  await sleep(clock, untilMs - clock.nowMs(), anyOf(bound.signal, signal)).catch(() => {});
  stop();
  return trunk.health.ready;
}
