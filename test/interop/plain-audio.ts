import type { Media } from "../../src/index.ts";

/**
 * Audio as a phone without WebRTC takes it (RTP/AVP), in its description only: nothing is sent, and what comes is discarded. Each
 * description is a newer version of the session (RFC 3264 §8), so that a peer reads it.
 */
export function plainAudio(): Media {
  let version = 0;
  const describe = () =>
    Promise.resolve(
      [
        "v=0",
        `o=agent 7 ${++version} IN IP4 127.0.0.1`,
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        "m=audio 9 RTP/AVP 0",
        "a=rtpmap:0 PCMU/8000",
        "",
      ].join("\r\n"),
    );
  return {
    open: () => ({
      offer: describe,
      reoffer: describe,
      answer: describe,
      answerAnew: describe,
      applyAnswer: () => Promise.resolve(),
      hold() {},
      close() {},
    }),
  };
}
