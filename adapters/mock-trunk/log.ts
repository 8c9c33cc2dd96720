/** What the carrier's edge saw, for tests to ask about. */

export interface LogEntry {
  /** On the trunk's clock. */
  readonly atMs: number;
  /** Which connection, counted from 1. */
  readonly link: number;
  /** `swallowed`: received, and kept from the carrier by a fault. `unreadable`: no SIP; it got no answer. */
  readonly what: "opened" | "closed" | "received" | "sent" | "swallowed" | "unreadable";
  /** Of a request, or of the request that a response is for; `PING` is the CRLF keep-alive. */
  readonly method?: string;
  /** Of a response. */
  readonly code?: number;
  readonly callId?: string;
  /** The customer's number, where the message belongs to a call. */
  readonly number?: string;
  /** The fault that the message met, or that it comes from. */
  readonly fault?: string;
}

export type LogDetail = { readonly [K in "method" | "code" | "callId" | "number" | "fault"]?: LogEntry[K] | undefined };

/** Adds to a list that forgets its oldest. */
export function remember<T>(list: T[], item: T, limit: number): void {
  if (list.push(item) > limit) list.shift();
}
