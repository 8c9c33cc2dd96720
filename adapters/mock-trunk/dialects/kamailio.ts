import type { Dialect } from "./dialect.ts";

/** Kamailio in front of a gateway: its own 100, a Record-Route, To before From in what it answers itself. */
export const kamailio: Dialect = {
  drawnFrom: [
    "a 100 to INVITE by Kamailio 5.1.8 in a public collection of Kamailio examples: order of headers, phrase, Server",
    "the Kamailio that `test/interop` calls through: challenge",
  ],
  order: ["Via", "Record-Route", "Max-Forwards", "To", "From", "Call-ID", "CSeq", "*", "Server", "Content-Type", "Content-Length"],
  comma: ", ",
  adds: [
    { to: "responses", line: "Server: kamailio (5.7.4 (x86_64/linux))" },
    { to: "dialogs", line: "Record-Route: <sip:{domain};transport=ws;lr=on;ftag={x8};nat=yes>" },
  ],
  phrases: { 100: "trying -- your call is important to us", 404: "Not here", 483: "Too Many Hops" },
  tag: "{x32}-{x8}",
  callId: "{x16}@{domain}",
  branch: "{x4}.{x32}.0",
  from: "<sip:{number}@{domain}>",
  contact: "<sip:{number}@{domain};transport=ws;alias=192.0.2.7~5060~1>",
  challenge: 'Digest realm="{domain}", nonce="{nonce}", qop="auth"',
  session: { owner: "gw", name: "-" },
  ringing: ["180"],
  offersLate: false,
  hold: "inactive",
  multipart: false,
};
