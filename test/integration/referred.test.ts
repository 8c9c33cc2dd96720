/** The other side of a call asks us to call somebody (REFER, RFC 3515): by policy only, on record, and on no stranger's word. */
import { describe, expect, it, vi } from "vitest";
import { headersOf, type MockTrunk, type TrunkCall } from "../../adapters/mock-trunk/index.ts";
import type { Call } from "../../src/call/call.ts";
import type { TransferPolicy, TransferRequest } from "../../src/call/transfer-policy.ts";
import type { LinekeeperConfig } from "../../src/config.ts";
import { connect } from "../adapters/mock-trunk/bench.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";
import { tagOf } from "../support/raw-sip-client.ts";
import { talk as talkAndLeave, closingNextPages } from "../support/reload.ts";
import { scriptedMedia, type ScriptedSession } from "../support/scripted-media.ts";

underFakeTime();
closingNextPages();

const customer = "+21671000001";
const colleague = "+21671000002";

interface Scene extends House {
  readonly call: Call;
  readonly leg: TrunkCall;
  readonly sessions: readonly ScriptedSession[];
  /** What the policy was asked. */
  readonly asked: TransferRequest[];
  /** Calls that were placed for it. */
  readonly placed: Call[];
}

/** An answered call over A, and a policy that decides as told. */
async function talk(policy: TransferPolicy = () => true, change: Partial<LinekeeperConfig> = {}): Promise<Scene> {
  const asked: TransferRequest[] = [];
  const transferPolicy: TransferPolicy = (request) => (asked.push(request), policy(request));
  const media = scriptedMedia();
  const house = buildHouse({ media, transferPolicy, ...change });
  await house.open();
  const call = house.line.call(customer);
  await pass(1_000);
  await vi.dynamicImportSettled();
  expect(call.state).toBe("answered");
  const placed: Call[] = [];
  call.on("referred", (told) => placed.push(told.call));
  return { ...house, call, leg: house.a.calls[0] as TrunkCall, sessions: media.sessions, asked, placed };
}

/** The softphone's answer, once it is there. */
async function codeOf(reply: Promise<{ readonly code: number }>, afterMs = 100): Promise<number | undefined> {
  let code: number | undefined;
  void reply.then((said) => (code = said.code));
  await pass(afterMs);
  return code;
}

const invites = (trunk: MockTrunk) =>
  trunk.log.filter(({ what, raw = "" }) => what === "received" && raw.startsWith("INVITE ") && !/^To: .*;tag=/m.test(raw));

describe("a transfer that the other side asks for", () => {
  it("is refused where there is no policy, and Allow says so", async () => {
    const { a, leg, call, entries } = await talk(undefined, { transferPolicy: undefined as never });
    expect(await codeOf(leg.refer(`sip:${colleague}@a.example`))).toBe(405);
    const [invite] = invites(a);
    expect(invite && headersOf(invite, "Allow")[0]).not.toContain("REFER");
    expect([call.state, a.calls.length, entries("call:referred")]).toEqual(["answered", 1, []]);
  });

  it("is done as the policy allows: the new call is the agent's, NOTIFY tells of it, and who asked hangs up", async () => {
    const { a, b, leg, call, asked, placed, line, entries } = await talk();
    const told: Call[] = [];
    line.on("call:placed", (each) => told.push(each));
    a.phone(colleague).answers({ ringAfterMs: 500, answerAfterMs: 2_000 });
    b.phone(colleague).answers({ ringAfterMs: 500, answerAfterMs: 2_000 });
    expect(await codeOf(leg.refer(`sip:${colleague}@a.example`))).toBe(202);
    expect(asked).toEqual([
      {
        callId: call.id,
        trunkId: "A",
        number: colleague,
        uri: `sip:${colleague}@a.example`,
        replaces: false,
        referredBy: expect.stringContaining(customer) as string,
      },
    ]);
    const [other] = placed as [Call];
    expect([told, other.number]).toEqual([[other], colleague]);
    await pass(1_000);
    expect([call.state, call.held, other.state, leg.referralCodes]).toEqual(["answered", "here", "ringing", [100, 180]]);
    expect(line.calls).toContain(other);
    await pass(2_000);
    expect([leg.referralCodes, leg.end?.by, (await call.ended).end, other.state, other.held]).toEqual([
      [100, 180, 200],
      "customer",
      "hung-up-there",
      "answered",
      "none",
    ]);
    expect(entries("call:referred")).toMatchObject([{ callId: call.id, trunkId: "A", toCallId: other.id, party: { tail: "02" } }]);
    expect(JSON.stringify(line.journal)).not.toMatch(/71000002|Referred/);
    const [invite] = invites(other.trunkId === "A" ? a : b).slice(-1);
    expect(invite && headersOf(invite, "Referred-By")).toEqual([]);
  });

  it.each([
    { times: 3, notified: 2 + 3 + 1, isHeard: true },
    // Not for ever.
    { times: Infinity, notified: 2 + 10, isHeard: false },
  ])(
    "is told to a peer that is busy with a re-INVITE just then (491, $times times) once it is not",
    async ({ times, notified, isHeard }) => {
      const { a, b, leg, call } = await talk();
      for (const trunk of [a, b]) trunk.phone(colleague).answers({ ringAfterMs: 100, answerAfterMs: 1_000 });
      expect(await codeOf(leg.refer(`sip:${colleague}@a.example`))).toBe(202);
      await pass(500);
      a.fault({ kind: "reject", methods: ["NOTIFY"], code: 491, ...(isHeard && { times }) });
      await pass(20_000);
      expect([leg.referralCodes, leg.end?.by]).toEqual(isHeard ? [[100, 180, 200], "customer"] : [[100, 180], undefined]);
      expect(call.state).toBe(isHeard ? "ended" : "answered");
      expect(a.log.filter(({ what, raw = "" }) => what === "received" && raw.startsWith("NOTIFY "))).toHaveLength(notified);
    },
  );

  it("goes by the usual gate: over another trunk, where this one refuses", async () => {
    const { a, leg, placed, b } = await talk();
    a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    expect(await codeOf(leg.refer(`tel:${colleague}`))).toBe(202);
    await pass(5_000);
    expect([placed[0]?.trunkId, placed[0]?.state, leg.referralCodes]).toEqual(["B", "answered", [100, 180, 200]]);
    expect(b.answered(colleague)).toHaveLength(1);
  });

  it("whose phone does not take the call gives the first back, unheld, and says why", async () => {
    const { a, b, leg, call, placed } = await talk();
    for (const trunk of [a, b]) trunk.phone(colleague).isBusy();
    expect(await codeOf(leg.refer(`sip:${colleague}@a.example`))).toBe(202);
    await pass(2_000);
    expect([leg.referralCodes.at(-1), placed[0]?.state, call.state, call.held]).toEqual([486, "ended", "answered", "none"]);
  });

  it("that the agent calls off is declined", async () => {
    const { a, b, leg, call, placed } = await talk();
    for (const trunk of [a, b]) trunk.phone(colleague).doesNotAnswer();
    await codeOf(leg.refer(`sip:${colleague}@a.example`), 1_000);
    placed[0]?.hangUp();
    await pass(500);
    expect([leg.referralCodes, call.state, call.held]).toEqual([[100, 180, 603], "answered", "none"]);
  });

  it.each<[string, TransferPolicy]>([
    ["says no", () => false],
    ["says what is no yes", () => 1 as never],
    ["throws", () => Promise.reject(new Error("down"))],
    [
      "throws at once",
      () => {
        throw new Error("down");
      },
    ],
    ["hangs", () => new Promise(() => {})],
  ])("is refused where the policy %s", async (_, policy) => {
    const { a, leg, call, entries, placed } = await talk(policy);
    expect(await codeOf(leg.refer(`sip:${colleague}@a.example`), 11_000)).toBe(603);
    expect([placed, a.calls.length, call.state, call.held]).toEqual([[], 1, "answered", "none"]);
    expect(entries("call:referred")).toMatchObject([{ because: "policy" }]);
  });

  it("never reaches the emergency services, nor a number that is being called, whatever the policy says", async () => {
    const { a, leg, call, line, entries } = await talk();
    const theirs = [
      "sip:112@a.example",
      "tel:112",
      "urn:service:sos",
      "urn:service:sos.fire",
      "sip:sos@a.example",
      "SIPS:SOS;x=1@a.example",
    ];
    for (const uri of theirs) expect([uri, await codeOf(leg.refer(uri))]).toEqual([uri, 603]);
    a.phone(colleague).doesNotAnswer();
    const own = line.call(colleague);
    await pass(500);
    // The agent has turned to another.
    expect(await codeOf(leg.refer(`sip:${colleague}@a.example`))).toBe(486);
    own.hangUp();
    await pass(1_000);
    expect(entries("call:referred").map(({ because }) => because)).toEqual([...theirs.map(() => "emergency"), "busy"]);
    expect([call.state, a.calls.filter(({ number }) => number === "112")]).toEqual(["answered", []]);
  });

  it("is asked for one after the other, and of a flood nobody is asked", async () => {
    let decide: (isAllowed: boolean) => void = () => {};
    const { leg, asked, entries } = await talk(() => new Promise((resolve) => (decide = resolve)));
    const first = leg.refer(`sip:${colleague}@a.example`);
    expect(await codeOf(leg.refer(`sip:${colleague}@a.example`))).toBe(491);
    decide(false);
    expect(await codeOf(first)).toBe(603);
    for (let times = 0; times < 20; times++) {
      const more = leg.refer(`sip:${colleague}@a.example`);
      await pass(20);
      decide(false);
      expect(await codeOf(more)).toBe(603);
    }
    expect([asked.length, entries("call:referred").length]).toEqual([9, 10]);
  });

  it("to another call of theirs takes its place, over the carrier that knows it and no other", async () => {
    const { a, b, leg, placed } = await talk();
    // Two who talk at that carrier: the agent's own second account will do.
    const theirs = leg.callId;
    expect(await codeOf(leg.refer(`sip:bob@pbx.example?Replaces=${encodeURIComponent("nobody;to-tag=1;from-tag=2")}`))).toBe(202);
    await pass(2_000);
    expect(theirs).not.toBe("nobody");
    const [invite] = invites(a).slice(-1);
    expect(invite?.raw).toMatch(/^INVITE sip:bob@pbx\.example SIP/);
    expect(invite && [headersOf(invite, "Replaces"), headersOf(invite, "Referred-By").length]).toEqual([["nobody;to-tag=1;from-tag=2"], 1]);
    expect([b.calls.length, placed[0]?.state, leg.referralCodes.at(-1)]).toEqual([0, "ended", 481]);
  });

  it.each<[string, (scene: Scene) => void]>([
    ["the socket is lost", ({ a }) => a.resetAll()],
    ["the line is registered anew", ({ line }) => line.restore("A")],
    [
      "the carrier is gone for a while",
      ({ a }) => {
        const mend = a.fault({ kind: "refuse" });
        a.resetAll();
        setTimeout(mend, 12_000);
      },
    ],
    [
      "its ICE is restarted",
      ({ sessions: [session] }) => session?.lose({ direction: "both", path: { ice: "failed", wasConnected: true, flows: "none" } }),
    ],
  ])("is told of to its end while %s", async (_, happens) => {
    const scene = await talk();
    for (const trunk of [scene.a, scene.b]) trunk.phone(colleague).answers({ answerAfterMs: 8_000 });
    scene.line.isolate("A");
    await codeOf(scene.leg.refer(`sip:${colleague}@a.example`), 1_000);
    expect(scene.placed[0]?.trunkId).toBe("B");
    happens(scene);
    await pass(40_000);
    expect([scene.leg.referralCodes.at(-1), scene.leg.end?.by, scene.placed[0]?.state]).toEqual([200, "customer", "answered"]);
  });

  it("to whom somebody at that carrier talks to connects the agent with them, and ends that call for the other (RFC 5589 §7)", async () => {
    const { a, b, leg, call, placed, line } = await talk();
    // Who transfers has asked the colleague before.
    const { client: boss } = connect(a);
    const consulted = boss.authorize(boss.invite(colleague), boss.last, "secret");
    await pass(1_000);
    boss.ack(consulted);
    const theirs = a.answered(colleague)[0] as TrunkCall;
    const named = `${theirs.callId};to-tag=${tagOf(boss.responses(theirs.callId).at(-1)?.get("To"))};from-tag=us`;
    const uri = `sip:${colleague}@a.example?Replaces=${encodeURIComponent(named)}&Require=replaces`;
    expect(await codeOf(leg.refer(uri))).toBe(202);
    await pass(1_000);
    const [other] = placed as [Call];
    expect([leg.referralCodes, leg.end?.by, (await call.ended).end]).toEqual([[100, 200], "customer", "hung-up-there"]);
    expect([other.state, other.trunkId, other.held, line.calls, b.calls]).toEqual(["answered", "A", "none", [other], []]);
    expect([theirs.end?.by, theirs.connectedTo, boss.requests("BYE").length]).toEqual(["carrier", colleague, 1]);
  });

  it("and an agent who loads the page again meanwhile: that call goes on in the next page, unheld, and no phone rings for it any more", async () => {
    const house = await talkAndLeave({ config: { transferPolicy: () => true } });
    await vi.dynamicImportSettled();
    for (const trunk of [house.a, house.b]) trunk.phone(colleague).doesNotAnswer();
    expect(await codeOf(house.customer.refer(`sip:${colleague}@a.example`), 1_000)).toBe(202);
    await house.leave();
    const { resumed } = await house.next();
    await pass(2_000);
    const rings = [house.a, house.b].flatMap((trunk) => trunk.rings(colleague));
    expect([resumed[0]?.state, resumed[0]?.held, rings.length, rings.filter(({ untilMs }) => untilMs === undefined)]).toEqual([
      "answered",
      "none",
      1,
      [],
    ]);
    expect([house.customer.state, house.customer.isHeld]).toEqual(["answered", false]);
  });

  it("that the agent's own call waits for is none once it is over", async () => {
    let decide: (isAllowed: boolean) => void = () => {};
    const { a, leg, call, placed } = await talk(() => new Promise((resolve) => (decide = resolve)));
    void leg.refer(`sip:${colleague}@a.example`);
    await pass(100);
    call.hangUp();
    decide(true);
    await pass(1_000);
    expect([placed, a.calls.length]).toEqual([[], 1]);
  });
});
