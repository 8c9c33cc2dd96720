/** What kind of microphone it is. Its label stays here: it may be a person's name ("Amira’s AirPods"). */
import type { MicrophoneKind } from "../../src/ports/audio.ts";

/** As the makers and the systems name them, English and French; the first that fits. */
const kinds: readonly (readonly [MicrophoneKind, RegExp])[] = [
  ["bluetooth", /bluetooth|airpods|hands-?free|buds\b/i],
  ["headset", /head ?(?:set|phone)|casque|jabra|plantronics|\bpoly\b|\bepos\b|sennheiser|yealink|earpods/i],
  ["webcam", /web ?cam|camera|caméra|\bbrio\b/i],
  ["built-in", /built-?in|internal|intern[eé]?\b|int[eé]gr|macbook|imac|realtek|\barray\b|réseau de microphones/i],
];

export const microphoneKindOf = (label: string): MicrophoneKind => kinds.find(([, pattern]) => pattern.test(label))?.[0] ?? "other";
