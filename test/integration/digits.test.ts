/** Digits in both directions, through SIP.js to a mock carrier. */
import { describe, expect, it, vi } from "vitest";
import type { TrunkCall } from "../../adapters/mock-trunk/index.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";
import { scriptedMedia, type ScriptedSession } from "../support/scripted-media.ts";

underFakeTime();

async function talk() {
  const media = scriptedMedia();
  const house = buildHouse({ media }, { habit: { ringAfterMs: 100, answerAfterMs: 200 } });
  await house.open();
  const call = house.line.call("+21671000001");
  await pass(1_000);
  expect(call.state).toBe("answered");
  await vi.dynamicImportSettled();
  const infos = () => house.a.log.filter(({ what, raw = "" }) => what === "received" && raw.startsWith("INFO "));
  return { ...house, call, infos, session: media.sessions[0] as ScriptedSession, customer: house.a.calls[0] as TrunkCall };
}

describe("digits by INFO", () => {
  it("go one by one, with what RFC 2833 gateways want to know, and a comma is two seconds", async () => {
    const { call, customer, infos } = await talk();
    const sent = call.sendDtmf("1*,d");
    await pass(600);
    expect(customer.digits).toBe("1*");
    await pass(2_500);
    expect([await sent, customer.digits]).toEqual([{ ok: true, via: "info", sent: 3 }, "1*D"]);
    expect(infos()[0]?.raw).toContain("\r\nContent-Type: application/dtmf-relay\r\n");
    expect(infos()[0]?.raw).toMatch(/\r\n\r\nSignal=1\r\nDuration=160\r\n$/);
    expect((infos()[1]?.atMs ?? 0) - (infos()[0]?.atMs ?? 0)).toBe(230);
  });

  it("wait for those that were asked for before", async () => {
    const { call, customer } = await talk();
    const results = [call.sendDtmf("12"), call.sendDtmf("34", { via: "info", toneMs: 100, gapMs: 50 })];
    await pass(2_000);
    expect(await Promise.all(results)).toMatchObject([{ sent: 2 }, { sent: 2 }]);
    expect(customer.digits).toBe("1234");
  });

  it("end with the carrier's word where it refuses one, and with its silence where it says nothing", async () => {
    const { a, call } = await talk();
    a.fault({ kind: "reject", methods: ["INFO"], code: 415, times: 1 });
    const refused = call.sendDtmf("55");
    await pass(500);
    expect(await refused).toEqual({ ok: false, because: "refused", sent: 0, sipCode: 415 });
    a.fault({ kind: "silence", methods: ["INFO"] });
    const unanswered = call.sendDtmf("55");
    await pass(40_000);
    expect(await unanswered).toMatchObject({ ok: false, because: "unanswered", sent: 0 });
  });

  it("end with the call, and leave nothing behind", async () => {
    const { call, customer } = await talk();
    const sent = call.sendDtmf("1,,,,2");
    await pass(1_000);
    call.hangUp();
    expect(await sent).toEqual({ ok: false, because: "ended", sent: 1 });
    expect(await call.sendDtmf("3")).toEqual({ ok: false, because: "ended", sent: 0 });
    expect(customer.digits).toBe("1");
    await pass(1_000);
  });
});

describe("digits as RTP events", () => {
  it("are taken where the peer agreed to them", async () => {
    const { call, session, infos } = await talk();
    session.tones = [];
    const sent = call.sendDtmf("9#", { toneMs: 90 });
    await pass(100);
    expect(session.tones).toEqual(["9 90"]);
    await pass(400);
    expect([await sent, session.tones, infos()]).toEqual([{ ok: true, via: "rtp", sent: 2 }, ["9 90", "# 90"], []]);
  });

  it("are not replaced by INFO where nothing else was wanted, nor half-way", async () => {
    const { call, session, infos } = await talk();
    expect(await call.sendDtmf("1", { via: "rtp" })).toEqual({ ok: false, because: "not-agreed", sent: 0 });
    session.tones = [];
    const sent = call.sendDtmf("12");
    await pass(100);
    session.tones = undefined;
    await pass(400);
    expect([await sent, infos()]).toEqual([{ ok: false, because: "not-agreed", sent: 1 }, []]);
  });
});

it("a part of the SDK that cannot be loaded costs only the digits", async () => {
  vi.doMock("../../src/call/digits.ts", () => Promise.reject(new TypeError("gone")));
  try {
    const { call } = await talk();
    expect(await call.sendDtmf("1")).toEqual({ ok: false, because: "failed", sent: 0 });
    const [held] = await Promise.all([call.hold(), pass(100)]);
    expect(held).toEqual({ ok: true });
  } finally {
    vi.doUnmock("../../src/call/digits.ts");
  }
});

it("null is no options: sent, not thrown", async () => {
  const { call, customer } = await talk();
  const sent = call.sendDtmf("5", null as never);
  await pass(500);
  expect([await sent, customer.digits]).toEqual([{ ok: true, via: "info", sent: 1 }, "5"]);
});

it.each(["", "12x", "1 2", "+1", undefined as unknown as string])("%j are no digits, and none is sent", async (digits) => {
  const { call, infos } = await talk();
  expect(await call.sendDtmf(digits)).toEqual({ ok: false, because: "bad-digits", sent: 0 });
  expect(infos()).toEqual([]);
});

it("no journal has digits, only how many they were, and the way", async () => {
  const { call, line, entries } = await talk();
  void call.sendDtmf("4929381");
  await pass(3_000);
  const [entry] = entries("digits:sent");
  expect(entry).toEqual({
    seq: expect.any(Number),
    atMs: expect.any(Number),
    type: "digits:sent",
    callId: call.id,
    trunkId: "A",
    count: 7,
    via: "info",
  });
  // One INFO each, and not one entry each.
  expect(line.journal.filter(({ seq, type }) => seq > (entry?.seq ?? 0) || type === "digits:sent")).toEqual([entry]);
});

describe("a digit of the customer's", () => {
  it.each([
    ["5", "dtmf-relay", "5"],
    ["#", "dtmf-relay", "#"],
    ["11", "dtmf-relay", "#"],
    ["b", "dtmf", "B"],
    ["5;Duration=100", "dtmf-relay", "5"],
    [" 5 , Duration=100", "dtmf-relay", "5"],
    ['"5"', "dtmf-relay", "5"],
    ["Signal=5", "dtmf", "5"],
    ["Signal : *\nDuration=250", "dtmf", "*"],
    ["\r\n 5 \r\n", "dtmf", "5"],
  ] as const)("%s by INFO (%s) is told as %s", async (written, type, digit) => {
    const { call, customer } = await talk();
    const told: unknown[] = [];
    call.on("digit", (heard) => told.push(heard));
    const [reply] = await Promise.all([customer.sendDigit(written, type), pass(100)]);
    expect([reply.code, told]).toEqual([200, [{ trunkId: "A", digit }]]);
  });

  it("that is none is answered, and not told", async () => {
    const { call, customer } = await talk();
    const told: unknown[] = [];
    call.on("digit", (heard) => told.push(heard));
    const [reply] = await Promise.all([customer.sendDigit("flash"), pass(100)]);
    expect([reply.code, told]).toEqual([200, []]);
  });
});
