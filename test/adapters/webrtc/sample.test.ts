import { describe, expect, it } from "vitest";
import { sampleOf } from "../../../adapters/webrtc/sample.ts";
import { g711, opus } from "../../../src/media/e-model.ts";

type Entry = Readonly<Record<string, unknown>>;

/** What is read of an RTCPeerConnection. */
function connection({ stats = [] as Entry[], direction = "sendrecv", track = {}, sdp = "", ice = "connected" } = {}): RTCPeerConnection {
  const microphone = { kind: "audio", enabled: true, muted: false, readyState: "live", ...track };
  return {
    getStats: async () => new Map(stats.map((entry, index) => [String(index), entry])),
    getTransceivers: () => [{ currentDirection: direction, receiver: { track: { kind: "audio" } }, sender: { track: microphone } }],
    remoteDescription: { sdp },
    iceConnectionState: ice,
  } as unknown as RTCPeerConnection;
}

const sampled = (parts?: Parameters<typeof connection>[0]) => sampleOf(connection(parts), () => 42);

const inbound: Entry = { type: "inbound-rtp", kind: "audio", packetsReceived: 500, packetsLost: 5, jitter: 0.012, codecId: "c" };
const decoded: Entry = {
  ...inbound,
  jitterBufferEmittedCount: 480_000,
  jitterBufferDelay: 24_000,
  totalAudioEnergy: 1.5,
  packetsDiscarded: 2,
};
const pcma: Entry = { type: "codec", id: "c", mimeType: "audio/PCMA" };

describe("a sample of the browser's counters", () => {
  it("reads what comes in, in ms, with the codec and the peer's word on the round trip", async () => {
    const stats = [decoded, pcma, { type: "remote-inbound-rtp", kind: "audio", roundTripTime: 0.08 }];
    expect(await sampled({ stats })).toMatchObject({
      atMs: 42,
      inbound: {
        packets: 500,
        lost: 5,
        discarded: 2,
        jitterMs: 12,
        bufferedMs: 24_000_000,
        emitted: 480_000,
        energy: 1.5,
        codec: g711,
        rttMs: 80,
      },
    });
  });

  it("knows nothing of sound that nobody plays", async () => {
    expect((await sampled({ stats: [{ ...inbound, totalAudioEnergy: 0 }] })).inbound?.energy).toBeUndefined();
  });

  it("adds up streams, as when the peer changes its SSRC, and leaves video out", async () => {
    const stats = [inbound, { ...inbound, packetsReceived: 20 }, { ...inbound, kind: "video", packetsReceived: 9_000 }];
    expect((await sampled({ stats })).inbound?.packets).toBe(520);
  });

  it.each([
    ["PCMA", g711, true],
    ["opus", opus, false],
  ])("comfort noise excuses a pause of %s: %o, %s", async (name, codec, mayPause) => {
    const stats = [inbound, { ...pcma, mimeType: `audio/${name}` }];
    const sdp = "v=0\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:13 CN/8000\r\n";
    expect((await sampled({ stats, sdp })).inbound).toMatchObject({ codec, mayPause });
  });

  it("tells what the peer confirms, and nothing of one that has confirmed nothing", async () => {
    const stats = [
      { type: "outbound-rtp", kind: "audio", packetsSent: 700 },
      { type: "media-source", kind: "audio", totalAudioEnergy: 0.25 },
      { type: "remote-outbound-rtp", kind: "audio", timestamp: 4_000, ssrc: 7 },
    ];
    expect((await sampled({ stats })).outbound).toEqual({
      packets: 700,
      energy: 0.25,
      mayPause: false,
      isEnded: false,
      receiverReport: undefined,
      senderReport: { atMs: 4_000, ssrc: 7 },
    });
    const receipt = { type: "remote-inbound-rtp", kind: "audio", timestamp: 5_000, fractionLost: 0.25, jitter: 0.01 };
    expect((await sampled({ stats: [...stats, receipt] })).outbound?.receiverReport).toEqual({
      atMs: 5_000,
      packets: undefined,
      fractionLost: 0.25,
      jitterMs: 10,
    });
    expect((await sampled({ stats: [...stats, { ...receipt, packetsReceived: 650 }] })).outbound?.receiverReport?.packets).toBe(650);
  });

  it("tells what carries it: ICE, DTLS, and the pair in use", async () => {
    const stats = [
      { type: "transport", dtlsState: "connected", selectedCandidatePairId: "p2" },
      { type: "candidate-pair", id: "p1", localCandidateId: "l", remoteCandidateId: "r" },
      {
        type: "candidate-pair",
        id: "p2",
        localCandidateId: "l",
        remoteCandidateId: "r",
        bytesReceived: 9,
        bytesSent: 8,
        responsesReceived: 3,
      },
      { type: "local-candidate", id: "l", candidateType: "host", address: "192.0.2.1", port: 5 },
      { type: "remote-candidate", id: "r", candidateType: "prflx", address: "198.51.100.1", port: 6 },
    ];
    expect((await sampled({ stats, ice: "checking" })).transport).toEqual({
      ice: "checking",
      dtls: "connected",
      pair: {
        id: "p2",
        local: "host",
        remote: "prflx",
        localAddress: "192.0.2.1",
        remoteAddress: "198.51.100.1",
        remotePort: 6,
        receivedBytes: 9,
        sentBytes: 8,
        requests: undefined,
        responses: 3,
      },
    });
    expect((await sampled({ ice: "new" })).transport).toEqual({ ice: "new", dtls: undefined, pair: undefined });
  });

  it.each([
    ["live", {}, "live"],
    ["muted by the system", { muted: true }, "muted"],
    ["taken away", { readyState: "ended", muted: true }, "ended"],
    ["muted by the page", { enabled: false, muted: true }, undefined],
  ])("the microphone is %s", async (_, track, state) => expect((await sampled({ track })).microphone).toBe(state));

  it.each([
    ["sendrecv", true, true],
    ["sendonly", false, true],
    ["recvonly", false, false],
    ["inactive", false, false],
    [null, false, false],
  ])("direction %s: audio comes in %s, goes out %s", async (direction, comesIn, goesOut) => {
    const { inbound: heard, outbound: sent } = await sampled({ direction: direction as string });
    expect([heard !== undefined, sent !== undefined]).toEqual([comesIn, goesOut]);
  });

  it.each([
    ["muted by the page", { enabled: false }],
    ["muted by the system", { muted: true }],
  ])("nothing shall go out of a microphone that is %s", async (_, track) => {
    expect((await sampled({ track })).outbound).toBeUndefined();
  });

  it("one that was taken away is told", async () => {
    expect((await sampled({ track: { readyState: "ended", muted: true } })).outbound?.isEnded).toBe(true);
  });
});
