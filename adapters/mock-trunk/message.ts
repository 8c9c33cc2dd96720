/** SIP messages as text and back (RFC 3261 §7), as much as a carrier's edge needs. Knows nothing of the SDK's own stack. */

export interface SipMessage {
  /** Set for a request. */
  readonly method: string | undefined;
  /** Request-URI; empty for a response. */
  readonly uri: string;
  /** Set for a response. */
  readonly code: number | undefined;
  /** Lower-case long names, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** RFC 3261 §7.3.3. */
const longNames: Readonly<Record<string, string>> = {
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

/** @returns undefined when the text is no SIP message. */
export function parseMessage(text: string): SipMessage | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  // A line that begins with white space goes on from the one before (§7.3.1).
  const [startLine = "", ...lines] = text
    .slice(0, headEnd)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(startLine);
  const response = /^SIP\/2\.0 ([1-6]\d\d) /.exec(`${startLine} `);
  if (!request && !response) return undefined;
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    return [longNames[name] ?? name, line.slice(colon + 1).trim()];
  });
  const message = {
    method: request?.[1],
    uri: request?.[2] ?? "",
    code: response ? Number(response[1]) : undefined,
    headers,
    body: text.slice(headEnd + 4),
  };
  return ["via", "from", "to", "call-id", "cseq"].every((name) => header(message, name)) ? message : undefined;
}

/** The first value of a header, by its long name in lower case. */
export const header = (message: SipMessage, name: string): string | undefined => message.headers.find(([given]) => given === name)?.[1];

/** A `;name=value` parameter of a header's value. */
export function parameter(value: string | undefined, name: string): string | undefined {
  return new RegExp(`;\\s*${name}\\s*=\\s*"?([^;,">\\s]+)`, "i").exec(value ?? "")?.[1];
}

/** The CSeq's number and method. */
export function cseqOf(message: SipMessage): { readonly number: number; readonly method: string } {
  const [number = "0", method = ""] = (header(message, "cseq") ?? "").split(/\s+/);
  return { number: Number(number), method };
}

/** User part of a SIP or tel URI, unescaped; parameters and visual separators gone. */
export function userOf(uri: string): string {
  const [, user = ""] = /(?:sips?|tel):([^@;>]*)/i.exec(uri) ?? [];
  try {
    return decodeURIComponent(user).replace(/[\s().-]/g, "");
  } catch {
    return user;
  }
}

const reasonPhrases: Readonly<Record<number, string>> = {
  100: "Trying",
  180: "Ringing",
  181: "Call Is Being Forwarded",
  182: "Queued",
  183: "Session Progress",
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  410: "Gone",
  480: "Temporarily Unavailable",
  481: "Call/Transaction Does Not Exist",
  482: "Loop Detected",
  484: "Address Incomplete",
  486: "Busy Here",
  487: "Request Terminated",
  488: "Not Acceptable Here",
  491: "Request Pending",
  500: "Server Internal Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Server Time-out",
  600: "Busy Everywhere",
  603: "Decline",
  604: "Does Not Exist Anywhere",
  606: "Not Acceptable",
  607: "Unwanted",
  608: "Rejected",
};

export interface ResponseParts {
  readonly toTag?: string | undefined;
  /** More header lines. */
  readonly headers?: readonly string[];
  readonly body?: string | undefined;
  /** Status line text; the standard's if left out. */
  readonly phrase?: string | undefined;
}

/** A response to `request` (§8.2.6). */
export function response(request: SipMessage, code: number, { toTag, headers = [], body = "", phrase }: ResponseParts = {}): string {
  const to = header(request, "to") ?? "";
  return compose(
    `SIP/2.0 ${code} ${phrase ?? reasonPhrases[code] ?? "Unknown"}`,
    [
      ...request.headers.filter(([name]) => name === "via").map(([, value]) => `Via: ${value}`),
      `From: ${header(request, "from")}`,
      `To: ${to}${toTag && !parameter(to, "tag") ? `;tag=${toTag}` : ""}`,
      `Call-ID: ${header(request, "call-id")}`,
      `CSeq: ${header(request, "cseq")}`,
      ...headers,
    ],
    body,
  );
}

/** A whole message from its start line and header lines. */
export function compose(startLine: string, lines: readonly string[], body = ""): string {
  const typed = body === "" ? [] : ["Content-Type: application/sdp"];
  const length = new TextEncoder().encode(body).length;
  return [startLine, ...lines, ...typed, `Content-Length: ${length}`, "", body].join("\r\n");
}
