/** What stands around one softphone and can be broken: the CRM's server, the network between, the device, the customers. */
import type { AudioFault, AudioQuality } from "../../src/ports/audio.ts";
import type { Media, MediaEvents, MediaSession } from "../../src/ports/media.ts";

/** What an HTTP endpoint does. */
export type Endpoint = "well" | "hangs" | "unreachable" | "breaks" | { readonly status: number };

/** An answer that did not say 2xx, as an HTTP client throws it. */
class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

/** Never comes; gives up with its caller. */
const hang = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));

/** Asks `endpoint`, which takes `tookMs` when it answers. */
export async function ask(endpoint: Endpoint, tookMs: number, signal: AbortSignal): Promise<void> {
  if (endpoint === "hangs") return hang(signal);
  await new Promise((resolve) => setTimeout(resolve, tookMs));
  if (endpoint === "unreachable") throw new TypeError("Failed to fetch");
  if (endpoint === "breaks") throw new SyntaxError("Unexpected token < in JSON");
  if (endpoint !== "well") throw new HttpError(endpoint.status);
}

/** How the device's audio is. */
export type Microphone = "well" | "SecurityError" | "NotAllowedError" | "NotFoundError" | "NotReadableError";

/** What a call's audio is like. */
export type Audio = "good" | "poor" | "none" | "no-path" | "silent-here";

export interface ScriptedAudio extends Media {
  microphone: Microphone;
  /** What the call that was answered just now sounds like. */
  sounds: () => Audio;
}

/** A session's answer times, ms after the answer: what the watch of a real one takes. */
const ratedAfterMs = 8_000;
const lostAfterMs = 4_000;
const silentAfterMs = 10_000;

const offer = (serial: number) =>
  ["v=0", `o=agent 7 ${serial} IN IP4 0.0.0.0`, "s=-", "c=IN IP4 0.0.0.0", "t=0 0", "m=audio 9 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", ""].join(
    "\r\n",
  );

const qualities: Readonly<Record<"good" | "poor", AudioQuality>> = {
  good: { mos: 4.3, lossPercent: 0.2, jitterMs: 6, rttMs: 60 },
  poor: { mos: 2.4, lossPercent: 11, jitterMs: 70, rttMs: 340 },
};
const nothingCame: AudioFault = { direction: "inbound", kind: "never-came", forMs: lostAfterMs };
const noPath: AudioFault = { ...nothingCame, path: { ice: "failed", wasConnected: false, flows: "none" } };
const nothingSaid: AudioFault = { direction: "outbound", kind: "silent", forMs: silentAfterMs, isLocal: true };

/** Audio without a browser: each call sounds as `sounds` says. */
export function scriptedAudio(): ScriptedAudio {
  const media: ScriptedAudio = {
    microphone: "well",
    sounds: () => "good",
    open() {
      let serial = 1;
      let cancel = () => {};
      const session: MediaSession = {
        offer: () =>
          media.microphone === "well"
            ? Promise.resolve(offer(serial))
            : Promise.reject(new DOMException("no microphone", media.microphone)),
        answer: () => Promise.resolve(offer(serial)),
        applyAnswer: () => Promise.resolve(),
        restartOffer: () => Promise.resolve(offer(++serial)),
        watch(events) {
          const timer = setTimeout(...report(media.sounds(), events));
          cancel = () => clearTimeout(timer);
          return cancel;
        },
        close: () => cancel(),
      };
      return session;
    },
  };
  return media;
}

function report(audio: Audio, events: MediaEvents): [() => void, number] {
  if (audio === "none") return [() => events.lost(nothingCame), lostAfterMs];
  if (audio === "no-path") return [() => events.lost(noPath), lostAfterMs];
  if (audio === "silent-here") return [() => events.lost(nothingSaid), silentAfterMs];
  return [() => events.rated(audio, qualities[audio]), ratedAfterMs];
}
