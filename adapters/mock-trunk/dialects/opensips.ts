import type { Dialect } from "./dialect.ts";

/** OpenSIPS: "Giving it a try", From and To after Call-ID, dialogs marked by `did` in the Record-Route. */
export const opensips: Dialect = {
  drawnFrom: [
    "a 100 and a 180 to INVITE through OpenSIPS 2.4.11 in a public collection of traces: order of headers, Record-Route with `did`, tags, branches",
    "the Server header in the public sources of OpenSIPS",
  ],
  order: ["Via", "Record-Route", "Call-ID", "From", "To", "CSeq", "Max-Forwards", "*", "Server", "Content-Type", "Content-Length"],
  comma: ",",
  adds: [
    { to: "responses", line: "Server: OpenSIPS (3.4.5 (x86_64/linux))" },
    { to: "dialogs", line: "Record-Route: <sip:{domain};transport=ws;lr;ftag={w10};did={x3}.{x8}>" },
  ],
  phrases: { 100: "Giving it a try" },
  tag: "{x8}_{x8}_{x8}",
  callId: "{x32}@{domain}",
  branch: "{x8}_{x8}_{x8}-{x4}-{x4}-{x4}-{x12}",
  from: '"{number}" <sip:{number}@{domain};user=phone>',
  contact: "<sip:{number}@{domain}:443;transport=ws;did={x3}.{x8}>",
  challenge: 'Digest realm="{domain}", nonce="{nonce}", qop="auth"',
  session: { owner: "gw", name: "call" },
  ringing: ["183", "180"],
  offersLate: false,
  hold: "inactive",
  multipart: false,
};
