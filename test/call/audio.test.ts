import { describe, expect, it } from "vitest";
import type { MockTrunk, MockTrunkOptions } from "../../adapters/mock-trunk/index.ts";
import type { Call } from "../../src/call/call.ts";
import type { MediaPath } from "../../src/ports/audio.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";
import { scriptedMedia, type ScriptedSession } from "../support/scripted-media.ts";

underFakeTime();

const number = "+216 71 000 001";

interface Talk extends House {
  readonly call: Call;
  readonly session: ScriptedSession;
  /** What the call told of its audio, in order. */
  readonly told: string[];
  /** Journal entries of the audio and the dialog, in short. */
  story(): string[];
  /** re-INVITEs that carrier A received. */
  reinvites(): number;
}

/** A call over A that was answered. */
async function talk({ hasIce = true, carrier = {} as Partial<MockTrunkOptions>, breakerVolume = 1 } = {}): Promise<Talk> {
  const media = scriptedMedia({ hasIce });
  const house = buildHouse({ media, limits: { breakerVolume } }, { habit: { ringAfterMs: 100, answerAfterMs: 200 }, ...carrier });
  await house.open();
  const call = house.line.call(number);
  const told: string[] = [];
  call.on("no-audio", ({ trunkId, direction }) => told.push(`no-audio ${trunkId} ${direction}`));
  call.on("audio-restored", () => told.push("audio-restored"));
  call.on("reconnecting", ({ what }) => told.push(`reconnecting ${what}`));
  call.on("reconnected", () => told.push("reconnected"));
  call.on("quality", ({ level, mos }) => told.push(`${level} ${mos}`));
  await pass(1_000);
  expect(call.state).toBe("answered");
  const invites = () => house.a.log.filter(({ what, method }) => what === "received" && method === "INVITE").length;
  const before = invites();
  const [session] = media.sessions as [ScriptedSession];
  return {
    ...house,
    call,
    session,
    told,
    story: () =>
      house.line.journal.flatMap((entry) => {
        if (entry.type === "dialog:refreshed" || entry.type === "audio:restarted" || entry.type === "audio:renewed") {
          return [`${entry.type} ${entry.answer?.code} ${entry.answer?.said}`];
        }
        return entry.type.startsWith("audio:") || entry.type === "call:ended" ? [entry.type] : [];
      }),
    reinvites: () => invites() - before,
  };
}

const byes = ({ log }: MockTrunk) => log.filter(({ method, what }) => method === "BYE" && what === "received").length;

/** What one vote makes of A's media. */
const mediaOf = ({ line }: House) =>
  line.trunks.find(({ trunkId }) => trunkId === "A")?.breakers.find(({ plane }) => plane === "media")?.state;

/** Nothing goes either way any more. */
const dead: MediaPath = { ice: "failed", wasConnected: true, flows: "outbound" };
/** Somebody answers at the far end, who sends no audio. */
const alive: MediaPath = { ice: "connected", dtls: "connected", wasConnected: true, flows: "outbound", answers: true };

describe("lost audio", () => {
  it("over a path that is dead is mended by an ICE restart: offered to the peer, its answer applied", async () => {
    const { session, story, told, reinvites, call } = await talk();
    session.lose({ path: dead });
    await pass(100);
    expect(reinvites()).toBe(1);
    expect(session.told).toEqual(["answer 1", "withdraw 2", "restart", "answer 3"]);
    session.restore();
    await pass(10_000);
    expect(story()).toEqual(["audio:lost", "audio:restarted 200 peer", "audio:restored"]);
    expect(told).toEqual(["reconnecting audio", "audio-restored", "reconnected"]);
    expect(call.state).toBe("answered");
  });

  it("that the restart did not bring back is offered another connection; then the agent is told, and the call goes on", async () => {
    const { session, story, told, call, entries } = await talk();
    session.lose({ direction: "both", path: dead });
    await pass(2_900);
    expect(story()).toEqual(["audio:lost", "audio:restarted 200 peer"]);
    await pass(1_300);
    expect(story().at(-1)).toBe("audio:renewed 200 peer");
    expect(session.told.slice(2)).toEqual(["restart", "answer 3", "answer 4"]);
    expect(told).toEqual(["reconnecting audio"]);
    await pass(4_000);
    expect(told).toEqual(["reconnecting audio", "no-audio A both"]);
    expect(story().at(-1)).toBe("audio:given-up");
    expect(entries("audio:given-up")).toMatchObject([{ trunkId: "A", direction: "both", kind: "stopped", path: dead }]);
    expect(call.state).toBe("answered");
  });

  it("over a path that is well is left alone, and told: what does not come the far end does not send", async () => {
    const { session, told, reinvites, entries } = await talk();
    session.lose({ path: alive });
    await pass(60_000);
    expect(reinvites()).toBe(0);
    expect(told).toEqual(["no-audio A inbound"]);
    expect(entries("audio:given-up")).toMatchObject([{ forMs: 7_000 }]);
  });

  it("waits for ICE's own recovery first, for five seconds, and tells nobody", async () => {
    const { session, reinvites, told } = await talk();
    session.lose({ path: { ...dead, ice: "disconnected" } });
    await pass(4_900);
    expect(reinvites()).toBe(0);
    expect(told).toEqual([]);
    await pass(300);
    expect(reinvites()).toBe(1);
  });

  it("where DTLS has not come through is offered another connection: candidates are not what it lacks", async () => {
    const { session, story } = await talk();
    session.lose({ kind: "never-came", direction: "both", path: { ...alive, dtls: "connecting" } });
    await pass(100);
    expect(story()).toEqual(["audio:lost", "audio:renewed 200 peer"]);
  });

  it("lost again soon after the restart is offered another connection; long after it, a restart", async () => {
    const { session, story } = await talk();
    for (const pauseMs of [5_000, 15_000, 1_000]) {
      session.lose({ path: dead });
      await pass(1_000);
      session.restore();
      await pass(pauseMs);
    }
    expect(story().filter((line) => /restarted|renewed/.test(line))).toEqual([
      "audio:restarted 200 peer",
      "audio:renewed 200 peer",
      "audio:restarted 200 peer",
    ]);
  });

  it("on a pair that the restart should have replaced gets another connection before the peer drops it", async () => {
    const { session, story } = await talk();
    session.lose({ path: dead });
    await pass(1_000);
    session.restore();
    session.path = { ...alive, flows: "both", isOutdated: true };
    await pass(9_900);
    expect(story()).toEqual(["audio:lost", "audio:restarted 200 peer", "audio:restored"]);
    await pass(200);
    expect(story().at(-1)).toBe("audio:renewed 200 peer");
  });

  it("counts against the trunk's media, not its signalling", async () => {
    const house = await talk();
    house.session.lose();
    await pass(4_000);
    expect(house.entries("breaker:changed")).toMatchObject([{ trunkId: "A", plane: "media", to: "open", because: "no-audio" }]);
  });

  it("… once per call, however often it is lost", async () => {
    const house = await talk({ breakerVolume: 2 });
    for (let times = 0; times < 3; times++) {
      house.session.lose();
      await pass(4_000);
      house.session.restore();
    }
    expect(house.entries("breaker:changed")).toEqual([]);
  });

  it("is not laid on a trunk whose edge cannot be reached either", async () => {
    const house = await talk();
    house.a.fault({ kind: "freeze" });
    house.session.lose();
    await pass(10_000);
    expect(house.told).toContain("no-audio A inbound");
    expect(mediaOf(house)).toBe("closed");
  });

  it.each([
    ["the microphone gives no sound", { direction: "outbound", kind: "silent", isLocal: true }],
    ["nothing leaves the browser", { direction: "outbound", kind: "stopped", isLocal: true }],
  ] as const)("on this side (%s) is told, not restarted, and no trunk's fault", async (_, fault) => {
    const house = await talk();
    house.session.lose(fault);
    await pass(5_000);
    expect(house.told).toEqual(["no-audio A outbound"]);
    expect(house.reinvites()).toBe(0);
    expect(mediaOf(house)).toBe("closed");
  });

  it("is not restarted where packets come without sound, but laid on the trunk", async () => {
    const house = await talk();
    house.session.lose({ kind: "silent" });
    await pass(5_000);
    expect(house.story()).toEqual(["audio:lost", "audio:given-up"]);
    expect(mediaOf(house)).toBe("open");
  });

  it("is given up without a restart where there is no ICE", async () => {
    const { session, story } = await talk({ hasIce: false });
    session.lose({ direction: "both" });
    await pass(5_000);
    expect(story()).toEqual(["audio:lost", "audio:given-up"]);
  });

  it("that the peer refuses to mend is told, and tried again a while later", async () => {
    const { a, session, story, call, told } = await talk();
    const mend = a.fault({ kind: "reject", methods: ["INVITE"], code: 500 });
    session.lose({ path: dead });
    await pass(8_000);
    expect(session.told.slice(2)).toEqual(["restart", "withdraw 3", "withdraw 4"]);
    expect(story()).toEqual(["audio:lost", "audio:restarted 500 peer", "audio:renewed 500 peer", "audio:given-up"]);
    mend();
    await pass(30_000);
    expect(story()).toContain("audio:restarted 200 peer");
    expect(told).toEqual(["reconnecting audio", "no-audio A inbound"]);
    expect(call.state).toBe("answered");
  });

  it("is nobody's business once the call is over", async () => {
    const { a, session, story, call } = await talk();
    a.fault({ kind: "silence", methods: ["INVITE"] });
    session.lose();
    await pass(500);
    call.hangUp();
    expect(session.isWatched).toBe(false);
    await pass(40_000);
    expect(story()).toEqual(["audio:lost", "call:ended"]);
  });
});

describe("quality", () => {
  it("is journalled and told as it changes", async () => {
    const house = await talk();
    house.session.rate("good");
    house.session.rate("poor");
    house.session.rate("good");
    expect(house.told).toEqual(["good 4.4", "poor 2.5", "good 4.4"]);
    expect(house.entries("audio:rated").map(({ level, trunkId }) => `${level} ${trunkId}`)).toEqual(["good A", "poor A", "good A"]);
  });
});

describe("a microphone that the system mutes", () => {
  it("is told and journalled, and neither mended nor counted against the trunk", async () => {
    const house = await talk();
    const states: string[] = [];
    house.call.on("microphone", ({ state }) => states.push(state));
    house.session.microphone("muted");
    await pass(10_000);
    house.session.microphone("live");
    expect(states).toEqual(["muted", "live"]);
    expect(house.entries("microphone:changed").map(({ to }) => to)).toEqual(["muted", "live"]);
    expect(house.reinvites()).toBe(0);
    expect(mediaOf(house)).not.toBe("open");
  });
});

describe("a microphone that is pulled out", () => {
  it("is told with what took its place, on record, and not counted against the trunk", async () => {
    const house = await talk();
    const events: unknown[] = [];
    house.call.on("microphone", (event) => events.push(event));
    house.session.microphone("lost", "another");
    expect(events).toMatchObject([{ state: "lost", fellBackTo: "another" }]);
    expect(house.entries("microphone:changed")).toMatchObject([{ to: "lost", fellBackTo: "another" }]);
    expect(mediaOf(house)).not.toBe("open");
  });
});

describe("a page that may not play", () => {
  it("is told and on record, and the agent's click makes it play", async () => {
    const { call, session, entries } = await talk();
    const states: string[] = [];
    call.on("playback", ({ state }) => {
      states.push(state);
      void call.resumeAudio();
    });
    session.playback("blocked");
    session.playback("playing");
    expect([states, session.told.filter((what) => what === "resume").length]).toEqual([["blocked", "playing"], 2]);
    expect(entries("playback:changed").map(({ to }) => to)).toEqual(["blocked", "playing"]);
  });
});

describe("setMicrophone()", () => {
  it("asks the media session, and says what came of it: never by a rejection", async () => {
    const { call, session } = await talk();
    expect(await call.setMicrophone("headset")).toEqual({ ok: true });
    expect(session.told.at(-1)).toBe("microphone headset");
    expect(await call.setMicrophone("broken")).toEqual({ ok: false, because: "failed", error: new TypeError("broken") });
    call.hangUp();
    await pass(1_000);
    expect(await call.setMicrophone("headset")).toEqual({ ok: false, because: "ended" });
  });

  it("says where the audio is elsewhere", async () => {
    const { call } = await talk({ hasIce: false });
    expect(await call.setMicrophone("headset")).toEqual({ ok: false, because: "unsupported" });
  });
});

describe("a socket lost in mid-call", () => {
  it("loses no call with healthy audio: the flow comes back, and the peer is told where we are", async () => {
    const { a, call, story, reinvites, told } = await talk();
    a.resetAll();
    await pass(5_000);
    expect(call.state).toBe("answered");
    expect(reinvites()).toBe(1);
    expect(story()).toEqual(["dialog:refreshed 200 peer"]);
    expect(told).toEqual(["reconnecting flow", "reconnected"]);
  });

  it("asks the agent when the peer has forgotten the call (481), and ends it as lost where nobody says anything", async () => {
    const { a, call, story } = await talk();
    a.fault({ kind: "reject", methods: ["INVITE"], code: 481 });
    a.resetAll();
    await pass(5_000);
    expect([call.state, story()]).toEqual(["choosing", ["dialog:refreshed 481 peer"]]);
    // It was a server on the way that said so.
    expect([a.calls[0]?.end?.by, byes(a)]).toEqual(["agent", 1]);
    await pass(30_000);
    expect((await call.ended).end).toBe("flow-lost");
    expect(story()).toEqual(["dialog:refreshed 481 peer", "call:ended"]);
    expect(byes(a)).toBe(1);
  });

  it("asks again at the next registration what nobody answered", async () => {
    const { a, call, story } = await talk();
    const heal = a.fault({ kind: "silence", methods: ["INVITE"] });
    a.resetAll();
    await pass(5_000);
    heal();
    a.resetAll();
    await pass(8_000);
    expect(story()).toEqual(["dialog:refreshed 503 inferred", "dialog:refreshed 200 peer"]);
    expect(call.state).toBe("answered");
  });

  it("asks once more after glare (491)", async () => {
    const { a, story, reinvites } = await talk();
    a.fault({ kind: "reject", methods: ["INVITE"], code: 491, times: 1 });
    a.resetAll();
    await pass(10_000);
    expect(reinvites()).toBe(2);
    expect(story()).toEqual(["dialog:refreshed 200 peer"]);
  });

  it("and the audio with it (another network): ICE is restarted as soon as the peer can be told", async () => {
    const { a, session, story, call } = await talk();
    const open = a.fault({ kind: "refuse" });
    a.resetAll();
    session.lose({ direction: "both" });
    await pass(2_000);
    open();
    await pass(5_000);
    expect(story()).toContain("audio:restarted 200 peer");
    expect(session.told.filter((what) => /^answer [34]$/.test(what))).toHaveLength(1);
    session.restore();
    expect(story().at(-1)).toBe("audio:restored");
    expect(call.state).toBe("answered");
  });

  it("is told though a prompt for the microphone is open: nobody waits for that for ever", async () => {
    const { a, session, reinvites, story } = await talk();
    session.prompt = new Promise(() => {});
    session.lose({ kind: "never-came", direction: "both", path: { ...alive, dtls: "connecting" } });
    await pass(1_000);
    a.resetAll();
    await pass(8_000);
    expect(reinvites()).toBe(0);
    session.restore();
    await pass(4_000);
    expect([reinvites(), story().at(-1)]).toEqual([1, "dialog:refreshed 200 peer"]);
  });

  it("is no business of a call that is over", async () => {
    const { a, call, reinvites } = await talk();
    call.hangUp();
    await pass(1_000);
    a.resetAll();
    await pass(5_000);
    expect(reinvites()).toBe(0);
  });
});

describe("an announcement before the answer (183 with SDP)", () => {
  it("is heard, and the answer applied to the same offer", async () => {
    const { session } = await talk({ carrier: { habit: { ringAfterMs: 100, answerAfterMs: 200, earlyMedia: true } } });
    expect(session.told).toEqual(["early 1", "answer 1", "withdraw 2"]);
  });

  it("is over with its attempt: the next trunk has an offer of its own", async () => {
    const media = scriptedMedia();
    const { a, b, line, open } = buildHouse({ media }, { habit: { ringAfterMs: 100, answerAfterMs: 200 } });
    await open();
    a.fault({ kind: "reject", code: 503, after: 183 });
    const call = line.call(number);
    call.on("choice-needed", () => call.redial());
    await pass(6_000);
    expect(call).toMatchObject({ state: "answered", trunkId: "B" });
    expect(media.sessions[0]?.told).toEqual(["early 1", "withdraw 1", "answer 2"]);
    expect(b.calls).toHaveLength(1);
  });
});

describe("a customer's call", () => {
  /** One over A that the agent took. */
  async function taken() {
    const media = scriptedMedia();
    const house = buildHouse({ media, limits: { breakerVolume: 1 } });
    await house.open();
    const told: string[] = [];
    house.line.on("call:offered", (call) => {
      call.on("no-audio", ({ trunkId, direction }) => told.push(`no-audio ${trunkId} ${direction}`));
      void call.answer();
    });
    house.a.call("agent7", { from: "+21671000001" });
    await pass(1_000);
    const [call] = house.line.calls;
    expect(call?.state).toBe("answered");
    return { ...house, call, told, session: media.sessions[0] as ScriptedSession };
  }

  it("has its audio mended in the same way", async () => {
    const house = await taken();
    house.session.lose({ path: dead });
    await pass(9_000);
    expect(house.session.told).toEqual(["restart", "answer 1", "answer 2"]);
    expect(house.told).toEqual(["no-audio A inbound"]);
    expect(mediaOf(house)).toBe("open");
  });

  it("outlives its socket, unless the carrier has forgotten it", async () => {
    const { a, call, entries, line } = await taken();
    a.resetAll();
    await pass(5_000);
    expect(entries("dialog:refreshed")).toMatchObject([{ trunkId: "A", answer: { code: 200 } }]);
    expect(call?.state).toBe("answered");
    a.fault({ kind: "reject", methods: ["INVITE"], code: 481 });
    a.resetAll();
    await pass(8_000);
    expect(entries("call:ended")).toMatchObject([{ end: "flow-lost" }]);
    expect([a.calls[0]?.end?.by, byes(a), line.followedCalls]).toEqual(["agent", 1, 0]);
  });
});
