/** `linekeeper/webrtc`: the agent's audio with the browser's WebRTC. */
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Media } from "../../src/ports.ts";
import { Session, type WebRtcSession } from "./session.ts";

export type { WebRtcSession } from "./session.ts";

export interface WebRtcOptions {
  /** STUN and TURN servers. None by default: an SBC with a public address needs none (ICE-lite, RFC 8445 §2.5). */
  readonly iceServers?: readonly RTCIceServer[];
  /** What the microphone shall do. Default true: the browser's own echo cancellation, noise suppression and gain. */
  readonly audio?: boolean | MediaTrackConstraints;
  /** How long to wait for candidates, in ms. Default 1 000; host candidates take a few. */
  readonly iceGatheringTimeoutMs?: number;
  /** The browser's, looked up at each call, when left out. */
  readonly getUserMedia?: (constraints: MediaStreamConstraints) => Promise<MediaStream>;
  /** The browser's, looked up at each call, when left out. */
  readonly RTCPeerConnection?: new (configuration?: RTCConfiguration) => RTCPeerConnection;
  readonly clock?: Clock;

  // The audio of an answered call. Docs: docs/limits.md.
  /** No packet within this of the answer, in ms: there is no audio. Default 3 000. */
  readonly audioNeverCameMs?: number;
  /** No packet for so long, in ms: it has stopped. Default 4 000. */
  readonly audioStoppedMs?: number;
  /** Packets without any sound for so long after the answer, in ms: silence. Default 8 000; people hesitate, lines hum. */
  readonly audioSilentMs?: number;
  /** How often the browser's counters are read, in ms. Default 1 000. */
  readonly audioSampleIntervalMs?: number;
  /** Over what quality is rated, in ms. Default 5 000. */
  readonly qualityWindowMs?: number;
  /** Quality is poor below this MOS. Default 3.1: "nearly all users dissatisfied" lies below (ITU-T G.107 table B.1, R = 60). */
  readonly poorBelowMos?: number;
  /** … and good again above this. Default 3.6: "some users dissatisfied" (R = 70). */
  readonly goodAboveMos?: number;
}

export interface WebRtc extends Media {
  open(): WebRtcSession;
}

/**
 * Audio by WebRTC. Microphone and ICE are asked for once per call; what the browser refuses comes as its own
 * DOMException (`NotAllowedError`, `NotFoundError`, …).
 */
export function webrtc(options: WebRtcOptions = {}): WebRtc {
  const { audio = true, iceServers = [], iceGatheringTimeoutMs = 1_000, clock = systemClock } = options;
  const { audioNeverCameMs = 3_000, audioStoppedMs = 4_000, audioSilentMs = 8_000, audioSampleIntervalMs = 1_000 } = options;
  const { qualityWindowMs = 5_000, poorBelowMos = 3.1, goodAboveMos = 3.6 } = options;
  const limits = {
    neverCameMs: audioNeverCameMs,
    stoppedMs: audioStoppedMs,
    silentMs: audioSilentMs,
    qualityWindowMs,
    poorBelowMos,
    goodAboveMos,
  };
  return {
    open: () =>
      new Session({
        microphone: () => {
          const constraints = { audio, video: false };
          return options.getUserMedia ? options.getUserMedia(constraints) : navigator.mediaDevices.getUserMedia(constraints);
        },
        peerConnection: () => new (options.RTCPeerConnection ?? globalThis.RTCPeerConnection)({ iceServers: [...iceServers] }),
        iceGatheringTimeoutMs,
        clock,
        monitor: { clock, limits, sampleIntervalMs: audioSampleIntervalMs },
      }),
  };
}
