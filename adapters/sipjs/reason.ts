/** The `Reason` header (RFC 3326), pure. Its text is a peer's: it may be hostile, and never breaks anything here. */
import type { CauseLocation, EndReason, Q850Cause } from "../../src/ports/sip-answer.ts";
import { listOf, parametersOf, split, unquote } from "./intake/values.ts";

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

function parseReason(value: string): Reason {
  const parts = split(value, ";");
  // Who forgets to say whose cause it is begins with it.
  const [protocol = "", ...parameters] = parts[0]?.includes("=") ? ["", ...parts] : parts;
  const named = parametersOf(parameters);
  const valueOf = (name: string) => {
    const found = named.get(name);
    return typeof found === "string" ? unquote(found) : undefined;
  };
  const [cause, text, location] = [valueOf("cause"), valueOf("text"), valueOf("location")];
  return {
    protocol: protocol.toLowerCase().replace(/^q\.?\s?850$/, "q.850"),
    ...(cause !== undefined && /^\d{1,3}$/.test(cause) && { cause: Number(cause) }),
    ...(text !== undefined && { text }),
    ...(location !== undefined && { location }),
  };
}

/**
 * Reads all `Reason` headers of a message.
 * @param headers one string per header line; each may hold several values, comma-separated (RFC 3326 §2).
 */
export const parseReasons = (headers: readonly string[]): Reason[] => listOf(headers).map(parseReason);

/** The first ITU-T Q.850 cause among `reasons`: 1–127 (RFC 6432 §2), with its location (RFC 8606 §4) when it is one. */
export function q850Of(reasons: readonly Reason[]): Q850Cause | undefined {
  const reason = reasons.find(({ protocol, cause }) => protocol === "q.850" && cause !== undefined && cause >= 1 && cause <= 127);
  if (reason?.cause === undefined) return undefined;
  const location = locations.find((name) => name === reason.location?.toUpperCase());
  return { value: reason.cause, ...(location && { location }) };
}

/** What media servers write of a call in which they hear nothing any more: for that there is no number. */
const mediaTimeout = /(rtp|rtcp|media)[\s_-]?(time[\s_-]?out|inactivity|loss)|\bno[\s_-](rtp|media)/i;

/** Why a peer ended an answered call; undefined where it does not say so in a way that is known here. */
export function endReasonOf(reasons: readonly Reason[]): EndReason | undefined {
  const q850 = q850Of(reasons);
  const sip = reasons.find(({ protocol, cause = 0 }) => protocol === "sip" && cause >= 100 && cause < 700)?.cause;
  const isMedia = reasons.some(({ text }) => mediaTimeout.test(text ?? ""));
  if (!q850 && sip === undefined && !isMedia) return undefined;
  return { ...(q850 && { q850 }), ...(sip !== undefined && { sip }), ...(isMedia && { mediaTimeout: true }) };
}

/** The words of RFC 3326 §3.1, as they are varied; and what FreeSWITCH calls it, whatever number it gives. */
const elsewhere = /^(call )?(completed|answered|accepted|taken|picked[- _]?up) (elsewhere|by another)|^(lose_race|picked_off)$/i;

/**
 * Whether somebody else took the call that is cancelled (RFC 3326 §3.1: a CANCEL to the other branches of a fork). Q.850
 * 26, non-selected user clearing, is its name in ISDN. Words count where no number of SIP's or ISDN's says otherwise.
 */
export const isAnsweredElsewhere = (reasons: readonly Reason[]): boolean =>
  reasons.some(({ protocol, cause, text }) => {
    const [isSip, isIsdn] = [protocol === "sip" || protocol === "", protocol === "q.850" || protocol === ""];
    if ((isSip && cause === 200) || (isIsdn && cause === 26)) return true;
    const isTold = cause !== undefined && (isSip || isIsdn);
    return !isTold && elsewhere.test(text ?? "");
  });
