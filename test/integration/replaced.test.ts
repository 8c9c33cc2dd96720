/** Somebody takes the place of whom a call is with (INVITE with Replaces, RFC 3891): the same call goes on with them, or as it was. */
import { describe, expect, it, vi } from "vitest";
import type { CustomerCall, DeliverOptions, MockTrunk, TrunkCall } from "../../adapters/mock-trunk/index.ts";
import type { DeliveredCall } from "../../adapters/mock-trunk/delivered-call.ts";
import type { Call, IncomingCall } from "../../src/call/call.ts";
import { directionOf } from "../../src/media/direction.ts";
import type { CallerIdentity } from "../../src/ports/sip-identity.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";
import { closingNextPages, talk as talkAndLeave } from "../support/reload.ts";
import { scriptedMedia, type ScriptedSession } from "../support/scripted-media.ts";

underFakeTime();
closingNextPages();

const customer = "+21671000001";
const colleague = "+21671000002";
const live = ["v=0", "o=boss 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 4000 RTP/AVP 0", ""].join("\r\n");

interface Scene extends House {
  readonly call: Call | IncomingCall;
  /** The carrier's side of it. */
  readonly leg: TrunkCall;
  readonly session: ScriptedSession;
  /** Who took the customer's place. */
  readonly told: CallerIdentity[];
  replace(change?: Partial<DeliverOptions>): CustomerCall;
}

const directions = ["out", "in"] as const;

/** An answered call over A. */
async function talk(direction: (typeof directions)[number] = "out"): Promise<Scene> {
  const media = scriptedMedia();
  const house = buildHouse({ media });
  const offered: IncomingCall[] = [];
  house.line.on("call:offered", (each) => offered.push(each));
  await house.open();
  let call: Call | IncomingCall | undefined;
  if (direction === "in") {
    house.a.call("agent7", { from: customer, offer: live });
    await pass(100);
    call = offered[0];
    void offered[0]?.answer();
  } else call = house.line.call(customer);
  await pass(1_000);
  await vi.dynamicImportSettled();
  if (call?.state !== "answered") throw new Error("nobody answered");
  const leg = house.a.calls[0] as TrunkCall;
  const told: CallerIdentity[] = [];
  (call as Call).on("replaced", ({ identity }) => told.push(identity));
  const replace = (change: Partial<DeliverOptions> = {}) =>
    house.a.call("agent7", { from: colleague, offer: live, replaces: leg, ...change });
  return { ...house, call, leg, session: media.sessions[0] as ScriptedSession, told, replace };
}

/** Fake time, and what is loaded meanwhile. */
async function settle(ms = 200): Promise<void> {
  await pass(50);
  await vi.dynamicImportSettled();
  await pass(ms);
}

const sent = (trunk: MockTrunk, method: string) =>
  trunk.log.filter(({ what, raw = "" }) => what === "received" && raw.startsWith(`${method} `)).map(({ raw = "" }) => raw);

describe("an answered call", () => {
  it.each(directions)("goes on with who takes the customer's place, without ringing, by audio of their own (%s)", async (direction) => {
    const { a, line, call, leg, session, told, replace, entries } = await talk(direction);
    const other = replace();
    await settle();
    expect([other.answers, other.state, leg.end?.by]).toEqual([[100, 200], "answered", "agent"]);
    expect(session.told.slice(-2)).toEqual(["anew", expect.stringMatching(/^take \d/)]);
    expect([call.state, line.calls, told.map(({ number }) => number)]).toEqual(["answered", [call], [colleague]]);
    expect(entries("call:replaced")).toMatchObject([{ callId: call.id, trunkId: "A", party: { tail: "02", route: "local" } }]);
    expect(entries("call:offered").length).toBe(direction === "in" ? 1 : 0);
    if ("identity" in call) expect([call.identity.number, call.from]).toEqual([colleague, expect.stringContaining(colleague)]);
    // The old one hears its BYE only once the new one is acknowledged.
    const log = a.log.map(({ raw = "" }) => raw);
    expect(log.findIndex((raw) => raw.startsWith("BYE "))).toBeGreaterThan(log.findLastIndex((raw) => raw.startsWith("ACK ")));
    expect(JSON.stringify(line.journal)).not.toContain(colleague.slice(4));
    // And all that a call can do goes to them.
    await Promise.all([call.hold(), pass(200)]);
    const digits = call.sendDtmf("5", { via: "info" });
    await pass(1_000);
    expect([other.isHeld, other.digits, (await digits).ok, leg.digits]).toEqual([true, "5", true, ""]);
    other.hangUp();
    await pass(200);
    expect((await call.ended).end).toBe("hung-up-there");
    expect(line.followedCalls).toBe(0);
  });

  it("ends for both where the agent hangs up", async () => {
    const { call, replace, line } = await talk();
    const other = replace();
    await settle();
    call.hangUp();
    await pass(200);
    expect([other.end?.by, line.calls, line.followedCalls]).toEqual(["agent", [], 0]);
  });

  it("that the agent holds and has muted stays so", async () => {
    const { call, session, replace } = await talk();
    call.mute();
    await Promise.all([call.hold(), pass(200)]);
    const held: string[] = [];
    (call as Call).on("held", (change) => held.push(change.held));
    const other = replace();
    await settle();
    expect([call.held, call.muted, session.isHeld, session.isMuted, held]).toEqual(["here", true, true, true, []]);
    expect(directionOf(other.answer ?? "")).toBe("sendonly");
    await Promise.all([call.unhold(), pass(200)]);
    expect([call.held, other.isHeld]).toEqual(["none", false]);
  });

  it("that the customer held is held no more; or again, where the other begins so", async () => {
    const { call, leg, replace, a } = await talk();
    await Promise.all([leg.hold(), pass(200)]);
    expect(call.held).toBe("there");
    const other = replace();
    await settle();
    expect(call.held).toBe("none");
    a.call("agent7", { from: customer, offer: `${live}a=sendonly\r\n`, replaces: other });
    await settle();
    expect([call.state, call.held, other.end?.by]).toEqual(["answered", "there", "agent"]);
  });

  it("gives its offer to who brings none, and takes the answer of the ACK", async () => {
    const { call, session, replace, told } = await talk();
    const other = replace({ offer: false });
    await settle();
    expect([other.answers.at(-1), other.isAcknowledged, told.length, call.state]).toEqual([200, true, 1, "answered"]);
    expect(session.told.at(-1)).toMatch(/^answer \d/);
  });

  it("goes on where the other side ends the old dialog before it has acknowledged the new one", async () => {
    const { call, leg, replace } = await talk();
    const other = replace();
    await pass(2);
    leg.hangUp();
    await settle();
    expect([other.state, call.state]).toEqual(["answered", "answered"]);
    await pass(5_000);
    expect([other.state, call.state]).toEqual(["answered", "answered"]);
  });

  it("may be hung up by who reads of it on the record: everybody is let go", async () => {
    const { call, leg, line, replace } = await talk();
    line.on("journal:written", ({ type }) => type === "call:replaced" && call.hangUp());
    const other = replace();
    await settle();
    expect([call.state, leg.end?.by, other.end?.by, line.followedCalls]).toEqual(["ended", "agent", "agent", 0]);
  });

  it.each([0, 4, 6, 9, 11, 14, 16])(
    "is hung up %i ms after somebody asks for the customer's place: neither is left on the line",
    async (ms) => {
      const { call, leg, line, replace } = await talk();
      const other = replace();
      await pass(ms);
      await vi.dynamicImportSettled();
      call.hangUp();
      await settle(1_000);
      expect([call.state, leg.end?.by, line.followedCalls]).toEqual(["ended", "agent", 0]);
      expect(["ended", "refused"]).toContain(other.state);
    },
  );

  it("with the emergency services stays one, whoever takes their place", async () => {
    const { a, line, entries } = await talk();
    line.call("112");
    await settle(2_000);
    const emergency = a.answered("112")[0] as TrunkCall;
    a.call("agent7", { from: colleague, offer: live, replaces: emergency });
    await settle();
    expect(entries("call:replaced")).toMatchObject([{ party: { route: "emergency", tail: "02" } }]);
  });

  it("survives a lost flow and an ICE restart as before", async () => {
    const { a, call, session, replace } = await talk();
    const other = replace();
    await settle();
    a.resetAll();
    await pass(10_000);
    expect(sent(a, "INVITE").at(-1)).toContain(other.callId);
    session.lose({ direction: "both", path: { ice: "failed", wasConnected: true, flows: "none" } });
    await pass(5_000);
    expect(session.told).toContain("restart");
    expect([call.state, other.state]).toEqual(["answered", "answered"]);
  });

  it("is taken up by the next page with the new party; and may be replaced there", async () => {
    const house = await talkAndLeave();
    const other = house.a.call("agent7", { from: colleague, offer: live, replaces: house.customer });
    await settle();
    await house.leave();
    const { resumed } = await house.next();
    await settle(1_000);
    expect(resumed[0]?.remoteUri).toContain(colleague);
    const third = house.a.call("agent7", { from: customer, offer: live, replaces: other });
    await settle();
    expect([other.end?.by, third.state, resumed[0]?.state]).toEqual(["agent", "answered", "answered"]);
    resumed[0]?.hangUp();
    await pass(200);
    expect(third.end?.by).toBe("agent");
  });
});

describe("a call goes on as it was", () => {
  const untouched = ({ call, leg, told, session }: Scene) => {
    expect([call.state, leg.state, told]).toEqual(["answered", "answered", []]);
    expect(session.told.filter((what) => what.startsWith("take"))).toEqual([]);
  };

  it("where the audio of the other cannot be used", async () => {
    const scene = await talk();
    const other = scene.replace({ offer: `${live}a=broken\r\n` });
    await settle();
    expect(other.code).toBe(488);
    untouched(scene);
  });

  it("where the other gives up before it is described; and may be replaced after that", async () => {
    const scene = await talk();
    let grant = () => {};
    scene.session.prompt = new Promise((resolve) => (grant = resolve));
    const other = scene.replace();
    await settle();
    expect(scene.replace().answers).toEqual([]);
    await pass(100);
    other.cancel();
    await pass(100);
    expect(other.code).toBe(487);
    grant();
    await pass(100);
    untouched(scene);
    const again = scene.replace();
    await settle();
    expect([again.state, scene.told.length]).toEqual(["answered", 1]);
  });

  it("where no ACK comes; what comes late is ended", async () => {
    const scene = await talk();
    const other = scene.replace();
    vi.spyOn(other as DeliveredCall, "respond").mockImplementation(() => {});
    await settle(40_000);
    untouched(scene);
    const byes = sent(scene.a, "BYE");
    expect([byes.length > 0, byes.every((bye) => bye.includes(other.callId))]).toEqual([true, true]);
  });

  it.each<[string, number, (scene: Scene) => Partial<DeliverOptions> | Promise<Partial<DeliverOptions>>]>([
    ["there is no such call", 481, () => ({ headers: ["Replaces: nobody;to-tag=1;from-tag=2"] })],
    [
      "the tags are the other way round",
      481,
      ({ leg }) => {
        const [, callId, to, from] = /^(.*);to-tag=(.*);from-tag=(.*)$/.exec(String(leg.replaces)) ?? [];
        return { headers: [`Replaces: ${callId};to-tag=${from};from-tag=${to}`] };
      },
    ],
    ["it must not be answered yet", 486, ({ leg }) => ({ headers: [`Replaces: ${leg.replaces};early-only`] })],
    ["it names two", 400, ({ leg }) => ({ replaces: leg, headers: ["Replaces: nobody;to-tag=1;from-tag=2"] })],
    ["it cannot be read", 400, () => ({ headers: ["Replaces: nobody"] })],
  ])("where %s: %i", async (_, code, change) => {
    const scene = await talk();
    const other = scene.a.call("agent7", { from: colleague, offer: live, ...(await change(scene)) });
    await settle();
    expect(other.code).toBe(code);
    untouched(scene);
    expect(scene.entries("call:turned-away").map(({ because }) => because)).toEqual(code === 400 ? [] : ["nothing-to-replace"]);
  });

  it("where it comes by another carrier, who may not know of it", async () => {
    const scene = await talk();
    const other = scene.b.call("agent7", { from: colleague, offer: live, replaces: scene.leg });
    await settle();
    expect(other.code).toBe(481);
    untouched(scene);
  });
});

it("a call is known by a Replaces that is escaped still, as it was in a Refer-To", async () => {
  const { a, told, leg } = await talk();
  const other = a.call("agent7", { from: colleague, offer: live, headers: [`Replaces: ${encodeURIComponent(String(leg.replaces))}`] });
  await settle();
  expect([other.state, told.length]).toEqual(["answered", 1]);
});

it("a call that is over is not replaced (603), nor one that rings here (481)", async () => {
  const { a, call, leg } = await talk();
  call.hangUp();
  await pass(200);
  expect(leg.end?.by).toBe("agent");
  const late = a.call("agent7", { from: colleague, offer: live, headers: [`Replaces: ${leg.replaces}`] });
  const ringing = a.call("agent7", { from: customer, offer: live });
  await settle();
  const [, ours] = /^To: .*;tag=(\S+)/m.exec(a.log.findLast(({ raw = "" }) => raw.startsWith("SIP/2.0 180"))?.raw ?? "") ?? [];
  const named = `${ringing.callId};to-tag=${ours};from-tag=${(ringing as DeliveredCall).localTag}`;
  const early = a.call("agent7", { from: colleague, offer: live, headers: [`Replaces: ${named}`] });
  await settle();
  expect([late.code, ringing.state, early.code]).toEqual([603, "alerting", 481]);
});
