/** Our edge against the carrier that misbehaves on command: in memory under fake time, and over real sockets. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "../../../adapters/mock-trunk/ws.ts";
import { type Fault, type MockTrunk, type MockTrunkOptions, createMockTrunk, memorySocket } from "../../../adapters/mock-trunk/index.ts";
import { type SipSocketConstructor, sipjs } from "../../../adapters/sipjs/index.ts";
import { systemClock, systemRandom } from "../../../src/clock.ts";
import type { SipAccount } from "../../../src/ports/sip-account.ts";
import type { SipInvitation } from "../../../src/ports/sip-invitation.ts";
import { sdp } from "../../support/sip-text.ts";
import { dial } from "./scripted-edge.ts";

const number = "+21671000001";

function carrier(options: Partial<MockTrunkOptions> = {}) {
  const habit = { ringAfterMs: 20, answerAfterMs: 60 };
  return createMockTrunk({ name: "a", domain: "a.example", users: { agent7: "secret" }, habit, ...options });
}

function edgeAt(server: string, webSocket?: SipSocketConstructor) {
  const told: string[] = [];
  const invitations: SipInvitation[] = [];
  const account: SipAccount = {
    trunkId: "a",
    server,
    aor: "sip:agent7@a.example",
    credentials: () => Promise.resolve({ password: "secret" }),
    userAgent: "test",
  };
  const events = {
    opened: () => told.push("opened"),
    closed: ({ wasOpen }: { wasOpen: boolean }) => told.push(`closed ${wasOpen}`),
    ponged: () => told.push("ponged"),
    discarded: (fault: string) => told.push(`discarded ${fault}`),
    incoming: (invitation: SipInvitation) => invitations.push(invitation),
    credentialsFailed: () => told.push("credentialsFailed"),
  };
  const edge = sipjs(webSocket && { webSocket }).edge(account, events, systemClock, systemRandom);
  return { edge, told, invitations };
}

/** A registered edge; faults come after that. */
async function registeredAt(trunk: MockTrunk, faults: readonly Fault[] = []) {
  const made = edgeAt("wss://a.example", memorySocket(trunk));
  made.edge.connect();
  await vi.advanceTimersByTimeAsync(10);
  const registering = made.edge.register(300);
  await vi.advanceTimersByTimeAsync(50);
  expect(await registering).toMatchObject({ code: 200, said: "peer", expiresS: 300 });
  for (const fault of faults) trunk.fault(fault);
  const call = () => dial(made.edge, `sip:${number}@a.example`);
  const finish = async () => {
    made.edge.dispose();
    trunk.close();
    await vi.advanceTimersByTimeAsync(10);
    expect(vi.getTimerCount()).toBe(0);
  };
  const received = (method: string) => trunk.log.filter((entry) => entry.what === "received" && entry.method === method).length;
  return { ...made, trunk, call, finish, received };
}

describe("in memory, under fake time", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const registered = (...faults: Fault[]) => registeredAt(carrier(), faults);

  it("registers, calls, talks, hangs up", async () => {
    const { call, finish, trunk } = await registered();
    const dialled = call();
    await vi.advanceTimersByTimeAsync(200);
    expect(dialled.told.filter((line) => !line.startsWith("progressed"))).toEqual(["sent", "challenged", "sent", "accepted 200 peer"]);
    const bye = dialled.dialogs[0]?.bye();
    await vi.advanceTimersByTimeAsync(50);
    expect(await bye).toMatchObject({ code: 200 });
    expect(trunk.rings(number)).toMatchObject([{ endedBy: "answered" }]);
    await finish();
  });

  it("survives a stale nonce", async () => {
    const { edge, finish } = await registered({ kind: "stale-nonce" });
    const refreshed = edge.register(300);
    await vi.advanceTimersByTimeAsync(100);
    expect(await refreshed).toMatchObject({ code: 200 });
    await finish();
  });

  it("takes a 200 without its Contact for no binding", async () => {
    const { edge, finish } = await registered({ kind: "forget-contact" });
    const refreshed = edge.register(300);
    await vi.advanceTimersByTimeAsync(100);
    expect((await refreshed).expiresS).toBeUndefined();
    await finish();
  });

  it.each<[string, Fault, string]>([
    ["a 200 that crosses the CANCEL", { kind: "answer-on-cancel" }, "accepted 200 peer"],
    ["no 487 after the CANCEL", { kind: "no-487" }, "rejected 408 inferred"],
  ])("%s", async (_, fault, end) => {
    const { call, trunk, finish } = await registered(fault);
    trunk.phone(number).doesNotAnswer();
    const dialled = call();
    await vi.advanceTimersByTimeAsync(200);
    dialled.invite.cancel();
    await vi.advanceTimersByTimeAsync(33_000);
    expect(dialled.told.at(-1)).toBe(end);
    await finish();
  });

  it("two phones that answer: one dialog is kept, the other ended", async () => {
    const { call, finish, received } = await registered({ kind: "fork" });
    const dialled = call();
    await vi.advanceTimersByTimeAsync(500);
    expect(dialled.dialogs).toHaveLength(1);
    expect([received("ACK"), received("BYE")]).toEqual([3, 1]);
    await finish();
  });

  it.each([
    ["answers", 5_000, "BYE", "answered"],
    ["rings", 6_000, "CANCEL", "cancelled"],
  ])("a callee that %s after we have forgotten the call is left in peace", async (_, answerAfterMs, method, endedBy) => {
    const { call, finish, received, trunk } = await registered({ kind: "late", alertAfterMs: 5_000, answerAfterMs });
    const dialled = call();
    await vi.advanceTimersByTimeAsync(1_000);
    dialled.invite.forget();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(received(method)).toBe(1);
    expect(trunk.rings(number)).toMatchObject([{ endedBy }]);
    await finish();
  });

  it("a phone that rings late is cancelled when it does", async () => {
    const { call, trunk, finish } = await registered({ kind: "late", alertAfterMs: 5_000 });
    const dialled = call();
    await vi.advanceTimersByTimeAsync(1_000);
    dialled.invite.cancel();
    await vi.advanceTimersByTimeAsync(4_900);
    expect(dialled.told.at(-1)).toBe("rejected 487 peer");
    expect(trunk.rings(number)).toMatchObject([{ endedBy: "cancelled" }]);
    await finish();
  });

  it("a reset after the 180: the next flow carries the CANCEL to the ringing phone", async () => {
    const { edge, call, trunk, told, finish } = await registered({ kind: "reset-on", methods: ["INVITE"], after: 180 });
    trunk.phone(number).doesNotAnswer();
    const dialled = call();
    await vi.advanceTimersByTimeAsync(200);
    expect([told.at(-1), dialled.told.at(-1)]).toEqual(["closed true", "flowLost"]);
    trunk.clearFaults();
    dialled.invite.cancel();
    edge.connect();
    await vi.advanceTimersByTimeAsync(200);
    expect(dialled.told.at(-1)).toBe("rejected 487 peer");
    expect(trunk.rings(number)).toMatchObject([{ endedBy: "cancelled" }]);
    await finish();
  });

  it("a frozen edge does not hold disconnect() up", async () => {
    const { edge, told, finish } = await registered({ kind: "freeze" });
    const asked = edge.options();
    await vi.advanceTimersByTimeAsync(100);
    edge.disconnect();
    await vi.advanceTimersByTimeAsync(0);
    expect(told.at(-1)).toBe("closed true");
    expect(await asked).toMatchObject({ code: 503, said: "inferred" });
    await finish();
  });

  it.each<[Fault, number]>([
    [{ kind: "refuse" }, 100],
    [{ kind: "refuse-upgrade", status: 503 }, 100],
    [{ kind: "hang-upgrade" }, 5_000],
  ])("$kind is told", async (fault, withinMs) => {
    const { edge, trunk, told, finish } = await registered();
    trunk.fault(fault);
    trunk.resetAll();
    await vi.advanceTimersByTimeAsync(10);
    edge.connect();
    await vi.advanceTimersByTimeAsync(withinMs);
    expect(told.at(-1)).toBe("closed false");
    await finish();
  });

  it("a customer's call is answered by the agent, and ended by the customer", async () => {
    const { trunk, invitations, finish } = await registered();
    const offered = trunk.call("agent7", { from: "+21698000000" });
    await vi.advanceTimersByTimeAsync(50);
    invitations[0]?.ring();
    const accepted = invitations[0]?.accept(sdp("us"));
    await vi.advanceTimersByTimeAsync(50);
    expect(await offered.settled).toBe("answered");
    expect(await accepted).toBeDefined();
    await finish();
  });
});

describe("a carrier that answers by the connection of the request alone", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const endings = (trunk: MockTrunk) => trunk.rings(number).map(({ endedBy }) => endedBy ?? "still rings");

  /** Asks for no password with an INVITE. */
  async function registered() {
    const made = await registeredAt(carrier({ answersTo: "connection", challenge: "register" }));
    made.trunk.phone(number).doesNotAnswer();
    const next = async () => {
      made.edge.connect();
      await vi.advanceTimersByTimeAsync(10);
    };
    return { ...made, next };
  }

  /** An INVITE that is written to a frozen edge, and read when that thaws, its connection being gone. */
  async function thawed() {
    const made = await registered();
    const thaw = made.trunk.fault({ kind: "freeze" });
    const dialled = made.call();
    await vi.advanceTimersByTimeAsync(600);
    dialled.invite.cancel();
    made.edge.disconnect();
    await vi.advanceTimersByTimeAsync(0);
    thaw();
    await vi.advanceTimersByTimeAsync(50);
    expect(endings(made.trunk)).toEqual(["still rings"]);
    return { ...made, dialled };
  }

  /** A phone that rings, and whose flow is reset. */
  async function cut() {
    const made = await registered();
    const dialled = made.call();
    await vi.advanceTimersByTimeAsync(50);
    made.trunk.resetAll();
    await vi.advanceTimersByTimeAsync(0);
    expect(dialled.told).toEqual(["sent", "progressed 100 peer", "progressed 180 peer", "flowLost"]);
    return { ...made, dialled };
  }

  it("the phone that a thawed edge rings is cancelled on the next flow, though nobody heard it ring", async () => {
    const { trunk, dialled, next, received, finish } = await thawed();
    await next();
    expect(trunk.rings(number)).toMatchObject([{ endedBy: "cancelled" }]);
    expect(dialled.told).toEqual(["sent", "flowLost"]);
    // 64·T1 after the INVITE.
    await vi.advanceTimersByTimeAsync(31_339);
    expect(dialled.told).toEqual(["sent", "flowLost"]);
    await vi.advanceTimersByTimeAsync(1);
    // The 200 to the CANCEL proves nothing.
    expect(dialled.told.at(-1)).toBe("rejected 408 inferred");
    expect([received("CANCEL"), received("BYE")]).toEqual([1, 0]);
    await finish();
  });

  it("a CANCEL that overtook the INVITE is sent again", async () => {
    const { trunk, next, received, finish } = await thawed();
    trunk.fault({ kind: "reject", methods: ["CANCEL"], code: 481, times: 1 });
    await next();
    await vi.advanceTimersByTimeAsync(3_989);
    expect([received("CANCEL"), ...endings(trunk)]).toEqual([1, "still rings"]);
    await vi.advanceTimersByTimeAsync(1);
    expect([received("CANCEL"), ...endings(trunk)]).toEqual([2, "cancelled"]);
    await finish();
  });

  it.each<[string, (end: { forget(): void; dispose(): void }) => void, number]>([
    ["64·T1", () => {}, 4],
    ["forget()", ({ forget }) => forget(), 2],
    ["dispose()", ({ dispose }) => dispose(), 2],
  ])("a CANCEL that nobody answers is sent again at widening intervals, until %s", async (_, stop, times) => {
    const { edge, trunk, dialled, next, finish } = await thawed();
    trunk.fault({ kind: "silence", methods: ["CANCEL"] });
    await next();
    const sentMs = () => trunk.log.filter(({ method }) => method === "CANCEL").map(({ atMs }) => Math.round(atMs - firstMs));
    const firstMs = trunk.log.find(({ method }) => method === "CANCEL")?.atMs ?? NaN;
    await vi.advanceTimersByTimeAsync(5_000);
    stop({ forget: () => dialled.invite.forget(), dispose: () => edge.dispose() });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sentMs()).toEqual([0, 4_000, 12_000, 28_000].slice(0, times));
    await finish();
  });

  it("a flow that is lost again: the next one starts anew", async () => {
    const { trunk, next, received, finish } = await thawed();
    const mend = trunk.fault({ kind: "silence", methods: ["CANCEL"] });
    await next();
    trunk.resetAll();
    await vi.advanceTimersByTimeAsync(1_000);
    mend();
    await next();
    expect([received("CANCEL"), ...endings(trunk)]).toEqual([1, "cancelled"]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(received("CANCEL")).toBe(1);
    await finish();
  });

  it("an edge that was started again knows no INVITE to cancel: a BYE in the early dialog reaches the phone", async () => {
    const { trunk, dialled, next, received, finish } = await cut();
    trunk.fault({ kind: "reject", methods: ["CANCEL"], code: 481 });
    dialled.invite.cancel();
    await next();
    expect([received("CANCEL"), received("BYE")]).toEqual([1, 1]);
    expect(trunk.rings(number)).toMatchObject([{ endedBy: "cancelled" }]);
    expect(dialled.told.at(-1)).toBe("rejected 487 inferred");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([received("CANCEL"), received("BYE"), dialled.told.length]).toEqual([1, 1, 5]);
    await finish();
  });

  it("a customer who answered meanwhile hears the BYE, a second after the CANCEL that came too late", async () => {
    const { trunk, call, next, received, finish } = await registered();
    trunk.phone(number).answers({ ringAfterMs: 20, answerAfterMs: 100 });
    const dialled = call();
    await vi.advanceTimersByTimeAsync(50);
    trunk.resetAll();
    await vi.advanceTimersByTimeAsync(200);
    expect(trunk.answered(number)).toMatchObject([{ isAcknowledged: false, end: undefined }]);
    await next();
    dialled.invite.cancel();
    await vi.advanceTimersByTimeAsync(999);
    expect([received("CANCEL"), received("BYE")]).toEqual([1, 0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(trunk.answered(number)).toMatchObject([{ end: { by: "agent" } }]);
    expect(dialled.told.at(-1)).toBe("rejected 487 inferred");
    expect(dialled.dialogs).toEqual([]);
    await finish();
  });

  it("an edge that has forgotten all of it leaves the end unknown, and is asked no more", async () => {
    const { trunk, dialled, next, received, finish } = await cut();
    trunk.fault({ kind: "reject", methods: ["CANCEL", "BYE"], code: 481 });
    dialled.invite.cancel();
    await next();
    await vi.advanceTimersByTimeAsync(31_000);
    expect([received("CANCEL"), received("BYE"), dialled.told.at(-1)]).toEqual([1, 1, "flowLost"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(dialled.told.at(-1)).toBe("rejected 408 inferred");
    await finish();
  });

  it("a BYE that is refused is sent again", async () => {
    const { trunk, dialled, next, received, finish } = await cut();
    trunk.fault({ kind: "reject", methods: ["CANCEL"], code: 481 });
    trunk.fault({ kind: "reject", methods: ["BYE"], code: 403, times: 1 });
    dialled.invite.cancel();
    await next();
    expect([received("BYE"), dialled.told.at(-1)]).toEqual([1, "flowLost"]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect([received("CANCEL"), received("BYE"), dialled.told.at(-1)]).toEqual([1, 2, "rejected 487 inferred"]);
    await finish();
  });
});

describe("over real sockets", () => {
  it("registers, calls, is reset while it rings, and cancels over the next flow", async () => {
    const trunk = carrier();
    const server = await listen(trunk);
    const { edge, told } = edgeAt(server.url);
    try {
      edge.connect();
      await vi.waitFor(() => expect(told).toEqual(["opened"]));
      expect(await edge.register(300)).toMatchObject({ code: 200, expiresS: 300 });
      trunk.phone(number).doesNotAnswer();
      const dialled = dial(edge, `sip:${number}@a.example`);
      await vi.waitFor(() => expect(dialled.told.at(-1)).toBe("progressed 180 peer"));
      trunk.resetAll();
      await vi.waitFor(() => expect(dialled.told.at(-1)).toBe("flowLost"));
      dialled.invite.cancel();
      edge.connect();
      await vi.waitFor(() => expect(dialled.told.at(-1)).toBe("rejected 487 peer"));
      expect(trunk.rings(number)).toMatchObject([{ endedBy: "cancelled" }]);
    } finally {
      edge.dispose();
      trunk.close();
      await server.close();
    }
  });

  it("is refused", async () => {
    const trunk = carrier();
    const server = await listen(trunk);
    trunk.fault({ kind: "refuse" });
    const { edge, told } = edgeAt(server.url);
    edge.connect();
    await vi.waitFor(() => expect(told).toEqual(["closed false"]));
    edge.dispose();
    trunk.close();
    await server.close();
  });
});
