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
      }),
  };
}
