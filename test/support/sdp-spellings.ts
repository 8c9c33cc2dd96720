/** Session descriptions as gateways write them: each kept a real Chromium from taking the whole of it. */

const fingerprint = Array.from({ length: 32 }, (_, byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join(":");

/** As a browser reads it. */
export const plain = [
  "v=0",
  "o=peer 7 1 IN IP4 192.0.2.1",
  "s=-",
  "t=0 0",
  "m=audio 40000 UDP/TLS/RTP/SAVPF 0 8 101",
  "c=IN IP4 192.0.2.1",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-16",
  "a=ice-ufrag:abcd",
  "a=ice-pwd:abcdefghijklmnopqrstuvwx",
  `a=fingerprint:sha-256 ${fingerprint}`,
  "a=setup:active",
  "a=candidate:1 1 UDP 2130706431 192.0.2.1 40000 typ host",
  "a=sendrecv",
  "a=rtcp-mux",
  "",
].join("\r\n");

interface Spelling {
  readonly what: string;
  readonly sdp: string;
  readonly means: "the same" | "something else";
}

const respelt = (what: string, from: RegExp | string, to: string, means: Spelling["means"] = "the same"): Spelling => ({
  what,
  sdp: plain.replace(from, to),
  means,
});

export const spellings: readonly Spelling[] = [
  respelt("no s=", "s=-\r\n", ""),
  respelt("an empty s=", "s=-", "s="),
  respelt("no t=", "t=0 0\r\n", ""),
  respelt("no v=", "v=0\r\n", ""),
  respelt("a space behind v=", "v=0", "v= 0"),
  respelt("s= before o=", /(o=.*\r\n)(s=.*\r\n)/, "$2$1"),
  respelt("line ends of carriage returns alone", /\r\n/g, "\r"),
  respelt("bare line feeds", /\r\n/g, "\n"),
  respelt("an empty line before it", /^/, "\r\n"),
  respelt("an empty line in it", "t=0 0\r\n", "t=0 0\r\n\r\n"),
  respelt("empty lines behind it", /$/, "\r\n\r\n"),
  respelt("a NUL behind it", /$/, "\0"),
  respelt("no line end at its end", /\r\n$/, ""),
  respelt("spaces behind its lines", /\r\n/g, " \r\n"),
  respelt("spaces before its lines", /\r\n/g, "\r\n "),
  respelt("two spaces for one", /(m=|a=candidate)(.*?) (.*) /g, "$1$2  $3  "),
  respelt("tabs", "audio 40000", "audio\t40000"),
  respelt("a space behind a colon", /a=(rtpmap|fingerprint|candidate):/g, "a=$1: "),
  respelt("a space before a colon", /a=(rtpmap|fingerprint|candidate):/g, "a=$1 :"),
  respelt("a protocol in lower case", "UDP/TLS/RTP/SAVPF", "udp/tls/rtp/savpf"),
  respelt("ports of layers", "audio 40000", "audio 40000/2"),
  respelt("a line that is none", /$/, "hello\r\nX=1\r\na=\r\n"),
  respelt("no a=rtcp-mux", "a=rtcp-mux\r\n", ""),
  respelt("contacts of its author behind them", "t=0 0", "e=a@b\r\ni=x\r\nt=0 0"),
  respelt("bandwidth behind the times, and none of it", "t=0 0", "t=0 0\r\nb=AS:64"),
  respelt("a candidate over DTLS", "a=sendrecv", "a=candidate:2 1 DTLS 1 192.0.2.1 40000 typ host\r\na=sendrecv"),
  respelt("a candidate of a kind of its own", "a=sendrecv", "a=candidate:2 1 udp 1 192.0.2.1 40000 typ relayed\r\na=sendrecv"),
  respelt("a candidate beyond all priority", "a=sendrecv", "a=candidate:2 1 udp 4294967296 192.0.2.9 4 typ host\r\na=sendrecv"),
  respelt("a candidate that is cut off", "a=sendrecv", "a=candidate:1 1 udp\r\na=sendrecv"),
  respelt("bandwidth that is no number", "a=rtpmap:0", "b=AS:64.5\r\nb=AS: x\r\nb=\r\na=rtpmap:0"),
  respelt("sources that are none", "a=sendrecv", "a=ssrc:12345\r\na=ssrc:abc cname:x\r\na=ssrc:1 cname\r\na=sendrecv"),
  respelt("a stream without a name", "a=sendrecv", "a=msid:\r\na=sendrecv"),
  respelt("a fingerprint of an unknown kind", "a=setup", "a=fingerprint:md2 AA:BB\r\na=setup"),
  respelt("parameters of a codec that is not there", "a=setup", "a=fmtp:77 x=1\r\na=setup"),
  respelt("an extension without a number", "a=setup", "a=extmap:0 urn:x\r\na=extmap:300 urn:y\r\na=setup"),
  respelt("an origin with spaces", "o=peer 7", "o=Acme PBX 7", "something else"),
  respelt("an origin without a name", "o=peer 7", "o= 7", "something else"),
  respelt("a clock rate that is none", "PCMU/8000", "PCMU", "something else"),
  respelt("an address of many", "c=IN IP4 192.0.2.1", "c=IN IP4 192.0.2.1/127", "something else"),
  respelt("an address in lower case", "c=IN IP4", "c=in ip4", "something else"),
  respelt("a payload type beyond RTP", " 101\r\n", " 101 200 *\r\n", "something else"),
];
