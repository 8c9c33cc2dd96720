/** Digest authentication (RFC 7616, RFC 8760, RFC 3261 §22): what answers one realm. */
import type { OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import type { Credentials } from "../../src/ports/sip-account.ts";
import type { Challenge } from "./challenge.ts";
import { type Hash, algorithmOf, hashFor, rankOf } from "./hash.ts";

/** The edge asks for a protection that we cannot give. Its name goes into the journal, where the diagnosis knows it. */
export class UnsupportedDigest extends TypeError {
  override readonly name = "UnsupportedDigest";
}

/** All that one realm asks of us in one answer: the same key by one hash or another. */
export type Offered = readonly [Challenge, ...Challenge[]];

/** Whether one of them is by a hash that is known here. */
export const isAnswerable = (offered: Offered): boolean => offered.some(({ algorithm }) => rankOf(algorithm) < Infinity);

/** One realm answered: makes the header line of each request that goes there (RFC 7616 §3.4). */
export class RealmKey {
  readonly challenge: Challenge;
  /** Hashed: tells these credentials from others of the realm. */
  readonly account: string;
  readonly #hash: Hash;
  readonly #username: string;
  readonly #cnonce: string;
  readonly #secret: string;
  #nonce: string;
  #sinceMs: number;
  #uses = 0;

  /**
   * @param nowMs when the nonce came.
   * @throws TypeError when the credentials cannot be used.
   */
  constructor(challenge: Challenge, hash: Hash, { username, password }: Required<Credentials>, cnonce: string, nowMs = 0) {
    if (typeof username !== "string" || typeof password !== "string") throw new TypeError("credentials need a password that is a string");
    if (unfitForHeader.test(username)) throw new TypeError("the authentication user name holds a character that no header may hold");
    this.challenge = challenge;
    this.#nonce = challenge.nonce;
    this.#sinceMs = nowMs;
    this.#hash = hash;
    this.#username = username;
    this.#cnonce = cnonce;
    this.account = hash(`${username}:${challenge.realm}:${password}`);
    this.#secret = algorithmOf(challenge.algorithm).isSession ? hash(`${this.account}:${challenge.nonce}:${cnonce}`) : this.account;
  }

  get nonce(): string {
    return this.#nonce;
  }

  /** When its nonce came, ms. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Goes on with another nonce (`nextnonce`, RFC 7616 §3.5); the key of a session stays bound to the first (§3.4.2). */
  renew(nonce: string, nowMs: number): void {
    this.#nonce = nonce;
    this.#sinceMs = nowMs;
    this.#uses = 0;
  }

  line({ method, ruri, body }: OutgoingRequestMessage): string {
    const { header, realm, algorithm = "MD5", qop, opaque } = this.challenge;
    const nonce = this.#nonce;
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
