/** Sound for the pages of the tests, a far end that sends it, and the proof that it arrived. */

/** A stream with a 440 Hz tone, or at no volume. */
export function toneStream(volume = 1): MediaStream {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  oscillator.connect(new GainNode(context, { gain: volume })).connect(destination);
  oscillator.start();
  return destination.stream;
}

/** The far end of a call, with a tone to send. */
function farEnd(connection = new RTCPeerConnection(), knowsTones = true): RTCPeerConnection {
  const tone = toneStream();
  tone.getTracks().forEach((track) => connection.addTrack(track, tone));
  const { codecs } = RTCRtpReceiver.getCapabilities("audio") ?? { codecs: [] };
  if (!knowsTones)
    for (const each of connection.getTransceivers())
      each.setCodecPreferences(codecs.filter(({ mimeType }) => !/telephone-event/.test(mimeType)));
  return connection;
}

/** `connection` answers another offer. */
export async function reanswer(connection: RTCPeerConnection, offer: string): Promise<string> {
  await connection.setRemoteDescription({ type: "offer", sdp: offer });
  return describe(connection);
}

/** Makes `connection` describe itself, candidates included. */
export async function describe(connection: RTCPeerConnection): Promise<string> {
  await connection.setLocalDescription();
  await new Promise<void>((resolve) => {
    const check = () => connection.iceGatheringState === "complete" && resolve();
    connection.addEventListener("icegatheringstatechange", check);
    check();
  });
  return connection.localDescription?.sdp ?? "";
}

/** A far end that answers `offer`. */
export async function answererOf(offer: string, { knowsTones = true } = {}): Promise<{ connection: RTCPeerConnection; sdp: string }> {
  const connection = new RTCPeerConnection();
  await connection.setRemoteDescription({ type: "offer", sdp: offer });
  // After the offer, so that one that asks for no audio just now may ask for it later (RFC 8829 §5.10).
  farEnd(connection, knowsTones);
  return { connection, sdp: await describe(connection) };
}

/** A far end that says back what it hears; or, if it `isMute`, packets without any sound. */
export async function echoOf(offer: string, { isMute = false } = {}): Promise<{ connection: RTCPeerConnection; sdp: string }> {
  const connection = new RTCPeerConnection();
  await connection.setRemoteDescription({ type: "offer", sdp: offer });
  for (const { sender, receiver } of connection.getTransceivers()) {
    connection.addTrack(receiver.track);
    if (isMute) await sender.replaceTrack(toneStream(0).getAudioTracks()[0] ?? null);
  }
  return { connection, sdp: await describe(connection) };
}

/** A far end that offers. */
export async function offerer(direction: RTCRtpTransceiverDirection = "sendrecv"): Promise<{ connection: RTCPeerConnection; sdp: string }> {
  const connection = farEnd();
  for (const each of connection.getTransceivers()) each.direction = direction;
  return { connection, sdp: await describe(connection) };
}

/** RTP packets that `connection` has received, asked for until there are `enough` or `withinMs` are over. */
export async function inboundPackets(connection: RTCPeerConnection | undefined, enough: number, withinMs = 10_000): Promise<number> {
  let packets = 0;
  const count = async () => {
    (await connection?.getStats())?.forEach((entry) => {
      if (entry.type === "inbound-rtp" && entry.kind === "audio") packets = entry.packetsReceived;
    });
    return packets >= enough;
  };
  if (connection) await until(count, withinMs);
  return packets;
}

/** Looks again and again until `isSo`, or `withinMs` are over. @returns whether it was. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const untilMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > untilMs) return false;
    await pass(50);
  }
  return true;
}

/**
 * What `count` says before and after a second and a half; on a machine that is too busy to send fifty packets a second, after as long as
 * it takes until it is `enough`, ten seconds at most. What is under way at first still arrives, and another source counts from its
 * beginning: neither is counted.
 */
export async function beforeAndAfter<T>(count: () => Promise<T>, enough: (before: T, after: T) => boolean): Promise<[T, T]> {
  await pass(700);
  const before = await count();
  await pass(1_500);
  let after = await count();
  await until(async () => enough(before, (after = await count())), 10_000);
  return [before, after];
}

/** Packets that show that audio flows. */
export const flowing = 31;

export const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
