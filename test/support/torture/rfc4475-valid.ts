/** RFC 4475 §3.1.1: well-formed, however it looks. */
import { sdp } from "../sip-text.ts";
import { type TortureCase, request, response } from "./message.ts";

const forRegistrar = "Made for a registrar: here the agent's own REGISTER is answered so.";

/** A word as long as a header of any other call. */
const long = (word: string) => word.repeat(40);

export const validMessages: readonly TortureCase[] = [
  {
    name: "wsinv",
    section: "3.1.1.1",
    what: "An INVITE full of white space: folded lines, compact and long names in any case, leading zeros, escaped quotes, an empty Subject, unknown headers and parameters",
    asks: "is a good INVITE",
    does: "rings",
    delivery: {
      request: [
        "INVITE sip:agent7@x.invalid;unheard-of SIP/2.0",
        "tO :",
        " sip:agent7@carrier.example ;   odd   = one",
        "MAX-FORWARDS: 0070",
        'f:   "A \\\\\\"quoted\\" caller"   <sip:+21698000001@carrier.example>',
        "  ;",
        "  TAG = caller",
        "CALL-ID: torture.wsinv@sbc.example",
        "cSEQ: 0007",
        "  INVITE",
        "Via  : SIP  /   2.0",
        " /WSS",
        "    sbc.example;branch=z9hG4bKwsinv",
        "s :",
        "X-Nobody-Knows: one, two;",
        "   three",
        "V:  SIP / 2.0  / TCP   a.example  ;branch  =",
        " z9hG4bKsecond  ,  SIP/2.0/UDP b.example ; branch=z9hG4bKthird",
        "m:\t<sip:gw@sbc.example>;new-one;q  = 0.33",
        "c: application/sdp",
        `l: 00${sdp("peer").length}`,
        "",
        sdp("peer"),
      ].join("\r\n"),
    },
  },
  {
    name: "intmeth",
    section: "3.1.1.2",
    what: "Every character that a method, a user part and a quoted name may hold",
    asks: "can be read; a method that nobody knows: 501",
    does: "501 Not Implemented",
    delivery: request("Do-it!_0.9*+`%now'~", {
      uri: "sip:agent~7!*'(x)&=+$,;?/-_.:p&=+$,w@x.invalid",
      headers: {
        To: '"BEL:\u0007 DEL:\u007f" <sip:agent~7!*&=+$,;?/-_.@carrier.example>',
        "!odd'Header~": "^@[;] {}",
      },
    }),
  },
  {
    name: "esc01",
    section: "3.1.1.3",
    what: "A Request-URI whose user is, unescaped, another URI",
    asks: "is for the user that stands there, not for the URI inside it",
    does: "rings",
    delivery: request("INVITE", { uri: "sip:sips%3Aboss%40other.example@x.invalid", headers: { To: "<sip:%61gent7@carrier.example>" } }),
  },
  {
    name: "escnull",
    section: "3.1.1.4",
    what: "Contacts whose users are escaped zeros",
    asks: "are two different Contacts",
    does: "registered",
    why: forRegistrar,
    delivery: response("REGISTER", "200 OK", (ours) => ({
      Contact: [ours.get("Contact"), "<sip:%00@a.example>", "<sip:%00%00@a.example>"],
    })),
  },
  {
    name: "esc02",
    section: "3.1.1.5",
    what: "Percent signs that escape nothing: in the method, where none can be escaped, and in names",
    asks: "`RE%47ISTER` is not REGISTER: 501",
    does: "501 Not Implemented",
    delivery: request("RE%47ISTER", {
      headers: { To: '"100%ly %zz" <sip:agent7@carrier.example>', From: '"%41%" <sip:a@carrier.example>;tag=t%2' },
    }),
  },
  {
    name: "lwsdisp",
    section: "3.1.1.6",
    what: "No space between a name and its angle bracket",
    asks: "can be read",
    does: "200 OK",
    delivery: request("OPTIONS", { headers: { From: "caller<sip:caller@carrier.example>;tag=1" } }),
  },
  {
    name: "longreq",
    section: "3.1.1.7",
    what: "Very long names, users, parameters, tags, Call-ID and Vias",
    asks: "is a good INVITE",
    does: "rings",
    delivery: request("INVITE", {
      uri: `sip:${long("agent")}@x.invalid`,
      headers: {
        Via: [
          `SIP/2.0/WSS sbc.example;branch=z9hG4bK${long("branch")};${long("parameter")}=${long("value")}`,
          ...Array.from({ length: 34 }, (_, hop) => `SIP/2.0/TCP hop${hop}.example;branch=z9hG4bK${long("hop")}`),
        ],
        From: `"${long("A long name ")}" <sip:${long("caller")}@carrier.example>;tag=${long("tag")};${long("parameter")}=1`,
        To: `"${long("Another ")}" <sip:${long("agent")}@carrier.example>`,
        "Call-ID": `${long("call")}@sbc.example`,
        Contact: `<sip:${long("gw")}@${long("a.")}sbc.example;transport=ws;${long("p")}=${long("v")}>`,
        "Unknown-Header": long("Nothing of it matters. "),
      },
    }),
  },
  {
    name: "dblreq",
    section: "3.1.1.8",
    what: "A second request behind the end of the first, in one datagram",
    asks: "the first is served, the rest is nothing",
    does: "200 OK",
    delivery: { request: request("OPTIONS").request + request("INVITE", { headers: { "Call-ID": "second@sbc.example" } }).request },
  },
  {
    name: "semiuri",
    section: "3.1.1.9",
    what: "Semicolons inside the user of the Request-URI",
    asks: "they belong to the user",
    does: "200 OK",
    delivery: request("OPTIONS", { uri: "sip:agent7;par=u%40other.example@x.invalid" }),
  },
  {
    name: "transports",
    section: "3.1.1.10",
    what: "Vias over known and unknown transports",
    asks: "is answered along all of them",
    does: "200 OK",
    delivery: request("OPTIONS", {
      headers: {
        Via: ["WSS", "SCTP", "TLS", "UNHEARD-OF", "TCP", "UDP"].map(
          (transport) => `SIP/2.0/${transport} ${transport}.example;branch=z9hG4bK${transport}`,
        ),
      },
    }),
  },
  {
    name: "mpart01",
    section: "3.1.1.11",
    what: "A body of two parts, one of them binary, in a boundary that needs its quotes",
    asks: "can be read",
    does: "rings",
    why: "Made as a MESSAGE, which we do not serve: here it is an INVITE, and its session description is found.",
    delivery: request("INVITE", {
      headers: { "Content-Type": 'multipart/mixed; boundary="one part: another"', "MIME-Version": "1.0" },
      body: [
        "--one part: another",
        "Content-Type: application/octet-stream",
        "Content-Transfer-Encoding: binary",
        "",
        "0\u0082\u0001R\u0006\t*\u0086\r\u0000\n\u0007\u007f",
        "--one part: another",
        "Content-Type: application/sdp",
        "",
        sdp("peer"),
        "--one part: another--",
        "",
      ].join("\r\n"),
    }),
  },
  {
    name: "unreason",
    section: "3.1.1.12",
    what: "A reason phrase of signs and Cyrillic letters",
    asks: "is a 200",
    does: "acknowledged at sip:gw@sbc.example",
    delivery: response("INVITE", '200 a + b ** (c/d) [да] {всё} "хорошо"'),
  },
  {
    name: "noreason",
    section: "3.1.1.13",
    what: "An empty reason phrase",
    asks: "is a 100",
    does: "progresses with 100",
    delivery: response("INVITE", "100 "),
  },
];
