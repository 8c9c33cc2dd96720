import type { Dialect } from "./dialect.ts";

/** The mock trunk's own: what RFC 3261 would write. */
export const plain: Dialect = {
  drawnFrom: ["RFC 3261 §7, §24"],
  order: ["Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "*", "Content-Type", "Content-Length"],
  comma: ", ",
  adds: [],
  tag: "{t}",
  callId: "{t}",
  branch: "{t}",
  from: "<sip:{number}@{domain}>",
  contact: "<sip:{number}@{domain};transport=ws>",
  challenge: 'Digest realm="{domain}", nonce="{nonce}", qop="auth", algorithm=MD5',
  session: { owner: "mock", name: "-" },
  ringing: ["180"],
  offersLate: false,
  hold: "sendonly",
  multipart: false,
};
