/** What test/browser/webrtc-hold.test.ts has a real browser do while a call is held, muted, or given digits; each function gives plain data back. */
import { type WebRtcSession, webrtc } from "../../../adapters/webrtc/index.ts";
import { withoutOldHold } from "../../../src/media/direction.ts";
import { answererOf, beforeAndAfter, describe, flowing, inboundPackets, offerer, pass, reanswer, until } from "./audio.ts";

const never = new AbortController().signal;

interface Conversation {
  readonly session: WebRtcSession;
  /** Another once the call has moved. */
  far: RTCPeerConnection;
  /** What the watch found, but for ratings. */
  readonly found: string[];
  /** Packets that came and went, and whether there was a sound in what went, over a second and a half or more. */
  measure(): Promise<{ received: number; sent: number; hasSound: boolean; direction: string | null | undefined }>;
  close(): void;
}

async function conversation({ knowsTones = true } = {}): Promise<Conversation> {
  const session = webrtc().open();
  const offer = await session.offer(never);
  const { connection, sdp } = await answererOf(offer, { knowsTones });
  await session.applyAnswer(sdp, offer);
  return talking(session, connection);
}

async function talking(session: WebRtcSession, far: RTCPeerConnection): Promise<Conversation> {
  const found: string[] = [];
  session.watch({
    lost: ({ direction, kind }) => found.push(`lost ${direction} ${kind}`),
    restored: () => found.push("restored"),
    rated() {},
    microphone: (state) => found.push(`microphone ${state}`),
    playback() {},
  });
  await inboundPackets(session.peerConnection, 20);
  const count = async () => {
    let [received, sent, energy] = [0, 0, 0];
    (await session.peerConnection?.getStats())?.forEach((entry) => {
      if (entry.type === "inbound-rtp") received = entry.packetsReceived;
      if (entry.type === "media-source") energy = entry.totalAudioEnergy;
      if (entry.type === "outbound-rtp") sent = entry.packetsSent;
    });
    return { received, sent, energy };
  };
  const call: Conversation = {
    session,
    far,
    found,
    async measure() {
      const [transceiver] = session.peerConnection?.getTransceivers() ?? [];
      const comes = /recv/.test(transceiver?.currentDirection ?? "");
      const goes = /send/.test(transceiver?.currentDirection ?? "");
      const [before, after] = await beforeAndAfter(
        count,
        (then, now) => (!comes || now.received - then.received >= flowing) && (!goes || now.sent - then.sent >= flowing),
      );
      return {
        received: after.received - before.received,
        sent: after.sent - before.sent,
        hasSound: after.energy - before.energy > 1e-6,
        direction: transceiver?.currentDirection,
      };
    },
    close() {
      session.close();
      call.far.close();
    },
  };
  return call;
}

/** Another connection is offered, and another far end takes it. */
async function move(call: Conversation): Promise<void> {
  const offer = await call.session.offer(never);
  const { connection, sdp } = await answererOf(offer);
  await call.session.applyAnswer(sdp, offer);
  call.far.close();
  call.far = connection;
  await pass(1_000);
}

async function reoffer({ session, far }: Conversation): Promise<void> {
  const offer = await session.reoffer(never);
  await session.applyAnswer(await reanswer(far, offer), offer);
}

/** @param spelled how its description is written. @returns our answer. */
async function farOffers(
  { session, far }: Conversation,
  direction: RTCRtpTransceiverDirection,
  spelled = (sdp: string) => sdp,
): Promise<string> {
  const [transceiver] = far.getTransceivers();
  if (transceiver) transceiver.direction = direction;
  const answer = await session.answer(withoutOldHold(spelled(await describe(far))), never);
  await far.setRemoteDescription({ type: "answer", sdp: answer });
  return answer;
}

/** The agent holds the call, mends it meanwhile, and takes it back. */
export async function agentHolds() {
  const call = await conversation();
  const before = await call.measure();
  call.session.hold(true);
  const atOnce = await call.measure();
  await reoffer(call);
  const held = await call.measure();
  await pass(5_000);
  const offer = await call.session.restartOffer(never);
  await call.session.applyAnswer(await reanswer(call.far, offer), offer);
  const restarted = await call.measure();
  await move(call);
  const moved = await call.measure();
  call.session.hold(false);
  await reoffer(call);
  const back = await call.measure();
  call.close();
  return { before, atOnce, held, restarted, moved, back, found: call.found };
}

/** The customer holds the call with music, the agent too, and each takes it back. */
export async function customerHolds() {
  const call = await conversation();
  await farOffers(call, "sendonly");
  const there = await call.measure();
  call.session.hold(true);
  await reoffer(call);
  const both = await call.measure();
  await farOffers(call, "sendrecv");
  const here = await call.measure();
  call.session.hold(false);
  await reoffer(call);
  const back = await call.measure();
  call.close();
  return { there, both, here, back, found: call.found };
}

/** The customer wants another codec, then video as well, then holds as was done before RFC 3264: nothing of it costs the audio. */
export async function customerChanges() {
  const call = await conversation();
  const before = await codecOf(call.session);
  const { codecs } = RTCRtpReceiver.getCapabilities("audio") ?? { codecs: [] };
  call.far.getTransceivers()[0]?.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === "audio/PCMU"));
  await farOffers(call, "sendrecv");
  const otherCodec = await call.measure();
  const after = await codecOf(call.session);
  const heard: string[] = [];
  call.session.onRemoteTrack(({ kind }) => heard.push(kind));
  call.far.addTransceiver("video");
  const [, video] = /^m=video .*?^a=(\w+)\r$/ms.exec(await farOffers(call, "sendrecv")) ?? [];
  const withVideo = await call.measure();
  await farOffers(call, "sendrecv", (sdp) => sdp.replace(/^c=IN IP4 .*$/gm, "c=IN IP4 0.0.0.0"));
  const oldHold = await call.measure();
  await farOffers(call, "sendrecv");
  const back = await call.measure();
  call.close();
  return { codecs: [before, after], video, heard, otherCodec, withVideo, oldHold, back, found: call.found };
}

/** What the agent's voice is sent in. */
async function codecOf({ peerConnection }: WebRtcSession): Promise<string | undefined> {
  let codecId: string | undefined;
  const entries = new Map<string, { mimeType?: string }>();
  (await peerConnection?.getStats())?.forEach((entry) => {
    entries.set(entry.id, entry);
    if (entry.type === "outbound-rtp") codecId = entry.codecId;
  });
  return entries.get(codecId ?? "")?.mimeType;
}

/** Muted over an ICE restart, another connection and a hold; what the page switched off stays off. */
export async function agentMutes() {
  const call = await conversation();
  call.session.mute(true);
  const muted = await call.measure();
  const restart = await call.session.restartOffer(never);
  await call.session.applyAnswer(await reanswer(call.far, restart), restart);
  await move(call);
  call.session.hold(true);
  call.session.hold(false);
  const still = await call.measure();
  call.session.mute(false);
  const open = await call.measure();
  const [track] = (call.session.localStream as MediaStream).getAudioTracks() as [MediaStreamTrack];
  track.enabled = false;
  call.session.mute(true);
  call.session.mute(false);
  const isOffByPage = !track.enabled;
  call.close();
  return { muted, still, open, isOffByPage, found: call.found };
}

/** A digit as an RTP event, to a peer that knows them, or not. */
export async function sendsTones(knowsTones: boolean) {
  const call = await conversation({ knowsTones });
  const played: string[] = [];
  const dtmf = call.session.peerConnection?.getSenders()[0]?.dtmf;
  dtmf?.addEventListener("tonechange", ({ tone }) => played.push(tone));
  const taken = call.session.sendTone("5", 100);
  if (taken) await until(() => played.includes(""), 5_000);
  call.session.mute(true);
  const whileMuted = call.session.sendTone("6", 100);
  if (whileMuted) await until(() => played.filter((tone) => tone === "").length === 2, 5_000);
  call.close();
  return { taken, whileMuted, played };
}

/** Somebody takes the far end's place: first one who gives up, then one who stays; the agent holds the call by then, and takes it back. */
export async function isReplaced() {
  const call = await conversation();
  const { session } = call;
  const before = session.peerConnection;
  const gone = await offerer("sendrecv");
  session.withdraw(await session.answerAnew(gone.sdp, never));
  gone.connection.close();
  const stays = await call.measure();
  session.hold(true);
  const next = await offerer("sendrecv");
  const answer = await session.answerAnew(next.sdp, never);
  const isUntouched = session.peerConnection === before && before?.signalingState === "stable";
  await next.connection.setRemoteDescription({ type: "answer", sdp: answer });
  session.take(answer);
  call.far.close();
  call.far = next.connection;
  await pass(1_000);
  const held = await call.measure();
  session.hold(false);
  await reoffer(call);
  const back = await call.measure();
  const isAnother = session.peerConnection !== before && before?.signalingState === "closed";
  call.close();
  return { isUntouched, isAnother, stays, held, back, found: call.found };
}

/** A customer's call that begins on hold, and is taken back by the customer. */
export async function beginsOnHold() {
  const session = webrtc().open();
  const { connection, sdp } = await offerer("sendonly");
  await connection.setRemoteDescription({ type: "answer", sdp: await session.answer(sdp, never) });
  const call = await talking(session, connection);
  const held = await call.measure();
  await farOffers(call, "sendrecv");
  const back = await call.measure();
  call.close();
  return { held, back, found: call.found };
}
