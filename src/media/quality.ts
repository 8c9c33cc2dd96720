/** How good is the audio, each way? Pure: by the E-model, over the last seconds. */
import type { AudioQuality } from "../ports/audio.ts";
import { mosOf, ratingOf, type Codec } from "./e-model.ts";
import type { Inbound } from "./sample.ts";

export interface QualityLimits {
  /** Quality is rated over this. */
  readonly qualityWindowMs: number;
  /** Quality is called poor below this MOS, and good again above that. */
  readonly poorBelowMos: number;
  readonly goodAboveMos: number;
}

/** Samples that quality is rated by, oldest first. */
export type Window = readonly { readonly atMs: number; readonly inbound: Inbound }[];

export type Level = "good" | "poor";

/** Packets that a rating needs; with fewer, one lost is too much. */
const ratedPackets = 50;

/** One frame's worth of speech is collected before it is sent, ms (`a=ptime`'s default, RFC 3551 §4.2). */
const packetMs = 20;

/**
 * What a jitter buffer asks for at a jitter: some three deviations (RFC 3550 §6.4.1 gives the mean), and a little in hand, ms.
 * What it holds beyond is left from a gap that is over, or from a machine that was busy: it drains by itself, which takes
 * Chromium up to a minute, and says nothing of the line.
 */
const neededMs = (jitterMs: number) => 60 + 4 * jitterMs;

/** As many of the last samples as span `windowMs`. */
export function recent(window: Window, windowMs: number): Window {
  const untilMs = (window.at(-1)?.atMs ?? 0) - windowMs;
  const first = window.findLastIndex(({ atMs }) => atMs <= untilMs);
  return first > 0 ? window.slice(first) : window;
}

/** What is lost on the way to the peer, by its own word. */
export interface Uplink {
  readonly lossPercent: number;
  readonly jitterMs: number;
}

/** Over the whole window; undefined while it is too short, or holds too little. */
export function qualityOf(window: Window, uplink: Uplink | undefined, { qualityWindowMs }: QualityLimits): AudioQuality | undefined {
  const [from] = window;
  const to = window.at(-1);
  if (!from || !to || to.atMs - from.atMs < qualityWindowMs) return undefined;
  const past = (count: (inbound: Inbound) => number) => Math.max(0, count(to.inbound) - count(from.inbound));
  const packets = past((inbound) => inbound.packets);
  const lost = past((inbound) => inbound.lost);
  if (packets + lost < ratedPackets) return undefined;
  const played = past((inbound) => inbound.emitted);
  // What nobody plays is discarded too, and tells nothing.
  const late = played > 0 ? past((inbound) => inbound.discarded) : 0;
  const lossPercent = Math.min(100, (100 * (lost + late)) / (packets + lost));
  const { codec, codecName, rttMs, jitterMs } = to.inbound;
  const bufferMs = Math.min(neededMs(jitterMs), past((inbound) => inbound.bufferedMs) / Math.max(1, played));
  return {
    mos: mos(lossPercent, bufferMs, codec, rttMs),
    lossPercent: rounded(lossPercent, 10),
    jitterMs: Math.round(jitterMs),
    ...(codecName !== undefined && { codec: codecName }),
    ...(rttMs !== undefined && { rttMs: Math.round(rttMs) }),
    // How long the peer buffers is not told: what its jitter asks for.
    ...(uplink && {
      uplink: {
        mos: mos(uplink.lossPercent, neededMs(uplink.jitterMs), codec, rttMs),
        lossPercent: rounded(uplink.lossPercent, 10),
        jitterMs: Math.round(uplink.jitterMs),
      },
    }),
  };
}

const mos = (lossPercent: number, bufferMs: number, codec: Codec, rttMs = 0): number =>
  rounded(mosOf(ratingOf({ delayMs: rttMs / 2 + bufferMs + packetMs, lossPercent, codec })), 100);

const rounded = (value: number, steps: number) => Math.round(value * steps) / steps;

/** By the worse way. Between the two limits it stays what it was. */
export function levelOf(before: Level | undefined, { mos, uplink }: AudioQuality, { poorBelowMos, goodAboveMos }: QualityLimits): Level {
  const worse = Math.min(mos, uplink?.mos ?? mos);
  if (before === "poor") return worse > goodAboveMos ? "good" : "poor";
  return worse < poorBelowMos ? "poor" : "good";
}
