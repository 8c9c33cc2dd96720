import type { Dialect } from "./dialect.ts";

/** Asterisk with chan_pjsip, whose PJSIP writes Call-ID before From, and two spaces before a length. */
export const asterisk: Dialect = {
  drawnFrom: [
    "a 401 to REGISTER by Asterisk 18.2.0 (PJSIP), in the tests of a public Python SIP parser: order of headers, two spaces, challenge",
    "`timers` and `timers_sess_expires` in the documentation of its `pjsip.conf`: session timer",
  ],
  order: [
    "Via",
    "Call-ID",
    "From",
    "To",
    "CSeq",
    "WWW-Authenticate",
    "Proxy-Authenticate",
    "Server",
    "Contact",
    "Allow",
    "Supported",
    "*",
    "Content-Type",
    "Content-Length",
  ],
  gaps: { "Content-Length": ":  " },
  comma: ", ",
  adds: [
    { to: "responses", line: "Server: Asterisk PBX 20.6.0" },
    { to: "requests", line: "User-Agent: Asterisk PBX 20.6.0" },
    { to: "dialogs", line: "Supported: 100rel, timer, replaces, norefersub" },
  ],
  tag: "{x8}-{x4}-{x4}-{x4}-{x12}",
  callId: "{x8}-{x4}-{x4}-{x4}-{x12}",
  branch: "Pj{x8}-{x4}-{x4}-{x4}-{x12}",
  from: '"{number}" <sip:{number}@{domain}>',
  contact: "<sip:asterisk@{domain}:8089;transport=ws>",
  challenge: 'Digest realm="{domain}",nonce="{nonce}",opaque="{x16}",algorithm=MD5,qop="auth"',
  session: { owner: "-", name: "Asterisk" },
  ringing: ["180", "183-sdp"],
  offersLate: false,
  hold: "sendonly",
  multipart: false,
  sessionTimer: { expiresS: 1_800, refresher: "softphone" },
};
