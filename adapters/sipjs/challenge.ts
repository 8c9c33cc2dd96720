/** What an edge asks before it serves a request (RFC 7616 §3.3, RFC 8760, RFC 3261 §22), pure. */
import type { IncomingResponseMessage } from "sip.js/lib/core/index.js";

/** One digest challenge, as the edge spelt it: what is echoed must come back as it came. */
export interface Challenge {
  /** The header that answers it. */
  readonly header: "Authorization" | "Proxy-Authorization";
  readonly realm: string;
  readonly nonce: string;
  /** As written; undefined where the edge named none, which means MD5. */
  readonly algorithm: string | undefined;
  /** `auth` where that is offered, else `auth-int`; undefined where none was asked for (RFC 2069). */
  readonly qop: "auth" | "auth-int" | undefined;
  readonly opaque: string | undefined;
  /** The credentials were right, the nonce was too old. */
  readonly stale: boolean;
}

/**
 * `Digest` before its first parameter; `name=value` or `name="value"`. A comma in between is not insisted on, nor in the way; a quote may be
 * single, and one that is never closed ends with the next comma.
 */
const parts =
  /(\bdigest(?=[ \t]*[:;,])|[\w-]+(?=[ \t]+[\w-]+[ \t]*=))|([\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^'"]*)'|"([^",\\]*)|([^\s,;"]+))/gi;

/** Who asks, and where it is answered: registrars and PBXs by the one, proxies by the other. */
const answeredBy = [
  ["WWW-Authenticate", "Authorization"],
  ["Proxy-Authenticate", "Proxy-Authorization"],
] as const;

/**
 * Every challenge in a 401 or 407, in the order of the edge; none in any other answer. A proxy that has forked puts what all branches
 * ask into the one answer that it chooses, so both kinds may stand in either (RFC 3261 §16.7).
 */
export function challengesIn({ statusCode, data }: Pick<IncomingResponseMessage, "statusCode" | "data">): Challenge[] {
  if (statusCode !== 401 && statusCode !== 407) return [];
  // sip.js keeps the last header of several only (RFC 8760 §2.1 has one per algorithm), and cannot read every spelling.
  const head = data.slice(0, data.indexOf("\r\n\r\n") + 2).replace(/\r\n[ \t]+/g, " ");
  return answeredBy.flatMap(([asked, header]) => {
    const lines = head.matchAll(new RegExp(`^${asked}[ \\t]*:([^\\r\\n]*)`, "gim"));
    return Array.from(lines, ([, value = ""]) => challengesOf(value, header)).flat();
  });
}

/** Of one header; RFC 3261 §7.3.1 allows one challenge in each, HTTP several. */
function challengesOf(value: string, header: Challenge["header"]): Challenge[] {
  const schemes: { readonly name: string; readonly fields: Map<string, string> }[] = [];
  for (const [, scheme, name = "", ...spellings] of value.matchAll(parts)) {
    if (scheme !== undefined) schemes.push({ name: scheme.toLowerCase(), fields: new Map() });
    const fields = schemes.at(-1)?.fields;
    if (name && !fields?.has(name.toLowerCase())) fields?.set(name.toLowerCase(), spellings.find((each) => each !== undefined) ?? "");
  }
  return schemes.filter(({ name }) => name === "digest").flatMap(({ fields }) => challengeOf(fields, header) ?? []);
}

function challengeOf(fields: ReadonlyMap<string, string>, header: Challenge["header"]): Challenge | undefined {
  const [realm, nonce] = [fields.get("realm"), fields.get("nonce")];
  const offered = fields
    .get("qop")
    ?.toLowerCase()
    .match(/[\w-]+/g);
  const qop = (["auth", "auth-int"] as const).find((each) => offered?.includes(each));
  // A protection that nobody has heard of cannot be given.
  if (realm === undefined || !nonce || (offered && !qop)) return undefined;
  const stale = fields.get("stale")?.toLowerCase() === "true";
  return { header, realm, nonce, algorithm: fields.get("algorithm") || undefined, qop, opaque: fields.get("opaque"), stale };
}
