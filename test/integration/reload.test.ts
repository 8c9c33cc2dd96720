/** An answered call and a reload of its page, through SIP.js to mock carriers. */
import { describe, expect, it, test, vi } from "vitest";
import type { MockTrunk, Phone, TrunkCall } from "../../adapters/mock-trunk/index.ts";
import type { IncomingCall, ResumedCall } from "../../src/call/call.ts";
import { renderText } from "../../src/report/index.ts";
import { buildHouse, pass, trunkA, trunkB, underFakeTime, type House } from "../support/house.ts";
import { closingNextPages, talk, type Next, type Reload } from "../support/reload.ts";
import { Tab } from "../support/tab.ts";

underFakeTime();

closingNextPages();

const received = (trunk: MockTrunk, method: string) =>
  trunk.log.filter(({ what, raw = "" }) => what === "received" && raw.startsWith(`${method} `)).map(({ raw = "" }) => raw);
const headerOf = (raw: string | undefined, name: string) => new RegExp(`^${name}: *(.*)$`, "im").exec(raw ?? "")?.[1]?.trim();
const dialogOf = (raw: string | undefined) => ["Call-ID", "From", "To"].map((name) => /[^;]*$/.exec(headerOf(raw, name) ?? "")?.[0]);

describe("an answered call and a reload", () => {
  it.each([{ incoming: false }, { incoming: true }])("goes on in the next page, by a re-INVITE with its own audio: %o", async (how) => {
    const house = await talk(how);
    const before = received(house.a, "INVITE").length;
    const { answeredDateMs } = house.call;
    await pass(5_000);
    await house.leave();
    const { line, resumed, sessions, entries } = await house.next();
    await pass(1_000);
    const [call] = resumed;
    expect(call).toMatchObject({ resumed: true, state: "answered", trunkId: "A", direction: how.incoming ? "in" : "out" });
    expect([call?.number, call?.answeredDateMs]).toEqual(["+21671000001", answeredDateMs]);
    expect(Date.now() - Number(answeredDateMs)).toBeGreaterThan(6_000);
    expect(call?.remoteUri).toContain("+21671000001");
    expect(line.calls).toEqual([call]);
    const reinvites = received(house.a, "INVITE").slice(before);
    expect(reinvites).toHaveLength(1);
    expect(headerOf(reinvites[0], "To")).toContain(";tag=");
    expect(headerOf(reinvites[0], "Call-ID")).toBe(house.customer.callId);
    expect(reinvites[0]).toContain("o=agent 7 1 ");
    expect(headerOf(received(house.a, "ACK").at(-1), "Call-ID")).toBe(house.customer.callId);
    expect(sessions[0]?.told).toEqual(["answer 1"]);
    expect(sessions[0]?.isWatched).toBe(true);
    const [fact] = entries("call:resumed");
    const sipCallId = house.customer.callId;
    expect(fact).toMatchObject({ callId: call?.id, trunkId: "A", was: "c1", party: { tail: "01" }, sipCallId });
    const answered = house.entries("call:answered");
    expect(answered.map((entry) => entry.sipCallId)).toEqual([how.incoming ? sipCallId : undefined]);
    expect(fact?.gapMs).toBeLessThan(3_000);
    expect([house.customer.state, received(house.a, "BYE")]).toEqual(["answered", []]);
    expect(received(house.a, "INVITE").at(-1)).toBe(reinvites[0]);
    if (!how.incoming) expect(dialogOf(reinvites[0])).toEqual(dialogOf(received(house.a, "ACK").at(-2)));
  });

  it("is a call like any other then: digits, hold, mute, and its end from either side", async () => {
    const house = await talk();
    await house.leave();
    const { resumed, line, sessions } = await house.next();
    await pass(1_000);
    await vi.dynamicImportSettled();
    const call = resumed[0] as ResumedCall;
    const sent = call.sendDtmf("7", { via: "info" });
    await pass(500);
    expect([await sent, house.customer.digits]).toEqual([{ ok: true, via: "info", sent: 1 }, "7"]);
    const [held] = await Promise.all([call.hold(), pass(100)]);
    expect([held, call.held, house.customer.isHeld]).toEqual([{ ok: true }, "here", true]);
    call.mute();
    expect([call.muted, sessions[0]?.isMuted]).toEqual([true, true]);
    call.hangUp();
    await pass(100);
    expect([await call.ended, house.customer.end?.by, line.calls]).toMatchObject([{ end: "hung-up-here" }, "agent", []]);
    expect(line.followedCalls).toBe(0);
  });

  it("is still held where the agent held it, and nothing of the microphone leaves meanwhile", async () => {
    const house = await talk();
    await Promise.all([house.call.hold(), pass(100)]);
    await house.leave();
    const { resumed, sessions, entries } = await house.next();
    await pass(1_000);
    expect([resumed[0]?.held, house.customer.isHeld, sessions[0]?.isHeld]).toEqual(["here", true, true]);
    expect(received(house.a, "INVITE").at(-1)).toContain("a=sendonly");
    expect(entries("call:held").map(({ held }) => held)).toEqual(["here"]);
    const [result] = await Promise.all([resumed[0]?.unhold(), pass(100)]);
    expect([result, house.customer.isHeld]).toEqual([{ ok: true }, false]);
  });

  it("is still muted where the agent muted it, from the first packet on", async () => {
    const house = await talk();
    house.call.mute();
    await house.leave();
    const { resumed, sessions } = await house.next();
    expect(sessions.map(({ isMuted }) => isMuted)).toEqual([true]);
    await pass(1_000);
    expect([resumed[0]?.muted, sessions[0]?.isMuted]).toEqual([true, true]);
    resumed[0]?.unmute();
    expect(sessions[0]?.isMuted).toBe(false);
  });

  it("hears the customer hang up while the page comes back", async () => {
    const house = await talk();
    await house.leave();
    house.customer.hangUp();
    const { line, resumed, entries } = await house.next();
    await pass(2_000);
    expect([line.calls, resumed, house.customer.end?.by]).toEqual([[], [], "customer"]);
    expect(entries("call:ended")).toHaveLength(1);
  });

  it("survives a crash too, of which nobody was told, and a second reload", async () => {
    const house = await talk();
    await pass(25_000);
    await house.leave("crash");
    const second = await house.next();
    await pass(1_000);
    expect(second.resumed).toHaveLength(1);
    await house.tab.tell("pagehide");
    expect(second.entries("call:kept")).toMatchObject([{ callId: second.resumed[0]?.id }]);
    house.tab.drop();
    const third = await house.next();
    await pass(1_000);
    expect([third.resumed.length, house.customer.state]).toEqual([1, "answered"]);
  });

  describe("whose trunk the CRM has not set yet, while another is taken up", () => {
    /** Page 2 has taken up the one on A; it ends as `goes` says. */
    async function halfWay(goes: "reload" | "crash" | "close") {
      const house = await talk({ config: { trunks: [trunkA, trunkB] } });
      house.line.isolate("A");
      house.line.call("+21671000002");
      await pass(1_000);
      expect(house.b.calls).toMatchObject([{ state: "answered" }]);
      await house.leave();
      const second = await house.next();
      await pass(20_000);
      expect(second.resumed.map(({ trunkId }) => trunkId)).toEqual(["A"]);
      if (goes === "reload") await house.tab.tell("pagehide");
      if (goes === "close") await Promise.all([second.line.close(), pass(1_000)]);
      house.tab.drop();
      return house;
    }

    it.each([
      ["reload", ["A", "B"]],
      ["crash", ["A", "B"]],
      ["close", ["B"]],
    ] as const)("is the next page's after a %s", async (goes, trunkIds) => {
      const house = await halfWay(goes);
      const third = await house.next({ trunks: [trunkA, trunkB] });
      await pass(1_000);
      expect(third.resumed.map(({ trunkId }) => trunkId).sort()).toEqual(trunkIds);
      expect(house.b.calls[0]?.state).toBe("answered");
    });

    it("is waited for a minute in all, not for one more on each page", async () => {
      const house = await halfWay("reload");
      const third = await house.next();
      await pass(45_000);
      third.line.setTrunks([trunkA, trunkB]);
      await pass(1_000);
      expect(third.entries("call:not-resumed").map(({ because }) => because)).toEqual(["trunk-missing"]);
    });
  });

  it.each([
    ["491", { code: 491, times: 3 }],
    ["500 with Retry-After", { code: 500, retryAfterS: 3, times: 2 }],
  ])("is asked for again where the peer is not done with what the page before asked: %s", async (_, busy) => {
    const house = await talk();
    await house.leave();
    house.a.fault({ kind: "reject", methods: ["INVITE"], ...busy });
    const { resumed } = await house.next();
    await pass(15_000);
    expect([resumed.length, house.customer.state]).toEqual([1, "answered"]);
  });

  it("is with whoever took the customer's place, after a crash at once", async () => {
    const house = await talk();
    await vi.dynamicImportSettled();
    const offer = "v=0\r\no=boss 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
    const colleague = house.a.call("agent7", { from: "+21671000002", offer, replaces: house.customer });
    await pass(100);
    await vi.dynamicImportSettled();
    await pass(500);
    await house.leave("crash");
    const { resumed } = await house.next();
    await pass(2_000);
    expect([resumed.length, resumed[0]?.remoteUri, colleague.state]).toEqual([1, expect.stringContaining("71000002"), "answered"]);
  });

  it("is one of three, to which the agent comes back in the same order", async () => {
    const house = await talk();
    const others = ["+21671000002", "+21671000003"];
    for (const number of others) {
      house.line.call(number);
      await pass(1_000);
    }
    await Promise.all([house.call.unhold(), pass(200)]);
    await house.leave();
    const { resumed, line } = await house.next();
    await pass(1_000);
    const held = () => ["1", "2", "3"].map((tail) => resumed.find(({ number }) => number.endsWith(tail))?.held).join(" ");
    expect(held()).toBe("none here here");
    await Promise.all([line.swap(), pass(200)]);
    expect(held()).toBe("here here none");
    resumed.find(({ held }) => held === "none")?.hangUp();
    await pass(500);
    expect(line.calls.map(({ held }) => held).sort()).toEqual(["here", "none"]);
    expect(held()).toBe("none here none");
  });

  it("leaves no number, no URI and no credential in the journal, and no credential in the tab", async () => {
    const house = await talk();
    await house.leave();
    const kept = [...house.tab.stored, ...house.tab.shared].filter(([key]) => key.startsWith("test/")).map(([, text]) => text);
    expect(kept).toHaveLength(2);
    expect(kept.join()).not.toContain("secret");
    const { line } = await house.next();
    await pass(1_000);
    const written = JSON.stringify([house.line.journal, line.journal]);
    expect(written).not.toMatch(/71000001|secret|sip:\+/);
    const report = renderText(await line.report());
    expect(report).toContain("was taken up from the page before (there c1)");
  });

  it("keeps nothing once the call is over", async () => {
    const house = await talk();
    await pass(100);
    expect([...house.tab.stored.keys()]).toContain("test/calls/1");
    house.call.hangUp();
    await pass(100);
    expect([...house.tab.stored.keys()]).not.toContain("test/calls/1");
    expect([...house.tab.shared.keys()].filter((key) => key.startsWith("test/calls"))).toEqual([]);
  });
});

describe("a customer's call whose answer is not confirmed yet as its page goes", () => {
  /** The 200 is on its way; the ACK comes when nobody is there. */
  async function answeredInTheLastMoment(how?: Parameters<typeof talk>[0], offer?: false) {
    const house = await talk(how);
    house.call.hangUp();
    await pass(1_000);
    const customer = house.a.call("agent7", { from: "+21698000000", ...(offer === false && { offer }) });
    await pass(20);
    const [rings] = house.line.calls as IncomingCall[];
    void rings?.answer();
    await pass(2);
    expect(rings?.state).toBe("answering");
    await house.leave();
    await pass(100);
    expect([customer.state, customer.isAcknowledged]).toEqual(["answered", true]);
    return { ...house, customer };
  }

  it.each([undefined, false] as const)("is gone on with by the next page (offer: %s)", async (offer) => {
    const { customer, next } = await answeredInTheLastMoment({}, offer);
    const { line, resumed, entries } = await next();
    await pass(2_000);
    expect(resumed.map(({ state, direction }) => [state, direction])).toEqual([["answered", "in"]]);
    expect(entries("call:resumed")).toMatchObject([{ direction: "in", trunkId: "A" }]);
    expect(customer.state).toBe("answered");
    for (const call of line.calls) call.hangUp();
    await pass(500);
    expect(customer.end?.by).toBe("agent");
  });

  it("gets a BYE where that cannot be", async () => {
    const { customer, next } = await answeredInTheLastMoment();
    await pass(61_000);
    const { entries } = await next();
    await pass(2_000);
    expect([customer.end?.by, entries("call:not-resumed")]).toMatchObject(["agent", [{ because: "too-old" }]]);
  });
});

test.each(["ringing", "answered"] as const)(
  "a customer whose phone is %s in the moment in which the page goes hears the end of it",
  async (at) => {
    const house = await talk();
    house.call.hangUp();
    await pass(1_000);
    const call = house.line.call("+21671000002");
    const customer = () => house.a.calls.at(-1);
    const isThere = () => call.state === "ringing" && (at === "ringing" || customer()?.state === "answered");
    for (let atMs = 0; atMs < 1_000 && !isThere(); atMs += 1) await pass(1);
    expect([customer()?.number, call.state, customer()?.isAcknowledged]).toEqual(["+21671000002", "ringing", false]);
    await house.leave();
    await pass(100);
    expect(customer()?.end?.by).toBe("agent");
    expect(received(house.a, "CANCEL")).toHaveLength(1);
    const { line } = await house.next();
    await pass(1_000);
    expect(line.calls).toEqual([]);
  },
);

describe("where it cannot go on, the customer hears the end of it", () => {
  const gone = (house: Reload) => [house.customer.end?.by, received(house.a, "BYE").length];

  it("no page may follow: as this one goes", async () => {
    const house = await talk({ isOptedIn: false });
    await house.leave();
    expect([gone(house), house.call.state]).toEqual([["agent", 1], "ended"]);
  });

  it("the page goes into the browser's cache", async () => {
    const house = await talk();
    await house.tab.tell("pagehide", true);
    await pass(20);
    expect(gone(house)).toEqual(["agent", 1]);
  });

  it("it is too old", async () => {
    const house = await talk();
    await house.leave();
    await pass(61_000);
    const { resumed, entries } = await house.next();
    await pass(2_000);
    expect([gone(house), resumed, entries("call:not-resumed")]).toMatchObject([["agent", 1], [], [{ because: "too-old" }]]);
  });

  it("the microphone is denied", async () => {
    const house = await talk();
    await house.leave();
    const denied = {
      open: () => ({ ...denied.session, offer: () => Promise.reject(new DOMException("no", "NotAllowedError")) }),
      session: { answer: () => Promise.resolve(""), applyAnswer: () => Promise.resolve(), close() {} },
    };
    const { line, entries } = await house.next({ media: denied });
    await pass(2_000);
    expect([gone(house), line.calls]).toEqual([["agent", 1], []]);
    expect(entries("call:not-resumed")).toMatchObject([{ because: "media-failed", error: "NotAllowedError" }]);
    expect(entries("call:ended")).toMatchObject([{ end: "failed", error: "NotAllowedError" }]);
  });

  it("the audio never makes anything of the peer's answer", async () => {
    const house = await talk();
    await house.leave();
    const { line, sessions, entries } = await house.next();
    Object.assign(sessions[0] ?? {}, { applyAnswer: () => new Promise(() => {}) });
    await pass(11_000);
    expect([gone(house), line.calls]).toEqual([["agent", 1], []]);
    expect(entries("call:not-resumed")).toMatchObject([{ because: "media-failed", error: "TimeoutError" }]);
  });

  it.each([481, 488, 500])("the peer says %i to it", async (code) => {
    const house = await talk();
    await house.leave();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code, times: 1 });
    const { line, resumed, entries } = await house.next();
    await pass(2_000);
    expect([gone(house), resumed, line.calls]).toEqual([["agent", 1], [], []]);
    expect(entries("call:not-resumed")).toMatchObject([{ because: "refused", answer: { code } }]);
  });

  it("the edge hangs up at it each time: it is asked again, more and more seldom, until the minute is over", async () => {
    const house = await talk();
    await house.leave();
    house.a.fault({ kind: "reset-on", methods: ["INVITE"] });
    const { entries } = await house.next();
    await pass(62_000);
    const sockets = entries("flow:changed").filter(({ trunkId, to }) => trunkId === "A" && to === "open");
    const gaps = sockets.slice(1).map(({ atMs }, index) => atMs - (sockets[index]?.atMs ?? atMs));
    // From the fourth try on the wait doubles, up to `limits.reconnectMaxMs`, and half of each is drawn; the last is cut by the minute's end.
    const waits = gaps.slice(3, -1);
    expect(waits.length).toBeGreaterThanOrEqual(3);
    waits.forEach((waitMs, index) => expect(waitMs).toBeGreaterThanOrEqual(Math.min(15_000, 2_000 * 2 ** index)));
    expect(gone(house)).toEqual(["agent", 1]);
  });

  it("the trunk does not come back within the minute: as soon as it does", async () => {
    const house = await talk();
    await house.leave();
    house.a.fault({ kind: "reject", methods: ["REGISTER"], code: 503 });
    const { entries } = await house.next();
    await pass(62_000);
    expect(entries("call:not-resumed")).toMatchObject([{ because: "trunk-unready" }]);
    expect(gone(house)).toEqual(["agent", 1]);
  });

  it("another agent has signed in", async () => {
    const house = await talk();
    await house.leave();
    const { resumed, entries } = await house.next({ trunks: [{ ...trunkA, aor: "sip:agent8@a.example" }] });
    await pass(40_000);
    expect([resumed, entries("call:not-resumed")]).toMatchObject([[], [{ because: "other-account" }]]);
    expect(received(house.a, "BYE").length).toBeGreaterThan(0);
  });

  it("its trunk is not set any more: nobody can be told, and it is on record", async () => {
    const house = await talk();
    await house.leave();
    const { entries, line } = await house.next({ trunks: [{ ...trunkA, id: "Z" }] });
    await pass(61_000);
    expect([entries("call:not-resumed"), line.calls]).toMatchObject([[{ because: "trunk-missing", callId: "c1" }], []]);
  });

  it.each(["nonsense", JSON.stringify({ dateMs: 0, calls: [null, 7, {}] }), JSON.stringify([1])])(
    "what lies there is no call of ours: %s",
    async (text) => {
      const house = await talk();
      await house.leave();
      house.tab.stored.set("test/calls/1", JSON.stringify([null, text]));
      const { line } = await house.next();
      await pass(1_000);
      expect(line.calls).toEqual([]);
    },
  );
});

it("a keeper of the integrator's that throws and rejects costs only the resumption", async () => {
  const fail = () => {
    throw new RangeError("full");
  };
  const house = buildHouse({ resumption: { keep: fail, take: () => Promise.reject(new RangeError("gone")) } });
  await house.open();
  const call = house.line.call("+21671000001");
  await pass(3_000);
  expect(call.state).toBe("answered");
  expect(house.entries("listener:failed").map(({ event, error }) => `${event} ${error}`)).toEqual(Array(2).fill("resumption RangeError"));
});

describe("never two pages in one dialog", () => {
  it.each([{ hasLocks: true }, { hasLocks: false }])("a tab that is duplicated takes nothing: %o", async ({ hasLocks }) => {
    const house = await talk({ hasLocks });
    await pass(15_000);
    const copy = house.tab.duplicate();
    const { resumed, line } = await house.next({}, copy);
    await pass(5_000);
    expect([resumed, line.calls, house.call.state, received(house.a, "BYE")]).toEqual([[], [], "answered", []]);
    expect([...copy.stored.keys()]).not.toContain("test/calls/1");
  });

  it("of two that hold the same the first takes it", async () => {
    const house = await talk();
    await house.leave();
    const copy = house.tab.duplicate();
    const first = await house.next();
    const second = await house.next({}, copy);
    await pass(5_000);
    expect([first.resumed.length, second.resumed.length, house.customer.state]).toEqual([1, 0, "answered"]);
    expect(received(house.a, "BYE")).toEqual([]);
  });
});

describe("a transfer under way", () => {
  const colleague = "+21671000002";
  const toldOf = ({ resumed, line }: Pick<Next, "resumed" | "line">) => {
    const told: number[] = [];
    line.on("call:resumed", (call) => call.on("transfer", ({ sipCode }) => told.push(sipCode)));
    for (const call of resumed) call.on("transfer", ({ sipCode }) => told.push(sipCode));
    return told;
  };
  const notifyCodes = ({ a }: Reload) =>
    a.log.flatMap(({ what, method, code }) => (what === "received" && method === "NOTIFY" ? code : []));

  /** Asked for in page 1, which is gone a second later; and the next page, with the call taken up. */
  async function asked(phone: (phone: Phone) => void, { isHeld = false, how = "reload" as "reload" | "crash" } = {}) {
    const house = await talk();
    phone(house.a.phone(colleague));
    await vi.dynamicImportSettled();
    if (isHeld) await Promise.all([house.call.hold(), pass(100)]);
    void house.call.transfer(colleague);
    await pass(1_000);
    await house.leave(how);
    const next = await house.next();
    const told = toldOf(next);
    await pass(1_000);
    await vi.dynamicImportSettled();
    return { ...next, house, told, call: next.resumed[0] };
  }

  it.each(["reload", "crash"] as const)("goes on after a %s: it is not asked for again, and ends the call as transferred", async (how) => {
    const { house, told, call, line, entries } = await asked((phone) => phone.answers({ ringAfterMs: 4_000, answerAfterMs: 8_000 }), {
      how,
    });
    expect([call?.held, await call?.transfer(colleague)]).toMatchObject(["here", { because: "under-way" }]);
    await pass(12_000);
    expect([told, house.customer.connectedTo, line.calls]).toEqual([[180, 200], colleague, []]);
    expect([received(house.a, "REFER").length, notifyCodes(house)]).toEqual([1, [200, 200, 200]]);
    expect(entries("call:transferring")).toMatchObject([{ resumed: true, trunkId: "A" }]);
    expect(entries("call:ended")).toMatchObject([{ end: "transferred" }]);
    expect(JSON.stringify(line.journal)).not.toContain("71000002");
  });

  it.each([{ isHeld: false }, { isHeld: true }])("that comes to nothing gives the call back as it was before: %o", async ({ isHeld }) => {
    const { house, told, call, entries } = await asked((phone) => phone.refuses({ code: 486 }, { afterMs: 5_000 }), { isHeld });
    expect([call?.held, house.customer.isHeld]).toEqual(["here", true]);
    await pass(6_000);
    expect([told.at(-1), call?.state, call?.held, house.customer.isHeld]).toEqual([486, "answered", isHeld ? "here" : "none", isHeld]);
    expect(entries("transfer:failed")).toMatchObject([{ because: "not-reached", code: 486 }]);
    expect(notifyCodes(house).every((code) => code === 200)).toBe(true);
  });

  it("has been done where who accepted it hangs up then", async () => {
    const { house, call, entries } = await asked((phone) => phone.answers({ ringAfterMs: 500, answerAfterMs: 900_000 }));
    house.customer.hangUp();
    await pass(100);
    expect([(await call?.ended)?.end, entries("transfer:failed")]).toEqual(["transferred", []]);
  });

  it("of which nothing is heard any more is over when a phone has rung for its longest", async () => {
    const { house, call, entries } = await asked((phone) => phone.answers({ ringAfterMs: 500, answerAfterMs: 900_000 }));
    await pass(117_000);
    expect([entries("transfer:failed"), call?.held]).toEqual([[], "here"]);
    await pass(5_000);
    expect([entries("transfer:failed"), call?.held]).toMatchObject([[{ because: "unanswered" }], "none"]);
    await pass(900_000);
    expect([notifyCodes(house).at(-1), house.customer.state]).toEqual([481, "answered"]);
  });

  it("has been done where the other side hangs up before the call is taken up", async () => {
    const house = await talk();
    house.a.phone(colleague).answers({ ringAfterMs: 500, answerAfterMs: 900_000 });
    await vi.dynamicImportSettled();
    void house.call.transfer(colleague);
    await pass(1_000);
    await house.leave();
    house.a.fault({ kind: "silence", methods: ["INVITE"] });
    const { line, entries } = await house.next();
    await pass(100);
    house.customer.hangUp();
    await pass(1_000);
    expect([entries("call:ended"), line.calls]).toMatchObject([[{ end: "transferred" }], []]);
  });

  it.each([
    ["answered", 481, (phone: Phone) => phone.answers({ ringAfterMs: 100, answerAfterMs: 500 }), "transferred"],
    ["answered", 488, (phone: Phone) => phone.answers({ ringAfterMs: 100, answerAfterMs: 500 }), "transferred"],
    ["refused it", 481, (phone: Phone) => phone.refuses({ code: 486 }, { afterMs: 500 }), "failed"],
  ] as const)("whose colleague %s before the call is taken up, which is refused then (%i)", async (_, code, phone, end) => {
    const house = await talk();
    phone(house.a.phone(colleague));
    await vi.dynamicImportSettled();
    house.a.fault({ kind: "slow", methods: ["REFER"], delayMs: 3_000 });
    void house.call.transfer(colleague);
    await pass(1_000);
    await house.leave();
    // It says nothing to the first re-INVITE, and takes no other.
    const mend = house.a.fault({ kind: "silence", methods: ["INVITE"] });
    const { line, entries } = await house.next();
    await pass(10_000);
    expect(line.calls).toHaveLength(1);
    mend();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code });
    await pass(30_000);
    expect([notifyCodes(house).at(-1), entries("call:resumed")]).toEqual([200, []]);
    expect([entries("call:ended"), line.calls]).toMatchObject([[{ end }], []]);
  });
});

describe("two calls that are being joined", () => {
  const colleague = "+21671000002";
  const anotherOfIt = { ...trunkA, id: "A2" };

  /** Asked for in page 1, which is gone before the carrier has heard of it. `apart`: the other call is over another trunk of the same carrier. */
  async function joining(befalls: (house: Reload) => void = () => {}, { how = "reload" as "reload" | "crash", apart = false } = {}) {
    const house = await talk({ config: { trunks: apart ? [trunkA, anotherOfIt] : [trunkA] } });
    if (apart) house.line.isolate("A");
    const other = house.line.call(colleague);
    await pass(1_000);
    await vi.dynamicImportSettled();
    expect([other.trunkId, other.state]).toEqual([apart ? "A2" : "A", "answered"]);
    house.a.fault({ kind: "slow", methods: ["REFER"], delayMs: 3_000 });
    befalls(house);
    void house.call.transfer(other);
    await pass(1_000);
    await house.leave(how);
    return { house, leg: house.a.calls[1] as TrunkCall };
  }

  /** What became of each, by the name that it had in page 1. */
  const endsOf = ({ entries }: Next) => {
    const names = new Map(entries("call:resumed").map(({ callId, was }) => [callId, was]));
    const ends = entries("call:ended").map(({ callId, end }) => `${names.get(callId) ?? callId} ${end}`);
    return ends.sort();
  };

  it.each(["reload", "crash"] as const)("both end as transferred after a %s, and are asked for once", async (how) => {
    const { house, leg } = await joining(undefined, { how });
    const next = await house.next();
    await pass(10_000);
    expect([endsOf(next), next.line.calls]).toEqual([["c1 transferred", "c2 transferred"], []]);
    expect([house.customer.connectedTo, leg.connectedTo]).toEqual([colleague, "+21671000001"]);
    expect(received(house.a, "REFER")).toHaveLength(1);
  });

  it("both end as transferred after a second reload, whatever they are called by then", async () => {
    const { house } = await joining(({ a }) => void a.fault({ kind: "slow", methods: ["INVITE"], delayMs: 200, times: 1 }));
    const second = await house.next();
    await pass(1_000);
    expect(second.entries("call:resumed").map(({ callId, was }) => [callId, was])).toEqual(["c2 c1", "c1 c2"].map((ids) => ids.split(" ")));
    await house.tab.tell("pagehide");
    house.tab.drop();
    expect(second.entries("call:kept")).toHaveLength(2);
    const third = await house.next();
    await pass(10_000);
    expect(third.entries("call:ended").map(({ end }) => end)).toEqual(["transferred", "transferred"]);
  });

  it("the other ends as transferred where its carrier lets it go before it says what came of it, or says nothing", async () => {
    const { house } = await joining(({ a }) => void a.fault({ kind: "silence", methods: ["NOTIFY"] }));
    const next = await house.next();
    await pass(10_000);
    expect([endsOf(next), next.line.calls.length]).toEqual([["c2 transferred"], 1]);
  });

  it("both go on as they were where it comes to nothing, and what ends them then is told as it is", async () => {
    const { house, leg } = await joining(({ a }) => void a.fault({ kind: "silence", methods: ["REFER"] }));
    const next = await house.next();
    await pass(2_000);
    await vi.dynamicImportSettled();
    const [one, other] = next.resumed as [ResumedCall, ResumedCall];
    expect(await Promise.all([one.transfer(colleague), other.transfer(colleague), one.transfer(other)])).toMatchObject(
      Array(3).fill({ because: "under-way" }),
    );
    await pass(130_000);
    expect([endsOf(next), next.entries("transfer:failed")]).toMatchObject([[], [{ because: "unanswered" }]]);
    expect(next.line.calls.map(({ state }) => state)).toEqual(["answered", "answered"]);
    leg.hangUp();
    await pass(100);
    expect(endsOf(next)).toEqual(["c2 hung-up-there"]);
  });

  it("the other ends as transferred where it is taken up once all is over", async () => {
    const { house, leg } = await joining(({ a }) => void a.fault({ kind: "silence", methods: ["BYE"] }), { apart: true });
    const next = await house.next({ trunks: [trunkA] });
    await pass(10_000);
    expect(endsOf(next)).toEqual(["c1 transferred"]);
    next.line.setTrunks([trunkA, anotherOfIt]);
    await pass(1_000);
    expect([next.entries("call:ended").map(({ end }) => end), next.sessions.length]).toEqual([["transferred", "transferred"], 2]);
    expect(leg.connectedTo).toBe("+21671000001");
  });

  it("the other goes on as it was where nobody takes up the call that was transferred", async () => {
    const { house, leg } = await joining(({ a }) => void a.fault({ kind: "silence", methods: ["REFER"] }), { apart: true });
    const next = await house.next({ trunks: [anotherOfIt] });
    await pass(70_000);
    expect(next.entries("call:not-resumed")).toMatchObject([{ callId: "c1", because: "trunk-missing" }]);
    leg.hangUp();
    await pass(100);
    expect(endsOf(next)).toEqual(["c2 hung-up-there"]);
  });
});

it("a call to which another is being transferred is not taken back by the next page", async () => {
  const house = await talk({ config: { trunks: [trunkA] } });
  const other = house.line.call("+21671000002");
  await pass(1_000);
  await vi.dynamicImportSettled();
  house.a.fault({ kind: "slow", methods: ["REFER"], delayMs: 60_000 });
  void house.call.transfer(other);
  await pass(100);
  house.a.phone("+21671000003").doesNotAnswer();
  house.line.call("+21671000003");
  await pass(1_000);
  expect([other.state, other.held]).toEqual(["answered", "here"]);
  await house.leave();
  const next = await house.next();
  await pass(2_000);
  expect(next.resumed.map(({ held }) => held)).toEqual(["here", "here"]);
});

describe("a tab that is closed for good", () => {
  const calling = (entries: Next["entries"]) => entries("call:not-resumed").map(({ because, trunkId }) => `${because} ${trunkId}`);

  const older = (text: string, byMs: number) => text.replace(/"dateMs":(\d+)/, (_, dateMs) => `"dateMs":${Number(dateMs) - byMs}`);

  it("is ended by another page of the account once no reload can follow: once, with a CSeq well above, and on record", async () => {
    const house = await talk();
    const others = [await house.next({}, house.tab.another()), await house.next({}, house.tab.another())];
    await house.leave();
    await pass(55_000);
    expect(received(house.a, "BYE")).toEqual([]);
    await pass(10_000);
    const [bye, ...more] = received(house.a, "BYE");
    expect([house.customer.end?.by, more]).toEqual(["agent", []]);
    expect(headerOf(bye, "Call-ID")).toBe(house.customer.callId);
    expect(Number.parseInt(headerOf(bye, "CSeq") ?? "", 10)).toBeGreaterThan(100);
    expect(others.flatMap(({ entries }) => calling(entries))).toEqual(["abandoned A"]);
    expect(others.flatMap(({ entries }) => entries("dialog:ended"))).toMatchObject([{ trunkId: "A", answer: { code: 200 } }]);
    await pass(120_000);
    expect(received(house.a, "BYE")).toHaveLength(1);
    expect([...house.tab.shared.keys()].filter((key) => key.startsWith("test/calls"))).toEqual([]);
  });

  it("leaves the other page's own call as it is", async () => {
    const house = await talk();
    const { line } = await house.next({}, house.tab.another());
    await pass(100);
    const own = line.call("+21671000002");
    await pass(1_000);
    await house.leave("crash");
    await pass(65_000);
    expect([house.customer.end?.by, own.state, own.held, line.calls]).toEqual(["agent", "answered", "none", [own]]);
  });

  it("is ended by the next page that starts, whenever that is, and no microphone is asked for", async () => {
    const house = await talk();
    await house.leave("crash");
    await pass(300_000);
    const { entries, sessions, line } = await house.next({}, house.tab.another());
    await pass(11_000);
    expect([house.customer.end?.by, received(house.a, "BYE").length, line.calls]).toEqual(["agent", 1, []]);
    expect([calling(entries), sessions.flatMap(({ told }) => told)]).toEqual([["abandoned A"], ["close"]]);
  });

  it("is not ended where it was loaded again, however late", async () => {
    const house = await talk();
    const other = await house.next({}, house.tab.another());
    await house.leave();
    await pass(58_000);
    const { resumed } = await house.next();
    await pass(180_000);
    expect([resumed.length, received(house.a, "BYE"), house.customer.state]).toEqual([1, [], "answered"]);
    expect(calling(other.entries)).toEqual([]);
  });

  it("takes nothing up when it is opened again after that", async () => {
    const house = await talk();
    await house.next({}, house.tab.another());
    await house.leave();
    await pass(65_000);
    const before = received(house.a, "INVITE").length;
    const { resumed, entries } = await house.next();
    await pass(70_000);
    expect([resumed, entries("call:not-resumed"), received(house.a, "INVITE").length - before]).toEqual([[], [], 0]);
    expect(received(house.a, "BYE")).toHaveLength(1);
  });

  it("is left alone while it lives, though its timers stand still", async () => {
    const house = await talk();
    await pass(100);
    for (const [key, text] of house.tab.shared) house.tab.shared.set(key, older(text, 90_000));
    const other = await house.next({}, house.tab.another());
    await pass(5_000);
    expect([calling(other.entries), received(house.a, "BYE"), house.call.state]).toEqual([[], [], "answered"]);
  });

  it("is nobody's of another account; the page of its own that comes later ends it, and after an hour none", async () => {
    const house = await talk();
    await house.leave();
    const kept = new Map(house.tab.shared);
    const stranger = await house.next({ trunks: [{ ...trunkA, aor: "sip:agent8@a.example" }] }, house.tab.another());
    await pass(120_000);
    expect([calling(stranger.entries), received(house.a, "BYE")]).toEqual([[], []]);
    const own = await house.next({}, house.tab.another());
    await pass(11_000);
    expect([calling(own.entries), received(house.a, "BYE").length]).toEqual([["abandoned A"], 1]);
    const closed = own.line.close();
    await pass(1_000);
    await closed;
    for (const [key, text] of kept) house.tab.shared.set(key, older(text, 3_600_001));
    await pass(11_000);
    expect([...house.tab.shared.keys()].filter((key) => key.startsWith("test/calls"))).toEqual([]);
    expect(calling(stranger.entries)).toEqual([]);
  });
});

describe("a goodbye that nobody has confirmed when its page goes", () => {
  /** Whether the carrier heard it or not. */
  const said = (trunk: MockTrunk) => trunk.log.flatMap(({ what, raw = "" }) => (what !== "sent" && raw.startsWith("BYE ") ? [raw] : []));
  const cseqs = (trunk: MockTrunk) => said(trunk).map((raw) => Number.parseInt(headerOf(raw, "CSeq") ?? "", 10));
  const left = ({ tab }: Reload) => [...tab.shared.keys()].filter((key) => key.startsWith("test/calls"));

  /** The customer has not heard of it yet. */
  async function hungUp(how: Parameters<typeof talk>[0] = {}): Promise<Reload> {
    const house = await talk(how);
    house.a.fault({ kind: "silence", methods: ["BYE"] });
    house.call.hangUp();
    await pass(1_000);
    expect([house.customer.state, house.line.followedCalls]).toEqual(["answered", 1]);
    return house;
  }

  it.each([
    { incoming: false, gone: "reload" },
    { incoming: true, gone: "reload" },
    { incoming: false, gone: "crash" },
    { incoming: true, gone: "crash" },
  ] as const)("is said by the next, and the call is nobody's any more: %o", async ({ incoming, gone }) => {
    const house = await hungUp({ incoming });
    const invites = received(house.a, "INVITE").length;
    await house.leave(gone);
    house.a.clearFaults();
    const { line, resumed, sessions, entries } = await house.next();
    expect(line.calls).toEqual([]);
    await pass(1_000);
    expect([house.customer.end?.by, line.calls, resumed, line.followedCalls]).toEqual(["agent", [], [], 0]);
    expect([entries("dialog:ended").length, entries("call:ended"), entries("call:not-resumed")]).toEqual([1, [], []]);
    expect([received(house.a, "INVITE").length, sessions.flatMap(({ told }) => told)]).toEqual([invites, ["close"]]);
    const [first, last] = [said(house.a)[0], said(house.a).at(-1)];
    expect(dialogOf(last)).toEqual(dialogOf(first));
    expect(Number(cseqs(house.a).at(-1)) - Number(cseqs(house.a)[0])).toBeGreaterThan(50);
    expect(left(house)).toEqual([]);
  });

  it("goes from page to page until it is heard, each with a CSeq well above", async () => {
    const house = await hungUp();
    await house.leave();
    for (let page = 2; page < 5; page++) {
      await house.next();
      await pass(1_000);
      await house.tab.tell("pagehide");
      house.tab.drop();
    }
    const seqs = cseqs(house.a);
    expect(seqs.length).toBeGreaterThan(3);
    expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other));
    house.a.clearFaults();
    await house.next();
    await pass(1_000);
    expect([house.customer.end?.by, left(house)]).toEqual(["agent", []]);
  });

  it("is said by another tab of the account at once, where its own is gone for good", async () => {
    const house = await hungUp();
    const other = await house.next({}, house.tab.another());
    await house.leave("crash");
    house.a.clearFaults();
    await pass(11_000);
    expect([house.customer.end?.by, other.line.calls, other.resumed, left(house)]).toEqual(["agent", [], [], []]);
  });

  it("is that of a call which the page before had taken up", async () => {
    const house = await talk();
    await house.leave();
    const second = await house.next();
    await pass(1_000);
    house.a.fault({ kind: "silence", methods: ["BYE"] });
    second.resumed[0]?.hangUp();
    await pass(100);
    await house.tab.tell("pagehide");
    house.tab.drop();
    house.a.clearFaults();
    const third = await house.next();
    await pass(1_000);
    expect([house.customer.end?.by, third.resumed, third.line.calls]).toEqual(["agent", [], []]);
  });

  it("is that of a phone which was picked up as the agent hung up", async () => {
    const house = await talk();
    house.a.fault({ kind: "answer-on-cancel" });
    house.a.fault({ kind: "silence", methods: ["BYE"] });
    const late = house.line.call("+21671000002");
    await pass(150);
    late.hangUp();
    await pass(500);
    await house.leave("crash");
    house.a.clearFaults();
    const { line, resumed } = await house.next();
    await pass(1_000);
    expect([house.a.calls.map(({ end }) => end?.by), resumed.length, line.calls.length]).toEqual([[undefined, "agent"], 1, 1]);
  });

  it("waits beside a call that goes on, and the agent comes back to that", async () => {
    const house = await talk();
    const second = house.line.call("+21671000002");
    await pass(1_000);
    house.a.fault({ kind: "silence", methods: ["BYE"] });
    house.call.hangUp();
    await pass(500);
    expect(second.held).toBe("none");
    await house.leave();
    house.a.clearFaults();
    const { resumed } = await house.next();
    await pass(1_000);
    expect(resumed.map(({ number, held }) => [number, held])).toEqual([["+21671000002", "none"]]);
    expect(house.a.calls.map(({ end }) => end?.by)).toEqual(["agent", undefined]);
  });

  it("outlives its line: one that was closed meanwhile", async () => {
    const house = await hungUp();
    await Promise.all([house.line.close(), pass(6_000)]);
    expect(vi.getTimerCount()).toBe(0);
    await house.leave();
    house.a.clearFaults();
    await house.next();
    await pass(1_000);
    expect([house.customer.end?.by, left(house)]).toEqual(["agent", []]);
  });

  it("is not kept once it is confirmed, nor once nobody waits for that any more", async () => {
    const house = await hungUp();
    expect(left(house)).not.toEqual([]);
    await pass(80_000);
    expect([left(house), house.line.followedCalls]).toEqual([[], 0]);
  });

  it("is kept no longer than an hour, however often its page is loaded again", async () => {
    const house = await hungUp();
    await house.leave();
    for (let page = 2; page < 5; page++) {
      await pass(1_190_000);
      await house.next();
      await pass(5_000);
      await house.tab.tell("pagehide");
      expect(left(house)).toHaveLength(1);
      house.tab.drop();
    }
    await pass(60_000);
    await house.next();
    await pass(5_000);
    await house.tab.tell("pagehide");
    expect(left(house)).toEqual([]);
  });
});

describe("a page that is put away", () => {
  async function idle() {
    const tab = new Tab();
    tab.load();
    const house = buildHouse({}, { habit: { ringAfterMs: 100, answerAfterMs: 5_000 } });
    await house.open();
    return { ...house, tab };
  }
  const bindings = ({ a }: House) => received(a, "REGISTER").map((raw) => /expires=(\d+)/.exec(raw)?.[1]);

  it.each([
    { away: "pagehide", back: "pageshow", told: ["cached", "shown"] },
    { away: "freeze", back: "resume", told: ["frozen", "resumed"] },
  ] as const)("is not rung, and comes back registered: $away, $back", async ({ away, back, told }) => {
    const house = await idle();
    await house.tab.tell(away, true);
    await pass(100);
    expect([bindings(house).at(-1), house.a.connections]).toEqual(["0", 0]);
    await pass(300_000);
    expect(house.a.connections).toBe(0);
    await house.tab.tell(back, true);
    await pass(500);
    expect(house.line.trunks.map(({ ready }) => ready)).toEqual([true, true]);
    expect(house.entries("page:changed").map(({ to }) => to)).toEqual(told);
  });

  it("a call holds a page that is frozen where it is", async () => {
    const house = await idle();
    const call = house.line.call("+21671000001");
    await pass(500);
    await house.tab.tell("freeze");
    await pass(100);
    expect([call.state, house.a.connections]).toEqual(["ringing", 1]);
  });

  it("a phone that rings is let go as the page goes", async () => {
    const house = await idle();
    house.line.call("+21671000001");
    await pass(500);
    await house.tab.tell("pagehide");
    await pass(100);
    expect(received(house.a, "CANCEL")).toHaveLength(1);
  });
});
