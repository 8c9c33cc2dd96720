/** What test/browser/webrtc-devices.test.ts has a real browser do with microphones and speakers; each function gives plain data back. */
import { type WebRtcOptions, type WebRtcSession, webrtc } from "../../../adapters/webrtc/index.ts";
import { answererOf, beforeAndAfter, flowing, inboundPackets, until } from "./audio.ts";

const never = new AbortController().signal;

const idsOf = async (kind: MediaDeviceKind) =>
  (await navigator.mediaDevices.enumerateDevices())
    .filter((device) => device.kind === kind && device.deviceId !== "default" && device.deviceId !== "communications")
    .map(({ deviceId }) => deviceId);

/** A call, with what was told, and an element of the page's that shows what is played. */
async function talk(options?: WebRtcOptions) {
  const audio = new Audio();
  const media = webrtc({ remoteAudio: audio, ...options });
  const session = media.open();
  const told: string[] = [];
  const offer = await session.offer(never);
  const { connection, sdp } = await answererOf(offer);
  await session.applyAnswer(sdp, offer);
  session.watch({
    lost: ({ direction, kind }) => told.push(`lost ${direction} ${kind}`),
    restored: () => told.push("restored"),
    rated() {},
    microphone: (state, fellBackTo) => told.push([state, fellBackTo].filter(Boolean).join(" ")),
    playback: (state) => told.push(state),
  });
  await inboundPackets(connection, 20);
  return {
    media,
    session,
    audio,
    told,
    far: connection,
    /** What arrives at the far end in a second and a half or more, and whether there is a sound in what was sent. */
    measure: () => measure(session, connection),
    close() {
      session.close();
      connection.close();
    },
  };
}

async function measure(session: WebRtcSession, far: RTCPeerConnection) {
  const count = async () => {
    let [packets, energy] = [0, 0];
    (await far.getStats()).forEach((entry) => entry.type === "inbound-rtp" && (packets = entry.packetsReceived));
    (await session.peerConnection?.getStats())?.forEach((entry) => entry.type === "media-source" && (energy = entry.totalAudioEnergy));
    return { packets, energy };
  };
  const [before, after] = await beforeAndAfter(count, (then, now) => now.packets - then.packets >= flowing);
  return { packets: after.packets - before.packets, hasSound: Math.abs(after.energy - before.energy) > 1e-6 };
}

const deviceOf = (session: WebRtcSession) => session.localStream?.getAudioTracks()[0]?.getSettings().deviceId;

/** The agent changes the microphone, mutes, changes it again; one that is not there changes nothing. */
export async function changesMicrophone() {
  const call = await talk();
  const [first] = (call.session.localStream as MediaStream).getAudioTracks() as [MediaStreamTrack];
  const others = (await idsOf("audioinput")).filter((id) => id !== deviceOf(call.session));
  const description = call.session.peerConnection?.localDescription?.sdp;
  const ahead = await call.session.offer(never);
  const before = await call.measure();
  const results = [await call.session.setMicrophone(others[0] ?? "none")];
  const isOther = deviceOf(call.session) === others[0];
  const after = await call.measure();
  call.session.mute(true);
  results.push(await call.session.setMicrophone(others[1] ?? "none"));
  const muted = await call.measure();
  call.session.mute(false);
  const { ok, ...missing } = await call.session.setMicrophone("0".repeat(64));
  const open = await call.measure();
  const isSameSession = call.session.peerConnection?.localDescription?.sdp === description;
  // The call moves to the offer that was made before all that.
  const { connection, sdp } = await answererOf(ahead);
  await call.session.applyAnswer(sdp, ahead);
  await inboundPackets(connection, 20);
  const moved = await measure(call.session, connection);
  const [last] = (call.session.localStream as MediaStream).getAudioTracks() as [MediaStreamTrack];
  call.close();
  connection.close();
  const because = "because" in missing ? missing.because : ok;
  const ended = [first.readyState, last.readyState];
  return { before, after, muted, open, moved, results, isOther, isSameSession, because, ended, told: call.told };
}

/** The browser ends the track, as when a headset is pulled out; another follows. */
export async function losesMicrophone() {
  const call = await talk();
  const [track] = (call.session.localStream as MediaStream).getAudioTracks() as [MediaStreamTrack];
  const before = await call.measure();
  track.stop();
  track.dispatchEvent(new Event("ended"));
  const isFollowed = await until(() => call.told.includes("lost another"), 5_000);
  const after = await call.measure();
  call.close();
  return { before, after, isFollowed };
}

/** Played by an element, on another speaker, not while held, and not after the end. */
export async function playsTheCustomer() {
  const call = await talk();
  const isPlaying = () => !call.audio.paused && call.audio.srcObject === call.session.remoteStream && call.audio.srcObject !== null;
  const played = await until(() => isPlaying() && call.audio.currentTime > 0.2, 5_000);
  const [speaker = ""] = await idsOf("audiooutput");
  const moved = await call.session.setSpeaker(speaker);
  const isThere = call.audio.sinkId === speaker;
  const { ok: wasFound, ...missing } = await call.session.setSpeaker("0".repeat(64));
  call.session.hold(true);
  const held = isPlaying();
  call.session.hold(false);
  const back = await until(isPlaying, 2_000);
  call.close();
  return {
    played,
    moved,
    isThere,
    because: "because" in missing ? missing.because : wasFound,
    held,
    back,
    afterwards: call.audio.srcObject,
    told: call.told,
  };
}
