/** One direction of a call's audio as it has been so far: does it flow, and is there sound in it? Pure. */
import type { AudioFault } from "../ports/audio.ts";
import type { Counters } from "./sample.ts";

export interface LaneLimits {
  /** From the answer until the first packet. */
  readonly neverCameMs: number;
  /** Since the last packet. */
  readonly stoppedMs: number;
  /** Packets without any sound since the answer. */
  readonly silentMs: number;
}

export interface Lane {
  readonly counters: Counters;
  /** A packet has come (gone). */
  readonly came: boolean;
  /** There was sound in it. */
  readonly sounded: boolean;
  /** For how long no packet came. */
  readonly stillMs: number;
  /** For how long packets came without sound. */
  readonly silentMs: number;
  /** For how long they have come steadily since the answer; −∞ once they paused. */
  readonly steadyMs: number;
}

/** What is wrong with one direction. */
export type LaneFault = Pick<AudioFault, "kind" | "forMs">;

/** Who is silent and saves packets (Opus DTX, RFC 7587 §3.1.3) sends some 2.5 a second, who is heard 50, or at least 10. */
const densePerS = 10;

/** Who has sent steadily for so long saves no packets: in this time everybody has been silent for a while, ms. */
const provenSteadyMs = 20_000;

/** Mean square under which nothing is audible, −70 dBov: A-law's own idle code is at −72 (ITU-T G.711, ±8 of 32 768). */
const audiblePower = 1e-7;

export function follow(before: Lane | undefined, counters: Counters, elapsedMs: number): Lane {
  const packets = counters.packets - (before?.counters.packets ?? counters.packets);
  const energy = counters.energy === undefined ? undefined : counters.energy - (before?.counters.energy ?? 0);
  const power = energy === undefined ? undefined : (energy * 1_000) / Math.max(elapsedMs, 1_000);
  // Counters that begin anew (another SSRC) count as a packet.
  const moved = packets !== 0;
  const sounded = before?.sounded === true || (power !== undefined && Math.abs(power) >= audiblePower);
  const isDense = packets * 1_000 >= densePerS * elapsedMs && moved;
  const hasPaused = moved && before !== undefined && (!isDense || before.stillMs > 0);
  return {
    counters,
    came: counters.packets > 0,
    sounded,
    stillMs: !before || moved ? 0 : before.stillMs + elapsedMs,
    silentMs: before && isDense && power !== undefined && !sounded ? before.silentMs + elapsedMs : 0,
    steadyMs: hasPaused ? -Infinity : (before?.steadyMs ?? 0) + (isDense ? elapsedMs : 0),
  };
}

/** Proven: something came since the last sample; or nothing shall. */
export const isWell = (before: Lane | undefined, lane: Lane | undefined): boolean =>
  !lane || (before !== undefined && lane.stillMs === 0 && lane.silentMs === 0);

export function laneFault(lane: Lane, limits: LaneLimits): LaneFault | undefined {
  const { came, stillMs, silentMs, steadyMs, counters } = lane;
  const mayPause = counters.mayPause && steadyMs < provenSteadyMs;
  if (!came) return stillMs >= limits.neverCameMs ? { kind: "never-came", forMs: stillMs } : undefined;
  if (stillMs >= limits.stoppedMs && !mayPause) return { kind: "stopped", forMs: stillMs };
  return silentMs >= limits.silentMs ? { kind: "silent", forMs: silentMs } : undefined;
}
