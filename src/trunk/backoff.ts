import type { Random } from "../ports.ts";

/**
 * The wait before try number `failures` (from 1): W = min(max, base·2ⁿ⁻¹), then U(W/2, W) (RFC 5626 §4.5).
 * @returns ms
 */
export function backoffMs(failures: number, baseMs: number, maxMs: number, random: Random): number {
  const widthMs = Math.min(maxMs, baseMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return widthMs * (0.5 + random() / 2);
}

/** A peer's `Retry-After` in ms, clamped: a mistaken or hostile hour must not switch a trunk off. */
export function retryAfterMs(retryAfterS: number | undefined, maxMs: number): number {
  return retryAfterS === undefined || !(retryAfterS > 0) ? 0 : Math.min(retryAfterS * 1_000, maxMs);
}
