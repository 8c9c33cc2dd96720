/** The body of a message, and the part of it that describes the session (RFC 5621, RFC 2046 §5.1), pure. */
import { readText } from "./text.ts";
import { parametersOf, split, unquote } from "./values.ts";

export interface Body {
  /** Media type in lower case, without its parameters. */
  readonly type: string;
  readonly content: string;
  /** A receiver that cannot use it may leave it alone (`handling=optional`, RFC 3204 §4). */
  readonly isOptional: boolean;
}

/** Parts within parts within parts, and so many of them: nobody means more. */
const DEEPEST = 3;
const MOST_PARTS = 50;

/** @param type a Content-Type header; what a body without one is, a sloppy gateway takes for granted. @param disposition a Content-Disposition header. */
export function readBody(content: string, type = "application/sdp", disposition = ""): Body {
  const handling = parametersOf(split(disposition, ";").slice(1)).get("handling");
  return { type: mediaTypeOf(type), content, isOptional: handling?.toLowerCase() === "optional" };
}

/** RFC 2046 §4.5.1: what nobody can tell is a run of octets. */
const mediaTypeOf = (type: string): string => (split(type, ";")[0] ?? "").replace(/[ \t]/g, "").toLowerCase() || "application/octet-stream";

/**
 * The session description among the parts of a multipart body, or the body itself where there is nothing to choose.
 * Deviation: a part that we cannot use is left alone though it does not say `handling=optional` (RFC 5621 §8.3): gateways
 * seldom write it, and the call would fail for a part that is not for us.
 */
export function sessionPart(body: Body, type: string, depth = 0): Body {
  if (!body.type.startsWith("multipart/") || depth >= DEEPEST) return body;
  // Whoever forgets to name it has written it all the same.
  const boundary = unquote(parametersOf(split(type, ";").slice(1)).get("boundary") ?? "") || /^--(\S+)/.exec(body.content)?.[1] || "";
  if (boundary === "") return body;
  // The first piece is what stands before the first part, and means nothing.
  const [, ...pieces] = `\n${body.content}`.split(`\n--${boundary}`, MOST_PARTS);
  for (const piece of pieces) {
    // The closing delimiter has two hyphens more.
    if (piece.startsWith("--")) break;
    const part = readPart(piece, depth);
    if (part.type === "application/sdp") return part;
  }
  return body;
}

function readPart(piece: string, depth: number): Body {
  // A part is headers, an empty line and a content, as a message without its start line; and so it may begin with the empty line.
  const text = readText(`SIP/2.0 200\r\n${piece.slice(piece.indexOf("\n") + 1)}`);
  const valueOf = (name: string) => text?.fields.find((field) => field.name === name)?.value;
  const type = valueOf("content-type") ?? "text/plain";
  // The line break before a delimiter is the delimiter's; a session description ends with one of its own (RFC 8866 §5).
  const written = (text?.body ?? "").replace(/\r$/, "");
  const content = valueOf("content-transfer-encoding")?.toLowerCase() === "base64" ? fromBase64(written) : written;
  const isEnded = content.endsWith("\n");
  return sessionPart(readBody(isEnded ? content : `${content}\r\n`, type, valueOf("content-disposition")), type, depth + 1);
}

/** RFC 2045 §6.8; a session description is UTF-8 (RFC 8866 §5). What is none stays as it was written. */
function fromBase64(written: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(written), (character) => character.charCodeAt(0)));
  } catch {
    return written;
  }
}
