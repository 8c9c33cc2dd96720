/** Transfer to a number and to another call, whatever happens meanwhile: through SIP.js to a mock carrier. */
import { describe, expect, it, vi } from "vitest";
import { headersOf, type MockTrunk, type TrunkCall } from "../../adapters/mock-trunk/index.ts";
import type { Call } from "../../src/call/call.ts";
import type { TransferResult } from "../../src/call/transfer.ts";
import { buildHouse, pass, trunkA, underFakeTime, type House } from "../support/house.ts";
import { scriptedMedia } from "../support/scripted-media.ts";

underFakeTime();

const customer = "+21671000001";
const colleague = "+21671000002";

interface Scene extends House {
  readonly call: Call;
  readonly leg: TrunkCall;
  /** What `transfer` told, in order. */
  readonly told: number[];
}

/** An answered call; and another, if asked for, of the same agent. */
async function talk(house = buildHouse({ media: scriptedMedia() })): Promise<Scene> {
  await house.open();
  const call = await answered(house, customer);
  const told: number[] = [];
  call.on("transfer", ({ sipCode }) => told.push(sipCode));
  return { ...house, call, leg: house.a.calls[0] as TrunkCall, told };
}

async function answered({ line }: House, number: string): Promise<Call> {
  const call = line.call(number);
  await pass(1_000);
  await vi.dynamicImportSettled();
  expect(call.state).toBe("answered");
  return call;
}

const received = (trunk: MockTrunk, method: string) =>
  trunk.log.filter(({ what, raw = "" }) => what === "received" && raw.startsWith(`${method} `));
/** What the softphone answered to NOTIFYs. */
const notifyCodes = (trunk: MockTrunk) =>
  trunk.log.flatMap(({ what, method, code }) => (what === "received" && method === "NOTIFY" ? code : []));

/** The result, once it is there. */
function resultOf(transfer: Promise<TransferResult>): { readonly now: TransferResult | undefined } {
  const result: { now: TransferResult | undefined } = { now: undefined };
  void transfer.then((end) => (result.now = end));
  return result;
}

describe("a transfer to a number", () => {
  it("asks the carrier while the customer is on hold, tells how it goes, and ends the call as transferred", async () => {
    const { a, call, leg, told, entries } = await talk();
    const result = resultOf(call.transfer("71 000 002"));
    await pass(10);
    expect(call.state).toBe("answered");
    await pass(1_000);
    expect([result.now, told, call.state]).toEqual([{ ok: true }, [100, 180, 200], "ended"]);
    expect((await call.ended).end).toBe("transferred");
    expect([leg.connectedTo, leg.end?.by, leg.isHeld]).toEqual(["71000002", "agent", true]);
    const [refer] = received(a, "REFER");
    expect(refer && headersOf(refer, "Referred-By")).toEqual(["<sip:agent7@a.example>"]);
    expect(notifyCodes(a)).toEqual([200, 200, 200]);
    expect(entries("call:transferring")).toMatchObject([{ callId: call.id, trunkId: "A", party: { tail: "02" } }]);
    expect(entries("transfer:progressed").map(({ code }) => code)).toEqual([100, 180, 200]);
    expect(entries("call:ended")).toMatchObject([{ end: "transferred" }]);
    expect(JSON.stringify(entries("call:transferring"))).not.toContain("71000002");
  });

  it.each([
    [405, "refused"],
    [603, "refused"],
  ] as const)("that the carrier refuses by %s gives the call back, unheld", async (code, because) => {
    const { a, call, leg, entries } = await talk();
    a.fault({ kind: "reject", methods: ["REFER"], code });
    const result = resultOf(call.transfer(colleague));
    await pass(1_000);
    expect(result.now).toMatchObject({ ok: false, because, sipCode: code });
    expect([call.state, call.held, leg.isHeld]).toEqual(["answered", "none", false]);
    expect(entries("transfer:failed")).toMatchObject([{ because, code }]);
  });

  it.each([486, 503])("whose phone says %s gives the call back, and can be tried again", async (code) => {
    const { a, call, leg } = await talk();
    a.phone(colleague).refuses({ code });
    const result = resultOf(call.transfer(colleague));
    await pass(1_000);
    expect(result.now).toMatchObject({ ok: false, because: "not-reached", sipCode: code });
    expect([call.state, call.held, leg.isHeld]).toEqual(["answered", "none", false]);
    a.phone(colleague).answers();
    const again = resultOf(call.transfer(colleague));
    await pass(1_000);
    expect([again.now, leg.connectedTo]).toEqual([{ ok: true }, colleague]);
  });

  it("of which the carrier says nothing is given up after a while; what it says later ends its subscription", async () => {
    const { a, call } = await talk();
    const speak = a.fault({ kind: "silence", methods: ["NOTIFY"] });
    a.phone(colleague).answers({ answerAfterMs: 40_000 });
    const result = resultOf(call.transfer(colleague));
    await pass(31_000);
    expect([result.now, call.held]).toEqual([undefined, "here"]);
    await pass(2_000);
    expect([result.now, call.state, call.held]).toMatchObject([{ ok: false, because: "unanswered" }, "answered", "none"]);
    speak();
    await pass(10_000);
    expect(notifyCodes(a)).toEqual([481]);
  });

  it("waits for a phone that rings as long as a phone may ring", async () => {
    const { a, call, told } = await talk();
    a.phone(colleague).doesNotAnswer();
    const result = resultOf(call.transfer(colleague));
    await pass(100_000);
    expect([result.now, told]).toEqual([undefined, [100, 180]]);
    await pass(25_000);
    expect(result.now).toMatchObject({ ok: false, because: "unanswered" });
  });

  it("that is accepted by one who then hangs up is done", async () => {
    const { a, call, leg } = await talk();
    a.phone(colleague).answers({ answerAfterMs: 10_000 });
    const result = resultOf(call.transfer(colleague));
    await pass(1_000);
    leg.hangUp();
    await pass(100);
    expect([result.now, (await call.ended).end]).toEqual([{ ok: true }, "transferred"]);
  });

  it("that nobody has accepted is not done where the customer hangs up", async () => {
    const { a, call, leg } = await talk();
    a.fault({ kind: "silence", methods: ["REFER"] });
    const result = resultOf(call.transfer(colleague));
    await pass(1_000);
    leg.hangUp();
    await pass(100);
    expect([result.now, (await call.ended).end]).toMatchObject([{ ok: false, because: "ended" }, "hung-up-there"]);
  });

  it.each([
    { isAccepted: true, end: "transferred" },
    { isAccepted: false, end: "flow-lost" },
  ])("of a call that its carrier knows no longer, accepted or not: %o; who may talk to a colleague is not called back", async (how) => {
    const { a, call, leg, entries } = await talk();
    a.phone(colleague).answers({ ringAfterMs: 100, answerAfterMs: 900_000 });
    if (!how.isAccepted) a.fault({ kind: "silence", methods: ["REFER"] });
    const result = resultOf(call.transfer(colleague));
    await pass(1_000);
    a.fault({ kind: "reject", methods: ["INVITE"], code: 481 });
    a.resetAll();
    await pass(5_000);
    expect(call.state).toBe(how.isAccepted ? "ended" : "choosing");
    call.redial();
    await pass(31_000);
    a.clearFaults();
    if (how.isAccepted) expect((await call.ended).end).toBe(how.end);
    expect([result.now?.ok, entries("call:cut").length, entries("call:redialled").length]).toEqual(
      how.isAccepted ? [true, 0, 0] : [false, 1, 1],
    );
    expect(leg.end?.by).toBe("agent");
  });

  it("ends with the call where the agent hangs up, and leaves nothing behind", async () => {
    const { a, call } = await talk();
    a.phone(colleague).doesNotAnswer();
    const result = resultOf(call.transfer(colleague));
    await pass(1_000);
    call.hangUp();
    await pass(1_000);
    expect([result.now, (await call.ended).end]).toMatchObject([{ ok: false, because: "ended" }, "hung-up-here"]);
  });

  it("leaves on hold whoever was on hold", async () => {
    const { a, call } = await talk();
    a.phone(colleague).isBusy();
    await Promise.all([call.hold(), pass(100)]);
    const result = resultOf(call.transfer(colleague));
    await pass(1_000);
    expect([result.now?.ok, call.held]).toEqual([false, "here"]);
  });

  it("is refused for what is no number or no call, and while one is under way", async () => {
    const { a, call } = await talk();
    a.phone(colleague).doesNotAnswer();
    expect(await call.transfer("somebody")).toMatchObject({ because: "bad-number" });
    expect(await call.transfer(call)).toMatchObject({ because: "bad-call", reason: expect.stringContaining("other call") as string });
    expect(await call.transfer(undefined as never)).toMatchObject({ because: "bad-call" });
    void call.transfer(colleague);
    expect(await call.transfer(colleague)).toMatchObject({ because: "under-way" });
    await pass(100);
  });

  it("is not asked for before the answer, nor after the end", async () => {
    const house = buildHouse({ media: scriptedMedia() });
    await house.open();
    house.a.phone(customer).doesNotAnswer();
    const call = house.line.call(customer);
    await pass(500);
    expect(await call.transfer(colleague)).toEqual({ ok: false, because: "not-answered" });
    call.hangUp();
    expect(await call.transfer(colleague)).toEqual({ ok: false, because: "ended" });
    await pass(1_000);
  });
});

describe("a transfer while", () => {
  /** What happens once it is accepted, and what comes of it: the other phone answers after ten seconds. */
  it.each<[string, (scene: Scene) => void, Partial<Extract<TransferResult, { ok: false }>> | { ok: true }]>([
    ["the socket is lost", ({ a }) => a.resetAll(), { ok: true }],
    ["the trunk is dead", ({ a }) => (a.fault({ kind: "refuse" }), a.resetAll()), { ok: false, because: "unanswered" }],
    ["the line is registered anew", ({ line }) => line.restore("A"), { ok: true }],
  ])("%s", async (_, happens, result) => {
    const scene = await talk();
    scene.a.phone(colleague).answers({ answerAfterMs: 10_000 });
    const transfer = resultOf(scene.call.transfer(colleague));
    await pass(1_000);
    happens(scene);
    await pass(140_000);
    expect(transfer.now).toMatchObject(result);
    expect(scene.call.state).toBe(result.ok ? "ended" : "answered");
  });

  it("no flow is there is refused at once", async () => {
    const { a, call } = await talk();
    a.fault({ kind: "refuse" });
    a.resetAll();
    await pass(100);
    expect(await call.transfer(colleague)).toMatchObject({ ok: false, because: "unanswered" });
  });
});

/** As a framework's reactive state has it: each object that is read from it is wrapped as well, and no function. */
function deep<T extends object>(target: T): T {
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name);
      return typeof value === "object" && value !== null ? deep(value) : value;
    },
  });
}

describe("a transfer to another call", () => {
  it.each([
    ["one trunk", 1],
    ["two trunks, of two accounts", 2],
  ])("connects the two over the same carrier, by %s, and both end as transferred", async (_, trunks) => {
    const anotherOfIt = { ...trunkA, id: "A2", aor: "sip:agent8@a.example" };
    const users = { agent7: "secret", agent8: "secret" };
    const { a, call, leg, ...house } = await talk(
      buildHouse({ media: scriptedMedia(), trunks: [trunkA, anotherOfIt].slice(0, trunks) }, { users }),
    );
    if (trunks === 2) house.line.isolate("A");
    const other = await answered({ ...house, a }, colleague);
    expect([call.trunkId, other.trunkId]).toEqual(["A", trunks === 2 ? "A2" : "A"]);
    const result = resultOf(call.transfer(deep(other)));
    await pass(1_000);
    const [, second] = a.calls as [TrunkCall, TrunkCall];
    expect(result.now).toEqual({ ok: true });
    expect([leg.connectedTo, second.connectedTo]).toEqual([colleague, customer]);
    expect([(await call.ended).end, (await other.ended).end]).toEqual(["transferred", "transferred"]);
    expect([leg.end?.by, second.end?.by]).toEqual(["agent", "carrier"]);
    expect(house.entries("call:transferring")).toMatchObject([{ callId: call.id, toCallId: other.id }]);
  });

  it("over another carrier is refused, in words that a person understands", async () => {
    const house = buildHouse({ media: scriptedMedia() });
    const scene = await talk(house);
    house.line.isolate("A");
    const other = await answered(house, colleague);
    expect(other.trunkId).toBe("B");
    expect(await scene.call.transfer(other)).toMatchObject({
      because: "other-carrier",
      reason: expect.stringContaining("different carriers") as string,
    });
    expect([scene.call.state, scene.call.held, received(house.a, "REFER")]).toEqual(["answered", "here", []]);
  });

  it("that is cut off by then ends both as transferred: nobody is offered to be called back", async () => {
    const { a, call, ...house } = await talk(buildHouse({ media: scriptedMedia(), trunks: [trunkA] }));
    const other = await answered({ ...house, a }, colleague);
    a.fault({ kind: "slow", methods: ["REFER"], delayMs: 5_000 });
    const result = resultOf(call.transfer(other));
    await pass(100);
    a.fault({ kind: "reject", methods: ["INVITE"], prefix: colleague, code: 481 });
    a.fault({ kind: "silence", methods: ["BYE"], prefix: colleague });
    a.resetAll();
    await pass(3_000);
    expect([call.state, other.state]).toEqual(["answered", "choosing"]);
    await pass(5_000);
    expect([result.now, call.state, other.state]).toEqual([{ ok: true }, "ended", "ended"]);
    expect((await other.ended).end).toBe("transferred");
  });

  it("that is over meanwhile gives the call back", async () => {
    const { a, call, ...house } = await talk(buildHouse({ media: scriptedMedia(), trunks: [trunkA] }));
    const other = await answered({ ...house, a }, colleague);
    a.fault({ kind: "reject", methods: ["REFER"], code: 603 });
    const result = resultOf(call.transfer(other));
    await pass(1_000);
    expect([result.now?.ok, call.state, other.state]).toEqual([false, "answered", "answered"]);
    (a.calls[1] as TrunkCall).hangUp();
    await pass(100);
    expect((await other.ended).end).toBe("hung-up-there");
    expect(await call.transfer(other)).toMatchObject({ because: "bad-call" });
  });
});
