/** SDP of a phone without a media engine (RFC 8866, RFC 3264). */

/** The answering side of a call's audio. */
export interface MediaAnswer {
  /** SDP, for the 200 or the 183. */
  readonly answer: string;
  /** Called once when the call is over or has another answer. */
  close(): void;
}

/** Answers an SDP offer. Rejects, or throws, when it cannot: the call is then refused by 488. */
export type AnswerOffer = (offer: string) => MediaAnswer | Promise<MediaAnswer>;

/** What a browser wants, ICE and DTLS, even where nothing will ever flow (RFC 8829 §5.2.1). */
const transport = (setup: "passive" | "actpass") => [
  "a=ice-ufrag:mock",
  "a=ice-pwd:mocktrunkmocktrunkmocktrunk",
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "4D").join(":")}`,
  `a=setup:${setup}`,
];

/** What an answer takes over from the offer's media as it is: its formats too, and so the digits (RFC 4733) of an offer that has them. */
const mirrored = /^(m=|a=(mid|rtcp-mux|rtpmap|fmtp))/;

/** Who offers, and what the session is called. */
interface SessionNames {
  readonly owner: string;
  readonly name: string;
}

const session = ({ owner, name }: SessionNames) => ["v=0", `o=${owner} 1 1 IN IP4 127.0.0.1`, `s=${name}`, "t=0 0"];

/** Which way media may flow, from the one who says it (RFC 3264 §6.1). */
const directionOf = (sdp: string) => /^a=(sendrecv|sendonly|recvonly|inactive)\r?$/m.exec(sdp)?.[1] ?? "sendrecv";

/** Listens where it may, so that a phone's RTP digits have somewhere to go, and sends nothing. */
function silentAnswer(names: SessionNames, offer: string): string {
  const bundle = offer.split(/\r?\n/).filter((line) => line.startsWith("a=group:BUNDLE"));
  const media = offer.split(/^(?=m=)/m).filter((section) => section.startsWith("m="));
  const answered = media.flatMap((section) => {
    const [first = "", ...rest] = section.split(/\r?\n/).filter((line) => mirrored.test(line));
    const isSecure = /^m=\S+ \S+ UDP\/TLS\//.test(first);
    const direction = directionOf(section).startsWith("send") ? "a=recvonly" : "a=inactive";
    return [first.replace(/^(m=\S+) \S+/, "$1 9"), "c=IN IP4 0.0.0.0", ...rest, direction, ...(isSecure ? transport("passive") : [])];
  });
  return [...session(names), ...bundle, ...answered, ""].join("\r\n");
}

/** What a customer's phone offers: audio that a browser can answer (RFC 8834, RFC 7874), with digits; it listens and sends nothing. */
export const silentOffer = (names: SessionNames) =>
  [
    ...session(names),
    "a=group:BUNDLE 0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 101",
    "c=IN IP4 0.0.0.0",
    "a=mid:0",
    "a=rtcp-mux",
    "a=rtpmap:111 opus/48000/2",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:8 PCMA/8000",
    "a=rtpmap:101 telephone-event/8000",
    "a=fmtp:101 0-16",
    "a=recvonly",
    ...transport("actpass"),
    "",
  ].join("\r\n");

/** The audio of a phone that has none. */
export const silence =
  (names: SessionNames): AnswerOffer =>
  (offer) => ({ answer: offer === "" ? silentOffer(names) : silentAnswer(names, offer), close() {} });
