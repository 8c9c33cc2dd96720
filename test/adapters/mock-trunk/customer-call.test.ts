import { describe, expect, test } from "vitest";
import type { DeliverOptions } from "../../../adapters/mock-trunk/index.ts";
import { sdp } from "../../support/sip-text.ts";
import { bench } from "./bench.ts";

const from = "+21698000000";

function registered() {
  const on = bench();
  on.client.register();
  return on;
}

function ringing() {
  const on = registered();
  const call = on.trunk.call("agent7", { from });
  const [invite] = on.client.requests("INVITE");
  on.client.reply(invite, 180);
  return { ...on, call, invite };
}

function talking() {
  const on = ringing();
  on.client.reply(on.invite, 200, { body: sdp("agent") });
  return on;
}

describe("a customer's call", () => {
  test("goes to the agent's Contact with an offer", () => {
    const { client, trunk } = registered();
    const call = trunk.call("agent7", { from: "+216 98 000 000", headers: ["P-Asserted-Identity: <sip:x@a.example>"] });
    const [invite] = client.requests();
    expect(invite?.raw).toMatch(/^INVITE sip:agent7@client.invalid;transport=ws SIP\/2.0\r\n/);
    expect(invite?.get("From")).toContain(`<sip:${from}@a.example>`);
    expect(invite?.get("P-Asserted-Identity")).toBe("<sip:x@a.example>");
    expect(invite?.body).toContain("m=audio");
    expect(call).toMatchObject({ caller: "customer", user: "agent7", number: from, state: "new", code: undefined });
  });

  test("can come without an offer, and with a Call-ID of the test's", () => {
    const { client, trunk } = registered();
    trunk.call("agent7", { from, offer: false, callId: "both-trunks" });
    expect(client.requests().map((frame) => [frame.body, frame.get("Call-ID")])).toEqual([["", "both-trunks"]]);
  });

  test("rings, is answered and acknowledged", async () => {
    const { client, call } = talking();
    const [ack] = client.requests("ACK");
    expect(ack?.get("CSeq")).toBe("1 ACK");
    expect(ack?.raw).toContain("ACK sip:gw@peer.example;transport=ws");
    expect(call).toMatchObject({ state: "answered", code: 200, answers: [180, 200], answer: sdp("agent"), isAcknowledged: true });
    expect(await call.settled).toBe("answered");
  });

  test("is declined: the ACK belongs to the INVITE's transaction", async () => {
    const { client, call, invite } = ringing();
    client.reply(invite, 486);
    expect(client.requests("ACK").map(({ branch }) => branch)).toEqual([invite?.branch]);
    expect(call).toMatchObject({ state: "refused", code: 486 });
    expect(await call.ended).toMatchObject({ by: "agent" });
  });

  test("is given up: CANCEL in the INVITE's transaction, 487, ACK", async () => {
    const { client, call, invite } = ringing();
    call.cancel();
    call.cancel();
    const [cancel, ...more] = client.requests("CANCEL");
    expect([cancel?.branch, more]).toEqual([invite?.branch, []]);
    client.reply(cancel, 200);
    expect(call.state).toBe("alerting");
    client.reply(invite, 487);
    expect(call).toMatchObject({ state: "refused", code: 487 });
    expect(await call.ended).toMatchObject({ by: "customer" });
  });

  test("is given up before the softphone said anything: the CANCEL waits", () => {
    const { client, trunk } = registered();
    const call = trunk.call("agent7", { from });
    call.hangUp();
    expect(client.requests("CANCEL")).toEqual([]);
    client.reply(client.requests("INVITE")[0], 100);
    expect(client.requests("CANCEL")).toHaveLength(1);
  });

  test("is given up after a while", () => {
    const { client, trunk, clock } = registered();
    trunk.call("agent7", { from, giveUpAfterMs: 5_000 });
    client.reply(client.requests("INVITE")[0], 180);
    clock.advance(4_999);
    expect(client.requests("CANCEL")).toEqual([]);
    clock.advance(1);
    expect(client.requests("CANCEL")).toHaveLength(1);
  });

  test("that is answered while the CANCEL is under way is acknowledged and ended", () => {
    const { client, call, invite } = ringing();
    call.cancel();
    client.reply(invite, 200, { body: sdp("agent") });
    expect(client.requests().map(({ method }) => method)).toEqual(["INVITE", "CANCEL", "ACK", "BYE"]);
    expect(call).toMatchObject({ state: "ended", end: { by: "customer" } });
  });

  test("is hung up by the customer", () => {
    const { client, call } = talking();
    call.hangUp();
    expect(client.requests("BYE").map((bye) => bye.get("CSeq"))).toEqual(["2 BYE"]);
    expect(call).toMatchObject({ state: "ended", end: { by: "customer" } });
  });

  test("is hung up by the agent", () => {
    const { client, call, invite } = talking();
    const bye = client.request("BYE", `sip:${from}@a.example`, {
      callId: call.callId,
      fromTag: "peer",
      toTag: /tag=(.+)$/.exec(invite?.get("From") ?? "")?.[1],
    });
    expect(client.codes(bye)).toEqual([200]);
    expect(call).toMatchObject({ state: "ended", end: { by: "agent" } });
  });

  test("to an agent who is not registered is refused by 480", async () => {
    const { trunk } = bench();
    const call = trunk.call("agent7", { from });
    expect(call).toMatchObject({ state: "refused", code: 480 });
    expect(await call.ended).toMatchObject({ by: "carrier" });
  });

  test.each<[unknown, RegExp]>([
    [{}, /call\.from must be the customer's number, not undefined/],
    [{ from: "" }, /call\.from must be the customer's number, not ""/],
    [{ from, giveUpAfterMs: -1 }, /call\.giveUpAfterMs must be a time of 0 ms or more, not -1/],
    [{ from, headers: "X: 1" }, /call\.headers must be a list of header lines/],
    [{ from, replaces: { callId: "x" } }, /call\.replaces must be a call of the trunk that is answered/],
    [{ from, to: "agent7" }, /call\.to is not known; there are: from, offer, headers, callId, replaces, giveUpAfterMs/],
  ])("of %j is none: the field is named", (options, message) => {
    const { client, trunk } = registered();
    expect(() => trunk.call("agent7", options as DeliverOptions)).toThrow(message);
    expect([client.requests("INVITE"), trunk.calls]).toEqual([[], []]);
  });

  test("goes to the newest socket of the agent that is up", () => {
    const { client, trunk, connect } = registered();
    const next = connect();
    next.client.register(300, { contact: "<sip:second@client.invalid>" });
    trunk.call("agent7", { from });
    next.link.closed();
    trunk.call("agent7", { from });
    expect([next.client.requests("INVITE").length, client.requests("INVITE").length]).toEqual([1, 1]);
  });
});
