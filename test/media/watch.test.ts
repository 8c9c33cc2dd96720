import { fc, it as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { g711 } from "../../src/media/e-model.ts";
import type { Inbound, MediaSample, Outbound, Pair, Transport } from "../../src/media/sample.ts";
import { reconnected, unwatched, watchAudio, type Finding, type WatchLimits, type WatchState } from "../../src/media/watch.ts";
import type { MediaPath, MicrophoneState } from "../../src/ports/audio.ts";

const limits: WatchLimits = {
  neverCameMs: 3_000,
  stoppedMs: 4_000,
  silentMs: 8_000,
  qualityWindowMs: 5_000,
  poorBelowMos: 3.1,
  goodAboveMos: 3.6,
};

/** What happens in one second (or `ms`) of a call. Left out: 50 packets each way, with sound. */
interface Second {
  readonly ms?: number;
  /** Packets in and out. */
  readonly heard?: number;
  readonly sent?: number;
  readonly lost?: number;
  /** Sound in them. */
  readonly sound?: boolean;
  readonly speech?: boolean;
  /** The peer's report came, and says that something of ours arrived: with a count, or by being made at all. */
  readonly report?: "receipt" | "uncounted" | "empty" | undefined;
  /** Of that report: what was lost on the way to the peer, 0–1. */
  readonly lostThere?: number;
  /** Another peer took over: its stream has an identifier of its own. */
  readonly another?: boolean;
  readonly held?: boolean;
  readonly muted?: boolean;
  readonly ended?: boolean;
  readonly mayPause?: boolean;
  readonly rttMs?: number;
  readonly jitterMs?: number;
  /** How long the samples that were played had waited in the jitter buffer. */
  readonly bufferMs?: number;
  readonly microphone?: MicrophoneState;
  readonly ice?: MediaPath["ice"];
  readonly dtls?: MediaPath["dtls"];
  /** How many STUN checks went out, and whether they were answered. */
  readonly checks?: number;
  readonly answered?: boolean;
  /** The pair in use, where it is another than the first. */
  readonly pair?: Partial<Pair> | "none";
}

/** A call as its samples, one at the answer and one after each second. */
function samplesOf(seconds: readonly Second[], before: number = 0): MediaSample[] {
  let atMs = 1_000;
  let [packets, lost, sent, energy, speech] = [before, 0, before, before, before];
  let [bufferedMs, emitted, requests, responses, receipts, ssrc] = [0, 0, 0, 0, 0, 1];
  let receiverReport: Outbound["receiverReport"];
  let senderReport: Outbound["senderReport"];
  const sample = (second: Second): MediaSample => {
    const { held = false, muted = false, ended = false, mayPause = false, rttMs, jitterMs = 5, microphone, ice = "connected" } = second;
    const inbound: Inbound = { packets, lost, discarded: 0, energy, mayPause, jitterMs, bufferedMs, emitted, codec: g711, rttMs };
    const outbound: Outbound = { packets: sent, energy: speech, mayPause, isEnded: ended, receiverReport, senderReport };
    const pair: Pair = { ...firstPair, receivedBytes: packets * 172, sentBytes: sent * 172, requests, responses };
    const transport: Transport = {
      ice,
      dtls: second.dtls ?? "connected",
      pair: second.pair === "none" ? undefined : { ...pair, ...second.pair },
    };
    return { atMs, inbound: held ? undefined : inbound, outbound: held || muted ? undefined : outbound, transport, microphone };
  };
  return [
    sample(seconds[0] ?? {}),
    ...seconds.map((second) => {
      const ms = second.ms ?? 1_000;
      atMs += ms;
      packets += second.heard ?? ms / 20;
      sent += second.sent ?? ms / 20;
      lost += second.lost ?? 0;
      if (second.sound ?? true) energy += ms / 1_000 / 10;
      if (second.speech ?? true) speech += ms / 1_000 / 10;
      if (second.bufferMs !== undefined) {
        emitted += ms * 8;
        bufferedMs += ms * 8 * second.bufferMs;
      }
      requests += second.checks ?? 0;
      if (second.answered ?? true) responses = requests;
      if (second.another) ssrc++;
      if (second.report) senderReport = { atMs, ssrc };
      if (second.report === "receipt") receipts += 50;
      if (second.report)
        receiverReport = {
          atMs,
          packets: second.report === "uncounted" ? undefined : receipts,
          fractionLost: second.lostThere,
          jitterMs: 5,
        };
      return sample(second);
    }),
  ];
}

const firstPair: Pair = {
  id: "1",
  local: "host",
  remote: "host",
  localAddress: "192.0.2.1",
  remoteAddress: "198.51.100.1",
  remotePort: 30_000,
  receivedBytes: 0,
  sentBytes: 0,
  requests: 0,
  responses: 0,
};

/** What was found, each with the second in which it was. */
function watched(seconds: readonly Second[], before?: number): { readonly afterMs: number; readonly finding: Finding }[] {
  let state = unwatched;
  return samplesOf(seconds, before).flatMap((sample) => {
    const next = watchAudio(state, sample, limits);
    state = next.state;
    return next.findings.map((finding) => ({ afterMs: sample.atMs - 1_000, finding }));
  });
}

const times = (count: number, second: Second = {}): Second[] => Array.from({ length: count }, () => second);

/** Findings but the first rating, in short. */
const story = (seconds: readonly Second[], before?: number) =>
  watched(seconds, before).flatMap(({ afterMs, finding }) => {
    if (finding.type === "restored") return [`${afterMs} restored`];
    if (finding.type === "rated") return finding.level === "poor" ? [`${afterMs} poor`] : [];
    if (finding.type === "microphone") return [`${afterMs} microphone ${finding.state}`];
    const { direction, kind, forMs, isLocal } = finding.fault;
    return [`${afterMs} ${direction} ${kind} ${forMs}${isLocal ? " here" : ""}`];
  });

const none: Second = { heard: 0, sent: 0, sound: false };
const deaf: Second = { heard: 0, sound: false };

describe("audio is lost", () => {
  it("when nothing comes for 3 s after the answer", () => expect(story(times(5, none))).toEqual(["3000 both never-came 3000"]));

  it("in one direction only", () => expect(story(times(5, deaf))).toEqual(["3000 inbound never-came 3000"]));

  it("when it stops for 4 s, and is restored when it flows again", () =>
    expect(story([...times(3), ...times(6, deaf), ...times(3)])).toEqual(["7000 inbound stopped 4000", "10000 restored"]));

  it("also when there was early media and none after it", () => expect(story(times(5, deaf), 100)).toEqual(["4000 inbound stopped 4000"]));

  it("also where comfort noise was agreed, when the peer has sent steadily all the time", () =>
    expect(story([...times(30), ...times(5, deaf)].map((second) => ({ ...second, mayPause: true })))).toEqual([
      "34000 inbound stopped 4000",
    ]));

  it("when packets come without one sound since the answer", () =>
    expect(story(times(10, { sound: false }))).toEqual(["8000 inbound silent 8000"]));

  it("when nothing leaves over a connection that is well: a fault on this side", () =>
    expect(story([...times(2), ...times(6, { sent: 0 })])).toEqual(["6000 outbound stopped 4000 here"]));

  it("when the microphone is taken away", () =>
    expect(story([...times(2), ...times(3, { ended: true }), {}])).toEqual(["3000 outbound silent 0 here", "6000 restored"]));

  it("when the microphone has never given a sound", () =>
    expect(story(times(10, { speech: false }))).toEqual(["8000 outbound silent 8000 here"]));

  it("when the peer reports on and on, and no longer that anything arrives: three of its own longest intervals (RFC 3550 §6.4)", () => {
    const every = (seconds: number, report: Second["report"]): Second[] => [...times(seconds - 1), { report }];
    const receipts = [...every(2, "receipt"), ...every(3, "receipt"), ...every(5, "receipt")];
    expect(story([...receipts, ...times(5).flatMap(() => every(4, "empty")), ...every(2, "receipt")])).toEqual([
      "25000 outbound stopped 15000",
      "32000 restored",
    ]);
  });

  it("when nobody answers at the far end of the pair any more, though audio comes (RFC 7675)", () =>
    expect(story([...times(10, { checks: 1 }), ...times(16, { checks: 3, answered: false }), ...times(2, { checks: 1 })])).toEqual([
      "25000 outbound stopped 15000",
      "27000 restored",
    ]));
});

describe("audio is not lost", () => {
  const well: readonly (readonly [string, readonly Second[]])[] = [
    ["by a customer who says nothing, once there was a sound", [{}, ...times(60, { sound: false })]],
    ["by a customer whose phone saves packets while silent (Opus DTX)", times(60, { heard: 2, sound: false })],
    ["by a customer who sends nothing while silent, as agreed (RFC 3389)", [{ mayPause: true }, ...times(60, { ...deaf, mayPause: true })]],
    [
      "… nor after a long talk with pauses",
      [times(10), [deaf], times(60), times(30, deaf)].flat().map((second) => ({ ...second, mayPause: true })),
    ],
    ["on hold, however long", [...times(3), ...times(60, { ...none, held: true }), ...times(3)]],
    ["by a call that begins on hold", [...times(60, { ...none, held: true }), ...times(3)]],
    ["by a muted microphone", [...times(3), ...times(60, { sent: 0, muted: true }), ...times(3)]],
    ["by a peer that never reports", times(60)],
    ["by a peer that reports without ever saying what it received", times(60, { report: "empty" })],
    ["by a page that slept", [...times(3), { ...none, ms: 3_600_000 }, ...times(5)]],
    [
      "by a page that slept, and needs a moment to find its network",
      [...times(3), { ...none, ms: 3_600_000 }, ...times(3, none), ...times(3)],
    ],
    ["by timers that are throttled to one a minute", times(10, { ms: 60_000 })],
    [
      "by a peer whose reports come at any interval",
      times(20, { report: "uncounted" })
        .map((report, at) => [...times((at * 7) % 11), report])
        .flat(),
    ],
    [
      "by another peer, of those that never confirm anything",
      [...times(8, { report: "receipt" }), { report: "empty", another: true }, ...times(40, { report: "empty" })],
    ],
    ["by a peer that reports no more at all", [...times(8, { report: "receipt" }), ...times(60)]],
    ["by checks that are not answered from the beginning (an edge without ICE's)", times(60, { checks: 2, answered: false })],
    ["by a check that is lost now and then", times(60, { checks: 1 }).map((second, at) => ({ ...second, answered: at % 4 === 0 }))],
    [
      "by a machine so busy that checks are answered late",
      times(60, { checks: 1 }).map((second, at) => ({ ...second, checks: 15, answered: at % 10 === 0 })),
    ],
    ["by counters that begin anew", [...times(3), { heard: -150 }, ...times(5)]],
  ];
  it.each(well)("%s", (_, seconds) => expect(story(seconds)).toEqual([]));

  it("but throttled timers hide no loss", () =>
    expect(story([...times(3, { ms: 60_000 }), ...times(2, { ...deaf, ms: 60_000 })])).toEqual(["240000 inbound stopped 60000"]));

  it("and a sleep restores nothing", () =>
    expect(story([...times(2), ...times(5, deaf), { ...none, ms: 60_000 }, ...times(2, deaf), {}])).toEqual([
      "6000 inbound stopped 4000",
      "70000 restored",
    ]));

  const flowing = fc.array(
    fc.record({
      ms: fc.integer({ min: 50, max: 120_000 }),
      heard: fc.integer({ min: 1, max: 500 }),
      sent: fc.integer({ min: 1, max: 500 }),
      report: fc.constantFrom<Second["report"]>("receipt", "uncounted", undefined),
      held: fc.boolean(),
      muted: fc.boolean(),
    }),
    { maxLength: 60 },
  );
  property.prop([flowing])("never while packets flow and there is sound", (seconds) => {
    // Whether the page slept or its timers were throttled, the microphone muted or the call on hold.
    expect(story(seconds).filter((line) => !line.endsWith("poor"))).toEqual([]);
  });

  const anything = fc.array(
    fc.record({
      ms: fc.integer({ min: 1, max: 100_000 }),
      heard: fc.integer({ min: 0, max: 60 }),
      sent: fc.integer({ min: 0, max: 60 }),
      lost: fc.integer({ min: -5, max: 60 }),
      sound: fc.boolean(),
      speech: fc.boolean(),
      report: fc.constantFrom<Second["report"]>("receipt", "empty", undefined),
      held: fc.boolean(),
      muted: fc.boolean(),
      ended: fc.boolean(),
      mayPause: fc.boolean(),
    }),
    { maxLength: 80 },
  );
  property.prop([anything])("twice without having been restored, whatever happens", (seconds) => {
    const told = watched(seconds).flatMap(({ finding }) => (finding.type === "lost" || finding.type === "restored" ? [finding.type] : []));
    expect(told.every((type, index) => type === (index % 2 === 0 ? "lost" : "restored"))).toBe(true);
  });
});

describe("quality", () => {
  const rated = (seconds: readonly Second[]) =>
    watched(seconds).flatMap(({ afterMs, finding }) =>
      finding.type === "rated" ? [{ afterMs, ...finding.quality, level: finding.level }] : [],
    );

  it("is rated once the window is full, and then when it changes", () => {
    const path = { ice: "connected", dtls: "connected", wasConnected: true, flows: "both", local: "host", remote: "host" };
    expect(rated(times(30))).toEqual([{ afterMs: 5_000, level: "good", mos: 4.41, lossPercent: 0, jitterMs: 5, path }]);
  });

  it("is poor after some seconds of heavy loss, and good again only well above that", () => {
    const heavy: Second = { heard: 35, lost: 15 };
    const light: Second = { heard: 44, lost: 6 };
    const found = rated([...times(6), ...times(20, heavy), ...times(20, light), ...times(20)]);
    expect(found.map(({ level }) => level)).toEqual(["good", "poor", "good"]);
    const [, poor, good] = found;
    // A short burst is none; a loss of 12 % (MOS 3.2) lies between the two limits and changes nothing.
    expect(poor?.afterMs).toBeGreaterThan(7_000);
    expect(poor?.afterMs).toBeLessThanOrEqual(11_000);
    expect(good?.afterMs).toBeGreaterThan(46_000);
    expect(poor?.mos).toBeLessThan(3.1);
    expect(good?.mos).toBeGreaterThan(3.6);
  });

  it("counts the delay: a satellite's round trip is heard", () => {
    const [one] = rated(times(6, { rttMs: 600 }));
    expect(one).toMatchObject({ rttMs: 600, level: "good" });
    expect(one?.mos).toBeLessThan(4.1);
  });

  it("counts what the jitter buffer holds as far as the jitter asks for it, not what a gap has left in it", () => {
    const [calm, rough] = [5, 90].map((jitterMs) => rated(times(6, { bufferMs: 500, jitterMs, rttMs: 20 }))[0]?.mos ?? 0);
    expect(calm).toBeGreaterThan(4.3);
    expect(rough).toBeLessThan(3.6);
  });

  it("is poor as soon as the peer's reports say so of what we send, and good again by the same", () => {
    const lossy: Second[] = [...times(4), { report: "uncounted", lostThere: 0.3 }];
    const well: Second[] = [...times(4), { report: "uncounted", lostThere: 0 }];
    const found = rated([...well, ...well, ...well, ...lossy, ...lossy, ...well, ...well]);
    expect(found.map(({ afterMs, level }) => [afterMs, level])).toEqual([
      [5_000, "good"],
      [20_000, "poor"],
      [30_000, "good"],
    ]);
    expect(found[1]).toMatchObject({ mos: 4.41, lossPercent: 0, uplink: { lossPercent: 30 } });
    expect(found[1]?.uplink?.mos).toBeLessThan(3.1);
  });

  it("is not rated while nothing flows, on hold, or by a handful of packets", () => {
    expect(rated(times(30, deaf))).toEqual([]);
    expect(rated(times(30, { held: true }))).toEqual([]);
    expect(rated(times(30, { heard: 2 }))).toEqual([]);
  });
});

describe("the way that the audio takes", () => {
  /** What is told of it with each finding but ratings. */
  const paths = (seconds: readonly Second[], from: WatchState = unwatched) => {
    let state = from;
    const found: (MediaPath | undefined)[] = [];
    for (const sample of samplesOf(seconds)) {
      const next = watchAudio(state, sample, limits);
      state = next.state;
      for (const finding of next.findings)
        if (finding.type === "lost") found.push(finding.fault.path);
        else if (finding.type === "restored") found.push(finding.path);
    }
    return { found, state };
  };

  it("never connected: no candidate got through", () =>
    expect(paths(times(4, { ...none, ice: "checking", dtls: "new", pair: "none" })).found).toEqual([
      { ice: "checking", dtls: "new", wasConnected: false, flows: "none" },
    ]));

  it("connected, and somebody answers there, but no audio comes", () =>
    expect(paths([...times(3, { checks: 1 }), ...times(5, { ...deaf, checks: 1 })]).found).toEqual([
      { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound", local: "host", remote: "host", answers: true },
    ]));

  it("connected, and nobody answers any more", () =>
    expect(paths([...times(3, { checks: 1 }), ...times(5, { ...deaf, checks: 4, answered: false })]).found).toMatchObject([
      { answers: false },
    ]));

  it("connected before it was watched, and nobody answers any more", () =>
    expect(
      paths([...times(1), ...times(5, { ...deaf, checks: 4, pair: { responses: 3 } })].map((each) => ({ pair: { responses: 3 }, ...each })))
        .found,
    ).toMatchObject([{ answers: false }]));

  it("says of a browser that does not count its checks only what it can know", () => {
    const uncounted = { pair: { requests: undefined } };
    const well = times(3, { ...uncounted, checks: 1 });
    const unanswered = times(5, { ...deaf, ...uncounted, answered: false, checks: 1 });
    // Who answered a moment before the audio stopped may be gone with it.
    expect(paths([...well, ...unanswered]).found).toEqual([expect.not.objectContaining({ answers: expect.anything() })]);
    const answered = unanswered.map((second, index) => ({ ...second, answered: index === 2 }));
    expect(paths([...well, ...answered]).found).toMatchObject([{ wasConnected: true, answers: true }]);
    const silent = times(40, { ...uncounted, answered: false, checks: 1 });
    expect(story([...times(3, { ...uncounted, checks: 1 }), ...silent])).toEqual(["33000 outbound stopped 30000"]);
  });

  const gap = times(6, { ...deaf, sent: 50 });
  it.each<[string, Partial<Pair>, Partial<MediaPath>]>([
    ["the relay's port", { id: "2", remotePort: 30_002 }, { remotePortChanged: true }],
    ["the agent's address", { id: "2", localAddress: "203.0.113.9" }, { localAddressChanged: true }],
    ["another relay", { id: "2", remoteAddress: "198.51.100.2", remotePort: 30_002 }, {}],
    ["another kind of candidate", { id: "2", local: "srflx", localAddress: "203.0.113.9" }, {}],
    ["the IP version", { id: "2", localAddress: "2001:db8::1" }, {}],
    ["an address that the browser hides", { id: "2", localAddress: "4b2f.local" }, {}],
    ["a TURN server's address", { id: "2", local: "relay", localAddress: "203.0.113.9" }, {}],
  ])("has changed: %s", (_, pair, changed) => {
    const first = pair.local === "relay" ? { local: "relay" as const } : {};
    const { found } = paths([...times(4, { pair: first }), ...gap.map((second) => ({ ...second, pair: first })), ...times(2, { pair })]);
    const { remotePortChanged, localAddressChanged } = found[1] ?? {};
    expect({ ...(remotePortChanged && { remotePortChanged }), ...(localAddressChanged && { localAddressChanged }) }).toEqual(changed);
    expect(JSON.stringify(found)).not.toMatch(/192\.0|198\.51|203\.0|2001|local"?:"4b/);
  });

  it("is compared over a new connection too, on which what was lost is restored", () => {
    const { found, state } = paths([...times(4), ...gap]);
    expect(found).toHaveLength(1);
    const moved = paths(times(3, { pair: { id: "9", localAddress: "203.0.113.9", remotePort: 31_000 } }), reconnected(state));
    expect(moved.found).toMatchObject([{ localAddressChanged: true, remotePortChanged: true, wasConnected: true }]);
  });

  it("was there before a new connection that finds none", () => {
    const { state } = paths([...times(4), ...gap]);
    const lost = reconnected({ ...state, isLost: false });
    expect(paths(times(4, { ...none, ice: "checking", dtls: "new", pair: "none" }), lost).found).toEqual([
      { ice: "checking", dtls: "new", wasConnected: true, flows: "none" },
    ]);
  });
});

describe("the microphone", () => {
  it("is told when the system mutes it, gives it back, or takes it away", () =>
    expect(
      story([
        ...times(2, { microphone: "live" }),
        ...times(20, { microphone: "muted", muted: true, sent: 0 }),
        ...times(2, { microphone: "live" }),
        ...times(2, { microphone: "ended", ended: true }),
      ]),
    ).toEqual(["3000 microphone muted", "23000 microphone live", "25000 microphone ended", "25000 outbound silent 0 here"]));

  it("is no news while the agent has muted it, nor when it was live from the start", () =>
    expect(story([...times(3, { microphone: "live" }), ...times(3, { muted: true, sent: 0 }), {}])).toEqual([]));
});
