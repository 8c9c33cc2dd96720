/** What `webrtc()` may be given. */
import { atLeast, callable, fits, list, methods, oneOf, refuse, shape, show, type Check } from "../../src/checks.ts";
import type { WebRtcOptions } from "./index.ts";

const isText = (value: unknown) => typeof value === "string";
const deviceId = fits('a deviceId, or "" for the system\'s', isText);
const mos = fits("a MOS from 1 to 5", (value) => typeof value === "number" && value >= 1 && value <= 5);

const iceUrl = /^(?:stun|turn)s?:./i;
/** Credentials are not looked at: the browser says more of them than we could, and nothing of them may be shown. */
const iceServers = list((at, server) => {
  const { urls } = Object(server) as { readonly urls?: unknown };
  const all: readonly unknown[] = Array.isArray(urls) ? urls : [urls];
  const wrong = all.findIndex((url) => typeof url !== "string" || !iceUrl.test(url));
  if (all.length === 0 || wrong >= 0) refuse(`${at}.urls`, `must be URLs such as "stun:stun.example.com", not ${show(all[wrong])}`);
});

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

/** @throws LinekeeperError `bad-config`, naming the option. */
export const checkOptions: Check = (at, options) => check(at, options);
