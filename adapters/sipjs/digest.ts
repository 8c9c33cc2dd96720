/** Digest authentication (RFC 8760, RFC 3261 §22) with credentials that come when they come. */
import { DigestAuthentication, type IncomingResponseMessage, type OutgoingRequestMessage } from "sip.js/lib/core/index.js";
import { Grammar } from "sip.js/lib/grammar/index.js";
import type { Credentials } from "../../src/ports.ts";
import { silence } from "./silence.ts";

/** A challenge that we can answer. */
export interface Challenge {
  /** `Authorization` or `Proxy-Authorization`. */
  readonly header: string;
  readonly realm: string;
  readonly stale: boolean;
  readonly terms: object;
}

function challengesIn(message: IncomingResponseMessage): Challenge[] {
  const [name, header] = message.statusCode === 401 ? ["WWW-Authenticate", "Authorization"] : ["Proxy-Authenticate", "Proxy-Authorization"];
  // sip.js keeps the last header of several only; RFC 8760 §2.1 has one per algorithm.
  const head = message.data.slice(0, message.data.indexOf("\r\n\r\n") + 2);
  const lines = head.matchAll(new RegExp(`^${name}[ \\t]*:[ \\t]*([^\\r\\n]*)`, "gim"));
  return Array.from(lines, ([, value = ""]): Challenge | undefined => {
    const terms: unknown = Grammar.parse(value, name.replace("-", "_"));
    if (typeof terms !== "object" || terms === null) return undefined;
    const { realm, algorithm, stale }: { realm?: unknown; algorithm?: unknown; stale?: unknown } = terms;
    // Deviation: MD5 only (RFC 8760 §2.6 wants SHA-256 too), because sip.js computes nothing else.
    if (typeof realm !== "string" || (algorithm !== undefined && algorithm !== "MD5")) return undefined;
    return { header, realm, stale: stale === true, terms };
  }).filter((challenge) => challenge !== undefined);
}

/** How often one request may answer a challenge: once, and once more when only the nonce was stale (RFC 7616 §3.3). */
export class ChallengeGuard {
  #answered = 0;

  /** The challenge to answer, or undefined when the response is an outcome. */
  accept(message: IncomingResponseMessage): Challenge | undefined {
    if ((message.statusCode !== 401 && message.statusCode !== 407) || !message.hasHeader("via")) return undefined;
    const challenge = challengesIn(message)[0];
    const allowed = this.#answered === 0 || (this.#answered === 1 && challenge?.stale);
    if (!challenge || !allowed) return undefined;
    this.#answered++;
    return challenge;
  }
}

/** Control characters would end the header line, quotes the string (RFC 3261 §25.1). */
const unfitForHeader = /[\p{Cc}"\\]/u;

/**
 * The header line that answers `challenge`.
 * @throws TypeError when the credentials cannot be used.
 */
export function authorizationLine(
  challenge: Challenge,
  credentials: Credentials,
  defaultUsername: string,
  request: OutgoingRequestMessage,
  body?: string,
): string {
  const { username = defaultUsername, password } = credentials;
  if (typeof username !== "string" || typeof password !== "string") throw new TypeError("credentials need a password that is a string");
  if (unfitForHeader.test(username)) throw new TypeError("the authentication user name holds a character that no header may hold");
  const digest = new DigestAuthentication(silence, undefined, username, password);
  if (!digest.authenticate(request, challenge.terms, body)) throw new TypeError("the digest challenge cannot be answered");
  return `${challenge.header}: ${digest.toString()}`;
}
