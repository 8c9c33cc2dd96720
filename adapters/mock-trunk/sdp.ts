/** SDP of a phone without a media engine (RFC 8866, RFC 3264). */

/** The answering side of a call's audio. */
export interface MediaAnswer {
  readonly answer: string;
  /** Called once when the call is over or has another answer. */
  close(): void;
}

/** Answers an SDP offer. Rejects, or throws, when it cannot: the call is then refused by 488. */
export type AnswerOffer = (offer: string) => MediaAnswer | Promise<MediaAnswer>;

/** Makes the answer acceptable to a browser, which wants ICE and DTLS even where nothing will ever flow. */
const transport = [
  "a=ice-ufrag:mock",
  "a=ice-pwd:mocktrunkmocktrunkmocktrunk",
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "4D").join(":")}`,
  "a=setup:passive",
];

/** What an answer takes over from the offer's media as it is. */
const mirrored = /^(m=|a=(mid|rtcp-mux|rtpmap|fmtp))/;

const session = ["v=0", "o=mock 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"];

/** An answer that takes each line of the offer and sends nothing. */
function inactiveAnswer(offer: string): string {
  const bundle = offer.split(/\r?\n/).filter((line) => line.startsWith("a=group:BUNDLE"));
  const media = offer.split(/^(?=m=)/m).filter((section) => section.startsWith("m="));
  const answered = media.flatMap((section) => {
    const [first = "", ...rest] = section.split(/\r?\n/).filter((line) => mirrored.test(line));
    const isSecure = /^m=\S+ \S+ UDP\/TLS\//.test(first);
    return [first.replace(/^(m=\S+) \S+/, "$1 9"), "c=IN IP4 0.0.0.0", ...rest, "a=inactive", ...(isSecure ? transport : [])];
  });
  return [...session, ...bundle, ...answered, ""].join("\r\n");
}

/** What a customer's phone offers. */
export const inactiveOffer = inactiveAnswer("m=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");

export const answerInactive: AnswerOffer = (offer) => ({ answer: offer === "" ? inactiveOffer : inactiveAnswer(offer), close() {} });
