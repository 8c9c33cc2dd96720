/** What may be written down of the names that a peer made up for a call. */

/** Longer is no Call-ID that anybody looks for. */
const longest = 128;
/** So many digits of a number in a row are no accident. */
const telling = 6;

const address = /\d{1,3}(?:\.\d{1,3}){3}|[[\]]/;
const domain = /^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$/i;

/**
 * A carrier finds the call in its traces by it (RFC 3261 §8.1.1.4). It is the peer's own text: what it has behind its `@` stays only where that
 * is a domain, for a PBX writes its private address there.
 * @param number whose call it is, as far as it is known: personal data.
 * @returns undefined where an address or the number stands in it.
 */
export function writtenCallId(given: string, number = ""): string | undefined {
  const [word = "", host = ""] = given.split("@");
  const tail = number.replace(/\D/g, "").slice(-telling);
  if (word === "" || given.length > longest || address.test(word) || (tail.length === telling && given.includes(tail))) return undefined;
  return domain.test(host) ? `${word}@${host}` : word;
}

/** What a carrier finds the call in its traces by: of its INVITE, whoever sent it. */
export interface WrittenNames {
  /** What may be written down of its `Call-ID`. */
  readonly sipCallId?: string;
  /** The tag of its `From` (RFC 3261 §19.3). */
  readonly fromTag?: string;
}

/** Both of them, each where it may be written down: a tag is the peer's own text as well. */
export function writtenNames(given: WrittenNames, number?: string): WrittenNames {
  const [sipCallId, fromTag] = [given.sipCallId, given.fromTag].map((name) =>
    name === undefined ? undefined : writtenCallId(name, number),
  );
  return { ...(sipCallId !== undefined && { sipCallId }), ...(fromTag !== undefined && { fromTag }) };
}
