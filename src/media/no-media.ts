import type { Media } from "../ports/media.ts";

/** An offer of one inactive audio line: valid SDP (RFC 8866, RFC 3264 §5) that asks for no audio. */
export const inactiveSdp = [
  "v=0",
  "o=- 0 0 IN IP4 0.0.0.0",
  "s=-",
  "c=IN IP4 0.0.0.0",
  "t=0 0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 0",
  "a=inactive",
  "a=rtpmap:0 PCMU/8000",
  "",
].join("\r\n");

/** Signalling without audio: for Node, for tests, and for softphones whose audio goes elsewhere. */
export function noMedia(): Media {
  return {
    open: () => ({
      offer: () => Promise.resolve(inactiveSdp),
      answer: () => Promise.resolve(inactiveSdp),
      answerAnew: () => Promise.resolve(inactiveSdp),
      applyAnswer: () => Promise.resolve(),
      close() {},
    }),
  };
}
