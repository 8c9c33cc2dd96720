/** What may go wrong while a customer's call rings, or is being answered: nobody is left waiting, and nothing is left behind. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { attachHost, type HostCall } from "../../src/crm/index.ts";
import type { IncomingCall } from "../../src/call/call.ts";
import type { Media, MediaSession } from "../../src/ports/media.ts";
import { noMedia } from "../../src/media/no-media.ts";
import { scriptedMedia } from "../support/scripted-media.ts";
import { buildHouse, pass, underFakeTime, type House } from "../support/house.ts";

underFakeTime();

const customer = "+21671000042";

async function open(change: Parameters<typeof buildHouse>[0] = {}): Promise<House & { readonly offered: IncomingCall[] }> {
  const house = buildHouse(change);
  await house.open();
  const offered: IncomingCall[] = [];
  house.line.on("call:offered", (call) => offered.push(call));
  return { ...house, offered };
}

const only = ([call]: readonly IncomingCall[]): IncomingCall => {
  if (!call) throw new Error("no call was offered");
  return call;
};

/** A microphone whose prompt stays open until it is granted. */
function prompting() {
  const grants: (() => void)[] = [];
  const session = noMedia().open();
  const prompt = () => new Promise<string>((resolve) => grants.push(() => void session.answer("", AbortSignal.any([])).then(resolve)));
  const media: Media = { open: () => ({ ...session, offer: prompt, answer: prompt, applyAnswer: session.applyAnswer, close() {} }) };
  return { media, grant: () => grants.forEach((grant) => grant()) };
}

/** Audio that fails when it is asked for. */
const failing = (fail: () => Promise<never>): Media => ({
  open: (): MediaSession => ({ offer: fail, answer: fail, applyAnswer: async () => {}, close() {} }),
});
const denied = failing(() => Promise.reject(new DOMException("denied", "NotAllowedError")));

describe("while the microphone is being opened", () => {
  test("a caller who gives up ends the call at once, and a prompt granted later changes nothing", async () => {
    const { media, grant } = prompting();
    const { line, a, offered, entries } = await open({ media });
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    const answered = only(offered).answer();
    await pass(5_000);
    inbound.cancel();
    await pass(100);
    expect(only(offered).state).toBe("ended");
    await answered;
    expect([line.calls, line.followedCalls]).toEqual([[], 0]);
    grant();
    await pass(100);
    expect(entries("call:ended")).toMatchObject([{ end: "hung-up-there", sipCallId: inbound.callId }]);
    expect(entries("listener:failed")).toEqual([]);
  });

  test("a caller who gives up on one leg is answered by the other", async () => {
    const { media, grant } = prompting();
    const { a, b, offered } = await open({ media });
    const [first, second] = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
    await pass(100);
    void only(offered).answer();
    await pass(1_000);
    first.cancel();
    await pass(1_000);
    grant();
    await pass(100);
    expect([only(offered).state, only(offered).trunkId, second.answers.at(-1)]).toEqual(["answered", "B", 200]);
    only(offered).hangUp();
  });

  test("nobody waits for ever: the caller gets 480 on each leg, once, and the agent is told why", async () => {
    const { media } = prompting();
    const { a, b, offered, entries } = await open({ media });
    const legs = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
    await pass(100);
    const ended = vi.fn();
    only(offered).on("ended", ended);
    void only(offered).answer();
    await pass(9_900);
    expect(only(offered).state).toBe("answering");
    await pass(200);
    expect(legs.map(({ answers }) => answers.at(-1))).toEqual([480, 480]);
    expect(ended.mock.calls).toEqual([[{ end: "failed", error: "TimeoutError" }]]);
    expect(entries("call:ended")).toMatchObject([{ end: "failed", error: "TimeoutError" }]);
  });

  test.each([
    ["with an offer", {}],
    ["without one", { offer: false as const }],
  ])("a microphone that is denied refuses a call %s, and the device is to blame", async (_, how) => {
    const { line, a, offered, entries } = await open({ media: denied });
    const inbound = a.call("agent7", { from: customer, ...how });
    await pass(100);
    await Promise.all([only(offered).answer(), pass(100)]);
    expect(inbound.answers.at(-1)).toBe(480);
    expect(await only(offered).ended).toEqual({ end: "failed", error: "NotAllowedError" });
    expect(entries("listener:failed")).toMatchObject([{ event: "media", error: "NotAllowedError" }]);
    expect(line.verdict?.leader).toBe("agent-device");
  });

  test("audio that cannot even be opened rings nobody: the caller gets 480, and the record says why", async () => {
    let isBroken = false;
    const open_ = () => {
      if (isBroken) throw new TypeError("no audio context");
      return noMedia().open();
    };
    const { a, offered, entries } = await open({ media: { open: open_ } });
    isBroken = true;
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    expect([offered.length, inbound.answers.at(-1)]).toEqual([0, 480]);
    expect(entries("call:turned-away")).toMatchObject([{ trunkId: "A", because: "media-failed", error: "TypeError" }]);
  });

  test("audio that cannot be closed ends the call all the same", async () => {
    const session = noMedia().open();
    const media: Media = {
      open: () => ({
        ...session,
        close() {
          throw new Error("already gone");
        },
      }),
    };
    const { line, a, offered } = await open({ media });
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    only(offered).decline();
    await pass(100);
    expect([inbound.answers.at(-1), line.calls.length, only(offered).state]).toEqual([486, 0, "ended"]);
  });
});

describe("a flow that is lost", () => {
  test("under a ringing call: it rings on, and is answered over the next flow", async () => {
    const { a, offered } = await open();
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    a.resetAll();
    await pass(2_000);
    expect([offered.length, only(offered).state, inbound.answers]).toEqual([1, "ringing", [100, 180, 180]]);
    void only(offered).answer();
    await pass(100);
    expect([only(offered).state, inbound.isAcknowledged]).toEqual(["answered", true]);
    only(offered).hangUp();
    await pass(100);
    expect(inbound.end?.by).toBe("agent");
  });

  test("under a ringing call: what the agent says meanwhile is said on the next flow", async () => {
    const { a, offered } = await open();
    const [taken, declined] = ["+21671000051", "+21671000052"].map((from) => a.call("agent7", { from }));
    await pass(100);
    a.resetAll();
    await pass(20);
    void offered[0]?.answer();
    offered[1]?.decline();
    await pass(2_000);
    expect([taken?.answers.at(-1), offered[0]?.state, declined?.answers.at(-1)]).toEqual([200, "answered", 486]);
    offered[0]?.hangUp();
  });

  test.each(["decline", "hangUp"] as const)(
    "that nobody knows of yet, when the agent says no by %s(): the caller hears of it",
    async (no) => {
      const { a, offered, line } = await open();
      const inbound = a.call("agent7", { from: customer });
      await pass(100);
      a.resetAll();
      await pass(1);
      only(offered)[no]();
      await pass(2_000);
      expect([inbound.state, inbound.answers.length, line.followedCalls]).toEqual(["refused", 3, 0]);
    },
  );

  test("under a ringing call, whose caller gives up where nobody can tell us: it is over soon after the answer", async () => {
    const { a, offered } = await open();
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    a.resetAll();
    inbound.cancel();
    await pass(2_000);
    void only(offered).answer();
    await pass(6_000);
    expect([only(offered).state, inbound.end?.by]).toEqual(["ended", "customer"]);
  });

  test("for longer than a call waits for a trunk ends the call, and the caller is told when the next is open", async () => {
    const { a, offered, entries } = await open();
    await pass(1_000);
    const before = vi.getTimerCount();
    const callers: { readonly answers: readonly number[] }[] = [];
    for (let i = 0; i < 5; i++) {
      callers.push(a.call("agent7", { from: `+2167100005${i}` }));
      await pass(100);
      const mend = a.fault({ kind: "refuse" });
      a.resetAll();
      await pass(4_900);
      expect(offered.at(-1)?.state).toBe("ringing");
      await pass(200);
      mend();
      await pass(30_000);
    }
    expect(vi.getTimerCount()).toBe(before);
    expect(callers.map(({ answers }) => answers)).toEqual(Array.from({ length: 5 }, () => [100, 180, 480]));
    expect(offered.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "ended"));
    expect(entries("call:ended").map(({ end }) => end)).toEqual(Array.from({ length: 5 }, () => "flow-lost"));
  });

  test("by one of two carriers: the other rings on, and who gives up there has given up", async () => {
    const { a, b, offered } = await open();
    const legs = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
    await pass(100);
    a.fault({ kind: "refuse" });
    a.resetAll();
    await pass(100);
    expect([only(offered).state, only(offered).trunkId]).toEqual(["ringing", "B"]);
    legs[1]?.cancel();
    await pass(100);
    expect([only(offered).state, legs[1]?.answers.at(-1)]).toEqual(["ended", 487]);
    a.clearFaults();
    await pass(20_000);
    expect(legs[0]?.answers.at(-1)).toBe(487);
  });

  test("while the microphone is opened, and another carrier brings the call too: it is answered there", async () => {
    const { media, grant } = prompting();
    const { a, b, offered } = await open({ media });
    const legs = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
    await pass(100);
    void only(offered).answer();
    await pass(100);
    a.resetAll();
    await pass(20);
    grant();
    await pass(10);
    grant();
    await pass(2_000);
    expect([only(offered).state, only(offered).trunkId, legs.map(({ answers }) => answers.at(-1))]).toEqual(["answered", "B", [486, 200]]);
    only(offered).hangUp();
  });

  test("with the 200 is made up for on the next flow, where it is repeated", async () => {
    const { a, offered } = await open();
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    void only(offered).answer();
    await pass(1);
    a.resetAll();
    await pass(5_000);
    expect([only(offered).state, inbound.isAcknowledged]).toEqual(["answered", true]);
    only(offered).hangUp();
  });

  test("with the 200 is made up for by the other leg at once", async () => {
    const { a, b, offered } = await open();
    const [first, second] = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
    await pass(100);
    a.fault({ kind: "refuse" });
    void only(offered).answer();
    await pass(1);
    a.resetAll();
    await pass(100);
    expect([only(offered).state, only(offered).trunkId, second.answers.at(-1)]).toEqual(["answered", "B", 200]);
    expect(first.state).not.toBe("answered");
    only(offered).hangUp();
    await pass(40_000);
  });
});

describe("an ACK that never comes", () => {
  test("ends the call within seconds", async () => {
    const { line, a, offered, entries } = await open();
    a.call("agent7", { from: customer });
    await pass(100);
    a.fault({ kind: "freeze" });
    void only(offered).answer();
    await pass(6_000);
    expect(only(offered).state).toBe("ended");
    expect(entries("call:ended")).toMatchObject([{ end: "flow-lost" }]);
    await pass(100_000);
    expect([line.calls, line.followedCalls]).toEqual([[], 0]);
  });

  test("for the edge was frozen: whoever is connected when it thaws hears the BYE", async () => {
    const { a, offered } = await open();
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    const thaw = a.fault({ kind: "freeze" });
    void only(offered).answer();
    await pass(40_000);
    thaw();
    await pass(10_000);
    expect([inbound.isAcknowledged, inbound.end?.by]).toEqual([true, "agent"]);
  });
});

describe("a carrier that never heard the answer, and calls anew", () => {
  for (const whenBusy of ["refuse", "offer"] as const)
    test.each(["A", "B"] as const)(
      `reaches whoever has answered, at once, by %s; what it was before is ended (${whenBusy})`,
      async (by) => {
        const { line, a, b, offered, entries } = await open({ whenBusy });
        const first = a.call("agent7", { from: customer });
        await pass(100);
        // The 200 is lost behind the edge.
        const heard = Reflect.get(first, "respond");
        Reflect.set(first, "respond", () => {});
        void only(offered).answer();
        await pass(2_000);
        const second = (by === "A" ? a : b).call("agent7", { from: customer });
        await pass(100);
        expect([second.state, only(offered).state, only(offered).trunkId, offered.length]).toEqual(["answered", "answered", by, 1]);
        expect(entries("call:turned-away")).toMatchObject([{ trunkId: by, because: "duplicate", callId: only(offered).id }]);
        // Its ACK comes late: it hears a BYE, and nobody else does.
        Reflect.set(first, "respond", heard);
        await pass(35_000);
        expect([first.isAcknowledged, first.end?.by, second.state, only(offered).state]).toEqual([true, "agent", "answered", "answered"]);
        only(offered).hangUp();
        await pass(40_000);
        expect([second.end?.by, line.followedCalls]).toEqual(["agent", 0]);
      },
    );

  test.each([
    ["over the next flow", (a: House["a"]) => a.resetAll(), 900],
    ["over the same", () => {}, 2_000],
  ])("by the same Call-ID and another From tag, %s, reaches them at once too", async (_, befalls, afterMs) => {
    const { a, offered } = await open();
    const first = a.call("agent7", { from: customer, callId: "one" });
    await pass(100);
    Reflect.set(first, "respond", () => {});
    void only(offered).answer();
    await pass(50);
    befalls(a);
    await pass(afterMs);
    const second = a.call("agent7", { from: customer, callId: "one" });
    await pass(100);
    expect([second.state, only(offered).state, offered.length]).toEqual(["answered", "answered", 1]);
    only(offered).hangUp();
    await pass(40_000);
  });
});

describe("close()", () => {
  test("refuses what comes meanwhile", async () => {
    const { line, a, b, offered, entries } = await open();
    for (const trunk of [a, b]) trunk.fault({ kind: "slow", methods: ["REGISTER"], delayMs: 300 });
    const closing = line.close();
    const inbound = a.call("agent7", { from: customer });
    await Promise.all([closing, pass(1_000)]);
    expect([offered.length, inbound.answers.at(-1)]).toEqual([0, 480]);
    expect(entries("call:turned-away")).toMatchObject([{ because: "closing" }]);
  });

  test("ends what rings and what is being answered", async () => {
    const { media } = prompting();
    const { line, a, offered } = await open({ media });
    const legs = [a.call("agent7", { from: customer }), a.call("agent7", { from: "+21671000043" })];
    await pass(100);
    const answered = only(offered).answer();
    await Promise.all([line.close(), pass(1_000)]);
    await answered;
    expect(offered.map(({ state }) => state)).toEqual(["ended", "ended"]);
    expect(legs.map(({ answers }) => answers.at(-1))).toEqual([480, 480]);
  });
});

describe("the agent, or a listener, acts inside an event", () => {
  const acts = {
    answer: (call: IncomingCall) => void call.answer(),
    decline: (call: IncomingCall) => call.decline(),
    "hang up": (call: IncomingCall) => call.hangUp(),
    close: (_: IncomingCall, line: House["line"]) => void line.close(),
    "hold and take back": async (call: IncomingCall) => [await call.hold(), await call.unhold()],
    "send digits": (call: IncomingCall) => call.sendDtmf("12"),
    "transfer it": (call: IncomingCall) => call.transfer("+21671000077"),
    "mute and unmute": (call: IncomingCall) => [call.mute(), call.unmute()],
    "call somebody else, and join the two": (call: IncomingCall, line: House["line"]) => call.transfer(line.call("+21671000078")),
  };
  /** What an act resolves with: it must, and never reject. */
  let acted: unknown[] = [];
  /** And those that are placed because one has ended. */
  async function hangUpAll(line: House["line"]): Promise<void> {
    for (const waitMs of [1_000, 6_000]) {
      for (const call of line.calls) call.hangUp();
      await pass(waitMs);
    }
  }
  beforeEach(() => void (acted = []));
  afterEach(() => Promise.all(acted));
  const entriesOfACall = ["call:offered", "call:answered", "call:ended"] as const;

  for (const [what, act] of Object.entries(acts)) {
    test.each(entriesOfACall)(`%s on record: ${what}`, async (type) => {
      const { line, a, b, offered } = await open();
      line.on("journal:written", (entry) => {
        if (entry.type !== type) return;
        for (const call of line.calls) if ("answer" in call && acted.length < 9) acted.push(act(call, line));
      });
      const legs = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
      await pass(100);
      for (const call of offered) void call.answer();
      await pass(100);
      await pass(1_000);
      await hangUpAll(line);
      expect([line.calls, line.followedCalls]).toEqual([[], 0]);
      expect(legs.map(({ state }) => ["refused", "ended"].includes(state))).toEqual([true, true]);
    });

    test.each(["answered", "ended"] as const)(`%s: ${what}`, async (event) => {
      const { line, a, offered } = await open();
      line.on("call:offered", (call) => void call.on(event, () => void acted.push(act(call, line))));
      const inbound = a.call("agent7", { from: customer });
      await pass(100);
      for (const call of offered) void call.answer();
      await pass(100);
      await pass(1_000);
      await hangUpAll(line);
      expect([line.calls, line.followedCalls]).toEqual([[], 0]);
      expect(["refused", "ended"]).toContain(inbound.state);
    });

    test.each(["held", "muted", "digit"] as const)(`%s: ${what}`, async (event) => {
      const { line, a, offered } = await open({ media: scriptedMedia() });
      const inbound = a.call("agent7", { from: customer });
      await pass(100);
      await Promise.all([only(offered).answer(), pass(300)]);
      only(offered).once(event, () => void acted.push(act(only(offered), line)));
      const told = [inbound.hold(), inbound.sendDigit("5")];
      only(offered).mute();
      await pass(1_000);
      expect([event, acted.length]).toEqual([event, 1]);
      await hangUpAll(line);
      await pass(32_000);
      await Promise.all(told);
      expect([line.calls, line.followedCalls, inbound.state]).toEqual([[], 0, "ended"]);
    });

    test(`offered: ${what}`, async () => {
      const { line, a, b } = await open();
      line.on("call:offered", (call) => void acted.push(act(call, line)));
      const legs = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
      await pass(200);
      await hangUpAll(line);
      expect([line.calls, line.followedCalls]).toEqual([[], 0]);
      expect(legs.map(({ state }) => ["refused", "ended"].includes(state))).toEqual([true, true]);
    });
  }
});

describe("a flood", () => {
  test("no more ring at once than an agent can tell apart; the next hears busy, and rings once there is room", async () => {
    const { a, offered, entries } = await open({ limits: { maxRinging: 2 } });
    const calls = [1, 2, 3].map((n) => a.call("agent7", { from: `+2167100010${n}` }));
    await pass(100);
    expect(calls.map(({ answers }) => answers.at(-1))).toEqual([180, 180, 486]);
    expect(entries("call:turned-away")).toMatchObject([{ because: "flood" }]);
    only(offered).decline();
    await pass(100);
    const next = a.call("agent7", { from: "+21671000104" });
    await pass(100);
    expect(next.answers.at(-1)).toBe(180);
    for (const call of offered) call.hangUp();
  });
});

describe("the emergency services call back", () => {
  const emergency = "190";

  async function afterEmergency(change = {}) {
    const house = await open(change);
    const out = house.line.call(emergency);
    await pass(2_000);
    return { ...house, out };
  }

  test.each([
    ["from their number", { from: emergency }],
    ["from another, and say so (RFC 7090)", { from: customer, headers: ["Priority: psap-callback"] }],
    ["without a number", { from: "anonymous" }],
  ])("%s: shown though the agent is not available", async (_, how) => {
    const { line, a, out, offered } = await afterEmergency();
    out.hangUp();
    line.setAvailable(false);
    await pass(29 * 60_000);
    const back = a.call("agent7", how);
    await pass(500);
    expect([back.answers.at(-1), offered.length]).toEqual([180, 1]);
    only(offered).decline();
  });

  test("shown while the agent is busy, or more ring than may", async () => {
    const { a, b, out, offered } = await afterEmergency({ limits: { maxRinging: 1 }, whenBusy: "offer" });
    const other = b.call("agent7", { from: customer });
    await pass(100);
    const back = a.call("agent7", { from: emergency });
    await pass(100);
    expect([other.answers.at(-1), back.answers.at(-1), offered.length]).toEqual([180, 180, 2]);
    for (const call of offered) call.decline();
    out.hangUp();
  });

  test("a customer hears busy all the same, and so does whoever calls half an hour later, or without an emergency call", async () => {
    const { line, a, out, offered } = await afterEmergency();
    out.hangUp();
    line.setAvailable(false);
    await pass(500);
    const answers = [a.call("agent7", { from: customer })];
    await pass(31 * 60_000);
    answers.push(a.call("agent7", { from: emergency }));
    await pass(500);
    expect(answers.map((call) => call.answers.at(-1))).toEqual([486, 486]);
    const calm = await open();
    calm.line.setAvailable(false);
    const stranger = calm.a.call("agent7", { from: customer, headers: ["Priority: psap-callback"] });
    await pass(500);
    expect([stranger.answers.at(-1), offered.length]).toEqual([486, 0]);
  });
});

describe("one number on two trunks", () => {
  test("two seconds apart are two callers of one company: none rings unheard", async () => {
    const { a, b, offered } = await open();
    a.call("agent7", { from: customer });
    await pass(2_000);
    b.call("agent7", { from: customer });
    await pass(500);
    expect(offered).toHaveLength(2);
    for (const call of offered) call.decline();
  });

  test("with the same Call-ID is one call, however late", async () => {
    const { a, b, offered } = await open();
    a.call("agent7", { from: customer, callId: "one" });
    await pass(4_000);
    b.call("agent7", { from: customer, callId: "one" });
    await pass(500);
    expect(offered).toHaveLength(1);
    only(offered).decline();
  });
});

describe("a call that somebody else took", () => {
  const elsewhere = ['Reason: SIP;cause=200;text="Call completed elsewhere"'];

  async function embedded() {
    const house = await open();
    const logged: HostCall[] = [];
    const host = { name: "crm", open: () => [], tell() {}, log: (call: HostCall) => logged.push(call), refuse() {}, close() {} };
    const attached = attachHost(house.line, host);
    return { ...house, logged, attached };
  }

  test("is not missed: in the record, at the agent and in the CRM's log", async () => {
    const { a, offered, logged, attached, entries } = await embedded();
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    inbound.cancel(elsewhere);
    await pass(100);
    expect(await only(offered).ended).toEqual({ end: "answered-elsewhere" });
    expect(entries("call:ended")).toMatchObject([{ end: "answered-elsewhere" }]);
    expect(logged).toMatchObject([{ direction: "in", number: customer, end: "answered-elsewhere", disposition: "cancelled" }]);
    attached.detach();
  });

  test("nor is it when one of two legs says so, whichever is given up first", async () => {
    const { a, b, offered, logged, attached } = await embedded();
    for (const isFirst of [true, false]) {
      const legs = [a.call("agent7", { from: customer }), b.call("agent7", { from: customer })];
      await pass(100);
      legs[isFirst ? 0 : 1]?.cancel(elsewhere);
      await pass(100);
      expect(offered.at(-1)?.state).toBe("ringing");
      legs[isFirst ? 1 : 0]?.cancel();
      await pass(2_000);
    }
    expect(logged.map(({ end }) => end)).toEqual(["answered-elsewhere", "answered-elsewhere"]);
    attached.detach();
  });

  test("a caller who gave up is missed", async () => {
    const { a, logged, attached } = await embedded();
    const inbound = a.call("agent7", { from: customer });
    await pass(100);
    inbound.cancel();
    await pass(100);
    expect(logged).toMatchObject([{ end: "hung-up-there", disposition: "missed" }]);
    attached.detach();
  });
});
