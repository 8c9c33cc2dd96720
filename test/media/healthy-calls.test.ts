/** Four minutes of healthy calls, as real browsers counted them on a busy machine (npm run soak -- --record). */
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { sampleOf } from "../../adapters/webrtc/sample.ts";
import { unwatched, watchAudio, type Finding, type WatchLimits } from "../../src/media/watch.ts";
import type { Moment } from "./calls/reduce.ts";

const limits: WatchLimits = {
  neverCameMs: 3_000,
  stoppedMs: 4_000,
  silentMs: 8_000,
  qualityWindowMs: 5_000,
  poorBelowMos: 3.1,
  goodAboveMos: 3.6,
};

const folder = new URL("calls/", import.meta.url);
const recordings = readdirSync(folder).filter((name) => name.endsWith(".jsonl.gz"));

const momentsOf = (name: string): Moment[] =>
  gunzipSync(readFileSync(new URL(name, folder)))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Moment);

/** A connection that counts as the recorded one did at that moment. */
const connectionAt = ({ entries }: Moment): RTCPeerConnection =>
  ({
    iceConnectionState: "connected",
    remoteDescription: { sdp: "" },
    getStats: async () => new Map(entries.map((entry, index) => [String(index), entry])),
    getTransceivers: () => [
      {
        currentDirection: "sendrecv",
        receiver: { track: { kind: "audio" } },
        sender: { track: { kind: "audio", enabled: true, muted: false, readyState: "live" } },
      },
    ],
  }) as unknown as RTCPeerConnection;

/** What is found in it. @param change a fault that is put in. */
async function found(moments: readonly Moment[], change: (moment: Moment) => Moment = (moment) => moment) {
  let state = unwatched;
  const findings: { readonly atMs: number; readonly finding: Finding }[] = [];
  for (const moment of moments) {
    const next = watchAudio(state, await sampleOf(connectionAt(change(moment)), () => moment.atMs), limits);
    state = next.state;
    findings.push(...next.findings.map((finding) => ({ atMs: moment.atMs, finding })));
  }
  return findings;
}

describe.each(recordings)("a healthy call in %s", (name) => {
  const moments = momentsOf(name);

  it("lasts for four minutes, and the peer reports at intervals of its own", () => {
    const arrivals = moments.map(({ entries }) => entries.find(({ type }) => type === "remote-inbound-rtp")?.["timestamp"]);
    expect(moments.at(-1)?.atMs).toBeGreaterThan(240_000);
    expect(new Set(arrivals).size).toBeGreaterThan(30);
  });

  it("has audio all the time", async () => {
    const findings = await found(moments);
    expect(findings.filter(({ finding }) => finding.type !== "rated")).toEqual([]);
    expect(findings[0]?.finding).toMatchObject({
      level: "good",
      quality: { path: { ice: "connected", dtls: "connected", wasConnected: true, flows: "both", answers: true } },
    });
  });

  // The last reports before it are repeated, as a browser does when no others come.
  const after = 120_000;
  const frozen = (...types: string[]) => {
    const last = moments.findLast(({ atMs }) => atMs <= after);
    return (moment: Moment): Moment =>
      moment.atMs <= after
        ? moment
        : {
            ...moment,
            entries: moment.entries.map((entry) =>
              types.includes(String(entry["type"])) ? (last?.entries.find(({ type }) => type === entry["type"]) ?? entry) : entry,
            ),
          };
  };

  it("of whose packets the peer no longer tells: that is noticed, though not at the first report that is missing", async () => {
    const lost = (await found(moments, frozen("remote-inbound-rtp"))).filter(({ finding }) => finding.type === "lost");
    expect(lost).toMatchObject([{ finding: { fault: { direction: "outbound", kind: "stopped" } } }]);
    expect(lost[0]?.atMs).toBeGreaterThan(after + 10_000);
    expect(lost[0]?.atMs).toBeLessThan(after + 45_000);
  });

  it("whose peer makes no reports any more: nothing is known, and nothing said", async () => {
    const findings = await found(moments, frozen("remote-inbound-rtp", "remote-outbound-rtp"));
    expect(findings.filter(({ finding }) => finding.type === "lost")).toEqual([]);
  });

  it("loses a fifth of what it sends: poor by the peer's next reports, and told as the uplink", async () => {
    const lossy = (moment: Moment): Moment =>
      moment.atMs <= after
        ? moment
        : {
            ...moment,
            entries: moment.entries.map((entry) => (entry["type"] === "remote-inbound-rtp" ? { ...entry, fractionLost: 0.2 } : entry)),
          };
    const poor = (await found(moments, lossy)).find(({ atMs, finding }) => atMs > after && finding.type === "rated");
    expect(poor).toMatchObject({ finding: { level: "poor", quality: { lossPercent: 0 } } });
    expect(poor?.atMs).toBeLessThan(after + 15_000);
  });
});
