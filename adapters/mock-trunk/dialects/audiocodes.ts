import type { Dialect } from "./dialect.ts";

/** AudioCodes' Mediant: tags that begin with `1c`, lists without spaces, a space before the parameters of a Reason. */
export const audiocodes: Dialect = {
  drawnFrom: [
    "the call flow printed in AudioCodes' manual of Mediant 2000 (LTRT-68805) and the BYE printed in MediaPack's (LTRT-65415): order of headers, lists, tags, SDP",
  ],
  order: [
    "Via",
    "Max-Forwards",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Contact",
    "Supported",
    "Allow",
    "*",
    "Server",
    "User-Agent",
    "Reason",
    "Content-Type",
    "Content-Length",
  ],
  comma: ",",
  adds: [
    { to: "responses", line: "Server: Mediant SBC/v.7.20A.258" },
    { to: "requests", line: "User-Agent: Mediant SBC/v.7.20A.258" },
    { to: "dialogs", line: "Supported: em,timer,replaces,path,resource-priority,sdp-anat" },
  ],
  tag: "1c{d9}",
  callId: "{d18}@{domain}",
  branch: "ac{d10}",
  from: "<sip:{number}@{domain};user=phone>",
  contact: "<sip:{number}@{domain}:443;transport=ws;user=phone>",
  challenge: 'Digest realm="{domain}",nonce="{nonce}",stale=FALSE,algorithm=MD5,qop="auth"',
  session: { owner: "AudiocodesGW", name: "Phone-Call" },
  ringing: ["180-sdp"],
  offersLate: false,
  hold: "inactive",
  multipart: false,
};
