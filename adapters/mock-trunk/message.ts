/** SIP messages as text and back (RFC 3261 §7): as much as a carrier's edge reads, with no code of the SDK's own stack. */

/** RFC 3261 §7.3.3. */
export const longNames: Readonly<Record<string, string>> = {
  c: "content-type",
  e: "content-encoding",
  f: "from",
  i: "call-id",
  k: "supported",
  l: "content-length",
  m: "contact",
  s: "subject",
  t: "to",
  v: "via",
};

/** What a table has for a header: its own, for a header may be called `constructor`. */
export const forHeader = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** In lower case, a compact form in its long one. */
export const longName = (name: string): string => forHeader(longNames, name.toLowerCase()) ?? name.toLowerCase();

type HeaderLine = readonly [name: string, value: string];

abstract class Message {
  /** Long names in lower case, in order. */
  readonly headers: readonly HeaderLine[];
  readonly body: string;

  constructor(headers: readonly HeaderLine[], body: string) {
    this.headers = headers;
    this.body = body;
  }

  /** All values of a header, by its long name in lower case. */
  all(name: string): string[] {
    return this.headers.filter(([given]) => given === name).map(([, value]) => value);
  }

  /** The first value of a header; empty when there is none. */
  header(name: string): string {
    return this.all(name)[0] ?? "";
  }

  get callId(): string {
    return this.header("call-id");
  }

  get fromTag(): string | undefined {
    return parameter(this.header("from"), "tag");
  }

  get toTag(): string | undefined {
    return parameter(this.header("to"), "tag");
  }

  get branch(): string | undefined {
    return parameter(this.header("via"), "branch");
  }

  get cseq(): { readonly number: number; readonly method: string } {
    const [number = "", method = ""] = this.header("cseq").split(/\s+/);
    return { number: Number(number), method };
  }
}

export class SipRequest extends Message {
  readonly method: string;
  readonly uri: string;

  constructor(method: string, uri: string, headers: readonly HeaderLine[], body: string) {
    super(headers, body);
    this.method = method;
    this.uri = uri;
  }
}

export class SipResponse extends Message {
  readonly code: number;

  constructor(code: number, headers: readonly HeaderLine[], body: string) {
    super(headers, body);
    this.code = code;
  }
}

/** Longer frames are not read: a carrier's edge has a limit too. In characters. */
const longestFrame = 1_048_576;

/** What every message must have (§8.1.1). */
const mandatory = ["via", "from", "to", "call-id", "cseq"];

/** @returns undefined for what is no SIP message, or cannot even be answered. */
export function parse(received: string): SipRequest | SipResponse | undefined {
  if (received.length > longestFrame) return undefined;
  // Empty lines before it are ignored (§7.5).
  const frame = received.replace(/^(?:\r\n)+/, "");
  const headEnd = frame.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  // A line that begins with white space goes on from the one before (§7.3.1).
  const unfolded = frame.slice(0, headEnd).replace(/\r\n[ \t]+/g, " ");
  const [startLine = "", ...lines] = unfolded.split("\r\n");
  const headers = lines.map((line): HeaderLine => {
    const colon = line.indexOf(":");
    return [longName(line.slice(0, Math.max(colon, 0)).trim()), line.slice(colon + 1).trim()];
  });
  if (!mandatory.every((wanted) => headers.some(([name, value]) => name === wanted && value !== ""))) return undefined;
  const body = frame.slice(headEnd + 4);
  const [, code] = /^SIP\/2\.0 ([1-6]\d\d)(?: |$)/.exec(startLine) ?? [];
  if (code) return new SipResponse(Number(code), headers, body);
  const [, method, uri] = /^([\w.!%*+`'~-]+) (\S+) SIP\/2\.0$/.exec(startLine) ?? [];
  return method && uri ? new SipRequest(method, uri, headers, body) : undefined;
}

/** What is wrong with a request that can be answered, and is by 400; undefined when nothing is. */
export function flawOf(request: SipRequest): string | undefined {
  const { number, method } = request.cseq;
  if (request.headers.some(([name]) => name === "")) return "Header Without a Name";
  if (!Number.isSafeInteger(number) || number < 0) return "CSeq Is No Number";
  if (method !== request.method) return "CSeq Names Another Method";
  if (!request.fromTag) return "No Tag in From";
  if (!request.branch?.startsWith("z9hG4bK")) return "No RFC 3261 Branch in Via";
  // §18.3: a body shorter than announced makes the message incomplete.
  const announced = Number(request.header("content-length") || 0);
  if (!(announced <= new TextEncoder().encode(request.body).length)) return "Body Shorter Than Content-Length";
  return undefined;
}

/**
 * The URI in `<>` that a header's value begins with, after a display name perhaps, and what follows it; undefined when
 * there is none. Written as one walk: a pattern that tries again from each space takes minutes for a hostile header.
 */
export function bracketed(value: string): { readonly name: string; readonly uri: string; readonly rest: string } | undefined {
  const opens = indexOutsideQuotes(value, "<;");
  if (value[opens] !== "<") return undefined;
  const closes = value.indexOf(">", opens);
  if (closes < 0) return undefined;
  return { name: value.slice(0, opens).trim(), uri: value.slice(opens + 1, closes), rest: value.slice(closes + 1) };
}

/** Where the first of these characters stands that is in no quoted string; -1 when none does. */
function indexOutsideQuotes(text: string, characters: string, from = 0): number {
  let isQuoted = false;
  for (let index = from; index < text.length; index++) {
    const character = text.charAt(index);
    if (isQuoted && character === "\\") index++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && characters.includes(character)) return index;
  }
  return -1;
}

/** The parts of a list, cut at a separator that is in no quoted string; trimmed. */
export function listed(text: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const end = indexOutsideQuotes(text, separator, from);
    parts.push(text.slice(from, end < 0 ? undefined : end).trim());
    if (end < 0) return parts;
    from = end + 1;
  }
}

/** What stands on either side of the first `=`; a lone name has an empty value, quotes and their escapes are gone. */
export function pairOf(text: string): readonly [name: string, value: string] {
  const equals = text.indexOf("=");
  if (equals < 0) return [text.trim().toLowerCase(), ""];
  const value = text.slice(equals + 1).trim();
  const plain = value.startsWith('"') ? value.slice(1, value.endsWith('"') ? -1 : undefined).replace(/\\(.)/g, "$1") : value;
  return [text.slice(0, equals).trim().toLowerCase(), plain];
}

/** A `;name=value` parameter of a header. */
export function parameter(value: string, name: string): string | undefined {
  const [, ...parameters] = listed(bracketed(value)?.rest ?? value, ";");
  const [, found] = parameters.map(pairOf).find(([given]) => given === name.toLowerCase()) ?? [];
  // A list's next value begins at a comma: of a Via, say.
  return found === undefined ? undefined : (listed(found, ",")[0] ?? found);
}

/** The URI in a From, To or Contact header. */
export function uriOf(value: string): string {
  return bracketed(value)?.uri ?? value.split(";")[0]?.trim() ?? "";
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A number without visual separators and parameters (RFC 3966 §3). */
export const plainNumber = (number: string): string => unescaped(number.split(";")[0] ?? "").replace(/[\s().-]/g, "");

/** The user of a sip, sips or tel URI, alone or in a header, its parameters gone; undefined when it has none. */
export function userOf(value: string): string | undefined {
  const uri = bracketed(value)?.uri ?? value;
  const [, scheme, rest = ""] = /^(sips?|tel):(.*)$/is.exec(uri) ?? [];
  const user = scheme?.toLowerCase() === "tel" ? rest : rest.slice(0, Math.max(rest.lastIndexOf("@"), 0));
  return unescaped(user.split(";")[0] ?? "") || undefined;
}

/** The number that a URI is for; undefined when it has none. */
export function numberOf(uri: string): string | undefined {
  const user = userOf(uri);
  return user === undefined ? undefined : plainNumber(user);
}
