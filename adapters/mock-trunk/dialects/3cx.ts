import type { Dialect } from "./dialect.ts";

/** 3CX: Contact and To before From, no `qop` in the challenge, Call-IDs that end in two dots. */
export const threeCx: Dialect = {
  drawnFrom: [
    'the REGISTER and the 407 printed in 3CX\' "Requirements for VoIP Providers": order of headers, challenge, Call-ID',
    "a public emulator of 3CX 18: User-Agent, SDP",
  ],
  order: [
    "Via",
    "Max-Forwards",
    "Proxy-Authenticate",
    "WWW-Authenticate",
    "Contact",
    "To",
    "From",
    "Call-ID",
    "CSeq",
    "*",
    "Allow",
    "Content-Type",
    "Supported",
    "User-Agent",
    "Content-Length",
  ],
  comma: ", ",
  adds: [
    { to: "all", line: "User-Agent: 3CXPhoneSystem 18.0.9.20 (20)" },
    { to: "dialogs", line: "Supported: replaces, timer" },
  ],
  tag: "{x8}",
  callId: "{w22}..",
  branch: "-524287-1---{x16}",
  from: '"{number}"<sip:{number}@{domain}:5060>',
  contact: "<sip:{number}@{domain}:5060;transport=ws>",
  challenge: 'Digest nonce="{nonce}",algorithm=MD5,realm="{domain}"',
  session: { owner: "3cxPS", name: "3cxPS Audio call" },
  ringing: ["180", "183-sdp"],
  offersLate: false,
  hold: "sendonly",
  multipart: false,
};
