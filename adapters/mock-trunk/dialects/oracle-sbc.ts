import type { Dialect } from "./dialect.ts";

/** Oracle's (Acme Packet's) session border controller: its `SD` in tags and Call-IDs, Max-Forwards last, early media first. */
export const oracleSbc: Dialect = {
  drawnFrom: ["an INVITE that crossed an Acme Packet SBC, in the tests of a public SIP viewer: order of headers, tag, Call-ID, 100rel"],
  order: ["Via", "*", "To", "From", "Contact", "Call-ID", "CSeq", "Max-Forwards", "Content-Type", "Content-Length"],
  comma: ",",
  adds: [{ to: "dialogs", line: "Supported: path,100rel" }],
  tag: "SD{w6}01-{x32}",
  callId: "SD{w6}01-{x32}-{w7}",
  branch: "{w9}{w9}000",
  from: '"{number}" <sip:{number}@{domain};user=phone>',
  contact: "<sip:{number}@{domain}:443;transport=ws>",
  challenge: 'Digest nonce="{nonce}",algorithm=MD5,realm="{domain}",qop="auth"',
  session: { owner: "SBC", name: "-" },
  ringing: ["183-sdp", "180"],
  offersLate: false,
  hold: "sendonly",
  multipart: true,
  reliability: "supported",
};
