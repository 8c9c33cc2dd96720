/** Hold from both sides, over calls of both directions, whatever happens meanwhile: through SIP.js to a mock carrier. */
import { describe, expect, it, vi } from "vitest";
import type { TrunkCall } from "../../adapters/mock-trunk/index.ts";
import { Dialog } from "../../adapters/sipjs/dialog.ts";
import type { AnyCall, Call, IncomingCall } from "../../src/call/call.ts";
import { directionOf } from "../../src/media/direction.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";
import { scriptedMedia, type ScriptedSession } from "../support/scripted-media.ts";

underFakeTime();

const number = "+21671000001";
const dead = { ice: "failed", wasConnected: true, flows: "outbound" } as const;

interface Scene extends House {
  readonly call: AnyCall;
  readonly customer: TrunkCall;
  readonly session: ScriptedSession;
  /** What `held` told, in order. */
  readonly told: string[];
  /** The direction of each re-INVITE that the carrier received. */
  offered(): string[];
}

type Begin = () => Promise<Scene>;

async function talk(begin: (house: House) => Promise<Call | IncomingCall | undefined>): Promise<Scene> {
  const media = scriptedMedia();
  const house = buildHouse({ media }, { habit: { ringAfterMs: 100, answerAfterMs: 200 } });
  await house.open();
  const call: AnyCall | undefined = await begin(house);
  await pass(1_000);
  if (call?.state !== "answered") throw new Error("the call was not answered");
  const told: string[] = [];
  call.on("held", ({ held }) => told.push(held));
  const [customer] = house.a.calls as [TrunkCall];
  const invites = () =>
    house.a.log.filter(({ what, raw = "", callId }) => what === "received" && raw.startsWith("INVITE ") && callId === customer.callId);
  const before = invites().length;
  return {
    ...house,
    call,
    customer,
    told,
    session: media.sessions[0] as ScriptedSession,
    offered: () =>
      invites()
        .slice(before)
        .map(({ raw = "" }) => directionOf(raw.slice(raw.indexOf("\r\n\r\n") + 4))),
  };
}

const calls: readonly (readonly [string, Begin])[] = [
  ["a call of the agent's", () => talk(async ({ line }) => line.call(number))],
  [
    "a customer's call",
    () =>
      talk(async ({ line, a }) => {
        line.on("call:offered", (call) => void call.answer());
        a.call("agent7", { from: number });
        await pass(500);
        return line.calls[0] as IncomingCall;
      }),
  ],
];

describe.each(calls)("%s", (_, begin) => {
  it("is held by sendonly and taken back by sendrecv", async () => {
    const { call, customer, session, told, offered, entries } = await begin();
    const held = call.hold();
    expect(session.isHeld).toBe(true);
    await pass(100);
    expect([await held, call.held, customer.isHeld]).toEqual([{ ok: true }, "here", true]);
    const back = call.unhold();
    await pass(100);
    expect([await back, call.held, customer.isHeld, session.isHeld]).toEqual([{ ok: true }, "none", false, false]);
    expect([told, offered()]).toEqual([
      ["here", "none"],
      ["sendonly", "sendrecv"],
    ]);
    expect(entries("call:held").map(({ held: by }) => by)).toEqual(["here", "none"]);
  });

  it("that the customer holds is held by inactive, and each takes back their own", async () => {
    const { call, customer, told, offered } = await begin();
    await Promise.all([customer.hold(), pass(100)]);
    await Promise.all([call.hold(), pass(100)]);
    await Promise.all([call.unhold(), pass(100)]);
    await Promise.all([customer.resume(), pass(100)]);
    expect(told).toEqual(["there", "both", "there", "none"]);
    expect(offered()).toEqual(["inactive", "sendrecv"]);
  });

  it.each(["INVITE", "UPDATE"] as const)("that we hold answers the customer's hold by inactive, its end by sendonly (%s)", async (by) => {
    const { call, customer, told } = await begin();
    await Promise.all([call.hold(), pass(100)]);
    const [hold] = await Promise.all([customer.hold({ by }), pass(100)]);
    const [move] = await Promise.all([customer.moveMedia({ by }), pass(100)]);
    const [resume] = await Promise.all([customer.resume({ by }), pass(100)]);
    expect([hold, move, resume].map(({ sdp }) => directionOf(sdp))).toEqual(["inactive", "inactive", "sendonly"]);
    expect(told).toEqual(["here", "both", "here"]);
  });

  it("that the carrier will not have held stays as it was, and says so", async () => {
    const { a, call, session, told, entries } = await begin();
    a.fault({ kind: "reject", methods: ["INVITE"], code: 488, times: 1 });
    const held = call.hold();
    await pass(100);
    expect([await held, call.held, session.isHeld, told]).toEqual([{ ok: false, because: "refused", sipCode: 488 }, "none", false, []]);
    expect(entries("hold:refused")).toMatchObject([{ wished: "hold", answer: { code: 488 } }]);
    await Promise.all([call.hold(), pass(100)]);
    expect([call.held, call.state]).toEqual(["here", "answered"]);
  });

  it("that the carrier will not have taken back stays held", async () => {
    const { a, call, session } = await begin();
    await Promise.all([call.hold(), pass(100)]);
    a.fault({ kind: "reject", methods: ["INVITE"], code: 500, times: 1 });
    const [back] = await Promise.all([call.unhold(), pass(100)]);
    expect([back, call.held, session.isHeld]).toEqual([{ ok: false, because: "refused", sipCode: 500 }, "here", true]);
  });

  it("is held after glare (491), by another offer", async () => {
    const { a, call, session, offered } = await begin();
    a.fault({ kind: "reject", methods: ["INVITE"], code: 491, times: 1 });
    const held = call.hold();
    await pass(5_000);
    expect([await held, call.held, offered()]).toEqual([{ ok: true }, "here", ["sendonly", "sendonly"]]);
    expect(session.told.filter((what) => what.startsWith("withdraw")).length).toBeGreaterThan(0);
  });

  it("is held by both where both began at once", async () => {
    const { call, customer, told, offered } = await begin();
    const theirs = customer.hold();
    const ours = call.hold();
    await pass(200);
    // Ours met theirs: one of them gets 491, and a customer's phone would try again.
    if ((await theirs).code === 491) await Promise.all([customer.hold(), pass(100)]);
    await pass(5_000);
    expect([await ours, call.held]).toEqual([{ ok: true }, "both"]);
    expect([told.at(-1), offered().length]).toEqual(["both", 2]);
  });

  it("ends in the agent's last wish, however quickly they change", async () => {
    const { call, customer, session, offered } = await begin();
    const wishes = [call.hold(), call.unhold(), call.hold(), call.unhold()];
    await pass(500);
    expect((await Promise.all(wishes)).map((result) => result.ok || result.because)).toEqual(["overtaken", "overtaken", "overtaken", true]);
    expect([call.held, customer.isHeld, session.isHeld]).toEqual(["none", false, false]);
    expect(offered().at(-1)).toBe("sendrecv");
  });

  it("may be taken back by whoever is told of its hold", async () => {
    const { call, told } = await begin();
    call.on("held", ({ held }) => held === "here" && void call.unhold());
    await Promise.all([call.hold(), pass(500)]);
    expect([call.held, told]).toEqual(["none", ["here", "none"]]);
  });

  it("is held while an ICE restart is under way, and after it, by its own offer", async () => {
    const { call, session, offered, entries } = await begin();
    session.lose({ path: dead });
    const held = call.hold();
    await pass(200);
    expect([await held, call.held]).toEqual([{ ok: true }, "here"]);
    expect(offered().at(-1)).toBe("sendonly");
    session.restore();
    session.lose({ path: dead });
    await pass(5_000);
    expect(
      offered()
        .slice(1)
        .every((direction) => direction === "sendonly"),
    ).toBe(true);
    expect([entries("audio:restarted").length, call.held]).toEqual([1, "here"]);
    expect(entries("audio:renewed").length).toBe(1);
  });

  it("stays held when its flow is lost: the re-INVITE that tells the new one says so", async () => {
    const { a, call, customer, offered, entries } = await begin();
    await Promise.all([call.hold(), pass(100)]);
    a.resetAll();
    await pass(8_000);
    expect(entries("dialog:refreshed")).toMatchObject([{ answer: { code: 200 } }]);
    expect([offered(), call.held, customer.isHeld]).toEqual([["sendonly", "sendonly"], "here", true]);
    await Promise.all([call.unhold(), pass(100)]);
    expect([call.held, customer.isHeld]).toEqual(["none", false]);
  });

  it("that is to be held while its flow is down is held when it is back", async () => {
    const { a, call, customer, session, told } = await begin();
    const open = a.fault({ kind: "refuse" });
    a.resetAll();
    await pass(1_000);
    let result: unknown;
    void call.hold().then((end) => (result = end));
    await pass(2_000);
    expect([result, session.isHeld, told]).toEqual([undefined, true, []]);
    open();
    await pass(10_000);
    expect([result, call.held, customer.isHeld, told]).toEqual([{ ok: true }, "here", true, ["here"]]);
  });

  it("whose hold nobody answers is held on the next flow", async () => {
    const { a, call, customer } = await begin();
    const heal = a.fault({ kind: "silence", methods: ["INVITE"] });
    const held = call.hold();
    await pass(1_000);
    heal();
    a.resetAll();
    await pass(8_000);
    expect([await held, call.held, customer.isHeld]).toEqual([{ ok: true }, "here", true]);
  });

  it("stays held when it is registered anew", async () => {
    const { call, customer, offered } = await begin();
    await Promise.all([call.hold(), pass(100)]);
    await pass(700_000);
    expect([call.held, customer.isHeld, offered()]).toEqual(["here", true, ["sendonly"]]);
  });

  it("that cannot be described is as it was, and says so", async () => {
    const { call, session, offered } = await begin();
    session.prompt = Promise.reject(new Error("no description"));
    session.prompt.catch(() => {});
    const [held] = await Promise.all([call.hold(), pass(100)]);
    expect([held, call.held, session.isHeld, offered()]).toEqual([{ ok: false, because: "failed" }, "none", false, []]);
  });

  it.each(["applyAnswer", "answer", "reoffer"] as const)(
    "is changed by either side again, though its audio hung once: %s",
    async (what) => {
      const { call, customer, session } = await begin();
      const hangs = { [what]: () => new Promise(() => {}) };
      Object.assign(session, hangs);
      const [held] = await Promise.all([what === "answer" ? customer.hold() : call.hold(), pass(11_000)]);
      expect(held).toMatchObject({ applyAnswer: { ok: true }, answer: { code: 488 }, reoffer: { ok: false, because: "failed" } }[what]);
      Reflect.deleteProperty(session, what);
      await Promise.all([call.unhold(), pass(100)]);
      const [again] = await Promise.all([call.hold(), pass(100)]);
      const [theirs] = await Promise.all([customer.hold(), pass(100)]);
      expect([again, theirs.code, call.held]).toEqual([{ ok: true }, 200, "both"]);
    },
  );

  it("whose peer asks for an offer is described in time or not at all, and may be held after", async () => {
    const keeping = vi.spyOn(Dialog.prototype, "keepSession");
    const { call, session } = await begin();
    const [keeper] = keeping.mock.lastCall ?? [];
    keeping.mockRestore();
    Object.assign(session, { reoffer: () => new Promise(() => {}) });
    const described = keeper?.offer().catch(() => "nothing");
    let said: unknown;
    void described?.then((what) => (said = what));
    await pass(9_900);
    expect(said).toBeUndefined();
    await pass(200);
    expect(said).toBe("nothing");
    Reflect.deleteProperty(session, "reoffer");
    const [held] = await Promise.all([call.hold(), pass(100)]);
    expect(held).toEqual({ ok: true });
  });

  it("ends whoever waits for a hold", async () => {
    const { a, call } = await begin();
    a.fault({ kind: "silence", methods: ["INVITE"] });
    const held = call.hold();
    await pass(100);
    call.hangUp();
    expect(await held).toEqual({ ok: false, because: "ended" });
    expect(await call.hold()).toEqual({ ok: false, because: "ended" });
    await pass(1_000);
  });

  it("is muted without a word to the peer, and stays so whatever happens", async () => {
    const { a, call, session, offered, entries } = await begin();
    const told: boolean[] = [];
    call.on("muted", ({ muted }) => told.push(muted));
    call.mute();
    call.mute(true);
    expect([call.muted, session.isMuted, told]).toEqual([true, true, [true]]);
    await Promise.all([call.hold(), pass(100)]);
    await Promise.all([call.unhold(), pass(100)]);
    a.resetAll();
    await pass(8_000);
    expect([call.muted, session.isMuted, offered()]).toEqual([true, true, ["sendonly", "sendrecv", "sendrecv"]]);
    call.unmute();
    call.mute(false);
    expect([call.muted, session.isMuted, told]).toEqual([false, false, [true, false]]);
    expect(entries("call:muted").map(({ muted }) => muted)).toEqual([true, false]);
  });
});

describe("a call that is not answered yet", () => {
  it("cannot be held, and can be muted", async () => {
    const media = scriptedMedia();
    const { line, a, open } = buildHouse({ media });
    await open();
    a.phone(number).doesNotAnswer();
    const call = line.call(number);
    await pass(500);
    expect(await call.hold()).toEqual({ ok: false, because: "not-answered" });
    call.mute();
    expect([call.held, call.muted, media.sessions[0]?.isMuted]).toEqual(["none", true, true]);
  });
});
