/** SDP that a callee without a media engine answers: each line of the offer mirrored, nothing sent (RFC 3264 §6). */
export function inactiveAnswer(offer: string): string {
  const media = offer
    .split(/\r?\n/)
    .filter((line) => line.startsWith("m="))
    .flatMap((line) => [line.replace(/^(m=\S+) \d+/, "$1 9"), "c=IN IP4 0.0.0.0", "a=inactive"]);
  return ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", ...media, ""].join("\r\n");
}

/** What the carrier offers an agent when no media is at hand. */
export const inactiveOffer = inactiveAnswer("m=audio 9 UDP/TLS/RTP/SAVPF 0");
