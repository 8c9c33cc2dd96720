/** What one request was asked, and what it answers, from its sending to the answer that counts. */
import type { IncomingResponseMessage, OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import type { AskedAgain } from "../../src/ports/sip-answer.ts";
import { type Challenge, challengesIn } from "./challenge.ts";
import type { Offered, RealmKey } from "./digest.ts";
import { type KeyRing, realmOf, refusesAccount } from "./key-ring.ts";

/** Of a peer that makes up one after the other, no more are answered. */
const mostRealms = 4;

/** Nor is one nonce after the other that is stale when it comes. */
const mostRenewals = 4;

/** What an edge says that will have no credentials which it has not asked for, or none by a nonce that it has forgotten. */
const dislikes: readonly number[] = [400, 403, 482];

/**
 * Realms are answered one after the other, as a proxy and the PBX behind it ask (RFC 3261 §22.3), and each realm once, or
 * again where only its nonce was stale (RFC 7616 §3.3): registrars that share a load do not always share their nonces. What went out
 * unasked counts for nothing: the edge may ask for it anew, and may refuse it, without a word about the account.
 */
export class Authorization {
  readonly #ring: KeyRing;
  readonly #keys = new Map<string, RealmKey>();
  /** Realms that have not asked for what they were given. */
  readonly #unasked = new Set<string>();
  /** How often the nonce of a realm was stale. */
  readonly #renewed = new Map<string, number>();
  /** By which code what went out unasked was refused. */
  #refusedBy: number | undefined;

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** The request answered a challenge: what is said now is said to its credentials. */
  get isGiven(): boolean {
    return this.#keys.size > this.#unasked.size;
  }

  /** What a refusal asks for that it was given: of several realms, what tells most of the account. */
  askedAgain(message: IncomingResponseMessage): { readonly askedAgain?: AskedAgain } {
    const told = challengesIn(message).flatMap((challenge) => {
      const key = this.#keys.get(realmOf(challenge));
      return (key && !this.#unasked.has(realmOf(challenge)) && (challenge.stale ? "stale-nonce" : this.#ring.registrarOn(key))) ?? [];
    });
    const askedAgain = (["stale-nonce", "registrars-account", "other-realm"] as const).find((each) => told.some((one) => one === each));
    return askedAgain ? { askedAgain } : {};
  }

  /**
   * Whether this refusal may be of the credentials that went out unasked, and of nothing else: then the request is sent once
   * more, without them.
   */
  isOfUnasked({ statusCode = 0 }: IncomingResponseMessage, request: OutgoingRequestMessage): boolean {
    const mayBe = dislikes.includes(statusCode) || refusesAccount(statusCode, request.method);
    if (!mayBe || this.#refusedBy !== undefined || this.isGiven || this.#ring.givenWith(request).length === 0) return false;
    this.#refusedBy = statusCode;
    this.#keys.clear();
    this.#unasked.clear();
    this.#ring.forget();
    return true;
  }

  /** What is to be answered, by realm; nothing when the response is an outcome. */
  asked(message: IncomingResponseMessage, request: OutgoingRequestMessage): readonly Offered[] {
    // A response of sip.js's own has no Via.
    if (!message.hasHeader("via")) return [];
    this.#adopt(request);
    const offers = new Map<string, [Challenge, ...Challenge[]]>();
    for (const challenge of challengesIn(message)) {
      const offer = offers.get(realmOf(challenge));
      if (offer) offer.push(challenge);
      else offers.set(realmOf(challenge), [challenge]);
    }
    const isRefusal = [...offers].some(
      ([realm, offer]) =>
        this.#keys.has(realm) &&
        !this.#unasked.has(realm) &&
        (this.#renewalsOf(realm) >= mostRenewals || !offer.some(({ stale }) => stale)),
    );
    if (isRefusal) this.#ring.forget();
    if (isRefusal || new Set([...this.#keys.keys(), ...offers.keys()]).size > mostRealms) return [];
    this.#ring.spent(request, [...offers.keys()]);
    return [...offers.values()];
  }

  /** The header lines of the next try: for every realm that has asked so far. */
  lines(keys: readonly RealmKey[], request: OutgoingRequestMessage): string[] {
    for (const key of keys) {
      const realm = realmOf(key.challenge);
      if (this.#keys.has(realm) && !this.#unasked.delete(realm)) this.#renewed.set(realm, this.#renewalsOf(realm) + 1);
      this.#keys.set(realm, key);
    }
    return Array.from(this.#keys.values(), (key) => key.line(request));
  }

  /** Any answer to `request`: what it says of its credentials is remembered for the next. */
  heard(message: IncomingResponseMessage, request: OutgoingRequestMessage): void {
    if (!message.hasHeader("via")) return;
    this.#adopt(request);
    // By the usual way it went well: so it was that.
    const isDisliked = this.#refusedBy !== undefined && this.#refusedBy !== message.statusCode;
    this.#ring.heard(message, request, { keys: [...this.#keys.values()], isGiven: this.isGiven, isDisliked });
  }

  #renewalsOf(realm: string): number {
    return this.#renewed.get(realm) ?? 0;
  }

  #adopt(request: OutgoingRequestMessage): void {
    for (const key of this.#ring.givenWith(request)) {
      const realm = realmOf(key.challenge);
      if (this.#keys.has(realm)) continue;
      this.#keys.set(realm, key);
      this.#unasked.add(realm);
    }
  }
}
