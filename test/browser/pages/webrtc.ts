/** What test/browser/webrtc.test.ts has a real browser do; each function gives plain data back. */
import { type WebRtcOptions, webrtc } from "../../../adapters/webrtc/index.ts";
import { spellings } from "../../support/sdp-spellings.ts";
import { answererOf, inboundPackets, offerer, reanswer, until } from "./audio.ts";

const never = new AbortController().signal;

/** Counts how often the microphone is asked for. */
function counted(options: WebRtcOptions = {}) {
  const asked: MediaStream[] = [];
  const getUserMedia = async (constraints: MediaStreamConstraints) => {
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    asked.push(stream);
    return stream;
  };
  return { asked, session: webrtc({ getUserMedia, ...options }).open() };
}

const nameOf = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

export async function offersThrice() {
  const { session, asked } = counted();
  const offers = [...(await Promise.all([session.offer(never), session.offer(never)])), await session.offer(never)];
  const [track] = session.localStream?.getTracks() ?? [];
  const connection = session.peerConnection;
  session.close();
  session.close();
  return { offers, asked: asked.length, trackState: track?.readyState, signalingState: connection?.signalingState };
}

/** The connections that a session makes, oldest first. */
function counting() {
  const connections: RTCPeerConnection[] = [];
  class Counted extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.push(this);
    }
  }
  return { connections, session: webrtc({ RTCPeerConnection: Counted }).open() };
}

export async function failsTenTimes() {
  const { connections, session } = counting();
  for (let attempt = 0; attempt < 10; attempt++) session.withdraw(await session.offer(never));
  const open = () => connections.filter(({ signalingState }) => signalingState !== "closed").length;
  const left = open();
  const offer = await session.offer(never);
  const unused = await session.offer(never);
  const far = await answererOf(offer);
  await session.applyAnswer(far.sdp, offer);
  session.withdraw(unused);
  session.withdraw(offer);
  const received = await inboundPackets(session.peerConnection, 20);
  const during = open();
  session.close();
  far.connection.close();
  return { made: connections.length, left, during, received, after: open() };
}

/**
 * One carrier's relay talks to our offer as soon as it has it (STUN, a DTLS ClientHello), and its INVITE fails. The next carrier answers
 * another offer; or, if `isShared`, the same one. Its relay waits for our checks: so the first ClientHello to come is the other's, whichever
 * of them the machine lets run sooner.
 */
export async function relayTalksEarly({ isShared = false, isWithdrawn = false } = {}) {
  const { session } = counted();
  const offer = await session.offer(never);
  const relay = await answererOf(offer);
  const isHeard = await until(async () => (await packetsOf(session.peerConnection)) > 0, 10_000);
  if (isWithdrawn) session.withdraw(offer);
  const second = isShared ? offer : await session.offer(never);
  const far = await answererOf(second.replaceAll(/^a=candidate:.*\r\n/gm, ""));
  await session.applyAnswer(far.sdp, second);
  const received = await inboundPackets(session.peerConnection, 20, 3_000);
  const sent = await inboundPackets(far.connection, 20, 3_000);
  session.close();
  relay.connection.close();
  far.connection.close();
  return { isHeard, received, sent };
}

/**
 * A call is taken over by another page, whose connection is offered to a browser that has answered the page before: of both, it begins with DTLS.
 * @param setup who shall from now on, where the offer does not say what ours do. @returns what the browser says to that.
 */
export async function pageFollows(setup?: "active") {
  const { session } = counted();
  const far = await answererOf(await session.offer(never));
  const next = counted();
  const offer = await next.session.offer(never);
  const sdp = setup ? offer.replaceAll(/^a=setup:.*$/gm, `a=setup:${setup}`) : offer;
  try {
    return (await reanswer(far.connection, sdp)).match(/^a=setup:(.*)$/m)?.[1];
  } catch (error) {
    return nameOf(error);
  } finally {
    session.close();
    next.session.close();
    far.connection.close();
  }
}

/** All that came over the transport but STUN: before the answer, what is said of DTLS. */
async function packetsOf(connection: RTCPeerConnection | undefined): Promise<number> {
  let packets = 0;
  (await connection?.getStats())?.forEach((entry) => {
    if (entry.type === "transport") packets = entry.packetsReceived;
  });
  return packets;
}

/**
 * A relay that answers an ICE restart with new credentials and goes by the old ones all the same: the browser keeps the pair that it has,
 * and is told what it cannot use. Another connection is the way out.
 */
export async function restartChangesNothing() {
  const { session } = counted();
  const offer = await session.offer(never);
  const far = await answererOf(offer);
  await session.applyAnswer(far.sdp, offer);
  const stop = session.watch({ lost() {}, restored() {}, rated() {}, microphone() {}, playback() {} });
  const before = await inboundPackets(session.peerConnection, 20);
  await until(() => session.path?.flows === "both", 5_000);
  const isOutdatedBefore = session.path?.isOutdated ?? false;
  const restart = await session.restartOffer(never);
  const unkept = far.sdp.replace(/^a=ice-ufrag:.*$/gm, "a=ice-ufrag:anew").replace(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${"anew".repeat(6)}`);
  await session.applyAnswer(unkept, restart);
  const isOutdated = await until(() => session.path?.isOutdated === true, 10_000);
  const [next, other] = [await session.offer(never), session.peerConnection];
  const anew = await answererOf(next);
  await session.applyAnswer(anew.sdp, next);
  const after = await inboundPackets(session.peerConnection, 20);
  const isAnother = session.peerConnection !== other;
  const isOutdatedAfter = !(await until(() => session.path?.isOutdated === undefined && session.path?.flows === "both", 5_000));
  stop();
  session.close();
  far.connection.close();
  anew.connection.close();
  return { before, isOutdatedBefore, isOutdated, after, isAnother, isOutdatedAfter };
}

export async function callsOut() {
  const { session, asked } = counted();
  const tracks: string[] = [];
  session.onRemoteTrack((track) => tracks.push(track.kind));
  const offer = await session.offer(never);
  const far = await answererOf(offer);
  await session.applyAnswer(far.sdp);
  await session.applyAnswer(far.sdp);
  const received = await inboundPackets(session.peerConnection, 20);
  const sent = await inboundPackets(far.connection, 20);
  const remoteTracks = session.remoteStream?.getAudioTracks().length;
  const next = await session.offer(never);
  session.close();
  far.connection.close();
  return { received, sent, tracks, remoteTracks, asked: asked.length, isNextAnother: next !== offer };
}

export async function isCalled() {
  const { session } = counted();
  const far = await offerer();
  const answer = await session.answer(far.sdp, never);
  await far.connection.setRemoteDescription({ type: "answer", sdp: answer });
  const received = await inboundPackets(session.peerConnection, 20);
  session.close();
  far.connection.close();
  return { received };
}

export async function isRefused() {
  const refusal = new DOMException("Permission denied", "NotAllowedError");
  let refusing = true;
  const getUserMedia = (constraints: MediaStreamConstraints) =>
    refusing ? Promise.reject(refusal) : navigator.mediaDevices.getUserMedia(constraints);
  const session = webrtc({ getUserMedia }).open();
  const isSame = await session.offer(never).catch((error: unknown) => error === refusal);
  refusing = false;
  const offer = await session.offer(never);
  session.close();
  return { isSame, offer };
}

export async function isAborted() {
  const { session, asked } = counted();
  const reason = await session.offer(AbortSignal.abort(new Error("hung up"))).catch(nameOf);
  const offer = await session.offer(never);
  session.close();
  return { reason, offer, asked: asked.length };
}

export async function closesDuringThePrompt() {
  const { session, asked } = counted();
  const offered = session.offer(never).catch(nameOf);
  session.close();
  const afterwards = await session.offer(never).catch(nameOf);
  return { offered: await offered, afterwards, states: asked.flatMap((stream) => stream.getTracks().map((track) => track.readyState)) };
}

export async function hasAMuteStunServer(iceGatheringTimeoutMs: number) {
  const { session } = counted({ iceServers: [{ urls: "stun:192.0.2.1:3478" }], iceGatheringTimeoutMs });
  const startedMs = performance.now();
  const offer = await session.offer(never);
  const tookMs = performance.now() - startedMs;
  const { iceGatheringState } = session.peerConnection ?? {};
  session.close();
  return { offer, tookMs, iceGatheringState };
}

export async function appliesNonsense() {
  const { session } = counted();
  const early = await session.applyAnswer("v=0").catch(nameOf);
  await session.offer(never);
  const nonsense = await session.applyAnswer("nonsense").catch(nameOf);
  const offerAfterwards = await session.offer(never);
  session.close();
  return { early, nonsense, offerAfterwards };
}

/** A call that may go by the relay alone, and an ICE restart under it. */
export async function goesByTheRelay(iceServers: RTCIceServer[]) {
  const session = webrtc({ iceServers, iceTransportPolicy: "relay" }).open();
  const offer = await session.offer(never);
  const { connection, sdp } = await answererOf(offer);
  await session.applyAnswer(sdp, offer);
  const flows = async () => Math.min(await inboundPackets(session.peerConnection, 20), await inboundPackets(connection, 20));
  const before = await flows();
  const restart = await session.restartOffer(never);
  await session.applyAnswer(await reanswer(connection, restart), restart);
  const after = (await inboundPackets(connection, before + 60)) - before;
  const localCandidate = await localCandidateOf(session.peerConnection);
  session.close();
  connection.close();
  return { candidates: [offer, restart].map(candidateTypes), before, after, localCandidate };
}

const candidateTypes = (sdp: string): readonly string[] => [
  ...new Set([...sdp.matchAll(/^a=candidate:.* typ (\w+)/gm)].map(([, type = ""]) => type)),
];

/** The type of our candidate that the audio goes by. */
async function localCandidateOf(connection: RTCPeerConnection | undefined): Promise<string | undefined> {
  const entries = new Map<string, Record<string, unknown>>();
  (await connection?.getStats())?.forEach((entry) => entries.set(entry.id, entry));
  const transport = [...entries.values()].find(({ type }) => type === "transport");
  const pair = entries.get(String(transport?.["selectedCandidatePairId"]));
  return entries.get(String(pair?.["localCandidateId"]))?.["candidateType"] as string | undefined;
}

/** What a gateway writes oddly. @returns what the browser alone takes of it, and what is not taken as an answer or an offer. */
export async function readsGateways() {
  const taken: string[] = [];
  const refused: string[] = [];
  for (const { what, sdp } of spellings) {
    const alone = new RTCPeerConnection();
    await alone.setRemoteDescription({ type: "offer", sdp }).then(
      () => taken.push(what),
      () => {},
    );
    alone.close();
    const session = webrtc().open();
    await session.applyAnswer(sdp, await session.offer(never)).catch((error: unknown) => refused.push(`answer, ${what}: ${nameOf(error)}`));
    session.close();
    const called = webrtc().open();
    const offer = sdp.replace("setup:active", "setup:actpass").replace("setup: active", "setup: actpass");
    const answer = await called.answer(offer, never).catch((error: unknown) => `offer, ${what}: ${nameOf(error)}`);
    if (!/^m=audio [1-9]/m.test(answer)) refused.push(answer);
    called.close();
  }
  return { taken, refused };
}

/** A gateway answers with streams and names that were not offered, and spaces everywhere. */
export async function hearsAGateway() {
  const session = webrtc().open();
  const offer = await session.offer(never);
  const far = await answererOf(offer);
  const odd = far.sdp
    .replace("s=-\r\n", "")
    .replace(/a=(mid|group:BUNDLE)\W0/g, (_, name: string) => (name === "mid" ? "a=mid:audio" : "a=group:BUNDLE audio"))
    .replace("a=rtcp-mux\r\n", "")
    .replaceAll("\r\n", " \r\n");
  await session.applyAnswer(`${odd}m=video 0 RTP/AVP 96 \r\n\r\n`, offer);
  const [received, sent] = await Promise.all([inboundPackets(session.peerConnection, 20), inboundPackets(far.connection, 20)]);
  session.close();
  far.connection.close();
  return { received, sent };
}
