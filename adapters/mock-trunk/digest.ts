/** Digest access authentication, the server's side (RFC 7616, RFC 3261 §22): MD5, qop=auth. */
import type { Clock } from "../../src/clock.ts";
import { Md5 } from "sip.js/lib/core/messages/md5.js";
import type { Speech } from "./speech.ts";
import { listed, pairOf, type SipRequest } from "./message.ts";

export interface DigestOptions {
  readonly realm: string;
  /** Password by user name. */
  readonly users: Readonly<Record<string, string>>;
  readonly nonceLifeMs: number;
  /** Each answer that credentials let through names the next nonce. */
  readonly nextNonce: boolean;
  readonly clock: Clock;
  readonly speech: Speech;
  /** A text that no other trunk has. */
  token(): string;
}

export type CredentialsHeader = "authorization" | "proxy-authorization";

/** `stale`: right but for the nonce, so that the softphone need not ask its user again. */
export type DigestVerdict = "absent" | "wrong" | "stale" | "right";

interface Issued {
  readonly atMs: number;
  /** The Call-ID of what was challenged with it; of nothing where it was told as the next. */
  readonly callId: string | undefined;
  /** The highest count of those who used it (RFC 7616 §3.4); how often it was used, by those that do not count. */
  uses: number;
}

/** Nonces remembered. */
const nonceLimit = 10_000;

export class Digest {
  readonly #options: DigestOptions;
  readonly #issued = new Map<string, Issued>();

  constructor(options: DigestOptions) {
    this.#options = options;
  }

  /** The value of a `WWW-Authenticate` or `Proxy-Authenticate` header, with a new nonce. */
  challenge(stale: boolean, callId: string): string {
    const challenge = this.#options.speech.challenge(this.#issue(callId));
    if (!stale) return challenge;
    return /stale=false/i.test(challenge) ? challenge.replace(/stale=false/i, "stale=TRUE") : `${challenge}, stale=true`;
  }

  expireNonces(): void {
    this.#issued.clear();
  }

  /** What an answer to right credentials says of the next: nothing, or a nonce (RFC 7616 §3.5). */
  info(headerName: CredentialsHeader): readonly string[] {
    if (!this.#options.nextNonce) return [];
    const name = headerName === "authorization" ? "Authentication-Info" : "Proxy-Authentication-Info";
    return [`${name}: nextnonce="${this.#issue(undefined)}"`];
  }

  /** Whether these credentials, which are right, came with the first request: their nonce is from an answer to another. */
  isUnasked(request: SipRequest, headerName: CredentialsHeader): boolean {
    const issued = this.#issued.get(this.#given(request, headerName)?.get("nonce") ?? "");
    return issued !== undefined && (issued.callId !== request.callId || issued.uses > 1);
  }

  verdict(request: SipRequest, headerName: CredentialsHeader): DigestVerdict {
    const { realm, users, nonceLifeMs, clock } = this.#options;
    const given = this.#given(request, headerName);
    if (!given) return "absent";
    const field = (name: string) => given.get(name) ?? "";
    const username = field("username");
    const password = Object.hasOwn(users, username) ? users[username] : undefined;
    if (password === undefined || !field("uri")) return "wrong";
    const secret = Md5.hashStr(`${username}:${realm}:${password}`);
    const asked = Md5.hashStr(`${request.method}:${field("uri")}`);
    const protection = given.has("qop") ? [field("nc"), field("cnonce"), field("qop")] : [];
    if (field("response").toLowerCase() !== Md5.hashStr([secret, field("nonce"), ...protection, asked].join(":"))) return "wrong";
    const issued = this.#issued.get(field("nonce"));
    if (!issued || clock.nowMs() - issued.atMs >= nonceLifeMs) return "stale";
    const uses = given.has("qop") ? Number.parseInt(field("nc"), 16) : issued.uses + 1;
    // A count that was used is somebody's who has listened.
    if (!(uses > issued.uses)) return "stale";
    issued.uses = uses;
    return "right";
  }

  #given(request: SipRequest, headerName: CredentialsHeader): ReadonlyMap<string, string> | undefined {
    const given = request.all(headerName).map(fieldsIn);
    return given.find((fields) => fields.get("realm") === this.#options.realm);
  }

  #issue(callId: string | undefined): string {
    const nonce = Md5.hashStr(this.#options.token());
    this.#issued.set(nonce, { atMs: this.#options.clock.nowMs(), callId, uses: 0 });
    const [oldest] = this.#issued.keys();
    if (this.#issued.size > nonceLimit && oldest !== undefined) this.#issued.delete(oldest);
    return nonce;
  }
}

/** `name=value` and `name="value"` of an Authorization header. */
const fieldsIn = (value: string): ReadonlyMap<string, string> => new Map(listed(value.replace(/^Digest\s/i, ""), ",").map(pairOf));
