/** The registrar's side of digest authentication, MD5 with qop=auth (RFC 2617; RFC 8760 §2 keeps MD5 for old peers). */
import { Md5 } from "sip.js/lib/core/messages/md5.js";
import type { Random } from "../../src/ports.ts";
import type { SipMessage } from "./message.ts";
import { header } from "./message.ts";

export interface DigestOptions {
  readonly realm: string;
  /** Password by user name. */
  readonly users: Readonly<Record<string, string>>;
  readonly random: Random;
}

/** `right`, `wrong` (refuse it), or `missing` (challenge it); `stale` is a right answer to a nonce of yesterday. */
export type DigestVerdict = "right" | "wrong" | "missing" | "stale";

export class Digest {
  readonly #options: DigestOptions;
  readonly #nonces = new Set<string>();

  constructor(options: DigestOptions) {
    this.#options = options;
  }

  /** A fresh challenge for a `WWW-Authenticate` or `Proxy-Authenticate` header. */
  challenge(stale: boolean): string {
    const nonce = Md5.hashStr(String(this.#options.random()));
    this.#nonces.add(nonce);
    return `Digest realm="${this.#options.realm}", nonce="${nonce}", qop="auth", algorithm=MD5${stale ? ", stale=true" : ""}`;
  }

  /** Old nonces are no longer good. */
  expireNonces(): void {
    this.#nonces.clear();
  }

  check(request: SipMessage, headerName: "authorization" | "proxy-authorization"): DigestVerdict {
    const given = header(request, headerName);
    if (given === undefined) return "missing";
    const field = (name: string) => new RegExp(`\\b${name}="?([^",\\s]+)`, "i").exec(given)?.[1] ?? "";
    const password = this.#options.users[field("username")];
    if (password === undefined) return "wrong";
    const ha1 = Md5.hashStr(`${field("username")}:${this.#options.realm}:${password}`);
    const ha2 = Md5.hashStr(`${request.method}:${field("uri")}`);
    const expected = Md5.hashStr([ha1, field("nonce"), field("nc"), field("cnonce"), "auth", ha2].join(":"));
    if (field("response") !== expected) return "wrong";
    return this.#nonces.has(field("nonce")) ? "right" : "stale";
  }
}
