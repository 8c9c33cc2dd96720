/**
 * Is there audio, and how good is it? Pure: from one sample of the counters to the next.
 *
 * It judges by elapsed time and by counters, never by the number of samples: a hidden tab samples seldom. What may
 * have another reason than a fault is none: a hold, a muted microphone, a peer that says nothing, a page that slept.
 */
import type { AudioFault, AudioQuality } from "../ports.ts";
import { mosOf, ratingOf, type Codec } from "./e-model.ts";

/** Counters at one moment, all of them cumulative. */
export interface MediaSample {
  /** Monotonic, ms. */
  readonly atMs: number;
  /** What comes in; undefined while nothing shall (hold). */
  readonly inbound: Inbound | undefined;
  /** What goes out; undefined while nothing shall (hold, muted microphone). */
  readonly outbound: Outbound | undefined;
}

/** Counters of one direction. */
interface Counters {
  readonly packets: number;
  /** Sound in it: the sum of squared levels × seconds (W3C webrtc-stats, `totalAudioEnergy`); undefined where it is not measured. */
  readonly energy: number | undefined;
  /** Comfort noise is agreed (RFC 3389): who is silent may send no packets; few peers do. */
  readonly mayPause: boolean;
}

export interface Inbound extends Counters {
  /** Packets that did not come. */
  readonly lost: number;
  /** Packets that came too late, or too early, to be played. */
  readonly discarded: number;
  readonly jitterMs: number;
  /** Time that all samples together have spent in the jitter buffer, in ms, and how many they are. None come out while nobody plays them. */
  readonly bufferedMs: number;
  readonly emitted: number;
  readonly codec: Codec;
  readonly rttMs: number | undefined;
}

export interface Outbound extends Counters {
  /** The microphone is gone: unplugged, or taken away. */
  readonly isEnded: boolean;
  /** Reports of the peer's that we have had, and those of them that say it received something of ours since the last (RFC 3550 §6.4). */
  readonly reports: number | undefined;
  readonly receipts: number | undefined;
}

export interface WatchLimits {
  /** From the answer until the first packet. */
  readonly neverCameMs: number;
  /** Since the last packet. */
  readonly stoppedMs: number;
  /** Packets without any sound since the answer. */
  readonly silentMs: number;
  /** Quality is rated over this. */
  readonly qualityWindowMs: number;
  /** Quality is called poor below this MOS, and good again above that. */
  readonly poorBelowMos: number;
  readonly goodAboveMos: number;
}

/** One direction as it has been so far. */
interface Lane {
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

interface OutboundLane extends Lane {
  /** Reports of the peer's when it last had received something, and how long ago that was. */
  readonly reportsThen: number | undefined;
  readonly unheardMs: number;
}

export interface WatchState {
  readonly last: MediaSample | undefined;
  /** The samples before were far apart. */
  readonly wasGap: boolean;
  readonly inbound: Lane | undefined;
  readonly outbound: OutboundLane | undefined;
  readonly isLost: boolean;
  /** Samples that quality is rated by, oldest first. */
  readonly window: readonly { readonly atMs: number; readonly inbound: Inbound }[];
  readonly level: "good" | "poor" | undefined;
}

export type Finding =
  | { readonly type: "lost"; readonly fault: AudioFault }
  | { readonly type: "restored" }
  | { readonly type: "rated"; readonly level: "good" | "poor"; readonly quality: AudioQuality };

export const unwatched: WatchState = {
  last: undefined,
  wasGap: false,
  inbound: undefined,
  outbound: undefined,
  isLost: false,
  window: [],
  level: undefined,
};

/** Samples further apart than this: the page slept, or its timers are throttled, ms. */
const gapMs = 2_500;

/** Who is silent and saves packets (Opus DTX, RFC 7587 §3.1.3) sends some 2.5 a second, who is heard 50, or at least 10. */
const densePerS = 10;

/** Who has sent steadily for so long saves no packets: in this time everybody has been silent for a while, ms. */
const provenSteadyMs = 20_000;

/** Mean square under which nothing is audible, −70 dBov: A-law's own idle code is at −72 (ITU-T G.711, ±8 of 32 768). */
const audiblePower = 1e-7;

/** Reports without a receipt before we believe that nothing arrives; one may have been sent just then. */
const reportsInDoubt = 2;

/** Packets that a rating needs; with fewer, one lost is too much. */
const ratedPackets = 50;

/** One frame's worth of speech is collected before it is sent, ms (`a=ptime`'s default, RFC 3551 §4.2). */
const packetMs = 20;

/** Takes a sample into account. */
export function watchAudio(
  state: WatchState,
  sample: MediaSample,
  limits: WatchLimits,
): { readonly state: WatchState; readonly findings: readonly Finding[] } {
  const elapsedMs = state.last ? sample.atMs - state.last.atMs : 0;
  const isGap = elapsedMs > gapMs;
  // One gap is a page that slept, and what was before it says nothing now. One after another are throttled timers: time passed as usual.
  const isVoid = isGap && !state.wasGap;
  const before = isVoid ? unwatched : state;
  const inbound = sample.inbound && follow(before.inbound, sample.inbound, elapsedMs);
  const outbound = sample.outbound && followOutbound(before.outbound, sample.outbound, elapsedMs);
  const fault = faultOf(inbound, outbound, sample, limits);
  const isLost = fault !== undefined || (state.isLost && !(isWell(before.inbound, inbound) && isWell(before.outbound, outbound)));
  const flows = sample.inbound && inbound && inbound.stillMs === 0 && !isVoid;
  const window = flows ? recent([...state.window, { atMs: sample.atMs, inbound: sample.inbound }], limits.qualityWindowMs) : [];
  const quality = qualityOf(window, limits.qualityWindowMs);
  const level = quality ? levelOf(state.level, quality, limits) : state.level;
  return {
    state: { last: sample, wasGap: isGap, inbound, outbound, isLost, window, level },
    findings: [
      ...(fault && !state.isLost ? [{ type: "lost", fault } as const] : []),
      ...(state.isLost && !isLost ? [{ type: "restored" } as const] : []),
      ...(quality && level && level !== state.level ? [{ type: "rated", level, quality } as const] : []),
    ],
  };
}

// ── Is there audio? ───────────────────────────────────────────────────────────────────────────────

function follow(before: Lane | undefined, counters: Counters, elapsedMs: number): Lane {
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

function followOutbound(before: OutboundLane | undefined, counters: Outbound, elapsedMs: number): OutboundLane {
  const { receipts, reports } = counters;
  const isHeard = receipts === undefined || receipts !== (before?.counters as Outbound | undefined)?.receipts;
  const then = before?.reportsThen;
  // A peer that counts anew is another one (the carrier moved the call); it may be of those that never confirm anything.
  const isAnother = reports !== undefined && then !== undefined && reports < then;
  return {
    ...follow(before, counters, elapsedMs),
    reportsThen: receipts === undefined || isAnother ? undefined : isHeard ? reports : then,
    unheardMs: isHeard ? 0 : (before?.unheardMs ?? 0) + elapsedMs,
  };
}

/** Proven: something came since the last sample; or nothing shall. */
const isWell = (before: Lane | undefined, lane: Lane | undefined): boolean =>
  !lane || (before !== undefined && lane.stillMs === 0 && lane.silentMs === 0);

type LaneFault = Pick<AudioFault, "kind" | "forMs">;

function laneFault(lane: Lane, limits: WatchLimits): LaneFault | undefined {
  const { came, stillMs, silentMs, steadyMs, counters } = lane;
  const mayPause = counters.mayPause && steadyMs < provenSteadyMs;
  if (!came) return stillMs >= limits.neverCameMs ? { kind: "never-came", forMs: stillMs } : undefined;
  if (stillMs >= limits.stoppedMs && !mayPause) return { kind: "stopped", forMs: stillMs };
  return silentMs >= limits.silentMs ? { kind: "silent", forMs: silentMs } : undefined;
}

function faultOf(
  inbound: Lane | undefined,
  outbound: OutboundLane | undefined,
  { outbound: counters }: MediaSample,
  limits: WatchLimits,
): AudioFault | undefined {
  const unheard = inbound && laneFault(inbound, limits);
  const unsent = outbound && (counters?.isEnded ? ({ kind: "silent", forMs: 0 } as const) : laneFault(outbound, limits));
  const lost = outbound && unreceived(outbound, limits);
  if (unheard) return told(unheard, unsent || lost ? "both" : "inbound");
  // While something comes in the connection is well: what does not leave is held up on this side.
  if (unsent) return { ...told(unsent, "outbound"), ...(inbound?.came && inbound.stillMs === 0 && { isLocal: true as const }) };
  return lost && told(lost, "outbound");
}

const told = ({ kind, forMs }: LaneFault, direction: AudioFault["direction"]): AudioFault => ({
  direction,
  kind,
  forMs: Math.round(forMs),
});

/** The peer reports again and again, and no longer that anything of ours arrives. */
function unreceived({ counters, reportsThen, unheardMs, stillMs }: OutboundLane, { stoppedMs }: WatchLimits): LaneFault | undefined {
  const { reports } = counters as Outbound;
  if (reports === undefined || reportsThen === undefined || stillMs > 0) return undefined;
  return reports - reportsThen >= reportsInDoubt && unheardMs >= stoppedMs ? { kind: "stopped", forMs: unheardMs } : undefined;
}

// ── How good is it? ───────────────────────────────────────────────────────────────────────────────

type Window = WatchState["window"];

/** As many of the last samples as span `windowMs`. */
function recent(window: Window, windowMs: number): Window {
  const untilMs = (window.at(-1)?.atMs ?? 0) - windowMs;
  const first = window.findLastIndex(({ atMs }) => atMs <= untilMs);
  return first > 0 ? window.slice(first) : window;
}

/** Over the whole window; undefined while it is too short, or holds too little. */
function qualityOf(window: Window, windowMs: number): AudioQuality | undefined {
  const [from] = window;
  const to = window.at(-1);
  if (!from || !to || to.atMs - from.atMs < windowMs) return undefined;
  const past = (count: (inbound: Inbound) => number) => Math.max(0, count(to.inbound) - count(from.inbound));
  const packets = past((inbound) => inbound.packets);
  const lost = past((inbound) => inbound.lost);
  if (packets + lost < ratedPackets) return undefined;
  const played = past((inbound) => inbound.emitted);
  // What nobody plays is discarded too, and tells nothing.
  const late = played > 0 ? past((inbound) => inbound.discarded) : 0;
  const lossPercent = Math.min(100, (100 * (lost + late)) / (packets + lost));
  const bufferMs = past((inbound) => inbound.bufferedMs) / Math.max(1, played);
  const { codec, rttMs, jitterMs } = to.inbound;
  const mos = mosOf(ratingOf({ delayMs: (rttMs ?? 0) / 2 + bufferMs + packetMs, lossPercent, codec }));
  return {
    mos: rounded(mos, 100),
    lossPercent: rounded(lossPercent, 10),
    jitterMs: Math.round(jitterMs),
    ...(rttMs !== undefined && { rttMs: Math.round(rttMs) }),
  };
}

const rounded = (value: number, steps: number) => Math.round(value * steps) / steps;

/** Between the two limits it stays what it was. */
function levelOf(before: WatchState["level"], { mos }: AudioQuality, { poorBelowMos, goodAboveMos }: WatchLimits): "good" | "poor" {
  if (before === "poor") return mos > goodAboveMos ? "good" : "poor";
  return mos < poorBelowMos ? "poor" : "good";
}
