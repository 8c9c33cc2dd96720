/** `linekeeper/webrtc`: the agent's audio with the browser's WebRTC. */
import { type Clock, systemClock } from "../../src/clock.ts";
import type { DeviceResult, Media, MediaTroubles } from "../../src/ports.ts";
import { Ice, type GivenIceServers, type IceServersSource } from "./ice.ts";
import { microphoneOf, resultOf } from "./devices.ts";
import { checkOptions } from "./options.ts";
import { sinkTo } from "./playback.ts";
import { loadMonitor, Session, type WebRtcSession } from "./session.ts";

export type { GivenIceServers, IceServersSource };
export type { WebRtcSession } from "./session.ts";

export interface WebRtcOptions {
  /**
   * STUN and TURN servers, or what gives them for each call, with credentials that run out. None by default: an SBC with a public
   * address needs none (ICE-lite, RFC 8445 §2.5). A source that fails or hangs leaves the call without.
   */
  readonly iceServers?: readonly RTCIceServer[] | IceServersSource;
  /** How long that source has, in ms: a call that has waited so long goes on without. Default 1 500. */
  readonly iceServersTimeoutMs?: number;
  /** `relay`: by a TURN server only, so that no peer sees the agent's address; without one there is no audio. Default `all`. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /** What the microphone shall do. Default true: the browser's own echo cancellation, noise suppression and gain. */
  readonly audio?: boolean | MediaTrackConstraints;
  /** `deviceId` of the microphone that calls begin with. One that is gone costs no call: the system's is taken then. Default: the system's. */
  readonly microphone?: string;
  /** `deviceId` of the speaker that calls begin with, where the browser can choose one (`setSinkId`). Default: the system's. */
  readonly speaker?: string;
  /**
   * What plays the customer: an element of the page's, or what gives one for each call; one that is shared belongs to the call that was
   * taken last. `false`: the page plays it itself (`onRemoteTrack`). Default: an element of our own, which is in no document.
   */
  readonly remoteAudio?: HTMLAudioElement | ((session: WebRtcSession) => HTMLAudioElement) | false;
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
  open(troubles?: MediaTroubles): WebRtcSession;
  /**
   * The microphone of all calls, those under way and those to come; `call.setMicrophone()` is for one alone. `""`: the system's.
   * Where one of those under way cannot have it, the calls to come do not get it either. Never rejects.
   */
  setMicrophone(deviceId: string): Promise<DeviceResult>;
  /** The speaker of all calls, in the same way. */
  setSpeaker(deviceId: string): Promise<DeviceResult>;
}

/**
 * Audio by WebRTC. Microphone and ICE are asked for once per call; what the browser refuses comes as its own
 * DOMException (`NotAllowedError`, `NotFoundError`, …); `SecurityError`: the page may have no microphone, whatever the agent says.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function webrtc(options: WebRtcOptions = {}): WebRtc {
  checkOptions("webrtc()", options);
  const { audio = true, iceServers = [], iceServersTimeoutMs: timeoutMs = 1_500, iceTransportPolicy = "all" } = options;
  const { iceGatheringTimeoutMs = 1_000, clock = systemClock } = options;
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
  let { microphone = "", speaker = "" } = options;
  const { remoteAudio } = options;
  const sessions = new Set<Session>();
  loadMonitor().catch(() => {});
  return {
    async setMicrophone(deviceId) {
      const result = await ofAll([...sessions].map((session) => session.setMicrophone(deviceId)));
      if (result.ok) microphone = deviceId;
      return result;
    },
    async setSpeaker(deviceId) {
      const own = () => resultOf(sinkTo(ownElement(), deviceId), new AbortController().signal);
      const result = await ofAll(sessions.size > 0 ? [...sessions].map((session) => session.setSpeaker(deviceId)) : [own()]);
      if (result.ok) speaker = deviceId;
      return result;
    },
    open(troubles) {
      const session = new Session({
        getMicrophone(deviceId = microphone === "" ? undefined : { ideal: microphone }) {
          const constraints = { audio: deviceId ? { ...(typeof audio === "object" && audio), deviceId } : audio, video: false };
          return microphoneOf(constraints, options.getUserMedia);
        },
        ice: new Ice({
          iceServers,
          iceTransportPolicy,
          timeoutMs,
          clock,
          peerConnection: () => options.RTCPeerConnection ?? globalThis.RTCPeerConnection,
          onFailed: (error) => troubles?.iceServersFailed(error),
        }),
        iceGatheringTimeoutMs,
        clock,
        monitor: { clock, limits, sampleIntervalMs: audioSampleIntervalMs },
        element(call) {
          const element = elementFor(call, remoteAudio);
          // One that is gone costs nothing but the choice.
          if (speaker !== "") sinkTo(element, speaker).catch(() => {});
          return element;
        },
        onUnwatched: (error) => troubles?.unwatched?.(error),
        onClosed: () => sessions.delete(session),
      });
      sessions.add(session);
      return session;
    },
  };
}

function ownElement(): HTMLAudioElement | undefined {
  if (typeof Audio === "undefined") return undefined;
  const element = new Audio();
  element.autoplay = true;
  return element;
}

function elementFor(call: WebRtcSession, remoteAudio: WebRtcOptions["remoteAudio"]): HTMLAudioElement | undefined {
  if (remoteAudio === false) return undefined;
  try {
    // The customer is heard even where the page's function fails.
    return (typeof remoteAudio === "function" ? remoteAudio(call) : remoteAudio) ?? ownElement();
  } catch {
    return ownElement();
  }
}

/** What a call that was over before could not do says nothing. */
async function ofAll(results: readonly Promise<DeviceResult>[]): Promise<DeviceResult> {
  return (await Promise.all(results)).find((result) => !result.ok && result.because !== "ended") ?? { ok: true };
}
