/** What goes on within a call: hold, moved media, session timers, reliable ringing, digits, transfer. */
import { describe, expect, test } from "vitest";
import type { MockTrunkOptions, TrunkCall } from "../../../adapters/mock-trunk/index.ts";
import type { Frame } from "../../support/sip-text.ts";
import { sdp } from "../../support/sip-text.ts";
import { bench, number, talking, type Bench } from "./bench.ts";

const from = "+21698000000";

interface Talking extends Bench {
  readonly call: TrunkCall;
}

/** A call that the agent dialled, or that a customer did. */
const calls: Readonly<Record<string, (options?: Partial<MockTrunkOptions>) => Talking>> = {
  "a call that the agent dialled": (options) => {
    const on = talking(options);
    const [call] = on.trunk.calls;
    if (!call) throw new Error("there is no call");
    return { ...on, call };
  },
  "a customer's call": (options) => {
    const on = bench(options);
    on.client.register();
    const call = on.trunk.call("agent7", { from });
    on.client.reply(on.client.requests("INVITE")[0], 200, { body: sdp("agent"), headers: sessionOf(on.client.requests("INVITE")[0]) });
    return { ...on, call };
  },
};

/** A softphone that takes the session timer that it is offered. */
const sessionOf = (invite: Frame | undefined) => {
  const asked = invite?.get("Session-Expires") ?? "";
  return asked === "" ? [] : ["Require: timer", `Session-Expires: ${asked}`];
};

const linesOf = (frame: Frame | undefined, pattern: RegExp) => (frame?.body ?? "").split("\r\n").filter((line) => pattern.test(line));

describe.each(Object.entries(calls))("%s", (_, begin) => {
  const last = ({ client }: Talking, method: string) => client.requests(method).at(-1);

  test.each([
    ["sendonly", "a=sendonly", "c=IN IP4 0.0.0.0"],
    ["inactive", "a=inactive", "c=IN IP4 0.0.0.0"],
    ["zero-address", undefined, "c=IN IP4 0.0.0.0"],
  ] as const)("is held by %s, and resumed: each offer a version further, the re-INVITE acknowledged", async (style, direction, address) => {
    const on = begin();
    const held = on.call.hold({ style });
    const hold = last(on, "INVITE");
    expect([linesOf(hold, /^a=(send|recv|inactive)/)[0], linesOf(hold, /^c=/)[0]]).toEqual([direction, address]);
    on.client.reply(hold, 200, { body: sdp("agent", 2) });
    expect(await held).toEqual({ code: 200, sdp: sdp("agent", 2) });
    expect(last(on, "ACK")?.get("CSeq")).toBe(hold?.get("CSeq").replace("INVITE", "ACK"));
    const resumed = on.call.resume({ by: "UPDATE" });
    const update = last(on, "UPDATE");
    expect(linesOf(update, /^a=(send|recv|inactive)/)).toEqual(["a=sendrecv"]);
    on.client.reply(update, 200, { body: sdp("agent", 3) });
    expect((await resumed).code).toBe(200);
    const versions = [hold, update].map((frame) => Number(linesOf(frame, /^o=/)[0]?.split(" ")[2]));
    expect(versions[1]).toBe((versions[0] ?? 0) + 1);
  });

  test("has its media moved", async () => {
    const on = begin();
    const moved = on.call.moveMedia();
    const invite = last(on, "INVITE");
    expect([linesOf(invite, /^c=/)[0], linesOf(invite, /^m=/)[0]?.split(" ")[1]]).toEqual(["c=IN IP4 192.0.2.2", "40002"]);
    on.client.reply(invite, 488);
    expect((await moved).code).toBe(488);
    // §17.1.1.3: within the transaction.
    expect(last(on, "ACK")?.branch).toBe(invite?.branch);
    expect(on.call.state).toBe("answered");
  });

  test("takes an offer by UPDATE or re-INVITE, but 491 while it has one of its own under way", async () => {
    const on = begin();
    const ask = (method: string, cseq: number) => {
      const request = inDialog(on, method, cseq, sdp("agent", 5));
      return on.client.codes(request);
    };
    expect(ask("UPDATE", 10)).toEqual([200]);
    expect(linesOf(on.client.last, /^m=/)).toHaveLength(1);
    const held = on.call.hold();
    expect([ask("UPDATE", 11), ask("INVITE", 12)]).toEqual([[491], [491]]);
    on.clock.advance(32_000);
    expect((await held).code).toBe(408);
    expect(ask("INVITE", 13)).toEqual([200]);
  });

  test("keeps the digits that come by INFO", () => {
    const on = begin();
    for (const [index, body] of ["Signal=5\r\nDuration=160\r\n", "Signal= #\r\nDuration=160", "7"].entries()) {
      expect(on.client.codes(inDialog(on, "INFO", 20 + index, body))).toEqual([200]);
    }
    expect(on.call.digits).toBe("5#7");
  });

  const other = "+33123456789";
  const toldOf = ({ client }: Talking) => client.requests("NOTIFY").map((frame) => frame.body.trim().split(" ")[1]);
  const transfer = (on: Talking, referTo = `sip:${other}@a.example`) => inDialog(on, "REFER", 30, undefined, [`Refer-To: <${referTo}>`]);

  test("is transferred by REFER: 202, the other phone rings and answers, and NOTIFY says so to the end", () => {
    const on = begin();
    expect(on.client.codes(transfer(on))).toEqual([202]);
    expect(on.call.connectedTo).toBeUndefined();
    on.clock.advance(100);
    expect(toldOf(on)).toEqual(["100", "180", "200"]);
    expect(on.client.requests("NOTIFY").map((frame) => frame.get("Subscription-State"))).toEqual([
      "active;expires=60",
      "active;expires=60",
      "terminated;reason=noresource",
    ]);
    expect([on.call.referredTo, on.call.connectedTo]).toEqual([`<sip:${other}@a.example>`, other]);
    expect(on.trunk.rings(other)).toMatchObject([{ endedBy: "answered" }]);
  });

  test("is not transferred to whoever does not take the call, and NOTIFY says why", () => {
    const on = begin();
    on.trunk.phone(other).isBusy();
    transfer(on);
    on.clock.advance(100);
    expect([toldOf(on), on.call.connectedTo]).toEqual([["100", "486"], undefined]);
  });

  test("is transferred without a word of it where NOTIFY meets silence", () => {
    const on = begin();
    on.trunk.fault({ kind: "silence", methods: ["NOTIFY"] });
    expect(on.client.codes(transfer(on))).toEqual([202]);
    on.clock.advance(100);
    expect([toldOf(on), on.call.connectedTo]).toEqual([[], other]);
  });

  test("cannot take over a call that there is not", () => {
    const on = begin();
    transfer(on, `sip:${other}@a.example?Replaces=nobody%3Bto-tag%3D1%3Bfrom-tag%3D2`);
    expect([toldOf(on), on.call.connectedTo]).toEqual([["100", "481"], undefined]);
  });

  test("is transferred by the customer's side", async () => {
    const on = begin();
    expect(on.client.codes(inDialog(on, "NOTIFY", 40))).toEqual([481]);
    const referred = on.call.refer("sip:other@a.example");
    on.client.reply(last(on, "REFER"), 202);
    expect([last(on, "REFER")?.get("Refer-To"), (await referred).code]).toEqual(["<sip:other@a.example>", 202]);
    expect(on.client.codes(inDialog(on, "NOTIFY", 41))).toEqual([200]);
    const tell = (cseq: number, code: number) => on.client.codes(inDialog(on, "NOTIFY", cseq, `SIP/2.0 ${code} Whatever\r\n`));
    expect([tell(42, 100), tell(43, 486), on.call.state]).toEqual([[200], [200], "answered"]);
    expect([tell(44, 200), on.call.referralCodes, on.call.end?.by]).toEqual([[200], [100, 486, 200], "customer"]);
  });

  test("is taken over by an INVITE that names it to the tag, and by no other (RFC 3891)", () => {
    const on = begin();
    const [theirs = "", fromTag] =
      on.call.caller === "customer"
        ? [last(on, "INVITE")?.get("From"), "peer"]
        : [on.client.responses(on.call.callId).at(-1)?.get("To"), "us"];
    const toTag = /;tag=([^;\s]+)/.exec(theirs)?.[1];
    const take = (replaces: string) => on.client.codes(on.client.invite(other, { headers: [`Replaces: ${replaces}`] }));
    expect([take(`${on.call.callId};to-tag=${toTag};from-tag=x`), on.call.state]).toEqual([[481], "answered"]);
    expect(take(`${on.call.callId};to-tag=${toTag};from-tag=${fromTag}`)).toEqual([100, 200]);
    expect([on.call.connectedTo, on.call.end?.by, on.trunk.answered(other).length]).toEqual([other, "carrier", 1]);
  });

  test("stays up while the carrier refreshes it, and ends when the softphone knows it no more", async () => {
    const on = begin({ sessionTimer: { expiresS: 90, by: "UPDATE" } });
    for (let round = 0; round < 3; round++) {
      on.clock.advance(45_000);
      on.client.reply(last(on, "UPDATE"), 200);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
    expect([on.client.requests("UPDATE").length, on.call.state]).toEqual([3, "answered"]);
    on.clock.advance(45_000);
    on.client.reply(last(on, "UPDATE"), 481);
    for (let tick = 0; tick < 5; tick++) await Promise.resolve();
    expect([on.client.requests("BYE").length, on.call.end?.by]).toEqual([1, "carrier"]);
  });

  test("that the softphone is to refresh ends a third before its time, unless it does", () => {
    const options: Partial<MockTrunkOptions> = { sessionTimer: { expiresS: 90, refresher: "softphone" } };
    const on = begin(options);
    if (on.call.caller === "agent") return;
    on.clock.advance(59_000);
    expect(on.client.codes(inDialog(on, "UPDATE", 50, undefined, ["Session-Expires: 90;refresher=uac", "Supported: timer"]))).toEqual([
      200,
    ]);
    expect(on.client.last.get("Session-Expires")).toBe("90;refresher=uac");
    on.clock.advance(59_000);
    expect(on.call.state).toBe("answered");
    on.clock.advance(1_000);
    expect([on.call.end?.by, on.client.requests("BYE").length]).toEqual(["carrier", 1]);
  });

  /** A request of the softphone's within the dialog, whoever began it. */
  function inDialog({ client, call, trunk }: Talking, method: string, cseq: number, body?: string, headers: readonly string[] = []): Frame {
    const invite = client.requests("INVITE").find((frame) => frame.get("Call-ID") === call.callId);
    const theirs = call.caller === "customer" ? invite?.get("From") : client.responses(call.callId).at(-1)?.get("To");
    return client.request(method, `sip:${call.number}@${trunk.domain}`, {
      callId: call.callId,
      cseq,
      fromTag: call.caller === "customer" ? "peer" : "us",
      toTag: /;tag=([^;\s]+)/.exec(theirs ?? "")?.[1],
      headers,
      ...(body === undefined ? {} : { body }),
    });
  }
});

describe("a session timer", () => {
  test("is answered to a softphone's INVITE, no longer than it asked; and is its own to refresh where the trunk says so", () => {
    const { client, clock, trunk } = bench({ sessionTimer: { expiresS: 1_800, refresher: "softphone" } });
    const invite = client.invite(number, { headers: ["Supported: timer", "Session-Expires: 120"] });
    clock.advance(100);
    client.ack(invite);
    expect([client.last.get("Session-Expires"), client.last.get("Require")]).toEqual(["120;refresher=uac", "timer"]);
    clock.advance(88_000);
    expect(trunk.calls[0]?.end?.by).toBe("carrier");
  });

  test("of a softphone that knows none is the carrier's alone", () => {
    const { client, clock } = bench({ sessionTimer: { expiresS: 120 } });
    const invite = client.invite(number);
    clock.advance(100);
    client.ack(invite);
    expect(client.last.get("Session-Expires")).toBe("");
    clock.advance(60_000);
    expect(client.requests("UPDATE")).toHaveLength(1);
  });
});

describe("reliable provisional answers", () => {
  const supported = { headers: ["Supported: 100rel"] };

  test("come again until they are acknowledged by PRACK, and only then the call goes on", () => {
    const { client, clock } = bench({ reliability: "supported" });
    const invite = client.invite(number, supported);
    clock.advance(20);
    expect([client.last.get("Require"), client.last.get("RSeq")]).toEqual(["100rel", "1"]);
    clock.advance(500);
    expect(client.codes(invite)).toEqual([100, 180, 180]);
    const prack = client.request("PRACK", `sip:${number}@a.example`, {
      callId: invite.get("Call-ID"),
      cseq: 2,
      toTag: /tag=(.+)$/.exec(client.last.get("To"))?.[1],
      headers: ["RAck: 1 1 INVITE"],
    });
    expect(client.codes(prack)).toEqual([200]);
    clock.advance(60);
    expect(client.codes(invite)).toEqual([100, 180, 180, 200]);
  });

  test("that nobody acknowledges end the call by 504", () => {
    const { client, clock } = bench({ reliability: "supported" });
    const invite = client.invite(number, supported);
    clock.advance(60_000);
    expect(client.codes(invite).filter((code) => code !== 180)).toEqual([100, 504]);
  });

  test("are not forced on a softphone that knows none; where they are required it is told by 421", () => {
    const codes = (reliability: "supported" | "required") => {
      const { client, clock } = bench({ reliability });
      const invite = client.invite(number);
      clock.advance(100);
      return [client.codes(invite), client.last.get("Require")];
    };
    expect([codes("supported"), codes("required")]).toEqual([
      [[100, 180, 200], ""],
      [[421], "100rel"],
    ]);
  });

  test("of the softphone are acknowledged, each once", () => {
    const { client, trunk } = bench({ reliability: "required" });
    client.register();
    trunk.call("agent7", { from });
    const [invite] = client.requests("INVITE");
    expect(invite?.get("Require")).toBe("100rel");
    for (let index = 0; index < 2; index++) client.reply(invite, 180, { headers: ["Require: 100rel", "RSeq: 7"] });
    expect(client.requests("PRACK").map((frame) => frame.get("RAck"))).toEqual(["7 1 INVITE"]);
    client.reply(invite, 200, { body: sdp("agent") });
    expect(client.requests("ACK").map((frame) => frame.get("CSeq"))).toEqual(["1 ACK"]);
  });
});

describe("a customer's call without an offer", () => {
  test("is acknowledged with the answer to the softphone's", () => {
    const { client, trunk } = bench();
    client.register();
    const call = trunk.call("agent7", { from, offer: false });
    client.reply(client.requests("INVITE")[0], 200, { body: sdp("agent") });
    expect(client.requests("ACK").map(({ body }) => body.includes("m=audio 9 RTP/AVP 0"))).toEqual([true]);
    expect(call).toMatchObject({ state: "answered", isAcknowledged: true, answer: sdp("agent") });
  });

  test("whose media cannot answer is acknowledged and ended", () => {
    const media = () => {
      throw new Error("no audio");
    };
    const { client, trunk } = bench({ media });
    client.register();
    trunk.call("agent7", { from, offer: false });
    client.reply(client.requests("INVITE")[0], 200, { body: sdp("agent") });
    expect(client.requests().map(({ method }) => method)).toEqual(["INVITE", "ACK", "BYE"]);
  });
});

test("the default offer of a customer's call is one that a browser takes, with digits", () => {
  const { client, trunk } = bench();
  client.register();
  trunk.call("agent7", { from });
  const body = client.requests("INVITE")[0]?.body ?? "";
  for (const line of [
    /^m=audio 9 UDP\/TLS\/RTP\/SAVPF /m,
    /^a=ice-ufrag:/m,
    /^a=fingerprint:sha-256 /m,
    /^a=setup:actpass/m,
    /telephone-event/,
  ]) {
    expect(body).toMatch(line);
  }
});
