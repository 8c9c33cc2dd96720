import { describe, expect, test, vi } from "vitest";
import type { Phone } from "../../../adapters/mock-trunk/index.ts";
import { tagOf } from "../../support/raw-sip-client.ts";
import { sdp } from "../../support/sip-text.ts";
import { bench, number, talking } from "./bench.ts";

describe("an INVITE", () => {
  test("is answered 100 at once, 180 when the phone rings, 200 with SDP when it is answered", () => {
    const { client, trunk, clock } = bench();
    const invite = client.invite(number);
    expect(client.codes(invite)).toEqual([100]);
    clock.advance(20);
    expect(client.codes(invite)).toEqual([100, 180]);
    expect(trunk.calls).toMatchObject([{ caller: "agent", user: "agent7", number, state: "alerting", code: undefined }]);
    clock.advance(60);
    expect(client.codes(invite)).toEqual([100, 180, 200]);
    expect(client.last.body).toContain("a=recvonly");
    expect(
      new Set(
        client
          .responses()
          .slice(1)
          .map((frame) => tagOf(frame.get("To"))),
      ).size,
    ).toBe(1);
    expect(trunk.answered(number)).toMatchObject([{ state: "answered", code: 200, answeredAtMs: 80, isAcknowledged: false }]);
    client.ack(invite);
    expect(trunk.calls).toMatchObject([{ isAcknowledged: true }]);
  });

  test.each([
    ["agent", [200]],
    ["connection", []],
  ] as const)("whose connection is gone is answered to the %s", (answersTo, codes) => {
    const { client, link, clock, connect, trunk } = bench({ answersTo });
    client.invite(number);
    clock.advance(40);
    link.closed();
    const next = connect();
    next.client.register();
    clock.advance(100);
    const answers = next.client.responses().filter((frame) => frame.get("CSeq").endsWith("INVITE"));
    expect(answers.map((frame) => Number(frame.method))).toEqual(codes);
    expect(trunk.answered(number)).toHaveLength(1);
  });

  test.each<[string, (phone: Phone) => void, number[], string]>([
    ["is busy", (phone) => phone.isBusy(), [100, 486], "Q.850;cause=17;location=U"],
    ["declines", (phone) => phone.declines(), [100, 603], "Q.850;cause=21;location=U"],
    ["rings and declines", (phone) => phone.declines({ afterMs: 10 }), [100, 180, 603], "Q.850;cause=21;location=U"],
    ["is unallocated", (phone) => phone.isUnallocated(), [100, 404], "Q.850;cause=1;location=LN"],
    ["refuses otherwise", (phone) => phone.refuses({ code: 480, text: 'gone "out"' }), [100, 480], 'SIP;cause=480;text="gone \\"out\\""'],
    ["does not answer", (phone) => phone.doesNotAnswer(), [100, 180], ""],
    ["answers", (phone) => phone.isBusy().answers(), [100, 180, 200], ""],
    ["has early media", (phone) => phone.answers({ earlyMedia: true }), [100, 183, 200], ""],
    ["answers later", (phone) => phone.answers({ ringAfterMs: 1_000, answerAfterMs: 60_000 }), [100], ""],
  ])("to a phone that %s", (_, set, codes, reason) => {
    const { client, trunk, clock } = bench();
    set(trunk.phone(number));
    const invite = client.invite(number);
    clock.advance(400);
    expect(client.codes(invite)).toEqual(codes);
    expect(client.last.get("Reason")).toBe(reason);
  });

  test("with early media brings the SDP of the answer with the 183", () => {
    const { client, trunk, clock } = bench();
    trunk.phone(number).answers({ earlyMedia: true });
    const invite = client.invite(number);
    clock.advance(100);
    const [, early, answer] = client.responses(invite.get("Call-ID"));
    expect(early?.body).toContain("m=audio 9 RTP/AVP 0");
    expect(answer?.body).toBe(early?.body);
  });

  test("is answered again and again until the ACK: after 0.5 s, 1 s, 2 s, 4 s, and every 4 s up to 32 s", () => {
    const { client, trunk, clock } = bench();
    const answersTo = (acknowledge: boolean) => {
      const invite = client.invite(number);
      clock.advance(1_000);
      if (acknowledge) client.ack(invite);
      clock.advance(60_000);
      const sent = trunk.log.filter(({ callId, code }) => callId === invite.get("Call-ID") && code === 200).map(({ atMs }) => atMs);
      return sent.map((atMs) => atMs - (sent[0] ?? 0));
    };
    expect(answersTo(true)).toEqual([0, 500]);
    expect(answersTo(false)).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
  });

  test.each([
    `sip:${number}@a.example`,
    `sip:${number};phone-context=x@a.example;user=phone`,
    "sip:%2B21671000001@a.example;transport=ws",
    "sip:+216-71-000.001@a.example",
    "tel:+216-71-000-001;phone-context=+216",
  ])("to %s is for the same phone", (uri) => {
    const { client, trunk, clock } = bench();
    trunk.phone("+216 71 000 001").isBusy();
    const invite = client.request("INVITE", uri, { body: sdp("us") });
    clock.advance(100);
    expect(client.codes(invite)).toEqual([100, 486]);
    expect(trunk.calls).toMatchObject([{ number }]);
  });

  test("to no number is incomplete", () => {
    const { client } = bench();
    expect(client.codes(client.request("INVITE", "sip:a.example"))).toEqual([484]);
  });

  test("that comes again by another way is merged; the same again gets the same answer", () => {
    const { client, trunk, clock } = bench();
    const invite = client.invite(number);
    const merged = client.invite(number, { callId: invite.get("Call-ID"), branch: "z9hG4bK-other" });
    expect(client.last.branch).toBe("z9hG4bK-other");
    expect(client.codes(merged)).toEqual([100, 482]);
    clock.advance(30);
    client.say(invite.raw);
    expect(client.codes(invite)).toEqual([100, 482, 180, 180]);
    expect(trunk.rings(number)).toHaveLength(1);
  });
});

describe("the softphone", () => {
  test("cancels: 200, and 487 to the INVITE", () => {
    const { client, trunk, clock } = bench();
    trunk.phone(number).doesNotAnswer();
    const invite = client.invite(number);
    clock.advance(1_000);
    const cancel = client.cancel(invite);
    expect([client.codes(cancel), client.codes(invite)]).toEqual([[200], [100, 180, 487]]);
    expect(trunk.rings(number)).toEqual([{ number, callId: invite.get("Call-ID"), fromMs: 20, untilMs: 1_000, endedBy: "cancelled" }]);
    expect(trunk.calls).toMatchObject([{ state: "ended", code: 487, end: { by: "agent", atMs: 1_000 } }]);
    clock.advance(60_000);
    expect(client.codes(invite)).toEqual([100, 180, 487]);
  });

  test("cancels too late: 200, and the call goes on", () => {
    const { client, trunk, invite } = talking();
    expect(client.codes(client.cancel(invite))).toEqual([200]);
    expect(trunk.calls).toMatchObject([{ state: "answered" }]);
  });

  test("cancels what is not there: 481", () => {
    const { client } = bench();
    const invite = client.invite(number);
    const other = client.request("CANCEL", `sip:${number}@a.example`, { callId: invite.get("Call-ID"), branch: "z9hG4bK-other" });
    expect(client.codes(other)).toEqual([481]);
  });

  test("hangs up", () => {
    const { client, trunk, invite } = talking();
    expect(client.codes(client.within("BYE", invite))).toEqual([200]);
    expect(trunk.calls).toMatchObject([{ state: "ended", code: 200, end: { by: "agent" } }]);
    expect(client.codes(client.within("BYE", invite, 3))).toEqual([481]);
  });

  test("hangs up before the answer: the INVITE ends by 487", () => {
    const { client, clock } = bench();
    const invite = client.invite(number);
    clock.advance(30);
    expect(client.codes(client.within("BYE", invite))).toEqual([200]);
    expect(client.codes(invite)).toEqual([100, 180, 487]);
  });

  test("offers anew within the call", () => {
    const { client, invite } = talking();
    const again = client.within("INVITE", invite, 2, `${sdp("us", 2)}m=video 9 RTP/AVP 31\r\n`);
    expect(client.codes(again)).toEqual([200]);
    expect(client.last.body).toContain("m=video 9 RTP/AVP 31");
    expect(client.last.get("Contact")).toContain(number);
  });

  test.each([
    ["INFO", 200],
    ["OPTIONS", 200],
    ["UPDATE", 200],
    ["REFER", 400],
    ["DANCE", 501],
  ])("sends %s within the call: %d", (method, code) => {
    const { client, invite } = talking();
    expect(client.codes(client.within(method, invite))).toEqual([code]);
  });

  test.each([
    ["BYE", 481],
    ["INVITE", 481],
    ["INFO", 481],
  ])("sends %s for a call that is not there: %d", (method, code) => {
    const { client } = bench();
    expect(client.codes(client.request(method, `sip:${number}@a.example`, { toTag: "gone" }))).toEqual([code]);
  });

  test.each([
    ["OPTIONS", 200],
    ["BYE", 481],
    ["SUBSCRIBE", 405],
    ["MESSAGE", 405],
    ["DANCE", 501],
  ])("sends %s outside any call: %d, and what is allowed", (method, code) => {
    const { client } = bench();
    const request = client.request(method, "sip:a.example");
    expect(client.codes(request)).toEqual([code]);
    if (code !== 481) expect(client.last.get("Allow")).toContain("INVITE, ACK, CANCEL, BYE");
    if (code === 200) expect(client.last.get("Accept")).toBe("application/sdp");
  });

  test("pings: a pong", () => {
    const { client, trunk } = bench();
    client.ping();
    expect(client.pongs).toBe(1);
    expect(trunk.log.at(-1)).toMatchObject({ what: "received", method: "PING" });
  });
});

describe("the customer", () => {
  test("hangs up: a BYE within the dialog", () => {
    const { client, trunk, invite } = talking();
    trunk.calls[0]?.hangUp();
    const [bye] = client.requests("BYE");
    expect(bye?.raw).toMatch(/^BYE sip:agent7@client.invalid;transport=ws SIP\/2.0\r\n/);
    expect(bye?.get("To")).toBe(invite.get("From"));
    expect(tagOf(bye?.get("From"))).toBe(tagOf(client.responses().at(-1)?.get("To")));
    client.reply(bye, 200);
    expect(trunk.calls).toMatchObject([{ state: "ended", end: { by: "customer" } }]);
  });

  test("hangs up with a reason, and so does the carrier", () => {
    for (const [end, by] of [
      ["hangUp", "customer"],
      ["cut", "carrier"],
    ] as const) {
      const { client, trunk } = talking();
      trunk.calls[0]?.[end](["Reason: Q.850;cause=38;location=LN"]);
      expect(client.requests("BYE").map((bye) => bye.get("Reason"))).toEqual(["Q.850;cause=38;location=LN"]);
      expect(trunk.calls).toMatchObject([{ state: "ended", end: { by } }]);
    }
  });

  test("is not cut off by the carrier before the answer", () => {
    const { client, trunk, clock } = bench();
    client.invite(number);
    clock.advance(30);
    trunk.calls[0]?.cut();
    expect([trunk.calls[0]?.state, client.requests("BYE")]).toEqual(["alerting", []]);
  });

  test("hangs up by habit, and not before the ACK", () => {
    const { client, trunk, clock } = bench();
    trunk.phone(number).answers({ hangUpAfterMs: 500, hangUpHeaders: ["Reason: Q.850;cause=16;location=U"] });
    const invite = client.invite(number);
    clock.advance(10_000);
    expect(client.requests("BYE")).toEqual([]);
    client.ack(invite);
    expect(client.requests("BYE").map((bye) => bye.get("Reason"))).toEqual(["Q.850;cause=16;location=U"]);
  });

  test("hangs up before the answer: declines", async () => {
    const { client, trunk, clock } = bench();
    const invite = client.invite(number);
    clock.advance(30);
    const [call] = trunk.calls;
    call?.hangUp();
    expect(client.codes(invite)).toEqual([100, 180, 603]);
    expect(await call?.settled).toBe("ended");
    expect(await call?.ended).toEqual({ by: "customer", atMs: 30 });
  });
});

describe("a call outlives its socket", () => {
  test("what is answered while there is none waits for the agent's next", () => {
    const { client, trunk, clock, link, connect } = bench();
    const invite = client.invite(number);
    link.closed();
    clock.advance(100);
    expect(client.codes(invite)).toEqual([100]);
    const next = connect();
    next.client.options();
    expect(next.client.codes(invite)).toEqual([]);
    next.client.register();
    expect(next.client.codes(invite)).toEqual([180, 200]);
    expect(trunk.rings(number)).toHaveLength(1);
  });

  test("what waits is for nobody who only names the agent, nor for one whose REGISTER is refused", () => {
    const { client, clock, link, connect } = bench({ users: { agent7: "secret" }, challenge: "register" });
    const invite = client.invite(number);
    link.closed();
    clock.advance(100);
    const stranger = connect();
    stranger.client.authorize(stranger.client.register(), stranger.client.last, "guessed");
    expect([stranger.client.last.method, stranger.client.codes(invite)]).toEqual(["403", []]);
    const agent = connect();
    agent.client.authorize(agent.client.register(), agent.client.last, "secret");
    expect(agent.client.codes(invite)).toEqual([180, 200]);
  });

  test("a CANCEL on the next socket ends it there", () => {
    const { client, trunk, clock, link, connect } = bench();
    trunk.phone(number).doesNotAnswer();
    const invite = client.invite(number);
    clock.advance(30);
    link.closed();
    const next = connect();
    const cancel = next.client.cancel(invite);
    expect([next.client.codes(cancel).includes(200), next.client.codes(invite).includes(487)]).toEqual([true, true]);
    expect(trunk.rings(number)).toMatchObject([{ endedBy: "cancelled" }]);
  });
});

describe("media", () => {
  test("is asked for the answer, and closed with the call", async () => {
    const close = vi.fn();
    const media = vi.fn((offer: string) => Promise.resolve({ answer: `answer to ${offer.length}`, close }));
    const { client, clock } = bench({ media });
    const invite = client.invite(number);
    clock.advance(100);
    await Promise.resolve();
    expect(client.last.body).toBe(`answer to ${sdp("us").length}`);
    expect(close).not.toHaveBeenCalled();
    client.ack(invite);
    client.within("BYE", invite);
    expect([media.mock.calls.length, close.mock.calls.length]).toEqual([1, 1]);
  });

  test("that comes after the call's end is closed", async () => {
    const close = vi.fn();
    const { client, clock } = bench({ media: () => Promise.resolve({ answer: "late", close }) });
    const invite = client.invite(number);
    clock.advance(100);
    client.cancel(invite);
    await Promise.resolve();
    expect(client.codes(invite)).toEqual([100, 180, 487]);
    expect(close).toHaveBeenCalledOnce();
  });

  test.each([
    ["rejects", () => Promise.reject(new Error("no codec"))],
    [
      "throws",
      () => {
        throw new Error("no codec");
      },
    ],
  ])("that %s refuses the call by 488", async (_, media) => {
    const { client, clock } = bench({ media });
    const invite = client.invite(number);
    clock.advance(100);
    await Promise.resolve();
    await Promise.resolve();
    expect(client.codes(invite).at(-1)).toBe(488);
  });

  test("by default mirrors what a browser offers, and sends nothing", () => {
    const { client, clock } = bench();
    const lines = [
      "m=audio 51372 UDP/TLS/RTP/SAVPF 111 0",
      "a=rtpmap:111 opus/48000/2",
      "a=mid:0",
      "a=rtcp-mux",
      "a=sendrecv",
      "a=setup:actpass",
    ];
    client.invite(number, { body: ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0", ...lines, ""].join("\r\n") });
    clock.advance(100);
    const answer = client.last.body.split("\r\n");
    for (const line of [
      "a=group:BUNDLE 0",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
      "a=rtpmap:111 opus/48000/2",
      "a=mid:0",
      "a=rtcp-mux",
      "a=recvonly",
      "a=setup:passive",
    ])
      expect(answer).toContain(line);
    expect(answer).not.toContain("a=sendrecv");
  });
});
