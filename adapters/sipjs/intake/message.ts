/**
 * From a text to a message of sip.js's, pure. In two layers: what a message *is* (its method or code, whose
 * transaction) is read whatever else stands in it; what it *says* (who, where to, which session) may be unreadable,
 * and is then named in `unread`. sip.js's own parser throws the whole message away for one header.
 */
import { IncomingRequestMessage, IncomingResponseMessage } from "sip.js/lib/core/index.js";
import type { NameAddrHeader } from "sip.js/lib/grammar/index.js";
import { PeerUri, readAddressee, readAddresses, readNameAddr, readUri, routesIn, targetOf } from "./address.ts";
import { readBody, subjectPart, subjectsOf } from "./body.ts";
import { type Field, type StartLine, readText } from "./text.ts";
import { listOf, parametersOf, split, unquote, withoutComments } from "./values.ts";

/** The topmost Via (§18.2.1, §20.42), as far as a transaction needs it. */
export interface Via {
  readonly sentBy: string;
  readonly branch: string | undefined;
}

/** Whose Via has a branch that is like no other (§8.1.1.7). Who writes none speaks RFC 2543. */
export const isUnique = (via: Via): boolean => via.branch?.startsWith("z9hG4bK") === true && via.branch.length > 7;

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

interface Common {
  /** By their names: what was written, line by line. */
  readonly values: (name: string) => readonly string[];
  readonly fields: readonly Field[];
  /** Undefined where it is missing or cannot be read. */
  readonly via: Via | undefined;
  /** Nobody else is named as a sender (§8.1.3.3). */
  readonly isOnlyVia: boolean;
  readonly cseq: CSeq | undefined;
  /** Headers of which something could not be read. */
  readonly unread: readonly string[];
  /** Another message that stands behind the end of this one in the same frame; most often nothing. */
  readonly behind: string;
}

export interface PeerRequest extends Common {
  readonly kind: "request";
  readonly start: Extract<StartLine, { kind: "request" }>;
  readonly message: IncomingRequestMessage;
}

export interface PeerResponse extends Common {
  readonly kind: "response";
  readonly message: IncomingResponseMessage;
}

/**
 * Who stands in an address that could not be read: nothing is sent to it but over the flow that we have. A caller so is as one who hides
 * (RFC 3261 §8.1.1.3, RFC 3323 §4.1.1.3).
 */
const nobody = {
  from: new PeerUri("sip:anonymous@anonymous.invalid", "sip", "anonymous", "anonymous.invalid"),
  to: new PeerUri("sip:unreadable.invalid", "sip", "", "unreadable.invalid"),
};

/** @returns undefined for what is no SIP message. */
export function readMessage(text: string): PeerRequest | PeerResponse | undefined {
  const read = readText(text);
  if (!read) return undefined;
  const { start, fields, body } = read;
  const byName = new Map<string, string[]>();
  for (const { name, value } of fields) {
    const known = byName.get(name);
    // An empty line says nothing to one that says something.
    if (!known?.[0]) byName.set(name, [value]);
    else if (value) known.push(value);
  }
  const values = (name: string): readonly string[] => byName.get(name) ?? [];
  const unread = new Set<string>();
  const cseq = readCSeq(values("cseq")[0]);
  const [via, ...others] = viasIn(values("via"));
  const isOnlyVia = others.every(({ sentBy, branch }) => sentBy === via?.sentBy && branch === via.branch);
  const common = { values, fields, via, isOnlyVia, cseq };
  if (start.kind === "request") {
    const message = new IncomingRequestMessage();
    message.method = start.method;
    const behind = fill(message, byName, body, unread);
    return { ...common, kind: "request", start, message, unread: [...unread], behind };
  }
  const message = new IncomingResponseMessage();
  message.statusCode = start.code;
  message.reasonPhrase = start.phrase;
  if (cseq) message.method = cseq.method;
  const behind = fill(message, byName, body, unread);
  return { ...common, kind: "response", message, unread: [...unread], behind };
}

/** `1 INVITE` (§20.16): less than 2³¹. Deviation: who begins anywhere within 32 bits is heard. The method in capitals, as every method is that we know; what stands behind it is no part of it. */
function readCSeq(value = ""): CSeq | undefined {
  const [, number, method] = /^(\d+)\s*([^\s\d;(][^\s;(]*)/.exec(value) ?? [];
  return method !== undefined && Number(number) < 2 ** 32 ? { number: Number(number), method: method.toUpperCase() } : undefined;
}

/** What is none, like the rest of a list that somebody wrote into a parameter, names no sender; but the topmost is one, or nothing is. */
function viasIn(lines: readonly string[]): readonly Via[] {
  const vias = listOf(lines.map(withoutComments)).map(readVia);
  return vias[0] ? vias.filter((via) => via !== undefined) : [];
}

/** `SIP/2.0/WSS host;branch=z9hG4bK1`; spaces may stand around the slashes, and comments anywhere (RFC 2543 §6.40). */
function readVia(value: string): Via | undefined {
  const [sent = "", ...parameters] = split(value, ";");
  const [, sentBy] = /^SIP\s*\/\s*2\.0\s*\/\s*[^\s/]+\s+(\S.*)$/is.exec(sent) ?? [];
  if (sentBy === undefined) return undefined;
  // §7.3.1: a token may come back in another case; the rest of those that sip.js makes is digits.
  const branch = unquote(parametersOf(parameters).get("branch") ?? "").replace(/^z9hG4bK/i, "z9hG4bK");
  return { sentBy: sentBy.replace(/\s/g, "").toLowerCase(), branch: branch || undefined };
}

/** What sip.js wants to find in a message; every header that it takes apart is here taken apart for it (`parsed`). @returns what is `behind`. */
function fill(
  message: IncomingRequestMessage | IncomingResponseMessage,
  values: ReadonlyMap<string, readonly string[]>,
  body: string,
  unread: Set<string>,
): string {
  for (const [name, lines] of values) {
    if (name === "contact") continue;
    for (const value of name === "record-route" || name === "service-route" ? routesIn(lines) : lines) message.addHeader(name, value);
  }
  for (const raw of values.get("contact") ?? [])
    for (const each of readAddresses(raw)) {
      if (each.address) message.addHeader("contact", each.raw);
      else unread.add("contact");
      const contact = message.headers["Contact"]?.at(-1);
      if (!each.address || !contact) continue;
      each.address.uri = targetOf(each.address.uri);
      contact.parsed = each.address;
    }
  message.from = addressee(message, "from", unread);
  message.to = addressee(message, "to", unread);
  message.fromTag = message.from.getParam("tag") ?? "";
  message.toTag = message.to.getParam("tag") ?? "";
  message.callId = message.getHeader("call-id") ?? "";
  const cseq = readCSeq(message.getHeader("cseq"));
  if (cseq) message.cseq = cseq.number;
  // What asks for credentials is read by whoever answers it: sip.js would drop what its grammar does not know.
  for (const name of ["WWW-Authenticate", "Proxy-Authenticate"]) for (const header of message.headers[name] ?? []) header.parsed = {};
  message.data = [...values].flatMap(([name, lines]) => lines.map((line) => `${name}: ${line}`)).join("\r\n") + "\r\n\r\n";
  return fillBody(message, body, unread);
}

function addressee(message: IncomingRequestMessage | IncomingResponseMessage, name: "from" | "to", unread: Set<string>): NameAddrHeader {
  const raw = message.getHeader(name) ?? "";
  const address = readNameAddr(raw) ?? readAddressee(raw, nobody[name]);
  if (address.uri === nobody[name]) unread.add(name);
  const [header] = message.headers[name === "from" ? "From" : "To"] ?? [];
  if (header) header.parsed = address;
  return address;
}

/** Of several parts the session description is the body. §18.3: what goes beyond Content-Length is none of it. */
function fillBody(message: IncomingRequestMessage | IncomingResponseMessage, body: string, unread: Set<string>): string {
  message.body = "";
  const written = message.getHeader("content-length");
  const announcedB = written === undefined ? undefined : Number(/^("?)(\d+)\1\s*(;|$)/.exec(written)?.[2] ?? NaN);
  const bytes = new TextEncoder().encode(body);
  // Whoever made lines of another kind of it left the length as it was.
  const isOtherLines = announcedB !== undefined && announcedB === bytesOf(body.replace(/\r\n?|\n/g, "\r\n"));
  // Deviation: a frame has a length of its own (RFC 7118 §4.2), so that a wrong one here loses nothing.
  const isReadable = announcedB === undefined || announcedB <= bytes.length || isOtherLines;
  if (!isReadable) unread.add("content-length");
  const lengthB = isReadable && !isOtherLines && announcedB !== undefined ? announcedB : bytes.length;
  const rest = new TextDecoder().decode(bytes.subarray(lengthB)).replace(/^[\s\0]+/, "");
  const behind = startsMessage(rest) ? rest : "";
  // One that says nothing is none.
  const type = message.getHeader("content-type") || undefined;
  // What goes on beyond its length and is no other message belongs to the body that was announced.
  const isWhole = lengthB === bytes.length || (rest !== "" && behind === "" && type !== undefined);
  const content = isWhole ? body : new TextDecoder().decode(bytes.subarray(0, lengthB));
  if (content === "") return behind;
  const disposed = message.getHeader("content-disposition") ?? "";
  const part = subjectPart(readBody(content, type, disposed), type ?? "", subjectsOf(message.method));
  message.body = part.content;
  message.headers["Content-Type"] = [{ raw: part.type, parsed: part.type }];
  const disposition = part.type === "application/sdp" ? "session" : (split(disposed, ";")[0] ?? "").toLowerCase();
  message.headers["Content-Disposition"] = [{ raw: disposition, parsed: { type: disposition } }];
  return behind;
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

const startsMessage = (text: string): boolean => /^(SIP\/2\.0[ \t]+\d{3}|[A-Z]+ \S{1,500} SIP\/2\.0)\b/i.test(text);

/** The Request-URI, without brackets that do not belong there (RFC 4475 §3.1.2.7). */
export const readRequestUri = (text: string): PeerUri | undefined => readUri(text.replace(/^<(.*)>$/, "$1"));
