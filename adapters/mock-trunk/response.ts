/** What the carrier answers (RFC 3261 §7, §8.2.6). */
import { headerOf, type Draft } from "./draft.ts";
import { parameter, type SipRequest } from "./message.ts";

const phrases: Readonly<Record<number, string>> = {
  100: "Trying",
  180: "Ringing",
  183: "Session Progress",
  200: "OK",
  202: "Accepted",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  410: "Gone",
  421: "Extension Required",
  423: "Interval Too Brief",
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
  readonly headers?: readonly string[] | undefined;
  /** SDP. */
  readonly body?: string | undefined;
  /** Text of the status line; the standard's if left out. */
  readonly phrase?: string | undefined;
}

/** A response to `request`. */
export const phraseOf = (code: number): string => phrases[code] ?? "Unknown";

export function response(request: SipRequest, code: number, { toTag, headers = [], body, phrase }: ResponseParts = {}): Draft {
  const to = request.header("to");
  const isTagged = toTag === undefined || parameter(to, "tag") !== undefined;
  const lines = [
    ...request.all("via").map((via) => `Via: ${via}`),
    `From: ${request.header("from")}`,
    `To: ${to}${isTagged ? "" : `;tag=${toTag}`}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.header("cseq")}`,
    ...headers,
  ];
  return {
    method: request.method,
    code,
    startLine: `SIP/2.0 ${code} ${phrase ?? phraseOf(code)}`,
    hasUsualPhrase: phrase === undefined,
    headers: lines.map(headerOf),
    ...(body === undefined ? {} : { body: { type: "application/sdp", text: body } }),
  };
}

/** How a carrier words a refusal. */
export interface Refusal {
  /** 300–699. */
  readonly code: number;
  /** Text of the status line; the standard's if left out. */
  readonly phrase?: string;
  /** ITU-T Q.850 cause of a `Reason` header (RFC 6432). */
  readonly q850?: number;
  /** Where the cause arose (RFC 8606), e.g. `LN` or `U`. */
  readonly location?: string;
  /** Text of the `Reason` header. */
  readonly text?: string;
  /** `Retry-After`, in s. */
  readonly retryAfterS?: number;
  /** More header lines, as this carrier spells them. */
  readonly headers?: readonly string[];
}

/** The response parts of a refusal. */
export function refusalParts({ code, phrase, q850, location, text, retryAfterS, headers: more = [] }: Refusal): ResponseParts {
  const hasReason = q850 !== undefined || location !== undefined || text !== undefined;
  // RFC 3326 §2: a reason that is no Q.850 cause is given by its SIP code.
  const protocol = q850 === undefined ? `SIP;cause=${code}` : `Q.850;cause=${q850}`;
  const reason = [
    protocol,
    ...(text === undefined ? [] : [`text="${text.replace(/["\\]/g, "\\$&")}"`]),
    ...(location ? [`location=${location}`] : []),
  ];
  const headers = [
    ...(hasReason ? [`Reason: ${reason.join(";")}`] : []),
    ...(retryAfterS === undefined ? [] : [`Retry-After: ${retryAfterS}`]),
    ...more,
  ];
  return { headers, phrase };
}
