/** A SIP message taken apart into lines (RFC 3261 §7), pure. Knows where things stand, not what they mean. */

import { MOST } from "./values.ts";

/** One header field, unfolded; a name in its long form and lower case. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

export type StartLine =
  | { readonly kind: "request"; readonly method: string; readonly uri: string; readonly version: string }
  | { readonly kind: "response"; readonly code: number; readonly phrase: string };

export interface SipText {
  readonly start: StartLine;
  readonly fields: readonly Field[];
  readonly body: string;
}

/** Compact forms (RFC 3261 §7.3.3 and the registry of header fields). */
const longNames: ReadonlyMap<string, string> = new Map([
  ["a", "accept-contact"],
  ["b", "referred-by"],
  ["c", "content-type"],
  ["d", "request-disposition"],
  ["e", "content-encoding"],
  ["f", "from"],
  ["i", "call-id"],
  ["j", "reject-contact"],
  ["k", "supported"],
  ["l", "content-length"],
  ["m", "contact"],
  ["n", "identity-info"],
  ["o", "event"],
  ["r", "refer-to"],
  ["s", "subject"],
  ["t", "to"],
  ["u", "allow-events"],
  ["v", "via"],
  ["x", "session-expires"],
  ["y", "identity"],
]);

const isToken = (text: string): boolean => /^[\w\-.!%*+`'~]+$/.test(text);
const isFolded = (line: string): boolean => line.startsWith(" ") || line.startsWith("\t");

/** @returns undefined for what is no SIP message, or one that was cut off. */
export function readText(written: string): SipText | undefined {
  // §7.5. A byte order mark too is white space that was put before it; zeros are a keep-alive's.
  const text = written.replace(/^[\s\0]+/, "");
  const found = linesOf(text);
  const start = found && startLine(found.lines[0] ?? "");
  if (!start) return undefined;
  const fields = found.lines.slice(1, MOST).flatMap((line): Field | [] => {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    // A line that is no header says nothing; what lacks by it will be missed.
    return isToken(name) ? { name: longNames.get(name) ?? name, value: line.slice(colon + 1).trim() } : [];
  });
  return { start, fields, body: text.slice(found.bodyAt) };
}

/**
 * The lines up to the first empty one, unfolded (§7.3.1).
 * Deviation: a bare CR or LF ends a line too, as does a CRLF whose LF was written as CRLF once more, and the end of the frame ends the
 * head: nothing else could be meant.
 */
function linesOf(text: string): { readonly lines: readonly string[]; readonly bodyAt: number } | undefined {
  const lineEnd = /\r{0,2}\n|\r/g;
  const lines: string[] = [];
  let from = 0;
  for (let end = lineEnd.exec(text); end; end = lineEnd.exec(text)) {
    const line = text.slice(from, end.index);
    from = lineEnd.lastIndex;
    if (line === "" && lines.length > 0) return { lines, bodyAt: from };
    const more = line.trim();
    if (isFolded(line) && lines.length > 1) {
      if (more) lines[lines.length - 1] += ` ${more}`;
    } else if (more) lines.push(line);
  }
  return from === text.length && lines.length > 0 ? { lines, bodyAt: from } : undefined;
}

function startLine(line: string): StartLine | undefined {
  const words = line.trim();
  // Whatever follows the three digits is the reason phrase; the space before it is often left out.
  const response = /^SIP\/2\.0[ \t]+([1-6]\d\d)(?!\d)(.*)$/is.exec(words);
  if (response) return { kind: "response", code: Number(response[1]), phrase: (response[2] ?? "").trim() };
  const [first, last] = [words.search(/[ \t]/), Math.max(words.lastIndexOf(" "), words.lastIndexOf("\t"))];
  const method = words.slice(0, Math.max(first, 0));
  const version = /^SIP\/(\d+\.\d+)$/i.exec(words.slice(last + 1))?.[1];
  if (first === last || !isToken(method) || version === undefined) return undefined;
  return { kind: "request", method, uri: words.slice(first, last).trim(), version };
}
