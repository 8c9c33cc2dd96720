import { fc, it as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { g711 } from "../../src/media/e-model.ts";
import {
  unwatched,
  watchAudio,
  type Finding,
  type Inbound,
  type MediaSample,
  type Outbound,
  type WatchLimits,
} from "../../src/media/watch.ts";

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
  /** The peer's report came, and says that something of ours arrived. */
  readonly report?: "receipt" | "empty" | undefined;
  readonly held?: boolean;
  readonly muted?: boolean;
  readonly ended?: boolean;
  readonly mayPause?: boolean;
  readonly rttMs?: number;
}

/** A call as its samples, one at the answer and one after each second. */
function samplesOf(seconds: readonly Second[], before: number = 0): MediaSample[] {
  let atMs = 1_000;
  let [packets, lost, sent, energy, speech] = [before, 0, before, before, before];
  let reports: number | undefined;
  let receipts: number | undefined;
  const sample = ({ held = false, muted = false, ended = false, mayPause = false, rttMs }: Second): MediaSample => {
    const inbound: Inbound = { packets, lost, discarded: 0, energy, mayPause, jitterMs: 5, bufferedMs: 0, emitted: 0, codec: g711, rttMs };
    const outbound: Outbound = { packets: sent, energy: speech, mayPause, isEnded: ended, reports, receipts };
    return { atMs, inbound: held ? undefined : inbound, outbound: held || muted ? undefined : outbound };
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
      if (second.report) reports = (reports ?? 0) + 1;
      if (second.report === "receipt") receipts = (receipts ?? 0) + 1;
      return sample(second);
    }),
  ];
}

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

  it("when the peer reports on and on, and no longer that anything arrives (RFC 3550 §6.4)", () => {
    const receipts: Second[] = [...times(4), { report: "receipt" }];
    const empty: Second[] = [...times(4), { report: "empty" }];
    expect(story([...receipts, ...receipts, ...empty, ...empty, ...receipts])).toEqual(["20000 outbound stopped 10000", "25000 restored"]);
  });
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
      report: fc.constantFrom<Second["report"]>("receipt", undefined),
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
    const told = watched(seconds).flatMap(({ finding }) => (finding.type === "rated" ? [] : [finding.type]));
    expect(told.every((type, index) => type === (index % 2 === 0 ? "lost" : "restored"))).toBe(true);
  });
});

describe("quality", () => {
  const rated = (seconds: readonly Second[]) =>
    watched(seconds).flatMap(({ afterMs, finding }) =>
      finding.type === "rated" ? [{ afterMs, ...finding.quality, level: finding.level }] : [],
    );

  it("is rated once the window is full, and then when it changes", () => {
    expect(rated(times(30))).toEqual([{ afterMs: 5_000, level: "good", mos: 4.41, lossPercent: 0, jitterMs: 5 }]);
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

  it("is not rated while nothing flows, on hold, or by a handful of packets", () => {
    expect(rated(times(30, deaf))).toEqual([]);
    expect(rated(times(30, { held: true }))).toEqual([]);
    expect(rated(times(30, { heard: 2 }))).toEqual([]);
  });
});
