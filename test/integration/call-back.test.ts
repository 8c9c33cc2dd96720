/** A line that dies under the conversation, for good: the agent calls the customer back on the same call, and nobody else does. */
import { describe, expect, it, vi } from "vitest";
import type { TrunkCall } from "../../adapters/mock-trunk/index.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
import { scriptedMedia, type ScriptedSession } from "../support/scripted-media.ts";

underFakeTime();

const number = "+21671000001";

async function talk() {
  const media = scriptedMedia();
  const house = buildHouse({ media });
  await house.open();
  const call = house.line.call(number);
  await pass(1_000);
  await vi.dynamicImportSettled();
  expect([call.state, call.trunkId]).toEqual(["answered", "A"]);
  const told: string[] = [];
  for (const event of ["choice-needed", "answered", "no-audio"] as const) call.on(event, ({ trunkId }) => told.push(`${event} ${trunkId}`));
  return {
    ...house,
    call,
    told,
    session: media.sessions[0] as ScriptedSession,
    /** The carrier knows the call no longer, and says so. */
    async forget() {
      house.a.fault({ kind: "reject", methods: ["INVITE"], code: 481 });
      house.a.resetAll();
      await pass(5_000);
    },
    story: () =>
      house.line.journal.flatMap(({ type }) => (["call:cut", "call:redialled", "call:answered", "call:ended"].includes(type) ? type : [])),
  };
}

describe("a call that the peer has forgotten", () => {
  it("is the agent's choice: redial() calls the customer back over another trunk, on the same call and on record", async () => {
    const { b, call, told, forget, entries, story } = await talk();
    await forget();
    expect([call.state, told, b.calls.length]).toEqual(["choosing", ["choice-needed A"], 0]);
    expect(await call.hold()).toEqual({ ok: false, because: "not-answered" });
    call.redial();
    call.redial();
    await pass(2_000);
    expect([call.state, call.trunkId, told.at(-1), b.calls.length]).toEqual(["answered", "B", "answered B", 1]);
    expect(entries("call:cut")).toMatchObject([{ trunkId: "A" }]);
    expect(entries("call:redialled")).toMatchObject([{ trunkId: "A", because: "flow-lost" }]);
    expect(entries("call:failed-over")).toMatchObject([{ from: "A", to: "B", because: "redial" }]);
    (b.calls[0] as TrunkCall).hangUp();
    await pass(500);
    expect([(await call.ended).end, story()]).toEqual([
      "hung-up-there",
      ["call:answered", "call:cut", "call:redialled", "call:answered", "call:ended"],
    ]);
  });

  it("is never called back by itself: it ends as lost, with how long was talked", async () => {
    const { b, call, forget, entries } = await talk();
    await forget();
    await pass(60_000);
    expect([(await call.ended).end, b.calls.length]).toEqual(["flow-lost", 0]);
    expect(entries("call:ended")[0]?.talkedMs).toBe(entries("call:cut")[0]?.talkedMs);
    call.redial();
    await pass(1_000);
    expect(b.calls.length).toBe(0);
  });

  it("ends where the agent hangs up instead", async () => {
    const { b, call, forget } = await talk();
    await forget();
    call.hangUp();
    await pass(1_000);
    expect([(await call.ended).end, b.calls.length]).toEqual(["hung-up-here", 0]);
  });

  it("begins unheld, and is held, muted and given digits on the new line", async () => {
    const { b, call, forget, session } = await talk();
    await Promise.all([call.hold(), pass(100)]);
    await forget();
    // Whoever is still there hears nothing of what the agent says meanwhile.
    expect([call.held, session.isHeld]).toEqual(["none", true]);
    call.redial();
    expect(session.isHeld).toBe(false);
    await pass(2_000);
    await vi.dynamicImportSettled();
    const [leg] = b.calls as [TrunkCall];
    const [held] = await Promise.all([call.hold(), pass(200)]);
    expect([held, call.held, leg.isHeld]).toEqual([{ ok: true }, "here", true]);
    await Promise.all([call.unhold(), pass(200)]);
    const [sent] = await Promise.all([call.sendDtmf("12"), pass(2_000)]);
    expect([sent, leg.digits]).toEqual([{ ok: true, via: "info", sent: 2 }, "12"]);
    b.resetAll();
    await pass(8_000);
    expect(call.state).toBe("answered");
  });

  it("may be called back over the same trunk, where there is no other", async () => {
    const { a, b, line, call, forget } = await talk();
    b.fault({ kind: "refuse" });
    b.resetAll();
    await forget();
    a.clearFaults();
    expect(line.trunks.filter(({ ready }) => ready).map(({ trunkId }) => trunkId)).toEqual(["A"]);
    call.redial();
    await pass(3_000);
    expect([call.state, call.trunkId]).toEqual(["answered", "A"]);
  });
});

describe("a call without audio", () => {
  it("is called back over another trunk by redial(), once the agent was told, and the old one is ended", async () => {
    const { a, b, call, session, told, entries } = await talk();
    call.redial();
    await pass(500);
    expect(b.calls.length).toBe(0);
    session.lose({ direction: "both" });
    await pass(15_000);
    expect([call.state, told]).toEqual(["answered", ["no-audio A"]]);
    call.redial();
    await pass(2_000);
    expect([call.state, call.trunkId, a.calls[0]?.end?.by]).toEqual(["answered", "B", "agent"]);
    expect(entries("call:redialled")).toMatchObject([{ trunkId: "A", because: "no-audio" }]);
    call.redial();
    await pass(500);
    expect(b.calls.length).toBe(1);
  });

  it("is not, once the audio is back", async () => {
    const { b, call, session } = await talk();
    session.lose({ direction: "both" });
    await pass(15_000);
    session.restore();
    call.redial();
    await pass(500);
    expect([call.state, b.calls.length]).toEqual(["answered", 0]);
  });

  it("and without a line: the old one is ended when the line is back", async () => {
    const { a, b, call, session } = await talk();
    const mend = a.fault({ kind: "refuse" });
    a.resetAll();
    session.lose({ direction: "both" });
    await pass(20_000);
    call.redial();
    await pass(3_000);
    expect([call.state, call.trunkId, b.calls.length, a.calls[0]?.state]).toEqual(["answered", "B", 1, "answered"]);
    mend();
    await pass(20_000);
    expect(a.calls[0]?.state).toBe("ended");
  });
});
