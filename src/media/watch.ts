/**
 * Is there audio, and how good is it? Pure: from one sample of the counters to the next.
 *
 * It judges by elapsed time and by counters, never by the number of samples: a hidden tab samples seldom. What may
 * have another reason than a fault is none: a hold, a muted microphone, a peer that says nothing, a page that slept.
 */
import type { AudioFault, AudioQuality, MediaPath, MicrophoneState } from "../ports/audio.ts";
import { follow, isWell, laneFault, type Lane, type LaneFault, type LaneLimits } from "./lane.ts";
import { levelOf, qualityOf, recent, type Level, type QualityLimits, type Window } from "./quality.ts";
import { followReceipts, noReceipts, unconfirmedMs, uplinkOf, type Receipts } from "./receipts.ts";
import type { MediaSample } from "./sample.ts";
import { followTransport, pathOf, unansweredMs, type TransportLane } from "./transport.ts";

export interface WatchLimits extends LaneLimits, QualityLimits {}

export interface WatchState {
  readonly last: MediaSample | undefined;
  /** The samples before were far apart. */
  readonly wasGap: boolean;
  readonly inbound: Lane | undefined;
  readonly outbound: Lane | undefined;
  readonly receipts: Receipts;
  readonly transport: TransportLane | undefined;
  readonly microphone: MicrophoneState;
  readonly isLost: boolean;
  readonly window: Window;
  readonly level: Level | undefined;
}

export type Finding =
  | { readonly type: "lost"; readonly fault: AudioFault }
  | { readonly type: "restored"; readonly path: MediaPath | undefined }
  | { readonly type: "rated"; readonly level: Level; readonly quality: AudioQuality }
  | { readonly type: "microphone"; readonly state: MicrophoneState };

export const unwatched: WatchState = {
  last: undefined,
  wasGap: false,
  inbound: undefined,
  outbound: undefined,
  receipts: noReceipts,
  transport: undefined,
  microphone: "live",
  isLost: false,
  window: [],
  level: undefined,
};

/** Samples further apart than this: the page slept, or its timers are throttled, ms. */
const gapMs = 2_500;

/**
 * The same call on another connection, whose counters begin anew. What was told stays told, and what the audio flowed on
 * before is still the measure of what has changed: where this one never connects, the call had a path all the same.
 */
export const reconnected = ({ isLost, level, microphone, transport }: WatchState): WatchState => ({
  ...unwatched,
  isLost,
  level,
  microphone,
  transport,
});

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
  const before = isVoid ? { ...unwatched, transport: state.transport } : state;
  const inbound = sample.inbound && follow(before.inbound, sample.inbound, elapsedMs);
  const outbound = sample.outbound && follow(before.outbound, sample.outbound, elapsedMs);
  const receipts = sample.outbound ? followReceipts(before.receipts, sample.outbound, elapsedMs, limits.qualityWindowMs) : noReceipts;
  const flows = isWell(before.inbound, inbound) && isWell(before.outbound, outbound);
  // Whatever was unanswered before a sleep says nothing now.
  const unheardMs = inbound?.came ? inbound.stillMs : 0;
  const transport =
    sample.transport && followTransport(before.transport, sample.transport, isVoid ? 0 : elapsedMs, flows && !state.isLost, unheardMs);
  const path = transport && pathOf(transport);
  const fault = faultOf({ inbound, outbound, receipts, transport }, sample, limits);
  const isLost = fault !== undefined || (state.isLost && !flows);
  const isRated = sample.inbound && inbound && inbound.stillMs === 0 && !isVoid;
  const window = isRated ? recent([...state.window, { atMs: sample.atMs, inbound: sample.inbound }], limits.qualityWindowMs) : [];
  const quality = qualityOf(window, uplinkOf(receipts, limits.qualityWindowMs), limits);
  const level = quality ? levelOf(state.level, quality, limits) : state.level;
  const microphone = sample.microphone ?? state.microphone;
  const onPath = path && { path };
  return {
    state: { last: sample, wasGap: isGap, inbound, outbound, receipts, transport, microphone, isLost, window, level },
    findings: [
      ...(microphone !== state.microphone ? [{ type: "microphone", state: microphone } as const] : []),
      ...(fault && !state.isLost ? [{ type: "lost", fault: { ...fault, ...onPath } } as const] : []),
      ...(state.isLost && !isLost ? [{ type: "restored", path } as const] : []),
      ...(quality && level && level !== state.level ? [{ type: "rated", level, quality: { ...quality, ...onPath } } as const] : []),
    ],
  };
}

type Followed = Pick<WatchState, "inbound" | "outbound" | "receipts" | "transport">;

function faultOf(
  { inbound, outbound, receipts, transport }: Followed,
  { outbound: counters }: MediaSample,
  limits: WatchLimits,
): AudioFault | undefined {
  const unheard = inbound && laneFault(inbound, limits);
  const unsent = outbound && (counters?.isEnded ? ({ kind: "silent", forMs: 0 } as const) : laneFault(outbound, limits));
  const unreceived = outbound && unreceivedMs(outbound, receipts, transport, limits);
  if (unheard) return told(unheard, unsent || unreceived !== undefined ? "both" : "inbound");
  // While something comes in the connection is well: what does not leave is held up on this side.
  if (unsent) return { ...told(unsent, "outbound"), ...(inbound?.came && inbound.stillMs === 0 && { isLocal: true as const }) };
  return unreceived === undefined ? undefined : told({ kind: "stopped", forMs: unreceived }, "outbound");
}

const told = ({ kind, forMs }: LaneFault, direction: AudioFault["direction"]): AudioFault => ({
  direction,
  kind,
  forMs: Math.round(forMs),
});

/**
 * Packets leave, and do not arrive: nobody answers at the far end of the pair any more, or the peer no longer confirms
 * what it used to confirm. For how long, ms; undefined where nothing can be known.
 */
function unreceivedMs(
  { stillMs }: Lane,
  receipts: Receipts,
  transport: TransportLane | undefined,
  { stoppedMs }: WatchLimits,
): number | undefined {
  if (stillMs > 0) return undefined;
  const forMs = Math.max((transport && unansweredMs(transport)) ?? 0, unconfirmedMs(receipts) ?? 0);
  return forMs >= stoppedMs ? forMs : undefined;
}
