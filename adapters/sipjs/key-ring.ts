/** The keys that an edge has taken: what it is asked next has them with the first request (RFC 3261 §22.3, RFC 7616 §3.6). */
import { type IncomingResponseMessage, type OutgoingRequestMessage, C } from "sip.js/lib/core/index.js";
import type { Clock } from "../../src/clock.ts";
import type { Challenge } from "./challenge.ts";
import type { RealmKey } from "./digest.ts";

/** Calls and kinds of request whose realms are remembered; the one not used for longest goes first. */
const mostScopes = 64;

/** So long an edge may take to say anything to what went out unasked, until nothing more does on that flow, ms. */
const patienceMs = 1_000;

/** One realm of a registrar, or of a proxy: they may bear the same name. */
export const realmOf = ({ header, realm }: Pick<Challenge, "header" | "realm">): string => `${header} ${realm}`;

/** The header lines by which a request proves who sent it. */
export const credentialsIn = ({ extraHeaders }: OutgoingRequestMessage): string[] =>
  extraHeaders.filter((line) => /^(Proxy-)?Authorization:/i.test(line));

/** Whoever says so has let the credentials pass. */
const passed = (code: number): boolean =>
  code > 100 && code < 700 && ![400, 401, 403, 404, 407, 482].includes(code) && !(code >= 500 && code < 600);

/** Refuses who we are; to anything but a REGISTER the same is about what was asked. */
export const refusesAccount = (code: number, method: string): boolean => method === C.REGISTER && (code === 403 || code === 404);

/** What an edge has shown with one kind of request: how old a nonce may be, and how old one was that it took again, ms. */
interface Shown {
  limitMs: number;
  provenMs: number;
  /** It had trouble with one that was given unasked, and has taken none so far. */
  isTroubled: boolean;
}

/** In quotes, as the grammar has it (RFC 7616 §3.5), in single ones, or in none. */
const nextNonce = /(?:^|[\s,])nextnonce\s*=\s*(?:"([^"\\\p{Cc}]+)"|'?([^\s,;"'\\\p{Cc}]+))/iu;

/**
 * Of one account. A realm's key goes where that realm has asked: with the same method to the same host, and within the calls
 * whose INVITE had it (§22.3). Deviation: that section keeps a proxy's key to one call, unless the proxy is known as ours;
 * whoever sits at the other end of our flow is.
 */
export class KeyRing {
  readonly #clock: Clock;
  readonly #keys = new Map<string, RealmKey>();
  readonly #last = new Map<string, RealmKey>();
  /** Made since all was forgotten: a request that is older brings none of its own back. */
  #made = new WeakSet<RealmKey>();
  /** Who has asked for what, least recently used first. */
  readonly #realms = new Map<string, readonly string[]>();
  /** What went out unasked, and with which request. */
  readonly #given = new WeakMap<OutgoingRequestMessage, readonly RealmKey[]>();
  /** Those of them to which nothing was said yet, oldest first, and since when, ms. */
  readonly #unanswered = new Map<OutgoingRequestMessage, number>();
  /** A nonce may be bound to a method, or to a call: who is asked by another may well take it. */
  readonly #shown = new Map<string, Shown>();
  /** The account that the registrar took last, by realm. */
  readonly #registered = new Map<string, string>();
  #isDisliked = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds to a new request what it would be asked, as far as that is known. */
  sign(message: OutgoingRequestMessage): void {
    if (this.#isDisliked || this.#isSilent()) return;
    // Neither may be challenged (§22.1); an ACK repeats what its INVITE had.
    if (message.method === C.ACK || message.method === C.CANCEL || credentialsIn(message).length > 0) return;
    const scope = scopeOf(message);
    const realms = this.#realms.get(scope);
    const { limitMs } = this.#shownBy(message);
    const keys = realms?.flatMap((realm) => this.#keys.get(realm) ?? []).filter((key) => this.#ageOf(key) <= limitMs) ?? [];
    // One of several would be asked for the others all the same.
    if (!realms || keys.length < realms.length) return;
    this.#remember(scope, realms);
    message.extraHeaders.push(...keys.map((key) => key.line(message)));
    this.#given.set(message, keys);
  }

  /** It has gone out, and somebody waits for the answer. */
  sent(message: OutgoingRequestMessage): void {
    if (this.#given.has(message)) this.#unanswered.set(message, this.#clock.nowMs());
  }

  /** What `message` had unasked. */
  givenWith(message: OutgoingRequestMessage): readonly RealmKey[] {
    return this.#given.get(message) ?? [];
  }

  /** `made`, or the realm's last key where that is for the same nonce and account: its count goes on (RFC 7616 §3.4). */
  admit(made: RealmKey): RealmKey {
    const realm = realmOf(made.challenge);
    const last = this.#last.get(realm);
    const key = last?.nonce === made.nonce && last.account === made.account ? last : made;
    // A source that gives others each time, or every hour: what went out unasked would be refused as wrong, and some count that.
    if (last && last.account !== made.account && this.#made.has(last)) this.dislike();
    if (this.#last.size > mostScopes) this.#last.clear();
    this.#last.set(realm, key);
    this.#made.add(key);
    return key;
  }

  /** These realms ask again for what they were given with `message`: most likely its nonce was too old. */
  spent(message: OutgoingRequestMessage, realms: readonly string[]): void {
    const shown = this.#shownBy(message);
    // Of one use, or bound to its call: who has seen that twice, and never the contrary, need not try again.
    const isSecond = shown.limitMs < Infinity && shown.provenMs < 0;
    for (const key of this.givenWith(message)) {
      const [realm, ageMs] = [realmOf(key.challenge), this.#ageOf(key)];
      if (!realms.includes(realm) || this.#keys.get(realm) !== key) continue;
      this.#keys.delete(realm);
      // By halves, for it may live a little less, or the edge have started anew; a try in vain costs no more than the usual way.
      if (ageMs > shown.provenMs) shown.limitMs = isSecond ? -1 : Math.max(shown.provenMs, ageMs / 2);
    }
  }

  /** An answer of the peer's to `request`, which had these keys. */
  heard(
    message: IncomingResponseMessage,
    request: OutgoingRequestMessage,
    { keys, isGiven, isDisliked }: { readonly keys: readonly RealmKey[]; readonly isGiven: boolean; readonly isDisliked: boolean },
  ): void {
    this.#unanswered.delete(request);
    const { statusCode: code = 0 } = message;
    if (isGiven && refusesAccount(code, request.method)) return this.forget();
    if (code >= 500 && code < 600) this.#troubled(request);
    if (request.method === C.REGISTER && code >= 200 && code < 300) this.#takenByRegistrar(keys);
    if (!passed(code) || this.#isDisliked) return;
    if (isDisliked) return this.dislike();
    const shown = this.#shownBy(request);
    for (const key of this.givenWith(request)) shown.provenMs = Math.max(shown.provenMs, this.#ageOf(key));
    if (keys.length > 0 && keys.every((key) => this.#made.has(key))) this.#keep(keys, request);
    if (code < 300 && code >= 200) this.#renew(keys, message);
  }

  /** How the registrar takes what is refused elsewhere: this key, or its realm; undefined where it asked for none, or took another account. */
  registrarOn({ account, challenge: { realm } }: RealmKey): "registrars-account" | "other-realm" | undefined {
    if (this.#registered.size === 0) return undefined;
    const taken = this.#registered.get(realm);
    if (taken === undefined) return "other-realm";
    return taken === account ? "registrars-account" : undefined;
  }

  /**
   * The flow is gone. The edge may have dropped it for what it had not asked for, or have swallowed that: one that never took
   * any, or one that has started anew and knows none of its nonces. On the next flow it is asked the usual way.
   */
  lost(isByUs: boolean): void {
    const isSilent = this.#isSilent();
    const isSuspect = isSilent || (!isByUs && this.#unanswered.size > 0);
    for (const request of isSuspect ? this.#unanswered.keys() : []) this.#troubled(request);
    this.#unanswered.clear();
    if (!isSuspect) return;
    this.forget();
    // Dropped at once: that is its answer. Silence may be anybody's.
    if (!isSilent && [...this.#shown.values()].every(({ provenMs }) => provenMs < 0)) this.dislike();
  }

  /** Never again: the usual way went well where this did not. */
  dislike(): void {
    this.#isDisliked = true;
    this.forget();
  }

  /** From here on the usual way, until keys are taken anew: the account was refused, or is another. */
  forget(): void {
    this.#keys.clear();
    this.#realms.clear();
    this.#made = new WeakSet();
  }

  /** Its own trouble, or trouble with a nonce that it does not know: the next goes the usual way, and tells. Twice before one was taken is no chance. */
  #troubled(request: OutgoingRequestMessage): void {
    const [given, shown] = [this.givenWith(request), this.#shownBy(request)];
    for (const { challenge } of given) this.#keys.delete(realmOf(challenge));
    if (given.length === 0 || shown.provenMs >= 0) return;
    if (shown.isTroubled) this.dislike();
    shown.isTroubled = true;
  }

  #takenByRegistrar(keys: readonly RealmKey[]): void {
    if (keys.length > 0) this.#registered.clear();
    for (const { account, challenge } of keys) this.#registered.set(challenge.realm, account);
  }

  #keep(keys: readonly RealmKey[], request: OutgoingRequestMessage): void {
    for (const key of keys) this.#keys.set(realmOf(key.challenge), key);
    const realms = keys.map(({ challenge }) => realmOf(challenge));
    this.#remember(scopeOf(request), realms);
    if (request.method === C.INVITE) this.#remember(request.callId, realms);
  }

  /** RFC 7616 §3.5, RFC 7615 §4. It names no realm: among several nobody knows whose it is. */
  #renew(keys: readonly RealmKey[], message: IncomingResponseMessage): void {
    for (const [name, header] of infos) {
      const [key, ...others] = keys.filter(({ challenge }) => challenge.header === header);
      const [, quoted, plain] = nextNonce.exec(message.getHeader(name) ?? "") ?? [];
      const nonce = quoted ?? plain;
      if (key && others.length === 0 && nonce !== undefined) key.renew(nonce, this.#clock.nowMs());
    }
  }

  #isSilent(): boolean {
    const [sinceMs = Infinity] = this.#unanswered.values();
    return this.#clock.nowMs() - sinceMs > patienceMs;
  }

  #shownBy({ toTag, method }: OutgoingRequestMessage): Shown {
    const kind = toTag ? "" : method;
    const shown = this.#shown.get(kind) ?? { limitMs: Infinity, provenMs: -1, isTroubled: false };
    this.#shown.set(kind, shown);
    return shown;
  }

  #ageOf(key: RealmKey): number {
    return this.#clock.nowMs() - key.sinceMs;
  }

  #remember(scope: string, realms: readonly string[]): void {
    this.#realms.delete(scope);
    this.#realms.set(scope, realms);
    const [oldest] = this.#realms.keys();
    if (this.#realms.size > mostScopes && oldest !== undefined) this.#realms.delete(oldest);
  }
}

const infos = [
  ["authentication-info", "Authorization"],
  ["proxy-authentication-info", "Proxy-Authorization"],
] as const;

/** Within a call its Call-ID; else the method and the host that is asked. */
const scopeOf = ({ toTag, callId, method, ruri }: OutgoingRequestMessage): string =>
  toTag ? callId : `${method} ${ruri.host}:${ruri.port ?? ""}`;
