/** The `Reason` header (RFC 3326), pure. Its text is a peer's: it may be hostile, and never breaks anything here. */
import type { CauseLocation, Q850Cause } from "../../src/ports.ts";

/** One value of a `Reason` header. */
export interface Reason {
  /** `q.850`, `sip`, …, in lower case. */
  readonly protocol: string;
  readonly cause?: number;
  readonly text?: string;
  readonly location?: string;
}

/** The locations of RFC 8606 §4, in the order of Q.850 table 1. */
// prettier-ignore
const locations: readonly CauseLocation[] = [
  "U", "LPN", "LN", "TN", "RLN", "RPN", "LOC-6", "INTL",
  "LOC-8", "LOC-9", "BI", "LOC-11", "LOC-12", "LOC-13", "LOC-14", "LOC-15",
];

/** Splits at `separator` outside quoted strings (RFC 3261 §25.1: a backslash quotes the next character). */
function splitOutsideQuotes(value: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at];
    if (quoted && character === "\\") at++;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, value.slice(start)].map((part) => part.trim()).filter((part) => part !== "");
}

const unquote = (value: string): string => (/^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, "$1") : value);

function parseReason(value: string): Reason {
  const [protocol = "", ...parameters] = splitOutsideQuotes(value, ";");
  const named = new Map<string, string>();
  for (const parameter of parameters) {
    const equals = parameter.indexOf("=");
    if (equals < 0) continue;
    const name = parameter.slice(0, equals).trim().toLowerCase();
    // The first of two equal names counts; RFC 3326 §2 allows one only.
    if (!named.has(name)) named.set(name, unquote(parameter.slice(equals + 1).trim()));
  }
  const cause = named.get("cause");
  const text = named.get("text");
  const location = named.get("location");
  return {
    protocol: protocol.toLowerCase(),
    ...(cause !== undefined && /^\d{1,3}$/.test(cause) && { cause: Number(cause) }),
    ...(text !== undefined && { text }),
    ...(location !== undefined && { location }),
  };
}

/**
 * Reads all `Reason` headers of a message.
 * @param headers one string per header line; each may hold several values, comma-separated (RFC 3326 §2).
 */
export const parseReasons = (headers: readonly string[]): Reason[] =>
  headers.flatMap((header) => splitOutsideQuotes(header, ",")).map(parseReason);

/** The first ITU-T Q.850 cause among `reasons`: 1–127 (RFC 6432 §2), with its location (RFC 8606 §4) when it is one. */
export function q850Of(reasons: readonly Reason[]): Q850Cause | undefined {
  const reason = reasons.find(({ protocol, cause }) => protocol === "q.850" && cause !== undefined && cause >= 1 && cause <= 127);
  if (reason?.cause === undefined) return undefined;
  const location = locations.find((name) => name === reason.location?.toUpperCase());
  return { value: reason.cause, ...(location && { location }) };
}
