/** RFC 5118: IPv6 in SIP. */
import { type TortureCase, request, response } from "./message.ts";

/** A session description with media lines of the given connection addresses. */
const sdpAt = (...addresses: string[]): string =>
  ["v=0", `o=peer 7 1 IN ${addresses[0]}`, "s=-", "t=0 0", ...addresses.flatMap((at) => ["m=audio 6000 RTP/AVP 0", `c=IN ${at}`]), ""].join(
    "\r\n",
  );

export const ipv6Messages: readonly TortureCase[] = [
  {
    name: "ipv6-good",
    section: "4.1",
    what: "IPv6 references in the Request-URI, Via and Contact",
    asks: "is well-formed",
    does: "rings",
    delivery: request("INVITE", {
      uri: "sip:agent7@[2001:db8::10]",
      headers: { Via: "SIP/2.0/WSS [2001:db8::9:1];branch=z9hG4bKv6", Contact: '"gw" <sip:gw@[2001:db8::9:1]>' },
    }),
  },
  {
    name: "ipv6-bad",
    section: "4.2",
    what: "An IPv6 address without brackets in the Request-URI",
    asks: "400",
    does: "400 Bad Request-URI",
    delivery: request("INVITE", { uri: "sip:2001:db8::10" }),
  },
  {
    name: "port-ambiguous",
    section: "4.3",
    what: "A port that came to stand inside the brackets",
    asks: "is well-formed: it is part of the address",
    does: "acknowledged at sip:gw@[2001:db8::10:5070]",
    why: "Made as a REGISTER: here our INVITE is answered so.",
    delivery: response("INVITE", "200 OK", () => ({ Contact: "<sip:gw@[2001:db8::10:5070]>" })),
  },
  {
    name: "port-unambiguous",
    section: "4.4",
    what: "A port behind the brackets",
    asks: "is the port",
    does: "acknowledged at sip:gw@[2001:db8::10]:5070",
    why: "Made as a REGISTER: here our INVITE is answered so.",
    delivery: response("INVITE", "200 OK", () => ({ Contact: "<sip:gw@[2001:db8::10]:5070>" })),
  },
  {
    name: "via-received-param-with-delim",
    section: "4.5",
    what: "`received` with brackets",
    asks: "is taken, though the grammar has none",
    does: "acknowledged at sip:gw@sbc.example",
    delivery: response("INVITE", "200 OK", (ours) => ({ Via: `${ours.get("Via")};received=[2001:db8::9:255]` })),
  },
  {
    name: "via-received-param-no-delim",
    section: "4.5",
    what: "`received` without brackets",
    asks: "is taken",
    does: "acknowledged at sip:gw@sbc.example",
    delivery: response("INVITE", "200 OK", (ours) => ({ Via: `${ours.get("Via")};received=2001:db8::9:255` })),
  },
  {
    name: "ipv6-in-sdp",
    section: "4.6",
    what: "IPv6 addresses in the session description, where they have no brackets",
    asks: "is well-formed",
    does: "rings",
    delivery: request("INVITE", { body: sdpAt("IP6 2001:db8::20") }),
  },
  {
    name: "mult-ip-in-header",
    section: "4.7",
    what: "IPv4 and IPv6 side by side in Vias and Record-Routes",
    asks: "is well-formed",
    does: "rings",
    delivery: request("INVITE", {
      headers: {
        Via: ["SIP/2.0/WSS [2001:db8::9:1]:6050;branch=z9hG4bKone", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKtwo;received=2001:db8::9:255"],
        "Record-Route": ["<sip:[2001:db8::9:1];lr>", "<sip:192.0.2.1;lr>"],
      },
    }),
  },
  {
    name: "mult-ip-in-sdp",
    section: "4.8",
    what: "One medium at IPv4, one at IPv6",
    asks: "is well-formed",
    does: "rings",
    delivery: request("INVITE", { body: sdpAt("IP4 192.0.2.1", "IP6 2001:db8::20") }),
  },
  {
    name: "ipv4-mapped-ipv6",
    section: "4.9",
    what: "IPv4 addresses written as IPv6, in headers and in the session description",
    asks: "is well-formed",
    does: "rings",
    delivery: request("INVITE", {
      headers: { Via: "SIP/2.0/WSS [::ffff:192.0.2.10]:8443;branch=z9hG4bKmapped", Contact: "<sip:gw@[::ffff:192.0.2.2]>" },
      body: sdpAt("IP6 ::ffff:192.0.2.2"),
    }),
  },
  {
    name: "ipv6-bug-abnf-3-colons",
    section: "4.10",
    what: "Three colons before an IPv4 part, as a fault in RFC 3261's grammar has it",
    asks: "is taken all the same",
    does: "rings",
    delivery: request("INVITE", { uri: "sip:agent7@[2001:db8:::192.0.2.1]", headers: { To: "<sip:agent7@[2001:db8:::192.0.2.1]>" } }),
  },
  {
    name: "ipv6-correct-abnf-2-colons",
    section: "4.10",
    what: "The same with two",
    asks: "is well-formed",
    does: "rings",
    delivery: request("INVITE", { uri: "sip:agent7@[2001:db8::192.0.2.1]", headers: { To: "<sip:agent7@[2001:db8::192.0.2.1]>" } }),
  },
];
