/** Digest access authentication, the server's side (RFC 7616, RFC 3261 §22): MD5, qop=auth. */
import type { Clock } from "../../src/ports.ts";
import { Md5 } from "sip.js/lib/core/messages/md5.js";
import type { Speech } from "./speech.ts";
import { listed, pairOf, type SipRequest } from "./message.ts";

export interface DigestOptions {
  readonly realm: string;
  /** Password by user name. */
  readonly users: Readonly<Record<string, string>>;
  readonly nonceLifeMs: number;
  readonly clock: Clock;
  readonly speech: Speech;
  /** A text that no other trunk has. */
  token(): string;
}

/** `stale`: right but for the nonce, so that the softphone need not ask its user again. */
export type DigestVerdict = "absent" | "wrong" | "stale" | "right";

/** Nonces remembered. */
const nonceLimit = 10_000;

export class Digest {
  readonly #options: DigestOptions;
  readonly #issuedAtMs = new Map<string, number>();

  constructor(options: DigestOptions) {
    this.#options = options;
  }

  /** The value of a `WWW-Authenticate` or `Proxy-Authenticate` header, with a new nonce. */
  challenge(stale: boolean): string {
    const { speech, clock, token } = this.#options;
    const nonce = Md5.hashStr(token());
    this.#issuedAtMs.set(nonce, clock.nowMs());
    const [oldest] = this.#issuedAtMs.keys();
    if (this.#issuedAtMs.size > nonceLimit && oldest !== undefined) this.#issuedAtMs.delete(oldest);
    const challenge = speech.challenge(nonce);
    if (!stale) return challenge;
    return /stale=false/i.test(challenge) ? challenge.replace(/stale=false/i, "stale=TRUE") : `${challenge}, stale=true`;
  }

  expireNonces(): void {
    this.#issuedAtMs.clear();
  }

  verdict(request: SipRequest, headerName: "authorization" | "proxy-authorization"): DigestVerdict {
    const { realm, users, nonceLifeMs, clock } = this.#options;
    const given = request
      .all(headerName)
      .map(fieldsIn)
      .find((fields) => fields.get("realm") === realm);
    if (!given) return "absent";
    const field = (name: string) => given.get(name) ?? "";
    const username = field("username");
    const password = Object.hasOwn(users, username) ? users[username] : undefined;
    if (password === undefined || !field("uri")) return "wrong";
    const secret = Md5.hashStr(`${username}:${realm}:${password}`);
    const asked = Md5.hashStr(`${request.method}:${field("uri")}`);
    const protection = given.has("qop") ? [field("nc"), field("cnonce"), field("qop")] : [];
    if (field("response").toLowerCase() !== Md5.hashStr([secret, field("nonce"), ...protection, asked].join(":"))) return "wrong";
    const issuedAtMs = this.#issuedAtMs.get(field("nonce"));
    return issuedAtMs !== undefined && clock.nowMs() - issuedAtMs < nonceLifeMs ? "right" : "stale";
  }
}

/** `name=value` and `name="value"` of an Authorization header. */
const fieldsIn = (value: string): ReadonlyMap<string, string> => new Map(listed(value.replace(/^Digest\s/i, ""), ",").map(pairOf));
