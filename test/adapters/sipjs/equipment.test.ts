/** Habits of certain equipment: none costs a call, or makes two of one. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { requestText, responseTo } from "../../support/sip-text.ts";
import { connected, dial, outcome, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What stands besides in any message, whoever sends it. */
const besides: readonly (readonly [who: string, lines: string])[] = [
  ["Cisco", "Remote-Party-ID: \"Doe\\, J\" <sip:1001@10.0.0.1>;party=calling;screen=yes;privacy=off\r\nCisco-Guid: 0a-b\r\nSession-ID: 0a;remote=0"],
  ["Cisco, with its own Contact parameters behind a second Contact", "Call-Info: <urn:x-cisco-remotecc:callinfo>; security= NotAuthenticated; orientation= to"],
  ["Avaya", 'P-Asserted-Identity: "Front, Desk (1)" <sip:1@avaya.example>, tel:+21671\r\nP-Location: SM;origlvl="1";cid="a,b"\r\nAv-Global-Session-ID: x'],
  ["Mitel", "P-Asserted-Identity: Société <sip:1@mitel_3300>\r\nX-Mitel: \"open"],
  ["BroadWorks", "Diversion: \"A;B\" <sip:1@b.example;user=phone>;reason=user-busy;counter=1, <tel:+216>;reason=(odd)\r\nX-BroadWorks-Correlation-Info: "],
  ["Metaswitch", "History-Info: <sip:1@m.example?Reason=SIP%3Bcause%3D302&Privacy=none>;index=1, <sip:2@m_2>;index=1.1;mp=1\r\nP-Charging-Vector: icid-value=\"a;b\";icid-generated-at=1"],
  ["Sonus", "P-Sig-Info: <sip:x@1.2.3.4;tgrp=A_1;trunk-context=[::1]>\r\nP-K-Adn: pstn\r\nRemote-Party-ID: <sip:anonymous@>"],
  ["Huawei IMS", "P-Early-Media: supported,gated\r\nFeature-Caps: *;+g.3gpp.srvcc;+sip.pns=\"x\"\r\nP-Access-Network-Info: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=\"1\";network-provided, IEEE-802.11"],
  ["Teams", "X-MS-SBC: Audio/7.2\r\nReason: Q.850;cause=16;text=\"a7d5e6;Call; ended\", microsoft;cause=0;text=\"x\"\r\nSupported: replaces,\r\nSupported:"],
  ["FreeSWITCH", "X-FS-Support: update_display,send_info\r\nRemote-Party-ID: \"\\\"\" <sip:a@b>;party=calling\r\nAllow-Events: talk, hold, , refer"],
  ["Asterisk", "P-Asserted-Identity: \"a\"b\" <sip:1@2>\r\nSession-Expires: 1800;refresher=\r\nX-Asterisk-HangupCause: Normal Clearing"],
  ["Kamailio", "P-hint: usrloc applied\r\nWarning: 392 1.2.3.4:5060 \"Noisy feedback tells:  pid=1 req_src_ip=1 in_uri=sip:a@b out_uri=sip:\\\"b via_cnt==2\""],
  ["OpenSIPS", "Warning: 1234567 x\r\nWarning: \r\nRecord-Route: <sip:1.2.3.4;r2=on;lr=on;ftag=a_b;did=7.1>,<sip:[::1]:5060;transport=ws;r2=on;lr>"],
  ["3CX", "User-Agent: 3CXPhoneSystem 18.0 (build:1)\r\nContact-Preference: *\r\nRemote-Party-ID: <sip:>;party=called"],
  ["Grandstream", "P-Early-Media: \r\nX-Grandstream-PBX: true\r\nUser-Agent: Grandstream UCM6202V1.5A 1.0.\u00e9"],
  ["Yeastar", "X-YS-Tag: {\"a\": [1]}\r\nSupported: replaces, timer, , 100rel,\r\nReason: Q.850"],
  ["a gateway whose clock was never set", "Date: Thu, 01 Jan 1970 00:00:00 UTC+01\r\nTimestamp: 1.2.3 x\r\nExpires: never"],
  ["a gateway that quotes numbers", "MIME-Version: \"1.0\"\r\nExpires: \"180\"\r\nRSeq: \"1\"\r\nPriority: \"normal\""],
  ["an SBC that folds what it lists", "Allow: INVITE,\r\n ACK,\r\n\tBYE\r\nHistory-Info: <sip:1@a>;index=1,\r\n <sip:2@b>;index=2"],
  ["an SBC that hides names", "Record-Route: <sip:tok+3d~%7B!@sbc.example:5061;transport=wss;lr;sbc=\"a>b\">"],
]; // prettier-ignore

const withLines = (text: string, lines: string): string => text.replace("Content-Length", `${lines}\r\nContent-Length`);

describe.each(besides)("%s", (_, lines) => {
  it("rings, answers once and hangs up", async () => {
    const { peer, edge, told: frames } = await connected();
    const { told, dialogs } = dial(edge);
    await settle();
    const invite = peer.last("INVITE");
    peer.socket.deliver(withLines(responseTo(invite, 180, "Ringing"), lines));
    const ok = withLines(responseTo(invite, 200, "OK", { body: sdp("peer") }), lines);
    peer.socket.deliver(ok);
    peer.socket.deliver(ok);
    expect([told, dialogs[0]?.sdp]).toEqual([["sent", "progressed 180 peer", "accepted 200 peer"], sdp("peer")]);
    expect([peer.received("ACK").length, peer.received("BYE").length, peer.received("PRACK").length]).toEqual([2, 0, 0]);
    expect(frames.filter((line) => /malformed/.test(line))).toEqual([]);
    void dialogs[0]?.bye();
    expect(peer.received("BYE")).toHaveLength(1);
  });

  it("refuses", async () => {
    const { peer, edge } = await connected();
    const { told } = dial(edge);
    await settle();
    peer.socket.deliver(withLines(responseTo(peer.last("INVITE"), 486, "Busy Here"), lines));
    expect([told, peer.received("ACK").length]).toEqual([["sent", "rejected 486 peer"], 1]);
  });

  it("brings a customer's call, once, and gives it up", async () => {
    const { peer, invitations } = await connected();
    const head = (method: string) => [
      "Via: SIP/2.0/WSS peer.example;branch=z9hG4bKin1",
      "From: <sip:+21698000001@a.example>;tag=1",
      "To: <sip:agent7@a.example>",
      "Call-ID: in1",
      `CSeq: 1 ${method}`,
      "Contact: <sip:gw@peer.example;transport=ws>",
    ];
    const deliver = (method: string) => peer.socket.deliver(withLines(requestText(method, "sip:agent7@x.invalid", head(method)), lines));
    deliver("INVITE");
    deliver("INVITE");
    const cancelled = vi.fn();
    invitations[0]?.onCancelled(cancelled);
    invitations[0]?.ring();
    deliver("CANCEL");
    expect(invitations).toHaveLength(1);
    expect(cancelled).toHaveBeenCalledOnce();
    expect(peer.frames.slice(-2).map((frame) => frame.method).sort()).toEqual(["200", "487"]); // prettier-ignore
  });

  it("registers us", async () => {
    const { peer, edge } = await connected();
    const registered = edge.register(600);
    await settle();
    const register = peer.last("REGISTER");
    peer.socket.deliver(withLines(responseTo(register, 200, "OK", { headers: [`Contact: ${register.get("Contact")}`] }), lines));
    expect(await outcome(registered)).toMatchObject({ code: 200, said: "peer" });
  });
});

/** A description, and how equipment writes it. */
const descriptions: readonly (readonly [what: string, spell: (plain: string) => string])[] = [
  ["no s=", (plain) => plain.replace("s=-\r\n", "")],
  ["bare line feeds", (plain) => plain.replaceAll("\r\n", "\n")],
  ["empty lines at its end", (plain) => `${plain}\r\n\r\n`],
  ["an empty line before it", (plain) => `\r\n${plain}`],
  ["spaces behind its attributes", (plain) => `${plain}a=sendrecv  \r\na=ptime:20 \r\n`],
  ["tabs", (plain) => plain.replace("m=audio 9 ", "m=audio 9\t")],
  ["no line end at its end", (plain) => plain.trimEnd()],
  ["a video stream that is refused", (plain) => `${plain}m=video 0 RTP/AVP 96\r\n`],
  ["its audio refused, and another", (plain) => `${plain}m=audio 0 RTP/AVP 8\r\nm=image 0 udptl t38\r\n`],
  ["c= of the session only", (plain) => plain.replace(/c=.*\r\n/, "").replace("t=0 0", "c=IN IP4 192.0.2.9\r\nt=0 0")],
  ["bandwidth, of whatever kind", (plain) => plain.replace("t=0 0", "b=AS:64\r\nb=X-YZ:0\r\nt=0 0")],
  ["two times, a zone and a repetition", (plain) => plain.replace("t=0 0\r\n", "t=0 0\r\nt=1 2\r\nr=7d 1h 0 25h\r\nz=0 -1h\r\n")],
  ["an origin with spaces", (plain) => plain.replace("o=peer 7", "o=Acme PBX 7")],
  ["a NUL at its end", (plain) => `${plain}\0`],
]; // prettier-ignore

const types = [
  "application/sdp",
  "application/sdp; charset=utf-8",
  "APPLICATION/SDP",
  'application/sdp;q="1;2"',
  "application/sdp ;handling=optional",
  "application / sdp",
  "application/sdp (of the gateway)",
  '"application/sdp"',
  "application/sdp, application/sdp",
  " application/sdp\r\nContent-Disposition: session;handling=required",
  "application/sdp\r\nContent-Disposition: SESSION",
  "application/sdp\r\nContent-Language: \r\nContent-Encoding: identity",
  "application/sdp\r\nContent-Encoding: ",
  "application/sdp\r\nContent-Encoding: Identity, identity",
];

const retyped = (text: string, type: string): string => text.replace(/Content-Type: .*/, `Content-Type: ${type}`);

describe("a description is taken as it is, with", () => {
  const spelt = [
    ...descriptions.map(([what, spell]) => ({ what, body: spell(sdp("peer")), type: "application/sdp" })),
    ...types.map((type) => ({ what: JSON.stringify(type), body: sdp("peer"), type })),
  ];

  it.each(spelt)("$what: in an answer", async ({ body, type }) => {
    const { peer, edge } = await connected();
    const { told, dialogs } = dial(edge);
    await settle();
    peer.socket.deliver(retyped(responseTo(peer.last("INVITE"), 200, "OK", { body }), type));
    expect([told, dialogs[0]?.sdp, peer.received("ACK").length]).toEqual([["sent", "accepted 200 peer"], body, 1]);
  });

  it.each(spelt)("$what: in a customer's call", async ({ body, type }) => {
    const { peer, invitations } = await connected();
    const head = [
      "Via: SIP/2.0/WSS peer.example;branch=z9hG4bKin1",
      "From: <sip:1@a.example>;tag=1",
      "To: <sip:agent7@a.example>",
      "Call-ID: in1",
      "CSeq: 1 INVITE",
      "Contact: <sip:gw@peer.example>",
    ];
    peer.socket.deliver(retyped(requestText("INVITE", "sip:agent7@x.invalid", head, body), type));
    expect(invitations.map(({ offer }) => offer)).toEqual([body]);
  });
});

describe("codes and tags of an INVITE's answers", () => {
  async function dialled() {
    const made = await connected();
    const dialled = dial(made.edge);
    await settle();
    const invite = made.peer.last("INVITE");
    const say = (code: number, options = {}) => made.peer.answer(invite, code, "Whatever", options);
    return { ...made, ...dialled, say };
  }

  it.each([101, 150, 156, 182, 198])("%i is progress, with a description or without", async (code) => {
    const { say, told } = await dialled();
    say(code, { body: sdp("peer") });
    say(code);
    say(486);
    expect(told).toEqual(["sent", `progressed ${code} peer`, `progressed ${code} peer`, "rejected 486 peer"]);
  });

  it.each([201, 202, 204, 250, 299])("%i is an answer, acknowledged", async (code) => {
    const { say, told, peer } = await dialled();
    say(code, { body: sdp("peer") });
    expect([told, peer.received("ACK").length]).toEqual([["sent", `accepted ${code} peer`], 1]);
  });

  it.each([380, 399, 430, 440, 490, 499, 556, 599, 609, 699])("%i is final, and acknowledged", async (code) => {
    const { say, told, peer } = await dialled();
    say(code);
    expect([told, peer.received("ACK").length]).toEqual([["sent", `rejected ${code} peer`], 1]);
  });

  it.each([0, 7, 99, 700, 999])("%i is none of SIP, and nothing is lost by it", async (code) => {
    const { say, told, dialogs } = await dialled();
    say(code);
    say(200, { body: sdp("peer") });
    expect([told.at(-1), dialogs.length]).toEqual(["accepted 200 peer", 1]);
  });

  it.each([
    ["changes with the answer", "a", "b"],
    ["comes with the answer only", "", "b"],
    ["is left out of the answer", "a", ""],
    ["changes its case", "Aa", "aA"],
  ])("a To tag that %s is one call", async (_, early, late) => {
    const { say, told, dialogs, peer } = await dialled();
    say(183, { toTag: early, body: sdp("peer") });
    say(200, { toTag: late, body: sdp("peer") });
    expect([told, dialogs.length]).toEqual([["sent", "progressed 183 peer", "accepted 200 peer"], 1]);
    expect([peer.received("ACK").length, peer.received("BYE").length]).toEqual([1, 0]);
  });

  it.each([
    ["120 (in a meeting);duration=3600", 120],
    ["  30", 30],
    ["30 ; duration=\"60\"", 30],
    ["(odd) 30", undefined],
    ["0", 0],
    ["-1", undefined],
    ["soon", undefined],
    ["Thu, 01 Jan 2026 00:00:00 GMT", undefined],
  ])("a Retry-After of %j is %s s", async (written, afterS) => {
    const { say, answers } = await dialled();
    say(503, { headers: [`Retry-After: ${written}`] });
    expect([answers[0]?.code, answers[0]?.retryAfterS]).toEqual([503, afterS]);
  }); // prettier-ignore
});

describe("a call in which the caller counts in its own way", () => {
  const head = (method: string, cseq: number, toTag = "") => [
    `Via: SIP/2.0/WSS peer.example;branch=z9hG4bK${method}`,
    "From: <sip:1@a.example>;tag=1",
    `To: <sip:agent7@a.example>${toTag && `;tag=${toTag}`}`,
    "Call-ID: in1",
    `CSeq: ${cseq} ${method}`,
    "Contact: <sip:gw@peer.example>",
  ];

  /** A customer's call that the agent takes, acknowledged in this way. */
  async function taken(ackCseq: number, withTag = true) {
    const { peer, invitations } = await connected();
    const send = (method: string, cseq: number, toTag?: string) => peer.request(method, "sip:agent7@x.invalid", head(method, cseq, toTag));
    send("INVITE", 5);
    const accepted = invitations[0]?.accept(sdp("us"));
    const toTag = peer.frames.at(-1)?.get("To").split("tag=")[1] ?? "";
    send("ACK", ackCseq, withTag ? toTag : undefined);
    const dialog = await accepted;
    const ended = vi.fn();
    dialog?.onEnded(ended);
    return { peer, ended, bye: (cseq: number) => send("BYE", cseq, toTag) };
  }

  it.each([
    ["with the number of its INVITE, without our tag", 5, false],
    ["with the number before", 4, true],
    ["with the next", 6, true],
    ["with none that it ever used, without our tag", 1, false],
  ])("is up once it is acknowledged, %s", async (_, cseq, withTag) => {
    const { ended, bye } = await taken(cseq, withTag);
    bye(6);
    expect(ended).toHaveBeenCalledOnce();
  });

  it.each([0, 1, 4, 5, 2_000_000_000])("ends by a BYE of the number %i", async (cseq) => {
    const { peer, ended, bye } = await taken(5);
    bye(cseq);
    expect(ended).toHaveBeenCalledOnce();
    expect([peer.frames.at(-1)?.method, peer.frames.at(-1)?.get("CSeq")]).toEqual(["200", `${cseq} BYE`]);
  });
});

describe("a registrar's challenge is answered, written", () => {
  it.each([
    'Digest realm="a",nonce="n",algorithm=MD5,qop="auth,auth-int",opaque=""',
    'DIGEST   REALM = "a" , NONCE="n" , QOP = auth',
    'digest realm=a, nonce=n',
    'Digest realm="a", nonce="n", stale=FALSE, domain="sip:a sip:b", charset=UTF-8, x="(,;="',
    'Digest  realm="Société \\"x\\"", nonce="a/b+c==", algorithm="md5"',
    'Digest nonce="n", realm="a", qop="auth-int, auth", algorithm = MD5 ,',
    'Digest realm="",nonce="n"',
    'Digest realm="a", domain="", nonce="n", opaque, stale="true"',
    'Basic realm="a"\r\nWWW-Authenticate: Digest realm="a", nonce="n"',
    'NTLM, Digest realm="a", nonce="n"',
    'Digest realm="a" nonce="n" algorithm=MD5',
    '\r\n Digest realm="a",\r\n  nonce="n"',
  ])("%s", async (challenge) => {
    const { peer, edge } = await connected();
    void edge.register(600);
    await settle();
    peer.answer(peer.last("REGISTER"), 401, "Unauthorized", { headers: [`WWW-Authenticate: ${challenge}`] });
    await vi.advanceTimersByTimeAsync(0);
    await settle();
    const [, second, ...more] = peer.received("REGISTER");
    expect([second?.get("Authorization"), more]).toEqual([expect.stringMatching(/^Digest .*nonce="(n|a\/b\+c==)"/), []]);
  }); // prettier-ignore
});
