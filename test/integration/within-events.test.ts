/** After every callback the world may have changed: whoever calls a method of ours from inside an event is safe at every point. */
import { expect, test, vi } from "vitest";
import type { MockTrunk } from "../../adapters/mock-trunk/index.ts";
import type { Boot } from "../../src/boot/boot.ts";
import {
  callEvents,
  incomingCallEvents,
  type Call,
  type CallEvents,
  type IncomingCall,
  type IncomingCallEvents,
} from "../../src/call/call.ts";
import type { Talk } from "../../src/call/talk.ts";
import type { Events } from "../../src/emitter.ts";
import { LinekeeperError } from "../../src/errors.ts";
import { lineEvents, type Linekeeper, type LinekeeperEvents } from "../../src/line.ts";
import { buildHouse, pass, trunkA, underFakeTime, type House } from "../support/house.ts";
import { scriptedMedia, type ScriptedSession } from "../support/scripted-media.ts";

underFakeTime();

const number = "+21671000001";
const other = "+21671000002";
const customer = "+21698000000";

// ── What is called ────────────────────────────────────────────────────────────────────────────────

type MethodOf<T> = { [K in keyof T]-?: T[K] extends (...given: never[]) => unknown ? K : never }[keyof T];
/** Each method of it but those that listen, called as an integrator would: TypeScript misses the one that is new. */
type ActsOf<T> = Readonly<Record<Exclude<MethodOf<T>, keyof Events<object>>, (of: T) => unknown>>;

const bootActs: ActsOf<Boot> = {
  stage: (boot) => boot.stage("within", () => 1),
  restart: (boot) => boot.restart(),
  abort: (boot) => boot.abort("within"),
};
const lineActs: ActsOf<Linekeeper> = {
  start: (line) => line.start(),
  call: (line) => [line.call(other), line.call("+21671000003", { by: "check" }), line.call("no number")],
  swap: (line) => line.swap(),
  noteFailure: (line) => line.noteFailure("call log", new TypeError("broken")),
  setAvailable: (line) => [line.setAvailable(false), line.setAvailable(true)],
  isolate: (line) => line.isolate("A"),
  restore: (line) => line.restore("A"),
  probe: (line) => line.probe("A"),
  weigh: (line) => line.weigh("A", { priority: 3, weight: 2 }),
  setTrunks: (line) => line.setTrunks([{ ...trunkA, priority: 2 }]),
  report: (line) => line.report(),
  close: (line) => line.close(),
};
const talkActs: ActsOf<Talk> = {
  hold: (call) => call.hold(),
  unhold: (call) => call.unhold(),
  mute: (call) => call.mute(),
  unmute: (call) => call.unmute(),
  sendDtmf: (call) => call.sendDtmf("1,2"),
  setMicrophone: (call) => call.setMicrophone("headset"),
  setSpeaker: (call) => call.setSpeaker("headset"),
  resumeAudio: (call) => call.resumeAudio(),
  transfer: (call) => call.transfer(other),
};
const outgoingActs: Omit<ActsOf<Call>, keyof Talk> = {
  redial: (call) => call.redial(),
  hangUp: (call) => call.hangUp(),
};
const incomingActs: Omit<ActsOf<IncomingCall>, keyof Talk> = {
  answer: (call) => call.answer(),
  decline: (call) => call.decline(),
  hangUp: (call) => call.hangUp(),
};

type Act = (line: Linekeeper, calls: readonly (Call | IncomingCall)[]) => unknown;
/** With each call of that direction that there was so far: none of these methods is harmful after the end. */
const withEach = <T>(direction: "out" | "in" | "any", act: (call: T) => unknown): Act => {
  return (_, calls) => calls.filter((call) => direction === "any" || call.direction === direction).map((call) => act(call as T));
};
/** What a listener of the integrator's throws. */
class HostsOwn extends Error {
  override readonly name = "HostsOwn";
}
const acts = new Map<string, Act>([
  ...Object.entries(lineActs).map(([name, act]) => [`line.${name}()`, act] as const),
  ...Object.entries(bootActs).map(([name, act]) => [`line.boot.${name}()`, ({ boot }: Linekeeper) => act(boot)] as const),
  ...Object.entries(talkActs).map(([name, act]) => [`call.${name}()`, withEach<Talk>("any", act)] as const),
  ...Object.entries(outgoingActs).map(([name, act]) => [`call.${name}()`, withEach<Call>("out", act)] as const),
  ...Object.entries(incomingActs).map(([name, act]) => [`incoming.${name}()`, withEach<IncomingCall>("in", act)] as const),
  [
    "throw",
    () => {
      throw new HostsOwn("on purpose");
    },
  ],
]);
/** After one of these little else comes: they are called in one event of a story at a time, the others in each of them at once. */
const endings = new Set(["line.close()", "call.hangUp()", "call.transfer()", "incoming.hangUp()", "incoming.decline()"]);

// ── What happens meanwhile ────────────────────────────────────────────────────────────────────────

interface Scene extends House {
  readonly sessions: readonly ScriptedSession[];
  /** The customer's call, once it rings. */
  readonly offered: readonly IncomingCall[];
}

const reject = (trunk: MockTrunk, after?: 180) => trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503, ...(after && { after }) });

/** Between them each event is told that a line of one page has. */
const stories: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  answered: ({ line }) => (line.call(number), pass(3_000)),
  async "failed over"({ line, a }) {
    reject(a);
    line.call(number);
    await pass(3_000);
  },
  async "silent, then answered"({ line, a, b }) {
    a.fault({ kind: "silence", methods: ["INVITE"] });
    b.phone(number).answers({ earlyMedia: true });
    line.call(number);
    await pass(4_000);
  },
  async "failed after it rang"({ line, a, b }) {
    for (const trunk of [a, b]) reject(trunk, 180);
    line.call(number);
    await pass(3_000);
  },
  async unanswered({ line, a }) {
    a.phone(number).doesNotAnswer();
    line.call(number);
    await pass(3_000);
  },
  async "slow, on the only line"({ line, a, b }) {
    b.fault({ kind: "refuse" });
    b.resetAll();
    a.fault({ kind: "slow", methods: ["INVITE"], delayMs: 900 });
    line.call(number);
    await pass(5_000);
  },
  async "a conversation, and another"(scene) {
    const call = scene.line.call(number);
    await pass(1_000);
    await converse(scene, call);
    scene.line.call(other);
    await pass(500);
    void call.transfer(customer);
    await pass(1_000);
  },
  async "a customer's call by both lines"(scene) {
    for (const trunk of [scene.a, scene.b]) trunk.call("agent7", { from: customer });
    await pass(100);
    const [call] = scene.offered;
    await Promise.all([call?.answer(), pass(500)]);
    await converse(scene, call);
    void call?.transfer(number);
    await pass(1_000);
  },
  async "a customer who is answered without a hand"({ a }) {
    a.call("agent7", { from: customer, headers: ["Call-Info: <sip:a.example>;answer-after=0"], giveUpAfterMs: 2_000 });
    await pass(500);
    a.call("agent7", { from: other, giveUpAfterMs: 500 });
    await pass(3_000);
  },
  async "the line alone"({ line, a, b }) {
    void a.message("agent7", { from: customer, text: "Hello" });
    void a.voicemail("agent7", { newMessages: 1 });
    void a.checkSync("agent7");
    const failing = line.boot.stage("settings", () => Promise.reject(new TypeError("broken")), { retries: 0 });
    failing.catch(() => {});
    await pass(100);
    line.boot.restart();
    line.boot.stage("settings", () => 1).catch(() => {});
    const mends = [a, b].map((trunk) => trunk.fault({ kind: "refuse" }));
    for (const trunk of [a, b]) trunk.resetAll();
    await pass(2_000);
    for (const mend of mends) mend();
    await pass(70_000);
    line.call(number);
    await pass(1_000);
    for (const call of line.calls) call.hangUp();
    await pass(15_000);
  },
};

/** All that the other side, the network and the audio do to somebody who talks. */
async function converse({ a, b, sessions }: Scene, call: Call | IncomingCall | undefined): Promise<void> {
  const leg = () => [...a.calls, ...b.calls].findLast(({ isAcknowledged, end }) => isAcknowledged && !end);
  const trunk = call?.trunkId === "B" ? b : a;
  call?.mute();
  void leg()?.hold();
  await pass(200);
  void leg()?.resume();
  void leg()?.sendDigit("5");
  await pass(200);
  for (const session of sessions) {
    session.rate("poor");
    session.microphone("muted");
    session.playback("blocked");
    session.lose();
  }
  await pass(10_000);
  for (const session of sessions) session.restore();
  const replaced = leg();
  if (replaced) trunk.call("agent7", { from: other, replaces: replaced });
  await pass(500);
  void leg()?.refer(`sip:${other}@a.example`, ["Refer-Sub: false"]);
  await pass(500);
  for (const each of [a, b]) each.resetAll();
  await pass(2_000);
}

/** It takes another page to bring these about. */
const ofOtherPages = new Set<string>(["line telephone:moved", "line call:resumed"]);

/** Tells each event by a name of its own: the line's, its calls', and each type of entry. `late`: the call was over, and it is not the end. */
function onEach({ line }: House, tell: (event: string) => void, late: (event: string) => void): void {
  const listenTo = (call: Call | IncomingCall) => {
    const names = call.direction === "in" ? incomingCallEvents : callEvents;
    for (const event of Object.keys(names) as (keyof CallEvents & keyof IncomingCallEvents)[])
      (call as Call).on(event, () => {
        if (call.state === "ended" && event !== "ended") late(event);
        tell(`${call.direction === "in" ? "incoming" : "call"} ${event}`);
      });
  };
  for (const event of Object.keys(lineEvents) as (keyof LinekeeperEvents)[])
    line.on(event, (what) => {
      if (event === "call:placed" || event === "call:offered") listenTo(what as Call | IncomingCall);
      tell(event === "journal:written" ? `entry ${(what as LinekeeperEvents["journal:written"]).type}` : `line ${event}`);
    });
}

/** @returns the events that were told, and what does not hold. */
async function play(story: string, act: Act = () => {}, isWanted = (_: string) => true) {
  const media = scriptedMedia();
  const house = buildHouse({
    media,
    autoAnswer: true,
    whenBusy: "offer",
    transferPolicy: () => true,
    incomingNotices: ["message", "voicemail", "check-sync"],
  });
  const { line, a, b } = house;
  const told = new Set<string>();
  const wrong: string[] = [];
  /** What the methods gave back, while it is not settled. */
  const waited = new Set<PromiseLike<unknown>>();
  const offered: IncomingCall[] = [];
  const calls = new Set<Call | IncomingCall>();
  const check = (error: unknown) => {
    // What a method may throw or reject with is said in its docs: only that.
    if (!(error instanceof LinekeeperError || error instanceof HostsOwn)) wrong.push(String(error));
  };
  line.on("call:offered", (call) => offered.push(call));
  const tell = (event: string) => {
    for (const call of line.calls) calls.add(call);
    if (told.has(event)) return;
    told.add(event);
    if (!isWanted(event)) return;
    try {
      for (const given of [act(line, [...calls])].flat()) {
        if (!(given instanceof Promise)) continue;
        waited.add(given);
        given.catch(check).finally(() => waited.delete(given)).catch(() => {}); // prettier-ignore
      }
    } catch (error) {
      check(error);
      if (!(error instanceof LinekeeperError)) throw error;
    }
  };
  onEach(house, tell, (event) => wrong.push(`${event} was told after the end`));
  void line.start();
  await vi.dynamicImportSettled();
  await pass(200);
  await stories[story]?.({ ...house, sessions: media.sessions, offered });
  for (const trunk of [a, b]) trunk.clearFaults();
  for (const leg of [...a.calls, ...b.calls]) if (leg.caller === "customer" && !leg.end) leg.hangUp();
  // Whoever calls somebody at the end of a call has another.
  for (let turn = 0; turn < 9 && line.calls.length + line.followedCalls > 0; turn++) {
    for (const call of line.calls) call.hangUp();
    await pass(35_000);
  }
  for (const call of calls) if (call.state !== "ended") wrong.push(`${call.id} is ${call.state}`);
  if (line.calls.length + line.followedCalls > 0) wrong.push("a call is left");
  if (waited.size > 0) wrong.push(`${waited.size} promises are not settled`);
  for (const { number: rung, untilMs } of [...a.rings(), ...b.rings()]) if (untilMs === undefined) wrong.push(`${rung} rings on`);
  for (const entry of line.journal)
    if (entry.type === "transition:violated" || (entry.type === "listener:failed" && entry.error !== "HostsOwn"))
      wrong.push(JSON.stringify(entry));
  await Promise.all([line.close(), pass(2_000)]);
  for (const trunk of [a, b]) trunk.close();
  await pass(10);
  if (vi.getTimerCount() > 0) wrong.push(`${vi.getTimerCount()} timers are left`);
  return { told, wrong };
}

/** Of no customer's call. */
const ofOutgoing = new Set(["dialling", "slow", "ringing", "progress", "failed-over", "choice-needed"]);
const isThorough = process.env["LINEKEEPER_EVERY_STORY"] !== undefined;
/** The events of each story. */
const toldIn = new Map<string, ReadonlySet<string>>();

test("the stories tell each event of line and calls that one page can see", async () => {
  for (const story of Object.keys(stories)) {
    const { told, wrong } = await play(story);
    expect([story, ...wrong]).toEqual([story]);
    toldIn.set(story, told);
  }
  const events = [
    ...Object.keys(lineEvents).map((event) => (event === "journal:written" ? "entry session:closed" : `line ${event}`)),
    ...Object.keys(callEvents).map((event) => `call ${event}`),
    ...Object.keys(incomingCallEvents).flatMap((event) => (ofOutgoing.has(event) ? [] : [`incoming ${event}`])),
  ];
  const told = new Set([...toldIn.values()].flatMap((each) => [...each]));
  expect(events.filter((event) => !told.has(event) && !ofOtherPages.has(event))).toEqual([]);
});

/** Stories in which there is a call of the kind that this is called on. */
const storiesFor = (name: string) =>
  [...toldIn].filter(([, told]) => !name.startsWith("incoming.") || told.has("line call:offered")).map(([story]) => story);

test.each([...acts].filter(([name]) => !endings.has(name)))("%s is safe in all of them", async (name, act) => {
  for (const story of storiesFor(name)) {
    const { wrong } = await play(story, act);
    expect([story, ...wrong]).toEqual([story]);
  }
});

test.each([...acts].filter(([name]) => endings.has(name)))("%s is safe in each of them", async (name, act) => {
  const events = new Set(storiesFor(name).flatMap((story) => [...(toldIn.get(story) ?? [])]));
  for (const [place, event] of [...events].entries()) {
    const tellers = storiesFor(name).filter((story) => toldIn.get(story)?.has(event));
    // Each story gets its share of the events, or by hand all of its own.
    for (const story of isThorough ? tellers : tellers.slice(place % tellers.length).slice(0, 1)) {
      const { wrong } = await play(story, act, (each) => each === event);
      expect([story, event, ...wrong]).toEqual([story, event]);
    }
  }
});

test("who hangs up while it is written that an attempt is overdue leaves no other timer than who does so later", async () => {
  const timersAfter = async (laterMs: number) => {
    const house = buildHouse({ trunks: [trunkA] });
    await house.open();
    house.a.fault({ kind: "silence", methods: ["INVITE", "CANCEL"] });
    const call = house.line.call(number);
    house.line.on("journal:written", ({ type }) => {
      if (type !== "attempt:overdue") return;
      if (laterMs === 0) call.hangUp();
      else setTimeout(() => call.hangUp(), laterMs);
    });
    await pass(1_200);
    expect(call.state).toBe("ended");
    const count = vi.getTimerCount();
    await Promise.all([house.line.close(), pass(1_000)]);
    return count;
  };
  const before = vi.getTimerCount();
  const within = (await timersAfter(0)) - before;
  expect(vi.getTimerCount()).toBe(before);
  expect(within).toBe((await timersAfter(1)) - before);
});
