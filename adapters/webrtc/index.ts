/** `linekeeper/webrtc`: the agent's audio with the browser's WebRTC. */
import { systemClock } from "../../src/clock.ts";
import type { DeviceResult, Media, MediaTroubles } from "../../src/ports/media.ts";
import { Ice, type GivenIceServers, type IceServersSource } from "./ice.ts";
import { microphoneOf, resultOf } from "./devices.ts";
import { checkOptions, mosOf, type WebRtcOptions } from "./options.ts";
import { sinkTo } from "./playback.ts";
import { loadMonitor, Session, type WebRtcSession } from "./session.ts";

export type { GivenIceServers, IceServersSource, WebRtcOptions };
export type { WebRtcSession } from "./session.ts";

/** The `media` of `createLinekeeper()`, with the devices of all its calls. */
export interface WebRtc extends Media<WebRtcSession> {
  /** Opens the audio of one call; Linekeeper calls it, an application need not. */
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
  const { qualityWindowMs = 5_000 } = options;
  const limits = {
    neverCameMs: audioNeverCameMs,
    stoppedMs: audioStoppedMs,
    silentMs: audioSilentMs,
    qualityWindowMs,
    ...mosOf(options),
  };
  let { microphone = "", speaker = "" } = options;
  const { remoteAudio } = options;
  const sessions = new Set<Session>();
  loadMonitor().catch(() => {});
  return {
    setMicrophone: lastGranted(
      (deviceId) => ofAll([...sessions].map((session) => session.setMicrophone(deviceId))),
      (deviceId) => (microphone = deviceId),
    ),
    setSpeaker: lastGranted(
      (deviceId) => {
        const own = () => resultOf(sinkTo(ownElement(), deviceId), new AbortController().signal);
        return ofAll(sessions.size > 0 ? [...sessions].map((session) => session.setSpeaker(deviceId)) : [own()]);
      },
      (deviceId) => (speaker = deviceId),
    ),
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

/** Of wishes that overlap the last that was granted is the line's, whichever of them took longest. */
function lastGranted(ask: (deviceId: string) => Promise<DeviceResult>, grant: (deviceId: string) => void) {
  let asked = 0;
  let granted = 0;
  return async (deviceId: string): Promise<DeviceResult> => {
    const place = ++asked;
    const result = await ask(deviceId);
    if (result.ok && place > granted) {
      granted = place;
      grant(deviceId);
    }
    return result;
  };
}

/** What a call that was over before could not do says nothing. */
async function ofAll(results: readonly Promise<DeviceResult>[]): Promise<DeviceResult> {
  return (await Promise.all(results)).find((result) => !result.ok && result.because !== "ended") ?? { ok: true };
}
