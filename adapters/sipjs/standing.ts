/** A session as both sides have described it already, said once more as an answer (RFC 3264 §6, §8; RFC 5763 §5), pure. */

const direction = /^a=(sendrecv|sendonly|recvonly|inactive)(?=\r?$)/gim;
const setup = /^a=setup:(\w+)(?=\r?$)/gim;

/** What may change while the audio is what it was: whoever describes it, how often and which way, and what was reserved for it (RFC 3312 §4). */
const passing = /^([ost]=.*|a=(sendrecv|sendonly|recvonly|inactive|setup:\w+|(curr|des|conf):.*))$/i;

const lasting = (sdp: string): string =>
  sdp
    .split(/\r?\n/)
    .filter((line) => !passing.test(line))
    .join("\n");

/** Whether both describe the same streams, codecs, addresses and keys. */
export const isSameMedia = (one: string, other: string): boolean => lasting(one) === lasting(other);

const first = (pattern: RegExp, sdp: string): string | undefined =>
  Array.from(sdp.matchAll(pattern), ([, value]) => value?.toLowerCase())[0];

/** What an answer says to each direction; to `sendrecv`, and to none, whatever it likes. */
const answers: Readonly<Record<string, string>> = { sendonly: "recvonly", recvonly: "sendonly", inactive: "inactive" };

/**
 * Our description as the answer to theirs. Whoever offers leaves it to the peer who of both begins with DTLS; whoever answers says who does
 * (RFC 5763 §5), and that stays as it was agreed. @param agreed what they said when it was.
 */
export function asAnswer(ours: string, theirs: string, agreed = theirs): string {
  const role = first(setup, agreed) === "active" ? "passive" : "active";
  const way = answers[first(direction, theirs) ?? ""];
  const turned = way === undefined ? ours : ours.replace(direction, (line, own: string) => (own === "sendrecv" ? `a=${way}` : line));
  return turned.replace(setup, (line, own: string) => (own.toLowerCase() === "actpass" ? `a=setup:${role}` : line));
}

/** Their later description of the same media, as if it had been their answer to our offer: with the role that they chose then. */
export const inRole = (theirs: string, agreed: string): string =>
  theirs.replace(setup, (line) => `a=setup:${first(setup, agreed) ?? line.slice("a=setup:".length)}`);
