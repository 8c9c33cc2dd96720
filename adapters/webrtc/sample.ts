/** From what the browser counts (W3C webrtc-stats) to what the watch reads. */
import { codecOf, opus } from "../../src/media/e-model.ts";
import type { Inbound, MediaSample, Outbound, Pair, Transport } from "../../src/media/sample.ts";
import type { CandidateType, MediaPath, MicrophoneState } from "../../src/ports/audio.ts";
import { audioOf } from "./connections.ts";

/** One entry of a stats report: the browsers have more or fewer of its fields than the types promise. */
type Stats = Readonly<Record<string, unknown>>;

const numberIn = (stats: Stats | undefined, key: string): number | undefined => {
  const value = stats?.[key];
  return typeof value === "number" ? value : undefined;
};

const textIn = (stats: Stats | undefined, key: string): string | undefined => {
  const value = stats?.[key];
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** The sum over all entries; undefined where none has it. */
const sum = (all: readonly Stats[], key: string): number | undefined => {
  const values = all.map((stats) => numberIn(stats, key)).filter((value) => value !== undefined);
  return values.length > 0 ? values.reduce((total, value) => total + value, 0) : undefined;
};

const inMs = (seconds: number): number => seconds * 1_000;

/** What `connection` has counted until now, and what it is meant to do. */
export async function sampleOf(connection: RTCPeerConnection, nowMs: () => number): Promise<MediaSample> {
  const report = await connection.getStats();
  const entries: Stats[] = [];
  report.forEach((entry: Stats) => entries.push(entry));
  const audio = (type: string) => entries.filter((entry) => entry["type"] === type && (entry["kind"] ?? "audio") === "audio");
  const transceiver = audioOf(connection);
  const direction = transceiver?.currentDirection ?? "inactive";
  const hasComfortNoise = /^a=rtpmap:\d+ CN\//im.test(connection.remoteDescription?.sdp ?? "");
  const microphone = microphoneOf(transceiver?.sender.track);
  return {
    atMs: nowMs(),
    // A peer that holds us may play music, or nothing.
    inbound: direction === "sendrecv" ? inboundOf(audio, hasComfortNoise, transceiver?.receiver.track.enabled !== false) : undefined,
    // Muted by the agent, by the host page, or by the system: that nothing goes out is no fault of the line.
    outbound: direction.startsWith("send") && microphone && microphone !== "muted" ? outboundOf(audio, microphone === "ended") : undefined,
    transport: transportOf(entries, connection),
    microphone,
  };
}

/** Undefined where there is none, or agent or page muted it. */
function microphoneOf(track: MediaStreamTrack | null | undefined): MicrophoneState | undefined {
  if (!track?.enabled) return undefined;
  return track.readyState === "ended" ? "ended" : track.muted ? "muted" : "live";
}

function transportOf(entries: readonly Stats[], connection: RTCPeerConnection): Transport {
  const transport = entries.find(({ type }) => type === "transport");
  const byId = (id: unknown) => entries.find((entry) => id !== undefined && entry["id"] === id);
  const pair = byId(transport?.["selectedCandidatePairId"]);
  const remote = byId(pair?.["remoteCandidateId"]);
  const ufrag = textIn(remote, "usernameFragment");
  const described = /^a=ice-ufrag:(\S+)/m.exec(connection.currentRemoteDescription?.sdp ?? "")?.[1];
  return {
    ice: connection.iceConnectionState,
    dtls: textIn(transport, "dtlsState") as MediaPath["dtls"],
    pair: pair && pairOf(pair, byId(pair["localCandidateId"]), remote),
    ...(ufrag !== undefined && described !== undefined && ufrag !== described && { isOutdated: true }),
  };
}

const pairOf = (pair: Stats, local: Stats | undefined, remote: Stats | undefined): Pair => ({
  id: String(pair["id"]),
  local: textIn(local, "candidateType") as CandidateType | undefined,
  remote: textIn(remote, "candidateType") as CandidateType | undefined,
  localAddress: textIn(local, "address"),
  remoteAddress: textIn(remote, "address"),
  remotePort: numberIn(remote, "port"),
  receivedBytes: numberIn(pair, "bytesReceived") ?? 0,
  sentBytes: numberIn(pair, "bytesSent") ?? 0,
  requests: numberIn(pair, "requestsSent"),
  responses: numberIn(pair, "responsesReceived"),
});

type EntriesOf = (type: string) => readonly Stats[];

function inboundOf(audio: EntriesOf, hasComfortNoise: boolean, isHeard: boolean): Inbound {
  const streams = audio("inbound-rtp");
  const latest = streams.at(-1);
  const used = audio("codec").find(({ id }) => id === latest?.["codecId"]);
  const mimeType = textIn(used, "mimeType");
  const codec = codecOf(mimeType);
  const emitted = sum(streams, "jitterBufferEmittedCount") ?? 0;
  const rttS = numberIn(audio("remote-inbound-rtp").at(-1), "roundTripTime");
  return {
    packets: sum(streams, "packetsReceived") ?? 0,
    lost: sum(streams, "packetsLost") ?? 0,
    discarded: sum(streams, "packetsDiscarded") ?? 0,
    // Where nobody plays the audio, or it is switched off, the browser does not decode it, and cannot tell whether there is sound in it.
    energy: emitted > 0 && isHeard ? sum(streams, "totalAudioEnergy") : undefined,
    // Opus has a way of its own to save packets, and still sends some (RFC 7587 §3.1.3).
    mayPause: hasComfortNoise && codec !== opus,
    jitterMs: inMs(numberIn(latest, "jitter") ?? 0),
    bufferedMs: inMs(sum(streams, "jitterBufferDelay") ?? 0),
    emitted,
    codec,
    codecName: mimeType?.replace(/^audio\//i, ""),
    rttMs: rttS === undefined ? undefined : inMs(rttS),
  };
}

function outboundOf(audio: EntriesOf, isEnded: boolean): Outbound {
  const receipt = audio("remote-inbound-rtp").at(-1);
  const report = audio("remote-outbound-rtp").at(-1);
  // Both are stamped with the time at which the report came (W3C webrtc-stats, RTCRemoteInboundRtpStreamStats).
  const receivedAtMs = numberIn(receipt, "timestamp");
  const sentAtMs = numberIn(report, "timestamp");
  return {
    packets: sum(audio("outbound-rtp"), "packetsSent") ?? 0,
    energy: sum(audio("media-source"), "totalAudioEnergy"),
    // A browser sends silence as it sends sound.
    mayPause: false,
    isEnded,
    receiverReport:
      receivedAtMs === undefined
        ? undefined
        : {
            atMs: receivedAtMs,
            packets: numberIn(receipt, "packetsReceived"),
            fractionLost: numberIn(receipt, "fractionLost"),
            jitterMs: inMs(numberIn(receipt, "jitter") ?? 0),
          },
    senderReport: sentAtMs === undefined ? undefined : { atMs: sentAtMs, ssrc: numberIn(report, "ssrc") },
  };
}
