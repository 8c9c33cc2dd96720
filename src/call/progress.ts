/** What a carrier says of a call before its answer, as a user interface needs it. Pure. */
import type { SipAnswer } from "../ports/sip-answer.ts";
import { printable } from "./untrusted.ts";

/** What the carrier says of a call before its answer. */
export interface CallProgress {
  /**
   * `ringing`: 180. `forwarded`: 181, it goes on to another number. `queued`: 182, nobody is free yet. `progressing`: 183, most often
   * an announcement (RFC 3261 §21.1).
   */
  readonly what: "ringing" | "forwarded" | "queued" | "progressing";
  /** The provisional SIP code behind `what`: 180, 181, 182 or 183. */
  readonly code: number;
  /** The carrier plays its own tones or an announcement: no ringing tone of ours beside it (RFC 3960 §3.2). */
  readonly earlyMedia: boolean;
  /** The carrier's own words, e.g. a place in the queue: untrusted text, may hold personal data. Never journalled. */
  readonly text?: string;
}

const meanings: Readonly<Record<number, CallProgress["what"]>> = { 180: "ringing", 181: "forwarded", 182: "queued", 183: "progressing" };

/** @param earlyMedia whether the attempt has had a session description so far. @returns undefined where there is nothing to show. */
export function progressOf({ code, text }: SipAnswer, earlyMedia: boolean): CallProgress | undefined {
  const what = meanings[code];
  return what && { what, code, earlyMedia, ...(text !== undefined && { text: printable(text) }) };
}

/** A carrier repeats itself; nobody needs to be told again. */
export const isNews = (now: CallProgress, before: CallProgress | undefined): boolean =>
  now.code !== before?.code || now.text !== before.text || now.earlyMedia !== before.earlyMedia;
