/** What a customer's INVITE says of itself: shown as text, told nowhere else; and a wish that only the integrator grants. */
import { describe, expect, test } from "vitest";
import type { IncomingCall } from "../../src/call/call.ts";
import type { LinekeeperConfig } from "../../src/config.ts";
import { buildHouse, pass, underFakeTime } from "../support/house.ts";

underFakeTime();

const customer = "+21671000042";

async function open(change: Partial<LinekeeperConfig> = {}) {
  const house = buildHouse(change);
  await house.open();
  const offered: IncomingCall[] = [];
  house.line.on("call:offered", (call) => offered.push(call));
  const ring = async (headers: readonly string[], from = customer) => {
    const call = house.a.call("agent7", { from, headers });
    await pass(50);
    return { call, incoming: offered.at(-1) as IncomingCall };
  };
  return { ...house, offered, ring };
}

describe("headers", () => {
  const incomingHeaders = ["X-Ticket", "User-to-User", "constructor", "__proto__"];

  test("that the integrator named are there, as text, and read-only; nothing of them is on record", async () => {
    const { ring, line } = await open({ incomingHeaders });
    const { incoming } = await ring([
      "x-ticket: T-1\u0000\u001b[31m\u202e<b>",
      "User-to-User: 00;encoding=hex",
      "USER-TO-USER: 01",
      "X-Secret: hush",
      "Authorization: hush",
    ]);
    expect(Object.entries(incoming.headers)).toEqual([
      ["X-Ticket", "T-1[31m<b>"],
      ["User-to-User", "00;encoding=hex, 01"],
    ]);
    expect(Object.isFrozen(incoming.headers)).toBe(true);
    expect(incoming.headers["constructor"]).toBeUndefined();
    expect(JSON.stringify(line.journal)).not.toMatch(/T-1|encoding|hush/);
    incoming.decline();
  });

  test("none where none was named", async () => {
    const { ring } = await open();
    const { incoming } = await ring(["X-Ticket: 1"]);
    expect(Object.keys(incoming.headers)).toEqual([]);
    incoming.decline();
  });

  test("a header may be called as no property may", async () => {
    const { ring } = await open({ incomingHeaders });
    const { incoming } = await ring(["__proto__: polluted", "constructor: x"]);
    expect(Object.entries(incoming.headers)).toEqual([
      ["constructor", "x"],
      ["__proto__", "polluted"],
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    incoming.decline();
  });
});

test("names are text without what bends the text around them; who sent the call on is told", async () => {
  const { ring, line } = await open();
  const { incoming } = await ring([
    'P-Asserted-Identity: "Zo\u202e\u0007\u00eb" <sip:+21698000000@a.example>',
    'Diversion: "De\u001bsk" <sip:+21671000010@a.example>;reason=no-answer',
  ]);
  expect(incoming.identity).toEqual({
    number: "+21698000000",
    uri: "sip:+21698000000@a.example",
    name: "Zo\u00eb",
    assertedBy: "carrier",
    diversion: [{ number: "+21671000010", uri: "sip:+21671000010@a.example", name: "Desk", reason: "no-answer" }],
  });
  expect(JSON.stringify(line.journal)).not.toMatch(/71000010|98000000|Desk/);
  incoming.decline();
});

describe("a call that asks to be answered by itself", () => {
  const wish = ["Call-Info: <sip:a.example>;answer-after=1"];

  test("rings, and says so, where nobody permits it", async () => {
    const { ring } = await open();
    const { call, incoming } = await ring(wish);
    await pass(5_000);
    expect([incoming.state, incoming.answerAfterMs, incoming.autoAnswered]).toEqual(["ringing", 1_000, false]);
    expect(call.answers).toEqual([100, 180]);
    incoming.decline();
  });

  test("is, where it is permitted, when it asked for it; on record and told", async () => {
    const { ring, entries } = await open({ autoAnswer: true });
    const { call, incoming } = await ring(wish);
    const told: string[] = [];
    incoming.on("auto-answered", () => told.push("auto-answered"));
    incoming.on("answered", () => told.push("answered"));
    await pass(900);
    expect(incoming.state).toBe("ringing");
    await pass(200);
    expect([incoming.state, incoming.autoAnswered, told]).toEqual(["answered", true, ["auto-answered", "answered"]]);
    expect(call.answers).toEqual([100, 180, 200]);
    expect(entries("call:auto-answered")).toMatchObject([{ callId: incoming.id, trunkId: "A" }]);
    incoming.hangUp();
  });

  test.each<[string, (incoming: IncomingCall) => void, string]>([
    ["declined", (incoming) => incoming.decline(), "ended"],
    ["answered by hand", (incoming) => void incoming.answer(), "answered"],
  ])("is not when it was %s before", async (_, act, state) => {
    const { ring, entries } = await open({ autoAnswer: true });
    const { incoming } = await ring(wish);
    act(incoming);
    await pass(2_000);
    expect([incoming.state, incoming.autoAnswered]).toEqual([state, false]);
    expect(entries("call:auto-answered")).toEqual([]);
    incoming.hangUp();
  });

  test("is not while the agent has another call: never two conversations in one headset", async () => {
    const { ring, line } = await open({ autoAnswer: true, whenBusy: "offer" });
    const { incoming } = await ring(wish);
    const out = line.call("+21671000001");
    await pass(3_000);
    expect([out.state, incoming.state]).toEqual(["answered", "ringing"]);
    incoming.decline();
    out.hangUp();
  });

  test("two at once: the first is", async () => {
    const { ring } = await open({ autoAnswer: true });
    const first = await ring(wish);
    const second = await ring(wish, "+21671000043");
    await pass(2_000);
    expect([first.incoming.state, second.incoming.state]).toEqual(["answered", "ringing"]);
    second.incoming.decline();
    first.incoming.hangUp();
  });
});
