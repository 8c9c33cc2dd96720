/** What gateways do in a call besides what they write: none costs it, or leaves somebody in one that is over. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connected, dial, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A call of ours, and a gateway that answers it. */
async function dialled() {
  const made = await connected();
  const { invite: call, ...heard } = dial(made.edge);
  await settle();
  const invite = made.peer.last("INVITE");
  return { ...made, ...heard, call, invite, say: (code: number, options = {}) => made.peer.answer(invite, code, "Whatever", options) };
}

/** A customer's call that the agent has taken, and that nobody has acknowledged yet. */
async function taken() {
  const { peer, invitations } = await connected();
  let toTag = "";
  const send = (method: string, cseq: number, body?: string) =>
    peer.request(method, "sip:agent7@x.invalid", [
      `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${method}${cseq}`,
      "From: <sip:1@a.example>;tag=1",
      `To: <sip:agent7@a.example>${toTag && `;tag=${toTag}`}`,
      "Call-ID: in1",
      `CSeq: ${cseq} ${method}`,
      "Contact: <sip:gw@peer.example>",
    ], body); // prettier-ignore
  send("INVITE", 5, sdp("peer"));
  const accepted = invitations[0]?.accept(sdp("us"));
  toTag = peer.last("200").get("To").split("tag=")[1] ?? "";
  const answersTo = (cseq: number) => peer.frames.filter((frame) => !frame.isRequest && frame.get("CSeq").startsWith(`${cseq} `));
  return { peer, accepted, send, answersTo };
}

describe("a session timer that is too short for the next proxy (RFC 4028 §7.3)", () => {
  const tooShort = (leastS: string) => ({ headers: [`Min-SE: ${leastS}`] });
  const timerOf = async (leastS: string) => {
    const made = await dialled();
    made.say(422, tooShort(leastS));
    await settle();
    return made;
  };

  it.each([
    ["1800", "1800"],
    ["60;x=y", "90"],
  ])("of %j is asked for by the same call, once", async (leastS, intervalS) => {
    const { peer, told, invite } = await timerOf(leastS);
    const again = peer.last("INVITE");
    expect([again.get("Session-Expires"), again.get("Min-SE")]).toEqual([intervalS, intervalS]);
    expect([again.get("Call-ID"), again.get("CSeq"), again.body]).toEqual([invite.get("Call-ID"), "2 INVITE", invite.body]);
    expect([told, peer.received("ACK").length]).toEqual([["sent", "challenged", "sent"], 1]);
    peer.answer(again, 422, "Whatever", tooShort("3600"));
    expect([told.at(-1), peer.received("INVITE").length]).toEqual(["rejected 422 peer", 2]);
  });

  it.each(["", "soon", "99999999"])("of %j is the end of it", async (leastS) => {
    const { peer, told } = await timerOf(leastS);
    expect([told, peer.received("INVITE").length]).toEqual([["sent", "rejected 422 peer"], 1]);
  });

  it("is asked for with the credentials that were given, and refreshed", async () => {
    const { peer, say, told } = await dialled();
    say(407, { headers: ['Proxy-Authenticate: Digest realm="a", nonce="n", qop="auth"'] });
    await vi.advanceTimersByTimeAsync(0);
    peer.answer(peer.last("INVITE"), 422, "Whatever", tooShort("1800"));
    await settle();
    const third = peer.last("INVITE");
    expect([third.get("CSeq"), third.all("Proxy-Authorization").length]).toEqual(["3 INVITE", 1]);
    expect(third.get("Proxy-Authorization")).toContain("nc=00000002");
    peer.answer(third, 200, "OK", { body: sdp("peer"), headers: ["Session-Expires: 1800;refresher=uac"] });
    expect(told.at(-1)).toBe("accepted 200 peer");
    await vi.advanceTimersByTimeAsync(901_000);
    expect(peer.last("INVITE").get("To")).toContain("tag=peer");
  });

  it.each([
    ["once a phone rang", 180, false],
    ["once the call was given up", 100, true],
  ])("is not asked for %s", async (_, before, isCancelled) => {
    const { say, told, peer, call } = await dialled();
    say(before);
    if (isCancelled) call.cancel();
    say(422, tooShort("1800"));
    expect([told.at(-1), peer.received("INVITE").length]).toEqual(["rejected 422 peer", 1]);
  });
});

describe("an answer without a description", () => {
  it.each([
    ["another tag than the announcement's", "a", "b"],
    ["a tag, which the announcement had not", "", "b"],
  ])("and with %s has that of the announcement", async (_, early, late) => {
    const { say, dialogs } = await dialled();
    say(183, { toTag: early, body: sdp("peer") });
    say(200, { toTag: late });
    expect(dialogs[0]?.sdp).toBe(sdp("peer"));
  });

  it("has none of several that were others'", async () => {
    const { say, dialogs } = await dialled();
    say(183, { toTag: "a", body: sdp("a") });
    say(183, { toTag: "b", body: sdp("b") });
    say(200, { toTag: "c" });
    expect([dialogs.length, dialogs[0]?.sdp]).toEqual([1, undefined]);
  });
});

describe("a change of what is not settled yet is to come again soon", () => {
  it.each(["INVITE", "UPDATE"])("%s with an offer before the ACK", async (method) => {
    const { accepted, send, answersTo } = await taken();
    send(method, 6, sdp("peer", 2));
    await settle();
    expect(answersTo(6).map((frame) => frame.method)).toEqual(["491"]);
    send("ACK", 5);
    expect(await accepted).toBeDefined();
  });

  it("an UPDATE without one before the ACK is answered", async () => {
    const { send, answersTo } = await taken();
    send("UPDATE", 6);
    await settle();
    expect(answersTo(6).map((frame) => frame.method)).toEqual(["200"]);
  });

  it("INVITE before the answer to ours", async () => {
    const { peer, say, invite, told } = await dialled();
    say(183, { body: sdp("peer") });
    const head = ["Via: SIP/2.0/WSS p;branch=z9hG4bKx", `From: ${invite.get("To")};tag=peer`, `To: ${invite.get("From")}`];
    peer.request(
      "INVITE",
      "sip:x@y",
      [...head, `Call-ID: ${invite.get("Call-ID")}`, "CSeq: 1 INVITE", "Contact: <sip:a@b>"],
      sdp("peer", 2),
    );
    expect(peer.frames.at(-1)?.method).toBe("491");
    say(200, { body: sdp("peer") });
    expect(told.at(-1)).toBe("accepted 200 peer");
  });
});

/** Asks within the dialog of that tag. @returns what the peer gets for it. */
function asker({ peer, invite }: Pick<Awaited<ReturnType<typeof dialled>>, "peer" | "invite">) {
  let cseq = 0;
  return async (method: string, { body, tag = "peer" }: { body?: string; tag?: string } = {}) => {
    const tags = [`From: ${invite.get("To")};tag=${tag}`, `To: ${invite.get("From")}`, `Call-ID: ${invite.get("Call-ID")}`];
    const via = `Via: SIP/2.0/WSS p;branch=z9hG4bKasked${++cseq}`;
    peer.request(method, "sip:x@y", [via, ...tags, `CSeq: ${cseq} ${method}`, "Contact: <sip:a@b>"], body);
    await settle();
    return peer.frames.findLast((frame) => !frame.isRequest && frame.get("CSeq") === `${cseq} ${method}`);
  };
}

/** A call that leaves it to the peer who begins with DTLS, as a browser's offer does; and what the peer said of its session. */
async function offered() {
  const made = await connected();
  const told: (string | undefined)[] = [];
  const ours = `${sdp("us")}a=setup:actpass\r\na=sendrecv\r\n`;
  const unheard = { sent() {}, challenged() {}, flowLost() {}, rejected() {}, progressed() {} };
  made.edge.invite(
    { target: "sip:+21671000001@carrier.example", offer: ours },
    { ...unheard, accepted: ({ sdp: theirs }) => void told.push(theirs) },
  );
  await settle();
  const invite = made.peer.last("INVITE");
  return { ...made, told, ours, invite, ask: asker({ ...made, invite }) };
}

const secured = (role: string, version = 1, who = "peer") =>
  `${sdp(who, version)}a=setup:${role}\r\na=ice-ufrag:u\r\na=fingerprint:sha-256 AA\r\n`;

describe("within an early dialog that has described itself", () => {
  it.each([
    ["the same once more", secured("active"), "sendrecv"],
    ["with another count", secured("active", 2), "sendrecv"],
    ["by another server", secured("active", 1, "other"), "sendrecv"],
    [
      "with the network reserved (RFC 3312)",
      `${secured("active", 2)}a=curr:qos local sendrecv\r\na=des:qos none remote sendrecv\r\n`,
      "sendrecv",
    ],
    ["one way", `${secured("active", 2)}a=sendonly\r\n`, "recvonly"],
    ["with the role left open", secured("actpass", 2), "sendrecv"],
  ])("an UPDATE that offers %s is answered (RFC 3311 §5.1)", async (_, offer, way) => {
    const { peer, invite, ask, ours, told } = await offered();
    peer.answer(invite, 183, "Whatever", { body: secured("active"), headers: ["Require: 100rel", "RSeq: 1"] });
    const answer = await ask("UPDATE", { body: offer });
    expect([answer?.method, answer?.body]).toEqual(["200", ours.replace("actpass", "passive").replace("sendrecv", way)]);
    peer.answer(invite, 200);
    // What they said last, and the role that they have chosen.
    expect(told).toEqual([offer.replace("actpass", "active")]);
  });

  it.each([
    ["is from elsewhere", secured("active", 2).replace("ice-ufrag:u", "ice-ufrag:v"), "peer"],
    ["has another key", secured("active", 2).replace("AA", "BB"), "peer"],
    ["is of a branch that has said nothing", secured("active"), "silent"],
  ])("an UPDATE whose offer %s may come again, and is taken after the answer", async (_, offer, tag) => {
    const made = await dialled();
    const ask = asker(made);
    made.say(183, { body: secured("active") });
    made.say(180, { toTag: "silent" });
    expect((await ask("UPDATE", { body: offer, tag }))?.method).toBe("491");
    made.say(200, { toTag: tag });
    expect(made.told.at(-1)).toBe("accepted 200 peer");
    made.dialogs[0]?.keepSession({ answer: async () => sdp("us", 2), offer: async () => undefined, applyAnswer: async () => {} });
    const answer = await ask("UPDATE", { body: offer, tag });
    expect([answer?.method, answer?.body]).toEqual(["200", offer === secured("active") ? sdp("us") : sdp("us", 2)]);
  });

  it("an INFO is heard", async () => {
    const made = await dialled();
    made.say(183);
    expect((await asker(made)("INFO"))?.method).toBe("200");
  });

  it("a PRACK is for nothing of ours (RFC 3262 §3), nor is it later", async () => {
    const made = await dialled();
    const ask = asker(made);
    made.say(183, { body: sdp("peer"), headers: ["Require: 100rel", "RSeq: 1"] });
    const early = await ask("PRACK");
    made.say(200, { body: sdp("peer") });
    expect([early?.method, (await ask("PRACK"))?.method]).toEqual(["481", "481"]);
  });

  it("an INVITE that leaves our tag out is of that call, and rings nobody", async () => {
    const made = await dialled();
    const ask = asker({
      peer: made.peer,
      invite: { get: (name: string) => made.invite.get(name).replace(/;tag=.*/, "") } as typeof made.invite,
    });
    made.say(183, { body: sdp("peer") });
    const early = await ask("INVITE", { body: sdp("peer", 2) });
    made.say(200, { body: sdp("peer") });
    made.dialogs[0]?.keepSession({ answer: async () => sdp("us", 2), offer: async () => undefined, applyAnswer: async () => {} });
    const later = await ask("INVITE", { body: sdp("peer", 2) });
    expect([early?.method, later?.method, later?.body, made.invitations]).toEqual(["491", "200", sdp("us", 2), []]);
  });

  it("a NOTIFY is of no event that we serve there, as in the call (RFC 6665 §4.1.3)", async () => {
    const made = await dialled();
    const ask = asker(made);
    made.say(183);
    const early = await ask("NOTIFY");
    made.say(200, { body: sdp("peer") });
    const later = await ask("NOTIFY");
    expect([early, later].map((answer) => [answer?.method, answer?.get("Allow-Events")])).toEqual([["489", "refer"], ["489", "refer"]]); // prettier-ignore
  });

  it("a BYE is of that branch alone: another was answered (RFC 3261 §12)", async () => {
    const made = await dialled();
    const ask = asker(made);
    const ended = vi.fn();
    made.say(183, { toTag: "one" });
    made.say(200, { toTag: "two", body: sdp("peer") });
    made.dialogs[0]?.onEnded(ended);
    expect([(await ask("BYE", { tag: "one" }))?.method, ended.mock.calls]).toEqual(["200", []]);
    expect([(await ask("BYE", { tag: "two" }))?.method, ended.mock.calls]).toEqual(["200", [["bye"]]]);
  });
});

it.each([
  ["INVITE", "active", "passive"],
  ["UPDATE", "active", "passive"],
  ["UPDATE", "passive", "active"],
  // Not allowed in an answer, and read as passive.
  ["UPDATE", "actpass", "active"],
])("a refresh by %s of who is %s is told the role that is ours (RFC 5763 §5)", async (method, theirs, role) => {
  const { peer, invite, ask, ours } = await offered();
  peer.answer(invite, 200, "OK", { body: secured(theirs) });
  const answer = await ask(method, { body: secured(theirs) });
  expect([answer?.method, answer?.body]).toEqual(["200", ours.replace("actpass", role)]);
});

it("a BYE that crosses ours is answered (RFC 5407 §3.2.1), and nothing else that comes then", async () => {
  const made = await dialled();
  const ask = asker(made);
  made.say(200, { body: sdp("peer") });
  const ended = vi.fn();
  made.dialogs[0]?.onEnded(ended);
  void made.dialogs[0]?.bye();
  const answers = [await ask("BYE"), await ask("INFO"), await ask("BYE", { tag: "stranger" })];
  expect([answers.map((answer) => answer?.method), ended.mock.calls]).toEqual([["200", "481", "481"], []]);
});

describe.each(["INVITE", "UPDATE", "INFO", "BYE"])("within a call that stands, %s is heard", (method) => {
  /** A request of the peer's, whose From and To the test writes. */
  async function asked(write: (theirs: string, ours: string) => readonly [from: string, to: string]) {
    const { peer, say, invite, dialogs, invitations } = await dialled();
    say(200, { body: sdp("peer") });
    const ended = vi.fn();
    dialogs[0]?.onEnded(ended);
    dialogs[0]?.keepSession({ answer: async () => sdp("us", 2), offer: async () => undefined, applyAnswer: async () => {} });
    const [from, to] = write(`${invite.get("To")};tag=peer`, invite.get("From"));
    const lines = [`From: ${from}`, `To: ${to}`, `Call-ID: ${invite.get("Call-ID")}`, `CSeq: 1 ${method}`, "Contact: <sip:a@b>"];
    peer.request(method, "sip:x@y", ["Via: SIP/2.0/WSS p;branch=z9hG4bK1", ...lines], method === "INVITE" ? sdp("peer", 2) : undefined);
    await settle();
    expect(invitations).toEqual([]);
    const answer = peer.frames.at(-1);
    expect([answer?.get("From"), answer?.get("To").startsWith(to)]).toEqual([from, true]);
    return [answer?.method, ended.mock.calls.length];
  }
  const heard = ["200", method === "BYE" ? 1 : 0];
  const unheard = ["481", 0];

  it.each<[string, (header: string) => string]>([
    ["in quotes", (header) => header.replace(/tag=(.*)/, 'tag="$1"')],
    ["in another case (RFC 3261 §7.3.1)", (header) => header.replace(/tag=(.*)/, (tag) => tag.toUpperCase())],
    ["inside the brackets", (header) => header.replace(/>(;tag=.*)/, "$1>")],
    ["nowhere", (header) => header.replace(/;tag=.*/, "")],
  ])("whose tags stand %s, the peer's or ours", async (_, respelt) => {
    expect(await asked((theirs, ours) => [respelt(theirs), ours])).toEqual(heard);
    expect(await asked((theirs, ours) => [theirs, respelt(ours)])).toEqual(heard);
  });

  it("but not with a stranger's tag", async () => {
    expect(await asked((theirs, ours) => [theirs.replace("peer", "stranger"), ours])).toEqual(unheard);
    expect(await asked((theirs, ours) => [theirs, ours.replace(/tag=.*/, "tag=stranger")])).toEqual(unheard);
  });

  // Anything else of ours may have come back to us by mistake.
  it("with From and To as the INVITE had them, where it hangs up", async () =>
    expect(await asked((theirs, ours) => [ours, theirs])).toEqual(method === "BYE" ? heard : unheard));
});

it("a BYE without the peer's tag ends none of two that ring", async () => {
  const { peer, say, invite } = await dialled();
  say(183, { toTag: "one" });
  say(183, { toTag: "two" });
  const lines = [`From: ${invite.get("To")}`, `To: ${invite.get("From")}`, `Call-ID: ${invite.get("Call-ID")}`, "CSeq: 1 BYE"];
  peer.request("BYE", "sip:x@y", ["Via: SIP/2.0/WSS p;branch=z9hG4bK1", ...lines]);
  expect(peer.frames.at(-1)?.method).toBe("481");
});

it("a BYE that leaves our tag out hangs up", async () => {
  const { peer, say, invite, dialogs } = await dialled();
  say(200, { body: sdp("peer") });
  const ended = vi.fn();
  dialogs[0]?.onEnded(ended);
  const to = invite.get("From").replace(/;tag=.*/, "");
  const bye = (tag: string, branch: string) =>
    peer.request("BYE", "sip:x@y", [
      `Via: SIP/2.0/WSS p;branch=z9hG4bK${branch}`,
      `From: ${invite.get("To")};tag=${tag}`,
      `To: ${to}`,
      `Call-ID: ${invite.get("Call-ID")}`,
      "CSeq: 1 BYE",
    ]);
  bye("stranger", "1");
  expect([peer.frames.at(-1)?.method, ended.mock.calls.length]).toEqual(["481", 0]);
  bye("peer", "2");
  expect([peer.frames.at(-1)?.method, ended.mock.calls.length]).toEqual(["200", 1]);
});

describe("a customer who gives up", () => {
  const head = (method: string, cseq: number, via: string, fromTag = "1") => [
    `Via: SIP/2.0/WSS ${via}`,
    `From: <sip:1@a.example>;tag=${fromTag}`,
    "To: <sip:agent7@a.example>",
    "Call-ID: in1",
    `CSeq: ${cseq} ${method}`,
    "Contact: <sip:gw@peer.example>",
  ];

  it.each([
    ["CANCEL by another node", "CANCEL", 5, "node2.example:8443;branch=z9hG4bKin1", "1", true],
    ["CANCEL under another branch", "CANCEL", 5, "peer.example;branch=z9hG4bKother", "1", true],
    ["CANCEL without a branch", "CANCEL", 5, "peer.example", "1", true],
    ["CANCEL of another INVITE", "CANCEL", 6, "peer.example;branch=z9hG4bKother", "1", false],
    ["CANCEL of another caller's", "CANCEL", 5, "peer.example;branch=z9hG4bKother", "2", false],
    ["BYE without our tag", "BYE", 6, "peer.example;branch=z9hG4bKbye", "1", true],
  ])("by %s", async (_, method, cseq, via, fromTag, isHeard) => {
    const { peer, invitations } = await connected();
    peer.request("INVITE", "sip:agent7@x.invalid", head("INVITE", 5, "peer.example;branch=z9hG4bKin1"), sdp("peer"));
    const cancelled = vi.fn();
    invitations[0]?.onCancelled(cancelled);
    invitations[0]?.ring();
    peer.request(method, "sip:agent7@x.invalid", head(method, cseq, via, fromTag));
    expect(cancelled).toHaveBeenCalledTimes(isHeard ? 1 : 0);
    expect(peer.frames.slice(-2).map((frame) => frame.method)).toEqual(isHeard ? ["200", "487"] : ["180", "481"]);
  });
});

describe("a customer's call whose body is for others alone rings, and is answered by our offer", () => {
  it.each([
    ["ISUP", "application/isup;version=itu-t92+"],
    ["where the caller is", "application/pidf+xml"],
  ])("%s", async (_, type) => {
    const { peer, invitations } = await connected();
    const body = `--b\r\nContent-Type: ${type}\r\n\r\nx\r\n--b--\r\n`;
    const head = [
      "INVITE sip:agent7@x.invalid SIP/2.0",
      "Via: SIP/2.0/WSS peer.example;branch=z9hG4bKin1",
      "From: <sip:1@a.example>;tag=1",
    ];
    const more = ["To: <sip:agent7@a.example>", "Call-ID: in1", "CSeq: 5 INVITE", "Contact: <sip:gw@peer.example>"];
    peer.socket.deliver(
      [...head, ...more, "Content-Type: multipart/mixed;boundary=b", `Content-Length: ${body.length}`, "", body].join("\r\n"),
    );
    expect(invitations.map(({ offer }) => offer)).toEqual([undefined]);
  });
});
