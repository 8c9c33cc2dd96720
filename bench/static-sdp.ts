/**
 * Audio is no part of the bench: every softphone offers the same inactive line at once, so that nobody waits
 * for ICE. SIP.js takes a description handler, JsSIP wants the globals of a browser.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { SessionDescriptionHandlerFactory } from "sip.js";

const sdp = [
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

/** @param offerMs what an offer takes to be made, ms. */
export const staticSdpAfter =
  (offerMs: number): SessionDescriptionHandlerFactory =>
  () => ({
    close() {},
    async getDescription() {
      if (offerMs > 0) await pause(offerMs);
      return { body: sdp, contentType: "application/sdp" };
    },
    hasDescription: (contentType) => contentType === "application/sdp",
    setDescription: () => Promise.resolve(),
    sendDtmf: () => false,
  });

export const staticSdp = staticSdpAfter(0);

/** As much of an `RTCPeerConnection` as JsSIP touches. */
class StaticPeerConnection extends EventTarget {
  readonly iceGatheringState = "complete";
  readonly signalingState = "have-local-offer";
  readonly localDescription = { type: "offer", sdp };
  createOffer = () => Promise.resolve(this.localDescription);
  setLocalDescription = () => Promise.resolve();
  setRemoteDescription = () => Promise.resolve();
  getSenders = () => [];
  close() {}
}

class PlainDescription {
  constructor(init: object) {
    Object.assign(this, init);
  }
}

/** The globals that JsSIP and SIP.js's SessionManager take for granted. */
export function pretendBrowser(): void {
  const webRtc = { RTCPeerConnection: StaticPeerConnection, RTCSessionDescription: PlainDescription };
  Object.assign(globalThis, webRtc, { window: { ...webRtc, addEventListener() {}, removeEventListener() {} } });
}
