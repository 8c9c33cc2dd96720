import { describe, expect, it } from "vitest";
import { createOffers } from "../../src/call/offers.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
import { scriptedMedia, ScriptedSession } from "../support/scripted-media.ts";

underFakeTime();

const number = "+216 71 000 001";

async function opened() {
  const media = scriptedMedia();
  const house = buildHouse({ media }, { habit: { ringAfterMs: 100, answerAfterMs: 200 } });
  await house.open();
  return { ...house, session: () => media.sessions[0] as ScriptedSession };
}

describe("a media session that throws at once", () => {
  const throws = () => {
    throw new TypeError("broken");
  };

  it("keeps no emergency call from going out", async () => {
    const { line } = buildHouse({ media: { open: () => Object.assign(new ScriptedSession(), { offer: throws }) } });
    void line.start();
    const call = line.call("190");
    await pass(2_000);
    expect(call.state).toBe("answered");
  });

  it("when an offer is withdrawn costs no call: the next trunk carries it, and a customer is answered", async () => {
    const { a, b, line, open } = buildHouse({ media: { open: () => Object.assign(new ScriptedSession(), { withdraw: throws }) } });
    await open();
    a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    const call = line.call(number);
    await pass(2_000);
    expect([call.state, call.trunkId]).toEqual(["answered", "B"]);
    call.hangUp();
    await pass(1_000);
    line.on("call:offered", (offered) => void offered.answer());
    const legs = [a.call("agent7", { from: "+21671000042" }), b.call("agent7", { from: "+21671000042" })];
    await pass(20);
    a.resetAll();
    await pass(1_000);
    expect(legs.some(({ state }) => state === "answered")).toBe(true);
  });

  it("when it is closed leaves no phone ringing, and the call ends", async () => {
    const { a, line, open } = buildHouse({ media: { open: () => Object.assign(new ScriptedSession(), { close: throws }) } });
    await open();
    a.phone("+21671000001").doesNotAnswer();
    const call = line.call(number);
    await pass(1_000);
    expect(call.state).toBe("ringing");
    call.hangUp();
    await pass(1_000);
    expect([(await call.ended).end, a.rings().filter(({ untilMs }) => untilMs === undefined), line.followedCalls]).toEqual([
      "hung-up-here",
      [],
      0,
    ]);
  });
});

describe("one microphone, an offer for each attempt", () => {
  it("the next trunk gets another offer, made while the first was tried", async () => {
    const { a, line, session } = await opened();
    a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    const call = line.call(number);
    await pass(1_000);
    expect(call).toMatchObject({ state: "answered", trunkId: "B" });
    expect(session().told).toEqual(["withdraw 1", "answer 2"]);
  });

  it("the one made ahead is thrown away when the first trunk answers", async () => {
    const { line, session } = await opened();
    line.call(number);
    await pass(1_000);
    expect(session().told).toEqual(["answer 1", "withdraw 2"]);
  });

  it("none is made ahead for the last trunk", async () => {
    const { a, b, line, session } = await opened();
    for (const trunk of [a, b]) trunk.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    line.call(number);
    await pass(1_000);
    expect(session().told).toEqual(["withdraw 1", "withdraw 2", "close"]);
  });

  it("a late answer is adopted with the connection that it answers", async () => {
    const { a, b, line, session } = await opened();
    a.fault({ kind: "late", answerAfterMs: 1_200 });
    b.phone("+21671000001").answers({ ringAfterMs: 100, answerAfterMs: 10_000 });
    const call = line.call(number);
    await pass(4_000);
    expect(call).toMatchObject({ state: "answered", trunkId: "A" });
    expect(session().told.filter((what) => what.startsWith("answer"))).toEqual(["answer 1"]);
  });

  it("an attempt that nobody ends keeps its connection until nothing can come of it any more", async () => {
    const { a, line, session } = await opened();
    a.fault({ kind: "silence", methods: ["INVITE"] });
    const call = line.call(number);
    await pass(5_000);
    expect(call).toMatchObject({ state: "answered", trunkId: "B" });
    expect(session().told).toEqual(["answer 2"]);
    await pass(60_000);
    expect(session().told).toEqual(["answer 2", "withdraw 1"]);
  });

  it("one that fails ahead is tried again when it is needed", async () => {
    let made = 0;
    const media = {
      open: () => ({
        offer: () => (++made === 2 ? Promise.reject(new Error("busy")) : Promise.resolve("v=0")),
        answer: () => Promise.resolve("v=0"),
        applyAnswer: () => Promise.resolve(),
        close() {},
      }),
    };
    const offers = createOffers(media.open(), new AbortController().signal, (offer) => offer);
    await offers.take();
    await expect(offers.prepare()).rejects.toThrow("busy");
    expect(await offers.take()).toBe("v=0");
    expect(made).toBe(3);
  });
});
