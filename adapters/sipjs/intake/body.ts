/** The body of a message, and the part of it that describes the session (RFC 5621, RFC 2046 §5.1), pure. */
import { readText } from "./text.ts";
import { parametersOf, split, unquote } from "./values.ts";

export interface Body {
  /** Media type in lower case, without its parameters. */
  readonly type: string;
  readonly content: string;
  /** What it is for, in lower case, without parameters (RFC 3261 §20.11); empty where nothing is said. */
  readonly disposition: string;
}

/** Parts within parts within parts, and so many of them: nobody means more. */
const DEEPEST = 3;
const MOST_PARTS = 50;

/** @param type a Content-Type header; what a body without one is, a sloppy gateway takes for granted. @param disposition a Content-Disposition header. */
export function readBody(content: string, type = "application/sdp", disposition = ""): Body {
  return { type: mediaTypeOf(type), content, disposition: (split(disposition, ";")[0] ?? "").toLowerCase() };
}

/** Whatever else stands around it, like a comment (RFC 2045 §5.1). RFC 2046 §4.5.1: what nobody can tell is a run of octets. */
function mediaTypeOf(type: string): string {
  const [, kind, subtype] = /^"?([^\s"();,/]+)[ \t]*\/[ \t]*([^\s"();,/]+)/.exec(type.toLowerCase()) ?? [];
  return kind === undefined ? "application/octet-stream" : `${kind}/${subtype}`;
}

const sessions: readonly string[] = ["application/sdp"];

/** Which of several parts a request is about; that of any other message is its session. */
const subjects: Readonly<Record<string, readonly string[]>> = {
  MESSAGE: ["text/plain"],
  NOTIFY: ["application/simple-message-summary", "message/sipfrag"],
  INFO: ["application/dtmf-relay", "application/dtmf"],
};

export const subjectsOf = (method: string): readonly string[] => (Object.hasOwn(subjects, method) && subjects[method]) || sessions;

/**
 * What the message is about among the parts of a multipart body, or the body itself where there is nothing to choose.
 * @param wanted media types.
 * Deviation: a part that we cannot use is left alone though it does not say `handling=optional` (RFC 5621 §8.3): gateways
 * seldom write it, and the call would fail for a part that is not for us.
 */
export function subjectPart(body: Body, type: string, wanted = sessions, depth = 0): Body {
  if (!body.type.startsWith("multipart/") || depth >= DEEPEST) return body;
  const content = `\n${body.content}`;
  const named = unquote(parametersOf(split(type, ";").slice(1)).get("boundary") ?? "");
  // Whoever forgets to name it, or names another, has written it all the same.
  const boundary = named && content.includes(`\n--${named}`) ? named : /^--(\S+)/.exec(body.content)?.[1];
  if (boundary === undefined) return body;
  // The first piece is what stands before the first part, and means nothing.
  const [, ...pieces] = content.split(`\n--${boundary}`, MOST_PARTS);
  let other: Body | undefined;
  for (const piece of pieces) {
    // The closing delimiter has two hyphens more.
    if (piece.startsWith("--")) break;
    const part = readPart(piece, wanted, depth);
    if (!wanted.includes(part.type)) continue;
    // It may be another session's, as of early media (RFC 3959 §4).
    if (["", "session", "render"].includes(part.disposition)) return part;
    other ??= part;
  }
  return other ?? body;
}

function readPart(piece: string, wanted: readonly string[], depth: number): Body {
  // A part is headers, an empty line and a content, as a message without its start line; and so it may begin with the empty line.
  const text = readText(`SIP/2.0 200\r\n${piece.slice(piece.indexOf("\n") + 1)}`);
  const valueOf = (name: string) => text?.fields.find((field) => field.name === name)?.value;
  const type = valueOf("content-type") ?? "text/plain";
  // The line break before a delimiter is the delimiter's; a session description ends with one of its own (RFC 8866 §5).
  const written = (text?.body ?? "").replace(/\r$/, "");
  const content = decoded(written, valueOf("content-transfer-encoding")?.toLowerCase());
  const isEnded = content.endsWith("\n") || wanted !== sessions;
  return subjectPart(readBody(isEnded ? content : `${content}\r\n`, type, valueOf("content-disposition")), type, wanted, depth + 1);
}

/** RFC 2045 §6.7, §6.8; a session description is UTF-8 (RFC 8866 §5). What is none stays as it was written. */
function decoded(written: string, encoding: string | undefined): string {
  try {
    if (encoding === "base64") return new TextDecoder().decode(Uint8Array.from(atob(written), (character) => character.charCodeAt(0)));
    if (encoding === "quoted-printable") return decodeURIComponent(escapesOf(written));
  } catch {
    // As it stands.
  }
  return written;
}

/** `=41` as `%41`, lines joined that were broken for their length. */
const escapesOf = (written: string): string =>
  written
    .replaceAll("%", "%25")
    .replace(/=\r?\n/g, "")
    .replace(/=(?=[\da-f]{2})/gi, "%");
