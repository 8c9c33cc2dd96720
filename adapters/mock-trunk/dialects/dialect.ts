/** How a kind of equipment speaks SIP, as data: its spelling is for `speech.ts`, what it does in a call for the edge. */
import type { SessionTimerOptions } from "../session-timer.ts";

/** Which messages a line is added to: all, all responses, all requests, or what makes or answers a dialog (INVITE, its 18x and 2xx, UPDATE). */
export type Occasion = "all" | "responses" | "requests" | "dialogs" | "registered";

/** What is sent when the customer's phone begins to ring. */
export type Ringing = "180" | "180-sdp" | "183" | "183-sdp";

/** How the customer's phone says that it holds the call: by a direction, or as before RFC 3264 by the address 0.0.0.0. */
export type HoldStyle = "sendonly" | "inactive" | "zero-address";

/** Reliable provisional answers (RFC 3262): never, when the other supports them, or always. */
export type Reliability = "never" | "supported" | "required";

/**
 * In the texts `{domain}` is the trunk's, `{number}` the customer's, `{date}` an HTTP date, and `{x8}`, `{d8}`, `{w8}` are
 * so many random hexadecimal digits, decimal digits, letters and digits.
 */
export interface Dialect {
  /**
   * From which public traces or documentation the spelling is drawn, and what of it. What no trace shows (`ringing`,
   * `offersLate`, `hold`, `multipart`, `sessionTimer`, `reliability`) is a habit that such equipment can be configured to have; together the dialects have all.
   */
  readonly drawnFrom: readonly string[];
  /** The order of headers, by their usual names; `*` are the others. */
  readonly order: readonly string[];
  /** How header names are written, where not as usual. */
  readonly names?: Readonly<Record<string, string>>;
  /** What stands between some headers' name and value, where not `: `. */
  readonly gaps?: Readonly<Record<string, string>>;
  /** Between the values of Allow and Supported. */
  readonly comma: string;
  /** Lines that we would not write. */
  readonly adds: readonly { readonly to: Occasion; readonly line: string }[];
  /** Other reason phrases. */
  readonly phrases?: Readonly<Record<number, string>>;
  readonly tag: string;
  readonly callId: string;
  /** After `z9hG4bK`. */
  readonly branch: string;
  /** The customer, in From; its parameters are added. */
  readonly from: string;
  readonly contact: string;
  /** A digest challenge. */
  readonly challenge: string;
  /** The SDP's user and session name, where the trunk's own media speaks. */
  readonly session: { readonly owner: string; readonly name: string };
  readonly ringing: readonly Ringing[];
  /** A customer's call comes without an offer. */
  readonly offersLate: boolean;
  readonly hold: HoldStyle;
  /** Bodies come in multipart/mixed (RFC 5621). */
  readonly multipart: boolean;
  /** The session timer that it asks for (RFC 4028), where it does. */
  readonly sessionTimer?: SessionTimerOptions;
  /** Its provisional answers (RFC 3262), where they may be reliable. */
  readonly reliability?: Reliability;
}
