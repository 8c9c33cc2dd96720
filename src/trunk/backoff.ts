/** How long to wait before the next try, so that ten thousand agents do not come in the same second. */
import type { Random } from "../clock.ts";
import type { Limits } from "../limits.ts";

/** The size of a fleet that loses its line together, and what an edge can take of it. */
export interface Fleet {
  /** Agents whose softphones use the same edge (N). */
  readonly agents: number;
  /** Registrations that an edge takes in one second (C). */
  readonly registrationsPerS: number;
}

/** A fifth more than the edge could take at best: N/C alone would keep it full to the brim. */
const slack = 1.2;

/** Over how long the fleet's first moves are spread: 1.2·N/C, in ms. 0 for a fleet that nobody told of. */
export const spreadMsOf = (fleet: Fleet | undefined): number => (fleet ? (slack * fleet.agents * 1_000) / fleet.registrationsPerS : 0);

type BackoffLimits = Pick<Limits, "reconnectBaseMs" | "reconnectMaxMs">;

/**
 * The widest that the wait between two tries becomes, in ms. Whoever was connected for as long has knocked no more often than the back-off
 * allows anyhow, and may forget what failed before. RFC 5626 §4.5 counts failed registrations only: a flow that is bound and dies at once would be none.
 */
export const longestBackoffMs = ({ reconnectMaxMs }: BackoffLimits, spreadMs: number): number => Math.max(reconnectMaxMs, 2 * spreadMs);

/**
 * The wait before try number `failures` (from 1), in ms. The first try of a fleet is U(0, `spreadMs`): jitter in the
 * back-off alone comes too late, all would have knocked once already. Then W = min(max, base·2ⁿ⁻¹), U(W/2, W)
 * (RFC 5626 §4.5), with a base that is no narrower than the fleet needs.
 */
export function backoffMs(failures: number, limits: BackoffLimits, spreadMs: number, random: Random): number {
  if (spreadMs > 0 && failures <= 1) return random() * spreadMs;
  const baseMs = Math.max(limits.reconnectBaseMs, spreadMs);
  const widthMs = Math.min(longestBackoffMs(limits, spreadMs), baseMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return widthMs * (0.5 + random() / 2);
}

/** How long a registrar is left alone that has refused our account `refusals` times in a row, in ms: U(W/2, W), W = min(max, base·2ⁿ⁻¹). */
export function refusalRestMs(refusals: number, { refusalRestBaseMs, refusalRestMaxMs }: Limits, random: Random): number {
  return Math.min(refusalRestMaxMs, refusalRestBaseMs * 2 ** Math.min(30, refusals - 1)) * (0.5 + random() / 2);
}

/** An edge or a registrar that has let nobody in so often in a row, or hung up, is down: more knocks than its back-off's are for nothing. */
const downAfter = 3;

/** Whether one that has failed `failures` times in a row, each in its turn, may only be overrun, and take us the next moment. */
export const mayBeOverrun = (failures: number): boolean => failures < downAfter;

/**
 * The wait of a call that has `leftMs` to wait for a trunk, before it asks again, in ms: U(W/2, W), W = 2·base, or a third of what is left where that
 * is less, but not under base. Whoever is turned away by chance, at an edge that is overrun, has the more chances the less time there is, and few get so far.
 */
export const knockMs = (leftMs: number, { reconnectBaseMs }: Pick<Limits, "reconnectBaseMs">, random: Random): number =>
  Math.min(2 * reconnectBaseMs, Math.max(reconnectBaseMs, leftMs / 3)) * (0.5 + random() / 2);

/**
 * Whether who waits for an edge, and has asked for it `times` times already, at equal intervals, knocks at it this time: with gaps that
 * double. What lies between is left to the back-off.
 */
export const isTimeToKnock = (times: number): boolean => Number.isInteger(Math.log2(times + 1));

/** A peer's `Retry-After` in ms, clamped: a mistaken or hostile hour must not switch a trunk off. */
export function retryAfterMs(retryAfterS: number | undefined, maxMs: number): number {
  return retryAfterS === undefined || !(retryAfterS > 0) ? 0 : Math.min(retryAfterS * 1_000, maxMs);
}
