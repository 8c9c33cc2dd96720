/** What `webrtc()` may be given. */
import { atLeast, callable, fits, list, methods, oneOf, refuse, shape, type Check } from "../../src/checks.ts";
import type { Clock } from "../../src/clock.ts";
import type { IceServersSource } from "./ice.ts";
import { checkIceServer, hasTurn } from "./servers.ts";
import type { WebRtcSession } from "./session.ts";

/** What can be set of a call's audio; each may be left out. */
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
  /** Time and timers; the host's own when left out. */
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

const isText = (value: unknown) => typeof value === "string";
const deviceId = fits('a deviceId, or "" for the system\'s', isText);
const mos = fits("a MOS from 1 to 5", (value) => typeof value === "number" && value >= 1 && value <= 5);

const iceServers = list(checkIceServer);

const check = shape<WebRtcOptions>({
  iceServers: (at, value) => {
    if (typeof value === "function") return;
    fits("a list, or a function that gives one", Array.isArray)(at, value);
    iceServers(at, value);
  },
  iceServersTimeoutMs: atLeast(0),
  iceTransportPolicy: oneOf("all", "relay"),
  audio: fits("true, false or constraints", (value) => typeof value === "boolean" || (typeof value === "object" && value !== null)),
  microphone: deviceId,
  speaker: deviceId,
  remoteAudio: fits(
    "an audio element, a function that gives one, or false",
    (value) => value === false || typeof value === "function" || typeof (Object(value) as { readonly play?: unknown }).play === "function",
  ),
  iceGatheringTimeoutMs: atLeast(0),
  getUserMedia: callable("that gives a stream"),
  RTCPeerConnection: callable("that makes a connection"),
  clock: methods("a clock has nowMs(), dateMs() and setTimer()", "nowMs", "dateMs", "setTimer"),
  audioNeverCameMs: atLeast(0),
  audioStoppedMs: atLeast(0),
  audioSilentMs: atLeast(0),
  audioSampleIntervalMs: atLeast(1),
  qualityWindowMs: atLeast(1),
  poorBelowMos: mos,
  goodAboveMos: mos,
});

/** What holds of the two where they are left out. */
export const mosOf = ({ poorBelowMos = 3.1, goodAboveMos = 3.6 }: WebRtcOptions) => ({ poorBelowMos, goodAboveMos });

/** @throws LinekeeperError `bad-config`, naming the option. */
export const checkOptions: Check = (at, options) => {
  check(at, options);
  const { iceServers: servers = [], iceTransportPolicy } = options as WebRtcOptions;
  const { poorBelowMos, goodAboveMos } = mosOf(options as WebRtcOptions);
  if (poorBelowMos > goodAboveMos) refuse(`${at}: poorBelowMos`, `is ${poorBelowMos}, more than goodAboveMos (${goodAboveMos})`);
  if (iceTransportPolicy === "relay" && typeof servers !== "function" && !hasTurn(servers))
    refuse(`${at}: iceTransportPolicy`, 'is "relay", but there is no TURN server in iceServers');
};
