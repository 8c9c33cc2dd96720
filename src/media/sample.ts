/** What a media session has counted until one moment: what the watch reads. */
import type { MediaPath, MicrophoneState } from "../ports/audio.ts";
import type { Codec } from "./e-model.ts";

/** All counters are cumulative. */
export interface MediaSample {
  /** Monotonic, ms. */
  readonly atMs: number;
  /** What comes in; undefined while nothing shall (hold). */
  readonly inbound: Inbound | undefined;
  /** What goes out; undefined while nothing shall (hold, muted microphone). */
  readonly outbound: Outbound | undefined;
  /** What carries both; undefined where the session knows nothing of it. */
  readonly transport: Transport | undefined;
  /** `muted`: by the system, not by the page. Undefined where the page muted it, or there is none. */
  readonly microphone: MicrophoneState | undefined;
}

/** Counters of one direction. */
export interface Counters {
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
  /** Its name in SDP. */
  readonly codecName?: string | undefined;
  readonly rttMs: number | undefined;
}

export interface Outbound extends Counters {
  /** The microphone is gone: unplugged, or taken away. */
  readonly isEnded: boolean;
  /** The peer's last report on what it receives of ours. */
  readonly receiverReport: ReceiverReport | undefined;
  /** The peer's last report on what it sends itself: that one comes says that its reports reach us. */
  readonly senderReport: SenderReport | undefined;
}

/**
 * A report block on our stream (RFC 3550 §6.4.1). A peer makes one only of what it has received since its last.
 */
export interface ReceiverReport {
  /** When it came, by the browser's own clock, ms: the same as before is the same report. */
  readonly atMs: number;
  /** Packets that the peer has received; undefined where the browser does not tell (Chromium). */
  readonly packets: number | undefined;
  /** Lost since the report before, 0–1. */
  readonly fractionLost: number | undefined;
  readonly jitterMs: number;
}

export interface SenderReport {
  /** As in a receiver report. */
  readonly atMs: number;
  /** Who sends: another one is another peer. */
  readonly ssrc: number | undefined;
}

export interface Transport {
  readonly ice: MediaPath["ice"];
  readonly dtls: MediaPath["dtls"];
  /** The pair of candidates that carries the audio. */
  readonly pair: Pair | undefined;
  /** The pair's far end goes by other ICE credentials than the peer described last. */
  readonly isOutdated?: true;
}

/** Addresses in it are for comparison only: they are personal data, and never leave the watch. */
export interface Pair {
  readonly id: string;
  readonly local: MediaPath["local"];
  readonly remote: MediaPath["remote"];
  readonly localAddress: string | undefined;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** RTP and RTCP together, in bytes. */
  readonly receivedBytes: number;
  readonly sentBytes: number;
  /** STUN checks that went out, and those that were answered (RFC 7675 §5.1); `requests` is not told by Firefox. */
  readonly requests: number | undefined;
  readonly responses: number | undefined;
}
