/** As real equipment spells it: what a sane peer would understand is understood. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { requestText, responseTo } from "../../support/sip-text.ts";
import { connected, dial, sdp, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A change of one line of a message. */
type Respelling = readonly [what: string, from: RegExp | string, to: string | ((line: string) => string)];

const compactNames = { Via: "v", From: "f", To: "t", "Call-ID": "i", Contact: "m", "Content-Length": "l", "Content-Type": "c" };

const anyMessage: readonly Respelling[] = [
  ["header names in lower case", /^(From|To|Call-ID|CSeq|Contact|Via):/gm, (name) => name.toLowerCase()],
  ["header names in capitals, spaces before the colon", /^(Call-ID|CSeq|Contact):/gm, "$1 \t :"],
  [
    "compact forms",
    /^[\w-]+(?=:)/gm,
    (name) => (Object.hasOwn(compactNames, name) ? compactNames[name as keyof typeof compactNames] : name),
  ],
  ["a folded Contact", "Contact: ", "Contact:\r\n "],
  ["a folded From", "From: ", "From:\r\n\t  "],
  ["an underscore in the host of Contact", "@peer.example", "@asterisk_1"],
  ["a Windows host name in Contact", "@peer.example", "@SRV_PBX-01_"],
  ["a host of another script", "@peer.example", "@société.example"],
  ["an IPv6 Contact", "@peer.example", "@[2001:db8::9:1]:5062"],
  ["a # in the user of Contact", "sip:gw@", "sip:desk#2#7@"],
  ["a stray % in the user of Contact", "sip:gw@", "sip:100%@"],
  ["a tel: Contact", /Contact: .*/, "Contact: <tel:+21671000001>"],
  ["a Contact name in UTF-8 without quotes", "Contact: ", "Contact: Société Générale "],
  ["a Contact name with a comma and brackets", "Contact: ", "Contact: Doe, John (Sales) "],
  ["a Contact name with a bare quote", "Contact: ", 'Contact: 5" pipe '],
  ["Max-Forwards that is no number", "Content-Length", "Max-Forwards: x\r\nContent-Length"],
  ["a Date of no calendar", "Content-Length", "Date: 31 Feb, noonish\r\nContent-Length"],
  ["headers of the vendor's own", "Content-Length", "X-#: \u0001é\r\nServer: [x] (y\r\nSession-Expires: soon\r\nContent-Length"],
  ["a line that is no header", "Content-Length", "this is no header\r\nContent-Length"],
  [
    "a Record-Route with an underscore",
    "Content-Length",
    "Record-Route: <sip:kamailio_1;lr>, <sip:[::1]:5060;lr;ftag=a>\r\nContent-Length",
  ],
  ["no Content-Length", /Content-Length: 0\r\n/, ""],
  ["a Content-Length that is no number", "Content-Length: 0", "Content-Length: none"],
  ["a Timestamp, Allow, Supported of any kind", "Content-Length", "Timestamp:\r\nAllow: ,,\r\nSupported: ;\r\nContent-Length"],
  ["a Contact in an IPv6 zone", "@peer.example", "@[fe80::1%25eth0]:0"],
  ["an IPv6 zone that is not escaped", "@peer.example", "@[fe80::1%eth0]:5060"],
  ["a Call-ID, a tag and a Via of 300 characters besides", "Content-Length", `P-Long: ${"x".repeat(3000)}\r\nContent-Length`],
  [
    "Allow-Events, Accept-Encoding and Accept-Language of any kind",
    "Content-Length",
    "Allow-Events: *,, talk ;x\r\nAccept-Encoding: gzip;q=, *\r\nAccept-Language: \r\nu: ()\r\nContent-Length",
  ],
  ["a Content-Encoding of no body", "Content-Length", "Content-Encoding: gzip\r\nContent-Length"],
  [
    "where its recording is",
    "Content-Length",
    'X-Recording: on\r\nRecord: on\r\nCall-Info: <https://rec.example/1?a=b,c>;purpose=recording;x="\r\nContent-Length',
  ],
  [
    "GRUUs in Contact",
    /(Contact: .*)/,
    '$1;pub-gruu="sip:gw@b.example;gr=urn:uuid:1";temp-gruu="sip:t@b.example;gr";+sip.instance="<urn:uuid:1>"',
  ],
  ["capabilities in Contact", /(Contact: .*)/, '$1;+g.oma.sip-im;audio;methods="INVITE,ACK";+sip.src;actor="principal";isfocus'],
  ["a Contact name with escapes", "Contact: ", 'Contact: "Zoë \\"the, boss\\" \\\\ <sip:x@y>" '],
  ["a Contact without a host's letters", "@peer.example", "@10.0.0.1:05060"],
  [
    "identities in a list, unreadable among them",
    "Content-Length",
    'P-Asserted-Identity: tel:+216;x, , <sip:>, "a\r\nPAI: x\r\nIdentity: eyJ..;info=<https://c.example/c.pem>;alg=ES256;ppt=shaken\r\nContent-Length',
  ],
  ["a byte order mark before it", /^/, "\uFEFF"],
  ["white space before it", /^/, "\r\n \t\r\n "],
  ["bare line feeds", /\r\n/g, "\n"],
  ["empty lines before it", /^/, "\r\n\r\n"],
  ["zeros before it", /^/, "\0\0\r\n"],
  ["line feeds that were made CRLF twice", /\r\n/g, "\r\r\n"],
  ["an empty line of each header before it", /^(Via|From|To|Call-ID|CSeq|Contact): /gm, "$1:\r\n$1: "],
  ["an empty line of each header behind it", /^((Via|From|To|Call-ID|CSeq|Contact): .*)/gm, "$1\r\n$2:"],
  ["a Content-Length of many zeros", "Content-Length: ", "Content-Length: 000000000000"],
  ["a CSeq of many zeros", "CSeq: ", "CSeq: 000000000000"],
  ["a comment behind the CSeq", /^(CSeq: .*)/m, "$1 (of many)"],
  ["no space in the CSeq", /^(CSeq: \d+) /m, "$1"],
  ["a Record-Route that is none, and one without brackets", "Content-Length", "Record-Route: *, sip:p1.example;lr\r\nContent-Length"],
];

const responses: readonly Respelling[] = [
  ["no reason phrase, and no space", "180 Ringing", "180"],
  ["a space and no reason phrase", "180 Ringing", "180 "],
  ["brackets and quotes in the reason phrase", "180 Ringing", '180 [a] {b} "c" `d` 100% ^ | \\'],
  ["a reason phrase in UTF-8", "180 Ringing", "180 يرن"],
  ["a reason phrase that is glued to the code", "180 Ringing", "180-Ringing"],
  ["separators of lines and paragraphs in the reason phrase", "180 Ringing", "180 a\u2028b\u2029c\u0085"],
  ["a version in lower case", "SIP/2.0 180", "sip/2.0 180"],
  ["a To name with a comma, unquoted", "To: ", "To: Doe, John "],
  ["a To name in UTF-8, unquoted", "To: ", "To: Zoë "],
  ["a To whose quote is never closed", "To: ", 'To: "Doe '],
  ["a To that holds no URI", /To: .*;tag=peer/, "To: somebody;tag=peer"],
  ["tag in capitals", ";tag=peer", ";TAG=peer"],
  ["spaces around every separator of To", ";tag=peer", " ; tag = peer"],
  ["no To tag at all", ";tag=peer", ""],
  ["spaces in the Via", /Via: SIP\/2\.0\/WSS /, "Via: SIP / 2.0 / WSS   "],
  ["received and rport", /(Via: .*)/, "$1;received=10.0.0.1;rport=1234;x_y=z#"],
  ["the Via's branch in capitals", ";branch=", ";BRANCH="],
  ["the Via's branch in another case", "z9hG4bK", "Z9hg4Bk"],
  ["the Via's branch in quotes", /;branch=([^;\r\n]+)/, ';branch="$1"'],
  ["comments in a comment in the Via, with a comma", /(Via: .*)/, "$1 (Acme, (edge; 3))"],
  ["a comment in the Via that is never closed", /(Via: .*)/, "$1;x=(y"],
  ["more than one address that it was received from", /(Via: .*)/, "$1;received=10.0.0.1, 10.0.0.2"],
  ["the same Via once more, where it was received", /(Via: .*)/, "$1;received=10.0.0.1\r\n$1"],
  ["comments in the Via", /(Via: \S+ [^;]+)(.*)/, "$1 (Acme) $2 (edge 3)"],
  ["a port in the Via", /(Via: \S+ [^;]+)/, "$1:443"],
  ["the same Via twice", /(Via: .*\r\n)/, "$1$1"],
  ["the method of CSeq in lower case", /(CSeq: \d+) INVITE/, "$1 invite"],
  ["no To", /To: .*\r\n/, ""],
  ["a Contact that cannot be read", /Contact: .*/, "Contact: <:::>"],
  ["an empty Contact", /Contact: .*/, "Contact:"],
  ["a Contact of several", /Contact: (.*)/, "Contact: $1, <sip:b@b_b>;q=0.5"],
  ["no Contact", /Contact: .*\r\n/, ""],
  ["no From", /From: .*\r\n/, ""],
  ["rport and received of IPv6", /(Via: .*)/, "$1;rport=53412;received=2001:db8::1"],
  ["rport without a value, twice", /(Via: .*)/, "$1;rport;rport=5060;received=[::1]"],
  ["an rport that is none", /(Via: .*)/, "$1;rport=;received="],
  ["a keep and oc of the Via (RFC 6223, RFC 7339)", /(Via: .*)/, '$1;keep=30;oc=0;oc-algo="loss";oc-validity=500;oc-seq=1.2'],
  ["a display name of UTF-8 in To, quoted, with escapes", "To: ", 'To: "Zoë \\"x\\", \\\\, é <sip:a@b>;tag=z" '],
  ["a To tag of 300 characters", /(To: .*)/, `$1;x=${"y".repeat(300)}`],
  ["a Contact that is a star", /Contact: .*/, "Contact: *"],
  ["a Contact that is a star, beside one", /Contact: (.*)/, "Contact: *, $1"],
  ["a Content-Encoding that is empty, and a Require of nothing", "Content-Length", "Content-Encoding:\r\nRequire: ,\r\nContent-Length"],
  ["a Require that nobody knows", "Content-Length", "Require: precondition, x-y\r\nContent-Length"],
];

const respelt = (text: string, [, from, to]: Respelling): string => text.replace(from, to as string);

describe("a phone that rings, told with", () => {
  it.each([...anyMessage, ...responses])("%s", async (...spelling) => {
    const { peer, edge, told } = await connected();
    const { told: heard, invite } = dial(edge);
    await settle();
    const text = responseTo(peer.last("INVITE"), 180, "Ringing");
    const changed = respelt(text, spelling);
    expect(changed).not.toBe(text);
    peer.socket.deliver(changed);
    expect(heard).toEqual(["sent", "progressed 180 peer"]);
    expect(told.filter((line) => /malformed|unmatched/.test(line))).toEqual([]);
    invite.cancel();
    expect(peer.received("CANCEL")).toHaveLength(1);
  });
});

describe("an answer is acknowledged and can be hung up, told with", () => {
  it.each([...anyMessage, ...responses.filter(([what]) => !/phrase|version/.test(what))])("%s", async (...spelling) => {
    const { peer, edge } = await connected();
    const { told, dialogs } = dial(edge);
    await settle();
    peer.socket.deliver(respelt(responseTo(peer.last("INVITE"), 200, "OK"), spelling));
    expect(told).toEqual(["sent", "accepted 200 peer"]);
    const ack = peer.last("ACK");
    expect(ack.get("To")).toBe(/no To\b/.test(spelling[0]) ? peer.last("INVITE").get("To") : `${peer.last("INVITE").get("To")};tag=peer`);
    const bye = dialogs[0]?.bye();
    peer.answer(peer.last("BYE"), 200, "OK");
    expect(await bye).toMatchObject({ code: 200 });
  });

  it("where its Contact reads, it is where the ACK goes, letter for letter", async () => {
    const { peer, edge } = await connected();
    dial(edge);
    await settle();
    peer.answer(peer.last("INVITE"), 200, "OK", { contact: "Zoë <sip:a%zz;x=1@pbx_1:5060;transport=ws;alias=1~2>;q=1" });
    expect(peer.last("ACK").raw.split("\r\n")[0]).toBe("ACK sip:a%zz;x=1@pbx_1:5060;transport=ws;alias=1~2 SIP/2.0");
  });

  it.each([
    ["without brackets", "sip:p1.example;lr, <sip:p2.example;lr>", ["<sip:p2.example;lr>", "<sip:p1.example;lr>"]],
    ["that is none, beside one", "*, what ever, <sip:p2.example;lr>", ["<sip:p2.example;lr>"]],
    ["with quotes, inside and out", '"p, <x>" <sip:p1.example;lr;did="a,b">;y="c;d"', ['"p, <x>" <sip:p1.example;lr;did="a,b">;y="c;d"']],
    ["that does not end", "<sip:p2.example;lr>, <sip:p1.example;lr", ["<sip:p1.example;lr>", "<sip:p2.example;lr>"]],
    ["that does not end before the next", "<sip:p2.example;lr, <sip:p1.example;lr>", ["<sip:p1.example;lr>", "<sip:p2.example;lr>"]],
    ["that no comma parts from the next", "<sip:p2.example;lr><sip:p1.example;lr>", ["<sip:p1.example;lr>", "<sip:p2.example;lr>"]],
    ["that says nothing", "", []],
  ])("a Record-Route %s leaves a Route that can be read", async (_, written, routes) => {
    const { peer, edge } = await connected();
    dial(edge);
    await settle();
    peer.answer(peer.last("INVITE"), 200, "OK", { headers: [`Record-Route: ${written}`] });
    expect(peer.last("ACK").all("Route").join(", ")).toBe(routes.join(", "));
  });

  it("and by a peer without tags (RFC 2543) its BYE is heard", async () => {
    const { peer, edge } = await connected();
    const { dialogs } = dial(edge);
    await settle();
    peer.answer(peer.last("INVITE"), 200, "OK", { toTag: "" });
    const ended = vi.fn();
    dialogs[0]?.onEnded(ended);
    const { From: from, To: to } = { From: peer.last("INVITE").get("To"), To: peer.last("INVITE").get("From") };
    const call = peer.last("INVITE").get("Call-ID");
    peer.request("BYE", "sip:x@y", ["Via: SIP/2.0/WSS p;branch=z9hG4bKb", `From: ${from}`, `To: ${to}`, `Call-ID: ${call}`, "CSeq: 1 BYE"]);
    expect(ended).toHaveBeenCalledOnce();
  });
});

describe("a refusal is final, and acknowledged, told with", () => {
  it.each(
    [...anyMessage, ...responses.filter(([what]) => !/phrase|version/.test(what))].filter(([, from]) => !/Contact/.test(String(from))),
  )("%s", async (...spelling) => {
    const { peer, edge } = await connected();
    const { told } = dial(edge);
    await settle();
    peer.socket.deliver(respelt(responseTo(peer.last("INVITE"), 486, "Busy Here"), spelling));
    expect(told).toEqual(["sent", "rejected 486 peer"]);
    expect(peer.received("ACK")).toHaveLength(1);
  });
});

const invitation = [
  "Via: SIP/2.0/WSS peer.example;branch=z9hG4bKin1",
  "From: <sip:+21698000001@a.example>;tag=1",
  "To: <sip:agent7@a.example>",
  "Call-ID: in1",
  "CSeq: 1 INVITE",
  "Contact: <sip:gw@peer.example;transport=ws>",
];
const requests: readonly Respelling[] = [
  ["From as tel:", "<sip:+21698000001@a.example>", "<tel:+21698000001;phone-context=+216>"],
  ["From unquoted, in UTF-8", "From: ", "From: Société Générale, (Tunis) "],
  ["a number with spaces in From", "+21698000001@", "+216 98 000 001@"],
  ["From without angle brackets", "<sip:+21698000001@a.example>", "sip:+21698000001@a.example"],
  ["From without a tag", "a.example>;tag=1", "a.example>"],
  ["# in the user of From", "+21698000001@", "12#34@"],
  ["a container's name as host", "@a.example>;tag=1", "@web_pbx_1>;tag=1"],
  ["To as tel:", "<sip:agent7@a.example>", "<tel:+21671000000>"],
  ["a Via of Docker's", "WSS peer.example;", "WSS pbx_1.local:8089;rport;alias;"],
  ["Vias in one line", "Via: ", "Via: SIP/2.0/UDP a_b;branch=z9hG4bKx, "],
  ["a Request-URI of tel:", "INVITE sip:agent7@x.invalid", "INVITE tel:+21671000000"],
  ["a Request-URI of sips:", "INVITE sip:", "INVITE sips:"],
  ["a Request-URI in brackets", "INVITE sip:agent7@x.invalid", "INVITE <sip:agent7@x.invalid>"],
  ["a Request-URI with parameters and headers", "@x.invalid", "@x_y.invalid;transport=ws;ob?Route=%3Csip:x%3E"],
  ["spaces after the version", " SIP/2.0\r\n", " SIP/2.0  \r\n"],
  ["an Accept that says nothing", "Call-ID", "Accept: ///\r\nCall-ID"],
  ["no Max-Forwards", "Max-Forwards: 70\r\n", ""],
  ["Max-Forwards 0", "Max-Forwards: 70", "Max-Forwards: 0"],
  ["a tag of 300 characters", "tag=1", `tag=${"1".repeat(300)}`],
  ["a name of UTF-8, quoted, with escapes", "From: ", 'From: "Zoë \\"x\\", \\\\ <sip:a@b>;tag=z" '],
  ["the largest CSeq", "CSeq: 1 ", "CSeq: 2147483647 "],
  ["a CSeq of a peer that counts to 2^32", "CSeq: 1 ", "CSeq: 4294967295 "],
  [
    "Vias in one line, one of them in a comment",
    "Via: ",
    "Via: SIP/2.0/UDP a_b;branch=z9hG4bKx;rport=5060;received=10.0.0.1 (b, c), SIP/2.0/TLS c.example;branch=z9hG4bKy,",
  ],
  ["where it comes from, in a zone", "@a.example>;tag=1", "@[fe80::1%25eth0]:5060>;tag=1"],
  [
    "what it accepts in codings",
    "Call-ID",
    "Accept-Encoding: gzip, identity;q=0.1\r\nAccept: application/sdp;level=1, application/*\r\nCall-ID",
  ],
  [
    "alert and queue headers",
    "Call-ID",
    'Alert-Info: <http://127.0.0.1/bellcore-dr3>;info=ring-group, info=alert-autoanswer;x\r\nX-Queue: a,"b\r\nQueue-Position: 1/3\r\nCall-ID',
  ],
  ["Supported of all", "Call-ID", "Supported: 100rel,timer,precondition,replaces,gruu,path,outbound,histinfo,tdialog\r\nCall-ID"],
  ["preferences of the caller", "Call-ID", 'a: *;audio;require;explicit\r\nj: *;automata\r\nd: no-fork, fork;x="\r\nCall-ID'],
  ["an Expires that has none", "Call-ID", "Expires: -1\r\nCall-ID"],
  ["a Session-Expires, Min-SE of any kind", "Call-ID", 'x: 1800.5;refresher="uac"\r\nMin-SE: \r\nCall-ID'],
  [
    "a Geolocation, Resource-Priority and Priority",
    "Call-ID",
    "Geolocation: <cid:x@y>;inserted-by=\r\nResource-Priority: esnet.0, ets.\r\nPriority: non-urgent;x\r\nCall-ID",
  ],
  ["a Require of what we serve, in capitals", "Call-ID", "Require: TIMER , Replaces\r\nCall-ID"],
  ["a Replaces that says nothing", "Call-ID", "Replaces: \r\nCall-ID"],
  ["a Join or Target-Dialog that finds nothing", "Call-ID", "Target-Dialog: x;local-tag=;remote-tag\r\nJoin: ;;\r\nCall-ID"],
];

describe("a customer's call rings, told with", () => {
  it.each([...anyMessage, ...requests].filter(([what]) => what !== "a Content-Length that is no number"))("%s", async (...spelling) => {
    const { peer, invitations, told } = await connected();
    const text = requestText("INVITE", "sip:agent7@x.invalid", invitation);
    const changed = respelt(text, spelling);
    expect(changed).not.toBe(text);
    peer.socket.deliver(changed);
    expect(told).toEqual(["opened"]);
    expect(invitations).toHaveLength(1);
    invitations[0]?.ring();
    const ringing = peer.frames.at(-1);
    expect(ringing?.raw).toMatch(/^SIP\/2\.0 180 /);
    // What the peer wrote comes back, or it will not know its own call.
    expect(ringing?.get("Call-ID")).toBe("in1");
    expect(ringing?.all("Via").at(-1)?.endsWith("branch=z9hG4bKin1")).toBe(true);
  });

  it.each<Respelling>([
    ["line feeds alone, its Content-Length left as it was", /\r\n/g, "\n"],
    ["carriage returns alone", /\r\n/g, "\r"],
    ["line feeds in its body alone", /(?<=\r\n\r\n.*)\r\n/gs, "\n"],
    ["a Content-Length in quotes", /(?<=Content-Length: )(\d+)/, '"$1"'],
    ["a parameter of its Content-Length", /(?<=Content-Length: \d+)/, ";x=y"],
  ])("and an offer in %s", async (...spelling) => {
    const { peer, invitations, told } = await connected();
    const text = requestText("INVITE", "sip:agent7@x.invalid", invitation, sdp("peer"));
    const changed = respelt(text, spelling);
    expect(changed).not.toBe(text);
    peer.socket.deliver(changed);
    expect(told).toEqual(["opened"]);
    expect(invitations.map(({ offer }) => offer?.replace(/\r\n?|\n/g, "\r\n"))).toEqual([sdp("peer")]);
  });

  it("its Via, From and Record-Route come back letter for letter", async () => {
    const { peer, invitations } = await connected();
    const via = "SIP/2.0/WSS pbx_1:8089 ; rport;branch=z9hG4bKx_#";
    const from = "Société (a, b) <sip:1#2@pbx_1>;tag=Q;x=y";
    const route = '<sip:kamailio_1:5060;lr;ftag=Q;did="a.b">';
    peer.request("INVITE", "sip:agent7@x.invalid", [
      `Via: ${via}`,
      `From: ${from}`,
      "To: Zoë <tel:+216>",
      "Call-ID: a b@c",
      "CSeq: 007 INVITE",
      "Contact: <sip:a@b_c>",
      `Record-Route: ${route}`,
    ]);
    void invitations[0]?.accept(sdp("us")).catch(() => {});
    const ok = peer.frames.at(-1);
    expect([ok?.get("Via"), ok?.get("From"), ok?.get("Record-Route"), ok?.get("Call-ID")]).toEqual([via, from, route, "a b@c"]);
    expect(ok?.get("To")).toMatch(/^Zoë <tel:\+216>;tag=/);
  });
});

describe("one branch of two callers (RFC 3261 §17.2.3)", () => {
  it("is two calls", async () => {
    const { peer, invitations } = await connected();
    peer.request("INVITE", "sip:agent7@x.invalid", invitation);
    const other = invitation.map((line) =>
      line.replace("peer.example;branch", "other.example;branch").replace("Call-ID: in1", "Call-ID: in2"),
    );
    peer.request("INVITE", "sip:agent7@x.invalid", other);
    expect(invitations.map(({ sipCallId }) => sipCallId)).toEqual(["in1", "in2"]);
  });
});

/** Who says so has said it, whatever else stands there: else a call is lost, or somebody left in one that is over. */
const beside: readonly Respelling[] = [
  ["a From that holds no URI", /From: .*;tag=/, "From: somebody;tag="],
  ["a From without a host", /From: .*;tag=/, "From: <sip:x@>;tag="],
  ["a To that holds no URI", /To: [^;\r]*/, "To: *"],
  ["the same headers twice", /((From|To|Call-ID|CSeq): .*\r\n)/g, "$1$1"],
  ["the method of CSeq in lower case", /(CSeq: \d+ )(\w+)/, (line) => line.toLowerCase().replace("cseq", "CSeq")],
  ["a Request-URI that is none", /^(\w+) \S+/, "$1 nowhere"],
  ["a Request-URI of another scheme", /^(\w+) \S+/, "$1 urn:service:sos"],
  ["a Content-Length that is too long", "Content-Length: 0", "Content-Length: 4711"],
  ["an empty Content-Length", "Content-Length: 0", "Content-Length:"],
  ["two Content-Lengths", "Content-Length: 0", "Content-Length: 0\r\nl: 7"],
  ["an extension that nobody knows", "Content-Length: 0", "Require: unheard-of\r\nContent-Length: 0"],
  ["a Replaces that belongs elsewhere", "Content-Length: 0", "Replaces: x\r\nContent-Length: 0"],
];

describe("what ends or carries on a call is heard, told with", () => {
  const within = (method: string, toTag: string) =>
    requestText(
      method,
      "sip:agent7@x.invalid",
      invitation.map((line) =>
        line
          .replace("CSeq: 1 INVITE", `CSeq: ${method === "BYE" ? 2 : 1} ${method}`)
          .replace("z9hG4bKin1", method === "CANCEL" ? "z9hG4bKin1" : `z9hG4bK${method}`)
          .replace(/^To: .*/, `$&${toTag && `;tag=${toTag}`}`),
      ),
    );

  it.each(beside)("%s", async (...spelling) => {
    const { peer, invitations } = await connected();
    const said = (method: string, toTag: string) => {
      const text = respelt(within(method, toTag), spelling);
      expect(text).not.toBe(within(method, toTag));
      peer.socket.deliver(text);
    };
    peer.request("INVITE", "sip:agent7@x.invalid", invitation);
    const accepted = invitations[0]?.accept(sdp("us"));
    const tag = peer.frames.at(-1)?.get("To").split("tag=")[1] ?? "";
    said("ACK", tag);
    const dialog = await accepted;
    const ended = vi.fn();
    dialog?.onEnded(ended);
    said("BYE", tag);
    expect(ended).toHaveBeenCalledOnce();

    peer.request(
      "INVITE",
      "sip:agent7@x.invalid",
      invitation.map((line) => line.replace("in1", "in2")),
    );
    const cancelled = vi.fn();
    invitations[1]?.onCancelled(cancelled);
    peer.socket.deliver(respelt(within("CANCEL", "").replaceAll("in1", "in2"), spelling));
    expect(cancelled).toHaveBeenCalledOnce();
  });
});
