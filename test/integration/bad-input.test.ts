import { describe, expect, test, vi } from "vitest";
import type { Fault } from "../../adapters/mock-trunk/index.ts";
import { createLinekeeper, noMedia, type Credentials, type LinekeeperConfig, type SharedTelephone } from "../../src/index.ts";
import { buildHouse, pass, trunkA, trunkB, underFakeTime } from "../support/house.ts";

underFakeTime();

/** The softphone still works. */
async function works(house: ReturnType<typeof buildHouse>): Promise<void> {
  const call = house.line.call("+21671999999");
  await pass(1_000);
  expect(call.state).toBe("answered");
  call.hangUp();
  await pass(100);
}

describe("frames that make no sense are written down and thrown away", () => {
  test.each([
    ["malformed", "SIP/2.0 what?\r\n\r\n", "malformed"],
    ["of 10 MB", `SIP/2.0 200 OK\r\nX: ${"x".repeat(10_000_000)}\r\n\r\n`, "oversize"],
    [
      "a response that matches nothing",
      [
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/WSS x.invalid;branch=z9hG4bKnone",
        "From: <sip:a@a>;tag=1",
        "To: <sip:b@b>;tag=2",
        "Call-ID: none",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
        "",
        "",
      ].join("\r\n"),
      "unmatched",
    ],
  ])("%s", async (_, frame, fault) => {
    const house = buildHouse();
    await house.open();
    house.a.say(frame);
    await pass(20);
    expect(house.entries("frame:discarded")).toMatchObject([{ trunkId: "A", fault }]);
    await works(house);
  });
});

describe("what the integrator's code does wrong does not break the softphone", () => {
  test("listeners that throw, or reject", async () => {
    const house = buildHouse();
    house.line.on("trunk:changed", () => {
      throw new Error("a bug of the CRM's");
    });
    house.line.on("journal:written", () => {
      throw new Error("another");
    });
    await house.open();
    const call = house.line.call("+21671000001");
    call.on("ringing", () => Promise.reject(new Error("a third")) as unknown as void);
    await pass(1_000);
    expect(call.state).toBe("answered");
    expect(new Set(house.entries("listener:failed").map(({ event }) => event))).toEqual(new Set(["trunk:changed", "ringing"]));
    expect(JSON.stringify(house.line.journal)).not.toContain("bug of the CRM");
  });

  test("what they throw cannot even be looked at", async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const house = buildHouse();
    house.line.on("journal:written", () => {
      throw proxy;
    });
    await house.open();
    const call = house.line.call("+21671000001");
    call.on("ringing", () => {
      throw proxy;
    });
    call.on("answered", (() => Promise.reject(proxy as Error)) as () => void);
    await pass(1_000);
    house.line.noteFailure("call log", proxy);
    expect(call.state).toBe("answered");
    const told = house.entries("listener:failed");
    expect(new Set(told.map(({ event }) => event))).toEqual(new Set(["ringing", "answered"]));
    expect(told.every(({ error }) => error === "object")).toBe(true);
    expect(house.entries("crm:failed")).toMatchObject([{ what: "call log", fault: { name: "object" } }]);
    await works(house);
  });

  test("a report sink that throws", async () => {
    const delivered = vi.fn();
    const house = buildHouse({
      limits: { calmMs: 1_000 },
      reports: [
        { name: "broken", deliver: () => Promise.reject(new TypeError("disk full")) },
        { name: "well", deliver: delivered },
      ],
    });
    await house.open();
    const mend = house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    await works(house);
    mend();
    await pass(60_000);
    expect(house.entries("sink:failed")).toMatchObject([{ sink: "broken", error: "TypeError" }]);
    expect(delivered).toHaveBeenCalledOnce();
  });

  test("credentials that cannot be had", async () => {
    const house = buildHouse({
      trunks: [
        {
          id: "A",
          carrier: "A",
          server: "wss://a.example",
          aor: "sip:agent7@a.example",
          credentials: () => Promise.reject(new Error("token=abc123")),
        },
        {
          id: "B",
          carrier: "B",
          server: "wss://b.example",
          aor: "sip:agent7@b.example",
          credentials: async () => ({ password: "secret" }),
        },
      ],
    });
    void house.line.start();
    await pass(300);
    expect(house.line.trunks.map(({ ready }) => ready)).toEqual([false, true]);
    expect(house.entries("credentials:failed")[0]).toMatchObject({ trunkId: "A", error: "Error" });
    expect(JSON.stringify(house.line.journal)).not.toContain("abc123");
    await works(house);
  });

  test("credentials that cannot be had are not shown as a registrar's no; a wrong password is", async () => {
    let source: () => Promise<Credentials> = () => Promise.reject(new RangeError("token=abc123"));
    const house = buildHouse({ trunks: [{ ...trunkA, credentials: () => source() }] });
    void house.line.start();
    await pass(300);
    const [first] = house.line.trunks;
    expect(first).toMatchObject({ registration: "refused", lastError: { what: "credentials", name: "RangeError" } });
    source = async () => ({ password: "wrong" });
    house.line.restore("A");
    await pass(300);
    const [then] = house.line.trunks;
    expect(then).toMatchObject({ registration: "refused", lastError: { what: "registration", code: 403 } });
  });

  test("audio that cannot be watched is heard all the same", async () => {
    const broken = {
      ...noMedia().open(),
      watch() {
        throw new RangeError("no counters");
      },
    };
    const house = buildHouse({ media: { open: () => broken } });
    await house.open();
    const answered = vi.fn();
    const call = house.line.call("+21671000001");
    call.on("answered", answered);
    await pass(1_000);
    expect(answered).toHaveBeenCalledOnce();
    expect(house.entries("listener:failed")).toMatchObject([{ event: "media", error: "RangeError" }]);
  });

  const broken = () => {
    throw new RangeError("forbidden");
  };
  const brokenSeat: SharedTelephone["attend"] = ({ moved }) => {
    moved(true);
    return { changed: broken, rested: broken, leave: broken };
  };
  test.each<[string, Partial<LinekeeperConfig>]>([
    ["network", { network: { watch: broken } }],
    ["network", { network: { watch: () => broken } }],
    ["shared", { shared: { restore: broken, save: broken, tell: broken, join: broken } }],
    ["shared", { shared: { restore: () => undefined, save() {}, tell() {}, join: () => broken } }],
    ["shared", { shared: { restore: () => undefined, save() {}, tell() {}, join: () => undefined as never, attend: broken } }],
    ["shared", { shared: { restore: () => undefined, save() {}, tell() {}, join: () => () => {}, attend: brokenSeat } }],
  ])("a %s that throws costs the line neither its start nor its end (%#)", async (event, given) => {
    const house = buildHouse(given);
    await house.open();
    expect(house.line.trunks.every(({ ready }) => ready)).toBe(true);
    await works(house);
    const closed = house.line.close();
    await pass(1_000);
    await expect(closed).resolves.toBeUndefined();
    expect(new Set(house.entries("listener:failed").map((entry) => entry.event))).toEqual(new Set([event]));
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a microphone that is denied: the call is refused before any INVITE, with the reason", async () => {
    const denied = () => Promise.reject(new DOMException("denied", "NotAllowedError"));
    const house = buildHouse({
      media: { open: () => ({ offer: denied, answer: denied, applyAnswer: () => Promise.resolve(), close() {} }) },
    });
    await house.open();
    const call = house.line.call("+21671000001");
    await pass(100);
    expect(await call.ended).toMatchObject({ end: "refused", refusal: "media-failed", attempts: 0 });
    expect(house.entries("call:refused")).toMatchObject([{ error: "NotAllowedError" }]);
    expect(house.a.calls).toEqual([]);
    expect(house.line.verdict).toMatchObject({ leader: "agent-device" });
  });
});

describe("what the integrator hands in breaks in the middle of a call", () => {
  test("a target function that throws costs that trunk the call, and no other", async () => {
    let broken = true;
    const house = buildHouse({
      trunks: [
        {
          id: "A",
          carrier: "A",
          server: "wss://a.example",
          aor: "sip:agent7@a.example",
          credentials: { password: "secret" },
          target(number) {
            if (broken) throw new Error("no dial plan");
            return `sip:${number}@a.example`;
          },
        },
        { id: "B", carrier: "B", server: "wss://b.example", aor: "sip:agent7@b.example", credentials: { password: "secret" } },
      ],
    });
    await house.open();
    const call = house.line.call("+21671000001");
    await pass(2_000);
    expect(call).toMatchObject({ state: "answered", trunkId: "B" });
    expect(house.entries("listener:failed")).toMatchObject([{ event: "target", error: "Error" }]);
    call.hangUp();
    await pass(1_000);
    broken = false;
    await works(house);
  });

  test.each<[string, (number: string) => unknown]>([
    ["throws", () => JSON.parse("no dial plan")],
    ["rejects", () => Promise.reject(new TypeError("no dial plan"))],
    ["never resolves", () => new Promise(() => {})],
    ["gives nothing", () => undefined],
    ["gives what is no SIP URI", (number) => number],
    ["gives a broken one", (number) => `sip:${number}@[b.example`],
  ])("an emergency call goes out as dialled, be it on the last trunk, where every target function %s", async (_, target) => {
    const account = (id: string) => ({ id, carrier: id, server: `wss://${id}.example`, aor: `sip:agent7@${id}.example` });
    const trunks = ["a", "b"].map((id) => ({ ...account(id), credentials: { password: "secret" }, target: target as () => string }));
    const house = buildHouse({ trunks });
    await house.open();
    house.a.fault({ kind: "reject", methods: ["INVITE"], code: 503 });
    const call = house.line.call("112");
    await pass(2_000);
    expect(call).toMatchObject({ state: "answered", trunkId: "b" });
    expect([house.a, house.b].map(({ log }) => log.find(({ method }) => method === "INVITE")?.number)).toEqual(["112", "112"]);
  });

  test("an emergency call goes out over a trunk whose target function works, before it goes out as dialled", async () => {
    const broken = () => JSON.parse("no dial plan") as string;
    const house = buildHouse({ trunks: [{ ...trunkA, target: broken }, trunkB] });
    await house.open();
    const call = house.line.call("112");
    await pass(2_000);
    expect(call).toMatchObject({ state: "answered", trunkId: "B" });
    expect(house.a.log.filter(({ method }) => method === "INVITE")).toEqual([]);
  });

  test("media that cannot even be opened", async () => {
    const house = buildHouse({
      media: {
        open() {
          throw new DOMException("none", "NotFoundError");
        },
      },
    });
    await house.open();
    expect(await house.line.call("+21671000001").ended).toMatchObject({ refusal: "media-failed" });
    expect(house.entries("call:refused")).toMatchObject([{ error: "NotFoundError" }]);
  });
});

describe("calls at the wrong time", () => {
  test("before start(): refused, and on record", async () => {
    const house = buildHouse();
    const call = house.line.call("+21671000001");
    await pass(1);
    expect(await call.ended).toMatchObject({ end: "refused", refusal: "not-started" });
    expect(house.entries("call:refused")).toMatchObject([{ because: "not-started" }]);
  });

  test("not a number", async () => {
    const house = buildHouse();
    await house.open();
    for (const dialled of ["", "sip:x@y", "12\r\nVia: x", undefined as unknown as string])
      expect(await house.line.call(dialled).ended).toMatchObject({ refusal: "bad-number" });
  });

  test("a number that the CRM handed over is on record as its own, and without a digit of it", async () => {
    const house = buildHouse();
    await house.open();
    house.line.call("+216 71 BAD", { by: "click-to-dial" });
    expect(house.entries("call:placed")).toMatchObject([{ by: "click-to-dial" }]);
    expect(house.entries("call:refused")).toMatchObject([{ because: "bad-number" }]);
    expect(JSON.stringify(house.line.journal)).not.toContain("BAD");
  });

  test("what the CRM says to have broken is on record, whatever it throws", async () => {
    const house = buildHouse();
    for (const thrown of [Object.assign(new TypeError("secret"), { status: 502 }), "secret", null, undefined])
      house.line.noteFailure("call log", thrown);
    expect(house.entries("crm:failed").map(({ what }) => what)).toEqual(Array(4).fill("call log"));
    expect(house.entries("crm:failed")[0]?.fault).toEqual({ kind: "threw", name: "TypeError", httpStatus: 502 });
    expect(JSON.stringify(house.line.journal)).not.toContain("secret");
  });

  test.each(["nonsense", 7, null])("the report on an incident that there is not: %s", async (id) => {
    const house = buildHouse();
    await house.open();
    await expect(house.line.report(id as never)).rejects.toMatchObject({
      code: "bad-config",
      message: expect.stringMatching(/incidentId/) as string,
    });
    expect(await house.line.report()).toMatchObject({ subject: "session" });
  });

  test("digits with options that cannot be read are not sent, and the next are", async () => {
    const house = buildHouse();
    await house.open();
    const call = house.line.call("+21671000001");
    await pass(1_000);
    const options = {
      get toneMs(): number {
        throw new RangeError("forbidden");
      },
    };
    expect(await call.sendDtmf("1", options)).toEqual({ ok: false, because: "bad-options", sent: 0 });
    const next = call.sendDtmf("2");
    await pass(1_000);
    expect(await next).toMatchObject({ ok: true, sent: 1 });
  });

  test("a configuration, or a part of it, that is a proxy which was revoked is refused by name", () => {
    const revoked = () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy as never;
    };
    const refused = (what: string) =>
      expect.objectContaining({ code: "bad-config", message: expect.stringContaining(what) as string }) as Error;
    expect(() => createLinekeeper(revoked())).toThrow(refused("config cannot be read"));
    for (const field of ["trunks", "crm", "stack", "country", "limits", "policy"])
      expect(() => buildHouse({ [field]: revoked() })).toThrow(refused(`${field} cannot be read`));
  });

  test("what the CRM does with its own configuration afterwards is in no entry, nor half a character of it", async () => {
    const crm = { vendor: "Test CRM", agentId: "Amira \ud83d" };
    const priors = { "crm-config": 0.5 };
    const house = buildHouse({ crm, priors });
    const [first] = house.entries("session:started");
    const written = JSON.stringify(first);
    Object.defineProperty(crm, "vendor", {
      get() {
        throw new Error("disposed");
      },
    });
    crm.agentId = "another";
    priors["crm-config"] = 0.1;
    expect(JSON.stringify(first)).toBe(written);
    expect(first?.environment.crm).toEqual({ vendor: "Test CRM", agentId: "Amira \ufffd" });
    expect((await house.line.report()).environment?.crm.vendor).toBe("Test CRM");
  });

  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const boom = (): never => {
    throw new Error("secret");
  };
  const circular: Record<string, unknown> = {};
  circular["self"] = circular;
  const unreadable: readonly (readonly [string, unknown])[] = [
    ["a text that throws", { toString: boom, toJSON: boom, [Symbol.toPrimitive]: boom }],
    ["a proxy that was revoked", revoked],
    ["a proxy that throws", new Proxy({}, { get: boom, has: boom, ownKeys: boom, getPrototypeOf: boom })],
    ["no object's child", Object.create(null)],
    ["a circle", circular],
    ["a BigInt", 10n],
    ["a symbol", Symbol("own")],
    ["half a character", "\ud800"],
  ];

  test.each(unreadable)("%s in the place of a text costs its call, and neither journal nor report", async (_, given) => {
    const house = buildHouse({ privacy: { context: ["ticket"] } });
    await house.open();
    const [text, { line }] = [given as string, house];
    const call = line.call("+21671000001", { context: { ticket: given } });
    await pass(1_000);
    line.noteFailure(text, given);
    line.setAvailable(given as boolean);
    for (const ask of [() => line.isolate(text), () => line.restore(text), () => line.weigh(text, {})])
      expect(ask).toThrow(expect.objectContaining({ code: "unknown-trunk" }));
    await expect(line.probe(text)).rejects.toMatchObject({ code: "unknown-trunk" });
    await expect(line.report(given as number)).rejects.toMatchObject({ code: "bad-config" });
    for (const listen of [line.on, line.once, call.on, call.off] as readonly ((event: string, listener: () => void) => unknown)[])
      expect(() => listen(text, () => {})).toThrow(expect.objectContaining({ code: "bad-config" }));
    expect(await call.sendDtmf(given === 10n ? "x" : text)).toEqual({ ok: false, because: "bad-digits", sent: 0 });
    expect(await call.transfer(text)).toMatchObject({ ok: false });
    call.mute(given as boolean);
    expect(line.call(text).state).toBe("ended");
    expect(call.state).toBe("answered");
    const report = JSON.stringify([await line.report(), line.journal]);
    expect(report).not.toMatch(/secret|\\ud800/);
    for (const { what } of house.entries("crm:failed")) expect(what).toMatch(/^(?:an object|10|Symbol\(.*\)|\ufffd)$/);
    call.hangUp();
    await pass(100);
    await works(house);
  });

  test("start() twice is once", async () => {
    const house = buildHouse();
    expect(house.line.start()).toBe(house.line.start());
    await pass(200);
    expect(house.a.connections).toBe(1);
  });

  test("after close(): calls are refused, start() says so", async () => {
    const house = buildHouse();
    await house.open();
    const closed = house.line.close();
    await pass(600);
    await closed;
    expect(await house.line.call("+21671000001").ended).toMatchObject({ refusal: "closed" });
    await expect(house.line.start()).rejects.toMatchObject({ code: "closed" });
  });

  test.each([
    ["start()", 0, undefined],
    ["connecting", 2, undefined],
    ["registering", 12, undefined],
    ["an INVITE", 200, 1],
    ["ringing", 200, 60],
    ["a conversation", 200, 500],
  ])("close() during %s leaves nothing running", async (_, startMs, callMs) => {
    const house = buildHouse();
    void house.line.start();
    await pass(startMs);
    const call = callMs === undefined ? undefined : house.line.call("+21671000001");
    await pass(callMs ?? 0);
    const closed = house.line.close();
    await pass(600);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
    expect(house.a.connections + house.b.connections).toBe(0);
    if (call) expect((await call.ended).end).toBe("hung-up-here");
  });

  test("close() in the same breath as call() leaves nothing running, and no trunk is knocked at", async () => {
    const house = buildHouse();
    await house.open();
    const call = house.line.call("+21671000001");
    const closed = house.line.close();
    await pass(600);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
    expect((await call.ended).end).toBe("hung-up-here");
  });

  test.each(["call:placed", "attempt:started", "attempt:sent", "call:ringing", "attempt:answered", "call:answered"] as const)(
    "close() by whoever reads %s in the journal leaves nothing running",
    async (read) => {
      const house = buildHouse();
      await house.open();
      let closed: Promise<void> | undefined;
      house.line.on("journal:written", ({ type }) => {
        if (type === read) closed ??= house.line.close();
      });
      house.line.call("+21671000001");
      await pass(1_600);
      await closed;
      expect(closed).toBeDefined();
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test("close() asked for again by whoever reads that it began is the same", async () => {
    const house = buildHouse();
    await house.open();
    const promises = new Set<Promise<void>>();
    house.line.on("journal:written", ({ type }) => void (type.startsWith("session:clos") && promises.add(house.line.close())));
    promises.add(house.line.close());
    await pass(1_000);
    expect(promises.size).toBe(1);
    expect(house.entries("session:closing")).toHaveLength(1);
  });

  test.each<[string, Fault, number]>([
    ["picks up as our CANCEL comes", { kind: "answer-on-cancel" }, 12],
    ["rings on a line that was lost", { kind: "reset-on", methods: ["INVITE"], after: 180 }, 40],
    ["picks up on a line that was lost", { kind: "reset-on", methods: ["INVITE"], after: 180 }, 150],
  ])("close() leaves nobody on the line who %s", async (_, fault, atMs) => {
    const house = buildHouse();
    await house.open();
    house.a.fault(fault);
    house.line.call("+21671000001");
    await pass(atMs);
    const closed = house.line.close();
    await pass(600);
    await closed;
    expect(house.a.calls.map(({ state }) => state)).not.toContain("answered");
    expect(house.a.rings()).toMatchObject([{ untilMs: expect.any(Number) as number }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("close() hangs up on the next flow where that of a conversation was just lost", async () => {
    const house = buildHouse({ whenBusy: "offer" });
    await house.open();
    house.line.on("call:offered", (call) => void call.answer());
    house.line.call("+21671000001");
    house.a.call("agent7", { from: "+21671000042" });
    await pass(1_000);
    expect(house.a.calls.map(({ state }) => state)).toEqual(["answered", "answered"]);
    house.a.resetAll();
    const closed = house.line.close();
    await pass(600);
    await closed;
    expect(house.a.calls.map(({ state }) => state)).toEqual(["ended", "ended"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("close() during failover, with an abandoned attempt to follow", async () => {
    const house = buildHouse();
    await house.open();
    house.a.fault({ kind: "silence", methods: ["INVITE"] });
    house.line.call("+21671000001");
    await pass(1_000);
    const closed = house.line.close();
    await pass(600);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("after close() no listener of ours is left at the host", async () => {
  let watching = 0;
  const house = buildHouse({
    network: {
      watch() {
        watching += 1;
        return () => (watching -= 1);
      },
    },
  });
  await house.open();
  expect(watching).toBe(1);
  const heard: string[] = [];
  house.line.on("journal:written", ({ type }) => heard.push(type));
  const closed = house.line.close();
  await pass(600);
  await closed;
  expect(watching).toBe(0);
  const before = heard.length;
  await house.line.call("+21671000001").ended;
  expect(heard.length).toBe(before);
});

test("a clock that jumps is written down; calls go on", async () => {
  const house = buildHouse();
  await house.open();
  vi.setSystemTime(Date.now() + 3_600_000);
  await works(house);
  expect(house.entries("clock:jumped")).toMatchObject([{ byMs: 3_600_000 }]);
});
