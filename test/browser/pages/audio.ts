/** Sound for the pages of the tests, and the proof that it arrived. */

/** A stream with a 440 Hz tone. */
export function toneStream(): MediaStream {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  return destination.stream;
}

/** RTP packets that `connection` has received, asked for until there are `enough` or 10 s are over. */
export async function inboundPackets(connection: RTCPeerConnection | undefined, enough: number): Promise<number> {
  const startedMs = performance.now();
  let packets = 0;
  while (connection && packets < enough && performance.now() - startedMs < 10_000) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    (await connection.getStats()).forEach((entry) => {
      if (entry.type === "inbound-rtp" && entry.kind === "audio") packets = entry.packetsReceived;
    });
  }
  return packets;
}
