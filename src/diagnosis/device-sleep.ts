/** Whether the device's sleep is all the reason that a sign takes. */
import type { Observations, Outage } from "./observations.ts";

/** A socket that died in the device's sleep is noticed this soon after it, ms. */
export const afterSleepMs = 30_000;
/** By then a device that woke up has its network back, ms. */
const wakesWithinMs = 60_000;

/** The device slept, or was waking up. */
export const isAsleep = ({ sleeps }: Observations, atMs: number): boolean =>
  sleeps.some((sleep) => Math.abs(atMs - sleep.atMs) <= afterSleepMs);

/** It was lost in a sleep, and back soon after. */
export const isOfSleep = (seen: Observations, { atMs, backMs }: Outage): boolean => isAsleep(seen, atMs) && backMs - atMs <= wakesWithinMs;
