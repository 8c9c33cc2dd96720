/** Addresses as peers write them (RFC 3261 §19.1, §20.10, RFC 3966), pure. Read for what they mean, kept as they stand. */
import { NameAddrHeader, URI } from "sip.js/lib/grammar/index.js";
import { MOST, listOf, parametersOf, split, unquote } from "./values.ts";

/** A URI that is written back letter for letter: whoever made it up knows what it means, and we need not. */
export class PeerUri extends URI {
  readonly #text: string;

  constructor(text: string, scheme: string, user: string, host: string, port?: number) {
    super(scheme, user, host, port);
    this.#text = text;
  }

  override toString(): string {
    return this.#text;
  }

  override toRaw(): string {
    return this.#text;
  }

  override clone(): PeerUri {
    return this;
  }
}

/** What sip.js wants as the host of a URI that has none. */
const NO_HOST = "none.invalid";

/** What would end the place where a URI stands, and so is never part of one. */
const unfit = /[\s<>"]/;

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no escape is one (RFC 4475 §3.1.1.5).
    return text;
  }
}

/** @returns undefined for what is no URI. */
export function readUri(text: string): PeerUri | undefined {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (unfit.test(text) || !/^[a-z][a-z\d+.-]*$/.test(scheme) || colon === text.length - 1) return undefined;
  const rest = text.slice(colon + 1);
  if (scheme !== "sip" && scheme !== "sips") {
    const number = scheme === "tel" ? decoded(rest.split(";", 1)[0] ?? "") : "";
    return new PeerUri(text, scheme, number, NO_HOST);
  }
  // A user may hold what begins the parameters elsewhere: so first the part that ends with `@`, where there is one.
  const hostEnd = rest.slice(Math.max(rest.indexOf("@"), 0)).search(/[;?]/);
  const address = hostEnd < 0 ? rest : rest.slice(0, Math.max(rest.indexOf("@"), 0) + hostEnd);
  const at = address.lastIndexOf("@");
  // Letters of any kind: container names and Windows hosts hold underscores, and no rule of DNS.
  const [, host, port] = /^(\[[\da-f:.]+(?:%[\w.~%-]*)?\]|[^:,[\]]+)(?::(\d{0,5}))?$/i.exec(address.slice(at + 1)) ?? [];
  if (host === undefined) return undefined;
  return new PeerUri(text, scheme, at < 0 ? "" : decoded(address.slice(0, at)), host, port ? Number(port) : undefined);
}

/** Where requests may be sent that are for whom `uri` names: it has no headers (RFC 3261 §19.1.1; RFC 4475 §3.1.2.13). */
export function targetOf(uri: URI): URI {
  const text = uri.toString();
  const headersAt = text.indexOf("?", Math.max(text.indexOf("@"), 0));
  const isOfSip = uri.scheme === "sip" || uri.scheme === "sips";
  return (isOfSip && headersAt >= 0 && readUri(text.slice(0, headersAt))) || uri;
}

/** A space in a user or a number is one that its writer forgot to escape. */
function escaped(text: string): string {
  const userEnd = /^tel:/i.test(text) ? text.length : text.lastIndexOf("@");
  return text.slice(0, Math.max(userEnd, 0)).replace(/[ \t]/g, "%20") + text.slice(Math.max(userEnd, 0));
}

/** `"name" <uri>;parameter` or `uri;parameter`, the name however it is written. @returns undefined where no URI can be found. */
export function readNameAddr(value: string): NameAddrHeader | undefined {
  const quoted = /^"(?:[^"\\]|\\.)*"/s.exec(value)?.[0] ?? "";
  const afterName = value.slice(quoted.length);
  const open = afterName.search(/<\s*[a-z][a-z\d+.-]*:/i);
  if (open < 0) return readBareAddress(value);
  const close = afterName.indexOf(">", open);
  const uri = close < 0 ? undefined : readUri(escaped(afterName.slice(open + 1, close).trim()));
  const name = quoted ? unquote(quoted) : afterName.slice(0, open).replace(/"/g, "").trim();
  return uri && nameAddr(uri, name, split(afterName.slice(close + 1), ";"));
}

/** §20: without angle brackets all parameters are the header's. */
function readBareAddress(value: string): NameAddrHeader | undefined {
  const [address = "", ...parameters] = split(value, ";");
  const uri = readUri(address);
  return uri && nameAddr(uri, "", parameters);
}

function nameAddr(uri: PeerUri, name: string, parameters: readonly string[]): NameAddrHeader {
  const address = new NameAddrHeader(uri, name, {});
  for (const [key, value] of parametersOf(parameters)) address.setParam(key, value);
  return address;
}

/**
 * What a Route is made of (§20.30, RFC 3608 §5): without its brackets the parameters of such a URI would be the header's; and what holds
 * no URI, or brackets that do not close, would have each request refused by whoever is named first.
 */
export const routesIn = (lines: readonly string[]): string[] =>
  listOf(lines)
    .flatMap((value) => (wholeRoute.test(value) ? value : (value.match(/\bsips?:[^<>\s,"]+/gi) ?? [])))
    .slice(0, MOST)
    .flatMap((value) => (value.includes("<") ? value : readUri(value) ? `<${value}>` : []));

const wholeRoute = /^(?:"[^"]*"|[^<"])*<\s*[a-z][a-z\d+.-]*:[^<]*>[^<]*$/i;

/**
 * The addresses of a list header. A comma in a name that lacks its quotes parts nothing: what holds no URI belongs
 * to what follows it.
 */
export function readAddresses(value: string): readonly { readonly raw: string; readonly address: NameAddrHeader | undefined }[] {
  const read: { raw: string; address: NameAddrHeader | undefined }[] = [];
  let pending: string[] = [];
  for (const part of split(value, ",")) {
    if (!part.includes(":")) {
      pending.push(part);
      continue;
    }
    const raw = [...pending, part].join(", ");
    pending = [];
    read.push({ raw, address: readNameAddr(raw) });
  }
  if (pending.length > 0) read.push({ raw: pending.join(", "), address: undefined });
  return read;
}

/**
 * A From or To that holds no URI, and the tag, by which its dialog is known (§19.3), all the same. Who forgets the scheme, or breaks one by
 * spaces, is understood; of anybody else the name may be left. @param nobody whom it stands for then.
 */
export function readAddressee(value: string, nobody: URI): NameAddrHeader {
  const [quoted = ""] = /^"(?:[^"\\]|\\.)*"/s.exec(value) ?? [];
  const [, name = "", inside] = /^([^<]*)<([^<>]*)/.exec(value.slice(quoted.length)) ?? [];
  const bare = (inside ?? value.slice(quoted.length)).replace(inside === undefined ? /;.*/s : /;\s*tag\s*=.*/is, "").trim();
  const scheme = /^[^\s@:;]+@[^\s@]+$/.test(bare) ? "sip" : /^\+?\d[\d.()-]+$/.test(bare) ? "tel" : undefined;
  const uri = readUri(scheme === undefined ? bare.replace(/\s/g, "") : `${scheme}:${bare}`);
  const tag = /;\s*tag\s*=\s*([^\s;,<>"]+)/i.exec(value.slice(value.lastIndexOf(">") + 1))?.[1];
  return new NameAddrHeader(uri ?? nobody, quoted ? unquote(quoted) : name.replace(/"/g, "").trim(), tag === undefined ? {} : { tag });
}
