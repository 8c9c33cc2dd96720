/** What test/browser/webrtc-media.test.ts has a real browser do with the audio of a call; each function gives plain data back. */
import { type WebRtcOptions, type WebRtcSession, webrtc } from "../../../adapters/webrtc/index.ts";
import type { MediaEvents } from "../../../src/ports/media.ts";
import { answererOf, inboundPackets, pass } from "./audio.ts";

const never = new AbortController().signal;

/** What a watch found, and when. */
function listen(session: WebRtcSession) {
  const startedMs = performance.now();
  const found: { readonly afterMs: number; readonly what: string; readonly detail?: unknown }[] = [];
  const note = (what: string, detail?: unknown) => found.push({ afterMs: performance.now() - startedMs, what, detail });
  const events: MediaEvents = {
    lost: (fault) => note("lost", fault),
    restored: () => note("restored"),
    rated: (level, quality) => note(level, quality),
    microphone: (state) => note(`microphone ${state}`),
    playback() {},
  };
  const stop = session.watch?.(events);
  const until = async (what: string, withinMs: number) => {
    const untilMs = performance.now() + withinMs;
    while (!found.some((each) => each.what === what) && performance.now() < untilMs) await pass(50);
    return found.find((each) => each.what === what);
  };
  return { found, until, stop };
}

async function conversation(options: WebRtcOptions = {}) {
  const session = webrtc(options).open();
  const offer = await session.offer(never);
  const far = await answererOf(offer);
  await session.applyAnswer(far.sdp, offer);
  const close = () => {
    session.close();
    far.connection.close();
  };
  return { session, far: far.connection, close };
}

/** The peer stops sending, and begins again. */
export async function peerStopsSending() {
  const { session, far, close } = await conversation({ qualityWindowMs: 3_000 });
  const { found, until } = listen(session);
  const rated = await until("good", 10_000);
  const before = found.map(({ what }) => what);
  const [sender] = far.getSenders() as [RTCRtpSender];
  const { track } = sender;
  await sender.replaceTrack(null);
  const stoppedMs = performance.now();
  const lost = await until("lost", 10_000);
  const tookMs = performance.now() - stoppedMs;
  await sender.replaceTrack(track);
  const restored = await until("restored", 10_000);
  close();
  return { rated: rated?.detail, before, lost: lost?.detail, tookMs, isRestored: restored !== undefined };
}

/** Nobody is at the other end. */
export async function peerNeverSends() {
  const session = webrtc().open();
  const offer = await session.offer(never);
  const far = await answererOf(offer);
  // Gone before it could connect: the answer is a dead letter.
  far.connection.close();
  await session.applyAnswer(far.sdp, offer);
  const { found, until } = listen(session);
  await until("lost", 10_000);
  session.close();
  return found;
}

/** What is no fault. */
export async function agentMutesAndHolds() {
  const { session, far, close } = await conversation();
  const { found } = listen(session);
  const [transceiver] = (session.peerConnection as RTCPeerConnection).getTransceivers() as [RTCRtpTransceiver];
  const [microphone] = (session.localStream as MediaStream).getAudioTracks() as [MediaStreamTrack];
  await pass(1_500);
  microphone.enabled = false;
  await pass(5_000);
  microphone.enabled = true;
  await transceiver.sender.replaceTrack(null);
  await pass(5_000);
  await transceiver.sender.replaceTrack(microphone);
  transceiver.direction = "inactive";
  const offer = await session.restartOffer?.(never);
  await far.setRemoteDescription({ type: "offer", sdp: offer ?? "" });
  await far.setLocalDescription();
  await session.applyAnswer(far.localDescription?.sdp ?? "");
  await pass(5_000);
  const told = found.filter(({ what }) => what !== "good");
  close();
  return told;
}

/** An ICE restart on the connection that there is. */
export async function restartsIce() {
  const { session, far, close } = await conversation();
  const connection = session.peerConnection;
  await inboundPackets(connection, 20);
  const before = connection?.localDescription?.sdp ?? "";
  const offer = (await session.restartOffer?.(never)) ?? "";
  await far.setRemoteDescription({ type: "offer", sdp: offer });
  await far.setLocalDescription();
  await new Promise<void>((resolve) => {
    const check = () => far.iceGatheringState === "complete" && resolve();
    far.addEventListener("icegatheringstatechange", check);
    setTimeout(resolve, 1_000);
    check();
  });
  await session.applyAnswer(far.localDescription?.sdp ?? "", offer);
  const then = await inboundPackets(connection, 1);
  await pass(500);
  const later = await inboundPackets(connection, 1);
  const ufragOf = (sdp: string) => /a=ice-ufrag:(\S+)/.exec(sdp)?.[1];
  const result = {
    isSameConnection: session.peerConnection === connection,
    hasNewCredentials: ufragOf(before) !== ufragOf(offer),
    hasCandidates: offer.includes("a=candidate:"),
    flows: later > then,
    state: connection?.signalingState,
  };
  close();
  return result;
}

/** 183 with SDP from one carrier; the call is answered by `answeredBy`. */
export async function hearsAnAnnouncement(answeredBy: "first" | "second") {
  let asked = 0;
  const getUserMedia = (constraints: MediaStreamConstraints) => {
    asked++;
    return navigator.mediaDevices.getUserMedia(constraints);
  };
  const session = webrtc({ getUserMedia }).open();
  const firstOffer = await session.offer(never);
  const first = await answererOf(firstOffer);
  await session.applyEarlyAnswer?.(first.sdp, firstOffer);
  const early = await inboundPackets(session.peerConnection, 20);
  const secondOffer = await session.offer(never);
  const second = await answererOf(secondOffer);
  const [offer, far] = answeredBy === "first" ? [firstOffer, first] : [secondOffer, second];
  await session.applyAnswer(far.sdp, offer);
  const received = await inboundPackets(session.peerConnection, answeredBy === "first" ? early + 20 : 20);
  const sent = await inboundPackets(far.connection, 20);
  const result = { asked, isAnother: secondOffer !== firstOffer, early, received, sent };
  session.close();
  first.connection.close();
  second.connection.close();
  return result;
}
