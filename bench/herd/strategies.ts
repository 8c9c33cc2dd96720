/** How others wait before they register again. The first wait, for `failures` 1, is the one after the flow was lost. */
import type { Random } from "../../src/clock.ts";

/** The wait before try number `failures` (from 1), in ms. */
export type Strategy = (failures: number, random: Random) => number;

const doubled = (baseMs: number, capMs: number, times: number): number => Math.min(capMs, baseMs * 2 ** Math.max(0, times));

/** At once, then every 5 s. */
export const fixedRetry: Strategy = (failures) => (failures === 1 ? 0 : 5_000);

/** At once, then after 1, 2, 4 … 60 s. */
export const plainExponential: Strategy = (failures) => (failures === 1 ? 0 : doubled(1_000, 60_000, failures - 2));

/** At once, then U(0, W) with W = 1, 2, 4 … 60 s. */
export const fullJitter: Strategy = (failures, random) => (failures === 1 ? 0 : random() * doubled(1_000, 60_000, failures - 2));

/** RFC 5626 §4.5 with its defaults for an agent whose flows have all failed: W = min(1800, 30·2ⁿ) s, U(W/2, W); so 30–60 s first. */
export const rfc5626: Strategy = (failures, random) => doubled(30_000, 1_800_000, failures) * (0.5 + random() / 2);
