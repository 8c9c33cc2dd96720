/** Digest authentication (RFC 7616, RFC 8760, RFC 3261 §22) of one request, with credentials that come when they come. */
import type { IncomingResponseMessage, OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import type { Credentials } from "../../src/ports.ts";
import { type Challenge, challengesIn } from "./challenge.ts";
import { type Hash, algorithmOf, hashFor, rankOf } from "./hash.ts";

/** The edge asks for a protection that we cannot give. Its name goes into the journal, where the diagnosis knows it. */
export class UnsupportedDigest extends TypeError {
  override readonly name = "UnsupportedDigest";
}

/** All that one realm asks of us in one answer: the same key by one hash or another. */
export type Offered = readonly [Challenge, ...Challenge[]];

/** One realm answered: makes the header line of each request that goes there (RFC 7616 §3.4). */
export class RealmKey {
  readonly challenge: Challenge;
  readonly #hash: Hash;
  readonly #username: string;
  readonly #cnonce: string;
  readonly #secret: string;
  #uses = 0;

  /** @throws TypeError when the credentials cannot be used. */
  constructor(challenge: Challenge, hash: Hash, { username, password }: Required<Credentials>, cnonce: string) {
    if (typeof username !== "string" || typeof password !== "string") throw new TypeError("credentials need a password that is a string");
    if (unfitForHeader.test(username)) throw new TypeError("the authentication user name holds a character that no header may hold");
    this.challenge = challenge;
    this.#hash = hash;
    this.#username = username;
    this.#cnonce = cnonce;
    const secret = hash(`${username}:${challenge.realm}:${password}`);
    this.#secret = algorithmOf(challenge.algorithm).isSession ? hash(`${secret}:${challenge.nonce}:${cnonce}`) : secret;
  }

  line({ method, ruri, body }: OutgoingRequestMessage): string {
    const { header, realm, nonce, algorithm = "MD5", qop, opaque } = this.challenge;
    const hash = this.#hash;
    const uri = ruri.toRaw();
    const count = (++this.#uses).toString(16).padStart(8, "0");
    const protectedBody = qop === "auth-int" ? `:${hash(bodyOf(body))}` : "";
    const protection = qop ? `${count}:${this.#cnonce}:${qop}:` : "";
    const response = hash(`${this.#secret}:${nonce}:${protection}${hash(`${method}:${uri}${protectedBody}`)}`);
    const isBound = qop !== undefined || algorithmOf(algorithm).isSession;
    const fields = [
      `algorithm=${algorithm}`,
      `username="${this.#username}"`,
      `realm="${realm}"`,
      `nonce="${nonce}"`,
      `uri="${uri}"`,
      `response="${response}"`,
      ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
      ...(qop ? [`qop=${qop}`] : []),
      ...(isBound ? [`cnonce="${this.#cnonce}"`] : []),
      ...(qop ? [`nc=${count}`] : []),
    ];
    return `${header}: Digest ${fields.join(", ")}`;
  }
}

/** Control characters would end the header line, quotes the string (RFC 3261 §25.1). */
const unfitForHeader = /[\p{Cc}"\\]/u;

const bodyOf = (body: OutgoingRequestMessage["body"]): string => (typeof body === "string" ? body : (body?.body ?? ""));

/**
 * The strongest of `offered` that can be computed here and now.
 * @throws UnsupportedDigest when none is known, or what the host throws when the code of all that are could not be loaded.
 */
export async function strongest(offered: Offered): Promise<{ readonly challenge: Challenge; readonly hash: Hash }> {
  let failure: unknown = new UnsupportedDigest("the edge asks for no digest algorithm that is known here");
  for (const challenge of [...offered].sort((one, other) => rankOf(one.algorithm) - rankOf(other.algorithm))) {
    try {
      const hash = await hashFor(challenge.algorithm);
      if (hash) return { challenge, hash };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * What one request was asked, and what it answers: realms one after the other, as a proxy and the PBX behind it ask
 * (RFC 3261 §22.3), and each realm once, or once more where only its nonce was stale (RFC 7616 §3.3).
 */
export class Authorization {
  readonly #keys = new Map<string, RealmKey>();
  readonly #renewed = new Set<string>();

  /** The request carried credentials: what is said now is said to them. */
  get isGiven(): boolean {
    return this.#keys.size > 0;
  }

  /** What is to be answered, by realm; nothing when the response is an outcome. */
  asked(message: IncomingResponseMessage): readonly Offered[] {
    // A response of sip.js's own has no Via.
    if (!message.hasHeader("via")) return [];
    const offers = new Map<string, [Challenge, ...Challenge[]]>();
    for (const challenge of challengesIn(message)) {
      const offer = offers.get(keyOf(challenge));
      if (offer) offer.push(challenge);
      else offers.set(keyOf(challenge), [challenge]);
    }
    const isRefusal = [...offers].some(
      ([key, offer]) => this.#keys.has(key) && (this.#renewed.has(key) || !offer.some(({ stale }) => stale)),
    );
    return isRefusal || this.#keys.size + offers.size > mostRealms ? [] : [...offers.values()];
  }

  /** The header lines of the next try: for every realm that has asked so far. */
  lines(keys: readonly RealmKey[], request: OutgoingRequestMessage): string[] {
    for (const key of keys) {
      const realm = keyOf(key.challenge);
      if (this.#keys.has(realm)) this.#renewed.add(realm);
      this.#keys.set(realm, key);
    }
    return Array.from(this.#keys.values(), (key) => key.line(request));
  }
}

/** Of a peer that makes up one after the other, no more are answered. */
const mostRealms = 4;

const keyOf = ({ header, realm }: Challenge): string => `${header} ${realm}`;
