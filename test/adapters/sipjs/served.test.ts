/** What we say that we serve is what we serve; what we do not is refused by the right code, and the call goes on. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { servicesOf } from "../../../adapters/sipjs/served.ts";
import type { PeerService } from "../../../src/ports/sip-account.ts";
import { Frame, requestText, sdp } from "../../support/sip-text.ts";
import { type Bench, connected, dial, settle } from "./scripted-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const none: readonly PeerService[] = [];
const everything: readonly PeerService[] = ["transfer", "message", "voicemail", "check-sync"];
const { accept, allow, optionTags } = servicesOf();

const head = (method: string, call = "c1", toTag = "") => [
  `Via: SIP/2.0/WSS p.example;branch=z9hG4bK-${method}-${call}`,
  "From: <sip:+216@a.example>;tag=1",
  `To: <sip:agent7@a.example>${toTag}`,
  `Call-ID: ${call}`,
  `CSeq: 2 ${method}`,
  "Contact: <sip:gw@p.example>",
];

const answersTo = ({ peer }: Bench, method: string) =>
  peer.frames.filter((frame) => !frame.isRequest && frame.get("CSeq").endsWith(` ${method}`));

/** A text to the edge, and what it answers. */
async function told(text: string) {
  const made = await connected();
  made.peer.socket.deliver(text);
  await settle();
  const answers = made.peer.frames.filter((frame) => !frame.isRequest);
  return { ...made, answer: answers[0], answers };
}

describe("Allow, Accept and Supported", () => {
  const methods = [
    "INVITE",
    "ACK",
    "CANCEL",
    "BYE",
    "OPTIONS",
    "INFO",
    "MESSAGE",
    "NOTIFY",
    "PRACK",
    "PUBLISH",
    "REFER",
    "SUBSCRIBE",
    "UPDATE",
    "UNHEARD-OF",
  ];
  const line = (frame: Frame | undefined, name: string) => `${name}: ${frame?.get(name)}`;

  it("are the same in our INVITE and OPTIONS, and in our 200 to either", async () => {
    const made = await connected();
    dial(made.edge);
    void made.edge.options();
    made.peer.request("OPTIONS", "sip:agent7@x.invalid", head("OPTIONS"));
    made.peer.request("INVITE", "sip:agent7@x.invalid", head("INVITE", "c2"), sdp("peer"));
    void made.invitations[0]?.accept(sdp("us")).catch(() => {});
    await settle();
    const said = [made.peer.last("INVITE"), made.peer.last("OPTIONS"), answersTo(made, "OPTIONS").at(-1), answersTo(made, "INVITE").at(-1)];
    expect(said.map((frame) => frame?.method)).toEqual(["INVITE", "OPTIONS", "200", "200"]);
    for (const frame of said) {
      expect([line(frame, "Allow"), line(frame, "Accept")]).toEqual([allow, accept]);
      expect(frame?.all("Allow")).toHaveLength(1);
      expect(frame?.get("Supported")).toBe(optionTags.join(", "));
    }
  });

  it("are the same in our 200 to an UPDATE", async () => {
    const made = await connected();
    dial(made.edge);
    await settle();
    const invite = made.peer.last("INVITE");
    made.peer.answer(invite, 200, "OK", { body: sdp("peer") });
    made.peer.request("UPDATE", "sip:agent7@x.invalid", [
      "Via: SIP/2.0/WSS p.example;branch=z9hG4bK-u",
      `From: ${invite.get("To")};tag=peer`,
      `To: ${invite.get("From")}`,
      `Call-ID: ${invite.get("Call-ID")}`,
      "CSeq: 9 UPDATE",
      "Contact: <sip:gw@p.example>",
    ]);
    await settle();
    const ok = answersTo(made, "UPDATE").at(-1);
    expect([ok?.method, line(ok, "Allow"), line(ok, "Accept")]).toEqual(["200", allow, accept]);
  });

  it("with a REGISTER name besides only what a registrar may do: Path, and no GRUU", async () => {
    const { edge, peer } = await connected();
    void edge.register(600);
    await settle();
    expect(peer.last("REGISTER").get("Supported")).toBe([...optionTags, "path"].join(", "));
  });

  it.each(
    methods.flatMap((method) => [
      { method, serves: none },
      { method, serves: everything },
    ]),
  )("name $method only if it is served inside a call, with $serves", async ({ method, serves }) => {
    const { served, allow: allowed } = servicesOf(serves);
    const made = await connected(undefined, {}, serves);
    const { dialogs, told: heard } = dial(made.edge);
    await settle();
    const invite = made.peer.last("INVITE");
    made.peer.answer(invite, 200, "OK", { body: sdp("peer") });
    const ended = vi.fn();
    dialogs[0]?.onEnded(ended);
    made.peer.request(method, "sip:agent7@x.invalid", [
      `Via: SIP/2.0/WSS p.example;branch=z9hG4bK-${method}`,
      `From: ${invite.get("To")};tag=peer`,
      `To: ${invite.get("From")}`,
      `Call-ID: ${invite.get("Call-ID")}`,
      `CSeq: 9 ${method}`,
      "Contact: <sip:gw@p.example>",
    ]);
    await settle();
    const isServed = Object.hasOwn(served, method);
    const codes = answersTo(made, method).map((frame) => Number(frame.method));
    // An ACK has no answer; a CANCEL of nothing has 481 (§9.2), served or not.
    if (method === "ACK") expect(codes).toEqual([]);
    // Nor has a PRACK anything to acknowledge here (RFC 3262 §3).
    else if (method === "CANCEL" || method === "PRACK") expect(codes).toEqual([481]);
    // Of no subscription that there is.
    else if (method === "NOTIFY") expect(codes).toEqual([489]);
    // One without a Refer-To.
    else if (method === "REFER" && isServed) expect(codes).toEqual([400]);
    else if (isServed) expect(codes).toEqual([200]);
    else {
      expect(codes).toEqual([method === "UNHEARD-OF" ? 501 : 405]);
      expect(answersTo(made, method).map((answer) => line(answer, "Allow"))).toEqual([allowed]);
    }
    expect(allowed.includes(method)).toBe(isServed);
    expect(invite.get("Allow")).toBe(allowed.slice("Allow: ".length));
    expect(invite.get("Supported").includes("norefersub")).toBe(serves.includes("transfer"));
    expect(ended).toHaveBeenCalledTimes(method === "BYE" ? 1 : 0);
    expect(heard.at(-1)).toBe("accepted 200 peer");
  });
});

describe("what is told unasked", () => {
  const summary = "Messages-Waiting: yes\r\nMessage-Account: sip:7@a.example\r\nVoice-Message: 2/8 (1/0)\r\n";
  const type = "Content-Type: application/simple-message-summary";

  /** A request outside any call, and the answer to it. */
  async function asked(method: string, lines: readonly string[], body: string, serves = everything) {
    const made = await connected(undefined, {}, serves);
    const length = `Content-Length: ${body.length}`;
    const text = [`${method} sip:agent7@x.invalid SIP/2.0`, ...head(method), ...lines, length, "", body].join("\r\n");
    made.peer.socket.deliver(text);
    made.notices.isTooMany = true;
    made.peer.socket.deliver(text.replace("branch=", "branch=z9hG4bK-again"));
    return { ...made, codes: answersTo(made, method).map((frame) => frame.method), answer: answersTo(made, method)[0] };
  }

  it.each<[string, string, string[], string, unknown]>([
    ["a text", "MESSAGE", ["Content-Type: text/plain"], "Hi", { what: "message", identity: { number: "+216" }, text: "Hi" }],
    [
      "a text among other parts",
      "MESSAGE",
      ["Content-Type: multipart/mixed;boundary=b"],
      "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nHi\r\nyou\r\n--b--",
      { what: "message", text: "Hi\r\nyou" },
    ],
    [
      "a text beside what a browser shows",
      "MESSAGE",
      ["c: multipart/alternative;boundary=b", "Content-Disposition: render"],
      "--b\r\n\r\nHi\r\n--b\r\nContent-Type: text/html\r\nContent-Disposition: render\r\n\r\n<b>Hi</b>\r\n--b--",
      { what: "message", text: "Hi" },
    ],
    [
      "voicemail among other parts",
      "NOTIFY",
      ["Event: message-summary", "Content-Type: multipart/mixed;boundary=b"],
      `--b\r\nContent-Type: text/plain\r\n\r\n2 new\r\n--b\r\n${type}\r\n\r\n${summary}\r\n--b--`,
      { what: "voicemail", isWaiting: true, newMessages: 2 },
    ],
    [
      "voicemail",
      "NOTIFY",
      ["Event: message-summary", type],
      summary,
      { what: "voicemail", isWaiting: true, newMessages: 2, oldMessages: 8, urgentMessages: 1 },
    ],
    ["no voicemail", "NOTIFY", ["Event: message-summary", type], "messages-waiting : NO\r\n", { what: "voicemail", isWaiting: false }],
    ["other settings", "NOTIFY", ["Event: check-sync"], "", { what: "check-sync", reboot: false }],
    ["other settings at once", "NOTIFY", ["o: check-sync;reboot=true"], "", { what: "check-sync", reboot: true }],
  ])("is answered and told, and refused where there are too many: %s", async (_, method, lines, body, told) => {
    const { codes, notices, answer } = await asked(method, lines, body);
    expect(codes).toEqual(["200", "480"]);
    expect(notices.told).toHaveLength(2);
    expect(notices.told[0]).toMatchObject(told as object);
    expect(answer?.get("To")).toMatch(/;tag=\w+$/);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<[string, string, string[], string, readonly PeerService[], string, string]>([
    ["a text that is not served", "MESSAGE", ["Content-Type: text/plain"], "Hi", ["voicemail"], "405", ""],
    ["a picture", "MESSAGE", ["Content-Type: image/png"], "Hi", everything, "415", "Accept: text/plain"],
    [
      "pictures alone",
      "MESSAGE",
      ["Content-Type: multipart/mixed;boundary=b"],
      "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--",
      everything,
      "415",
      "Accept: text/plain",
    ],
    [
      "voicemail that is not served",
      "NOTIFY",
      ["Event: message-summary", type],
      summary,
      ["check-sync"],
      "489",
      "Allow-Events: refer, check-sync",
    ],
    ["settings that are not served", "NOTIFY", ["Event: check-sync"], "", none, "489", "Allow-Events: refer"],
    ["another event", "NOTIFY", ["Event: presence"], "", everything, "489", "Allow-Events: refer, message-summary, check-sync"],
    ["no event", "NOTIFY", [], "", everything, "489", "Allow-Events: refer, message-summary, check-sync"],
    ["of a REFER that nobody sent", "NOTIFY", ["Event: refer"], "", everything, "481", ""],
    [
      "voicemail in another format",
      "NOTIFY",
      ["Event: message-summary", "Content-Type: text/plain"],
      "2",
      everything,
      "415",
      "Accept: application/simple-message-summary",
    ],
    ["voicemail that says nothing", "NOTIFY", ["Event: message-summary", type], "Voice-Message: 1/1\r\n", everything, "400", ""],
  ])("is refused: %s", async (_, method, lines, body, serves, code, line) => {
    const { notices, answer } = await asked(method, lines, body, serves);
    expect([answer?.method, notices.told]).toEqual([code, []]);
    if (line) expect(answer?.raw).toContain(`\r\n${line}\r\n`);
  });

  it("is said beforehand to whoever asks what we are", async () => {
    const made = await connected(undefined, {}, everything);
    made.peer.request("OPTIONS", "sip:agent7@x.invalid", head("OPTIONS"));
    dial(made.edge);
    await settle();
    const [ok, invite] = [answersTo(made, "OPTIONS")[0], made.peer.last("INVITE")];
    expect(ok?.get("Accept")).toBe("application/sdp, multipart/mixed, text/plain, application/simple-message-summary");
    expect(invite.get("Accept")).toBe("application/sdp, multipart/mixed");
    for (const frame of [ok, invite]) expect(frame?.get("Allow-Events")).toBe("refer, message-summary, check-sync");
  });
});

describe("an INFO", () => {
  it.each([
    ["of digits", ["Content-Type: application/dtmf-relay"], "Signal=5", "200", 1],
    ["of a digit alone", ["Content-Type: application/dtmf"], "5", "200", 1],
    [
      "of a digit beside what exchanges say",
      ["Content-Type: multipart/mixed;boundary=b"],
      "--b\r\nContent-Type: application/isup\r\n\r\nx\r\n--b\r\nContent-Type: application/dtmf\r\n\r\n5\r\n--b--",
      "200",
      1,
    ],
    ["of something else", ["Content-Type: application/media_control+xml"], "<x/>", "415", 0],
    ["of something else, optional", ["Content-Type: text/plain", "Content-Disposition: render;handling=optional"], "5", "200", 0],
    ["of a package", ["Info-Package: nobody"], "", "469", 0],
  ])("%s inside a call is answered: %s %s %s", async (_, lines, body, code, times) => {
    const made = await connected();
    const { dialogs } = dial(made.edge);
    await settle();
    const invite = made.peer.last("INVITE");
    made.peer.answer(invite, 200, "OK", { body: sdp("peer") });
    await settle();
    const heard: string[] = [];
    dialogs[0]?.onInfo((...info) => heard.push(info.join(": ")));
    const via = "Via: SIP/2.0/WSS p.example;branch=z9hG4bK-info";
    const ids = [`From: ${invite.get("To")};tag=peer`, `To: ${invite.get("From")}`, `Call-ID: ${invite.get("Call-ID")}`, "CSeq: 9 INFO"];
    const length = `Content-Length: ${body.length}`;
    made.peer.socket.deliver([`INFO sip:agent7@x.invalid SIP/2.0`, via, ...ids, ...lines, length, "", body].join("\r\n"));
    await settle();
    const answer = answersTo(made, "INFO").at(-1);
    expect(answer?.method).toBe(code);
    expect(heard).toHaveLength(times);
    if (code === "415") expect(answer?.get("Accept")).toBe("application/dtmf-relay, application/dtmf");
    if (code === "469") expect(answer?.raw).toContain("\r\nRecv-Info:");
  });
});

describe("a request that cannot be served is answered", () => {
  const invite = requestText("INVITE", "sip:agent7@x.invalid", head("INVITE"), sdp("peer"));
  const without = (name: string) => invite.replace(new RegExp(`^${name}: .*\r\n`, "m"), "");

  it.each([
    ["an unknown method", invite.replaceAll("INVITE", "FOO"), "501 Not Implemented", allow],
    ...["MESSAGE", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE"].map((method): [string, string, string, string] => [
      `${method}, known and not served`,
      invite.replaceAll("INVITE", method),
      "405 Method Not Allowed",
      allow,
    ]),
    [
      "an INFO of no call",
      invite.replaceAll("INVITE", "INFO").replace("application/sdp", "application/dtmf"),
      "481 Call/Transaction Does Not Exist",
      "",
    ],
    ["a PRACK of no call", invite.replaceAll("INVITE", "PRACK"), "481 Call/Transaction Does Not Exist", ""],
    ["another version of SIP", invite.replace("SIP/2.0\r\n", "SIP/3.0\r\n"), "505 Version Not Supported", ""],
    ["no From", without("From"), "400 Missing From header", ""],
    ["no To", without("To"), "400 Missing To header", ""],
    ["no Call-ID", without("Call-ID"), "400 Missing Call-ID header", ""],
    ["no CSeq", without("CSeq"), "400 Missing CSeq header", ""],
    ["no Contact", without("Contact"), "400 Missing Contact header", ""],
    ["a Contact that cannot be read", invite.replace("<sip:gw@p.example>", "<>"), "400 Bad Contact header", ""],
    ["two Froms", invite.replace("Call-ID", "f: <sip:x@y>;tag=2\r\nCall-ID"), "400 Repeated From header", ""],
    ["a CSeq of another method", invite.replace("2 INVITE", "2 OPTIONS"), "400 Bad CSeq header", ""],
    ["a CSeq too large", invite.replace("2 INVITE", "4294967296 INVITE"), "400 Bad CSeq header", ""],
    ["a Content-Length too large", invite.replace(/Content-Length: \d+/, "Content-Length: 9999"), "400 Bad Content-Length header", ""],
    ["a Request-URI of another scheme", invite.replace("INVITE sip:agent7@x.invalid", "INVITE http://x"), "416 Unsupported URI Scheme", ""],
    ["a Request-URI with a space in it", invite.replace("agent7@x", "agent7 @x"), "400 Bad Request-URI", ""],
    [
      "Require",
      invite.replace("Call-ID", "Require: outbound, 100rel,Foo\r\nREQUIRE: x-bar\r\nCall-ID"),
      "420 Bad Extension",
      "Unsupported: Foo, x-bar",
    ],
    ["a body of another type", invite.replace("application/sdp", "text/plain"), "415 Unsupported Media Type", accept],
    ["a body that is packed", invite.replace("Call-ID", "e: gzip\r\nCall-ID"), "415 Unsupported Media Type", "Accept-Encoding: identity"],
    ["an Accept without SDP", invite.replace("Call-ID", "Accept: text/plain;q=1\r\nCall-ID"), "406 Not Acceptable", accept],
  ])("%s", async (_, text, status, line) => {
    const { answers, answer, invitations, told: heard } = await told(text);
    expect(answers).toHaveLength(1);
    expect(answer?.raw).toMatch(new RegExp(`^SIP/2\\.0 ${status}\\r\\n`));
    if (line) expect(answer?.raw).toContain(`\r\n${line}\r\n`);
    // Whoever asked must find its question again (§8.2.6.2).
    for (const name of ["Via", "Call-ID", "CSeq"]) expect(answer?.all(name)).toEqual(new Frame(text).all(name));
    if (answer?.get("To")) expect(answer.get("To")).toMatch(/;tag=\w+$/);
    expect(invitations).toEqual([]);
    if (!/^(405|481|501)/.test(status)) expect(heard.at(-1)).toMatch(/^discarded refused/);
  });

  it("the same call in two branches is merged once (§8.2.2.2)", async () => {
    const { peer, invitations } = await told(invite);
    peer.socket.deliver(invite.replace("z9hG4bK-", "z9hG4bK-2-"));
    expect(invitations).toHaveLength(1);
    expect(peer.frames.at(-1)?.method).toBe("482");
  });

  it.each([
    ["an ACK", invite.replaceAll("INVITE", "ACK").replace("Call-ID", "Require: x\r\nFrom: <>\r\nCall-ID")],
    ["what says not who asks", without("Via")],
  ])("but not %s", async (_, text) => {
    const { answers, told: heard } = await told(text);
    expect(answers).toEqual([]);
    expect(heard.at(-1)).toMatch(/^discarded malformed/);
  });

  it.each([
    ["application/xml", "signal;handling=optional", 1],
    ["application/xml", 'signal; HANDLING="Optional"', 1],
    ["application/xml", "signal", 0],
    // Between exchanges (RFC 3204), whoever forgets to say so.
    ["application/isup;version=itu-t92+", "", 1],
    ["application/ISUP", "signal", 1],
    ["application/x-isup", "signal;handling=optional", 1],
    ["application/qsig", "signal", 1],
    ["application/isup", "signal;handling=required", 0],
    ["application/isupplement", "", 0],
  ])("a body of %s (%j) that may be left alone is (RFC 3261 §8.2.3, §20.11)", async (type, disposition, rings) => {
    const { invitations } = await told(
      invite.replace("application/sdp", type).replace("Call-ID", `${disposition && `Content-Disposition: ${disposition}\r\n`}Call-ID`),
    );
    expect(invitations.map(({ offer }) => offer)).toEqual(rings === 0 ? [] : [undefined]);
  });
});
