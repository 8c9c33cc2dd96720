/** A browser's statistics, reduced to what `sampleOf` reads: so a call of minutes is a small file. */

/** One entry of a stats report. */
export type Entry = Readonly<Record<string, unknown>>;

/** What `getStats()` gave at one moment. */
export interface Moment {
  readonly atMs: number;
  readonly entries: readonly Entry[];
}

const stream = ["id", "type", "kind", "ssrc"];

/** By type of entry: the fields that are read, and those that an earlier watch read. */
const fields: Readonly<Record<string, readonly string[]>> = {
  "inbound-rtp": [
    ...stream,
    "codecId",
    "packetsReceived",
    "packetsLost",
    "packetsDiscarded",
    "jitter",
    "jitterBufferDelay",
    "jitterBufferEmittedCount",
    "totalAudioEnergy",
  ],
  "outbound-rtp": [...stream, "packetsSent"],
  "remote-inbound-rtp": [
    ...stream,
    "timestamp",
    "packetsReceived",
    "packetsLost",
    "fractionLost",
    "jitter",
    "roundTripTime",
    "roundTripTimeMeasurements",
  ],
  "remote-outbound-rtp": [...stream, "timestamp", "reportsSent"],
  "media-source": ["id", "type", "kind", "totalAudioEnergy"],
  codec: ["id", "type", "mimeType"],
  transport: ["id", "type", "dtlsState", "selectedCandidatePairId"],
  "candidate-pair": [
    "id",
    "type",
    "localCandidateId",
    "remoteCandidateId",
    "bytesReceived",
    "bytesSent",
    "requestsSent",
    "responsesReceived",
    "lastPacketSentTimestamp",
    "lastPacketReceivedTimestamp",
  ],
  "local-candidate": ["id", "type", "candidateType", "address", "port"],
  "remote-candidate": ["id", "type", "candidateType", "address", "port"],
};

/** Of the pair that carries the audio, and of the codec in use, only; times as of the call's start. */
export function reduced(moments: readonly Moment[]): readonly Moment[] {
  const first = moments[0]?.entries.find(({ type }) => type === "peer-connection" || type === "transport")?.["timestamp"];
  const originMs = typeof first === "number" ? first : 0;
  return moments.map(({ atMs, entries }) => {
    const of = (type: string) => entries.filter((entry) => entry["type"] === type);
    const pair = entries.find(({ id }) => id === of("transport")[0]?.["selectedCandidatePairId"]);
    const codec = of("inbound-rtp")[0]?.["codecId"];
    const kept = new Set([pair?.["id"], pair?.["localCandidateId"], pair?.["remoteCandidateId"], codec]);
    return {
      atMs: Math.round(atMs),
      entries: entries.flatMap((entry) => {
        const type = String(entry["type"]);
        const names = fields[type];
        if (!names || (/^(candidate-pair|codec|(local|remote)-candidate)$/.test(type) && !kept.has(entry["id"]))) return [];
        return [Object.fromEntries(names.filter((name) => name in entry).map((name) => [name, shorter(name, entry[name], originMs)]))];
      }),
    };
  });
}

function shorter(name: string, value: unknown, originMs: number): unknown {
  if (typeof value !== "number") return value;
  return /timestamp$/i.test(name) ? Math.round((value - originMs) * 10) / 10 : Number(value.toPrecision(9));
}
