/** One side of a conversation in plain RTP (RFC 3550), PCMU: says a tone, and hears what comes. */
import { randomInt } from "node:crypto";
import type { Socket } from "node:dgram";
import { linearOf, muLawOf, sampleOf, strongestHz, tonesHz } from "./tone.ts";

export interface Speech {
  /** Packets that came, and when the first did. */
  readonly received: number;
  readonly firstAtMs: number | undefined;
  /** The strongest frequency in the last half second that came; 0 for silence, and where nothing comes any more. */
  readonly heardHz: number;
  /** Talks to whom the SDP names: as a source of its own each time, as an announcement and the customer are two. */
  talk(sdp: string): void;
  hush(): void;
}

const rate = 8_000;
const packetMs = 20;
const samplesPerPacket = (rate * packetMs) / 1_000;
const keptPackets = 25;
/** Who got nothing for so long hears nothing. */
const staleMs = 500;

export function startSpeech(socket: Socket): Speech {
  const latest: Buffer[] = [];
  let received = 0;
  let firstAtMs: number | undefined;
  let lastAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  socket.on("message", (packet) => {
    // RTCP has types from 192 on where RTP has marker and payload type (RFC 5761 §4).
    if (packet.length < 12 || ((packet[1] ?? 0) >= 192 && (packet[1] ?? 0) <= 223)) return;
    received++;
    lastAtMs = performance.now();
    firstAtMs ??= lastAtMs;
    latest.push(packet.subarray(12));
    if (latest.length > keptPackets) latest.shift();
  });

  function hush(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    get received() {
      return received;
    },
    get firstAtMs() {
      return firstAtMs;
    },
    get heardHz() {
      if (performance.now() - lastAtMs > staleMs) return 0;
      return strongestHz(Int16Array.from(Buffer.concat(latest), linearOf), rate);
    },
    hush,
    talk(sdp) {
      hush();
      const [, address = "127.0.0.1"] = /^c=IN IP4 (\S+)/m.exec(sdp) ?? [];
      const [, port = "9"] = /^m=audio (\d+)/m.exec(sdp) ?? [];
      const ssrc = randomInt(2 ** 32);
      const startedMs = performance.now();
      let sent = 0;
      // As many as are due by now: a timer that is late must not slow the voice.
      const say = () => {
        for (; sent * packetMs <= performance.now() - startedMs; sent++) socket.send(packetOf(ssrc, sent), Number(port), address);
      };
      say();
      timer = setInterval(say, packetMs);
    },
  };
}

function packetOf(ssrc: number, index: number): Buffer {
  const packet = Buffer.alloc(12 + samplesPerPacket);
  packet[0] = 0x80;
  // A talkspurt begins with the marker (RFC 3551 §4.1).
  packet[1] = index === 0 ? 0x80 : 0;
  packet.writeUInt16BE(index & 0xffff, 2);
  packet.writeUInt32BE(index * samplesPerPacket, 4);
  packet.writeUInt32BE(ssrc, 8);
  for (let i = 0; i < samplesPerPacket; i++) packet[12 + i] = muLawOf(sampleOf(tonesHz.customer, index * samplesPerPacket + i, rate));
  return packet;
}
