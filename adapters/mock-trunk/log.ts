/** What the carrier's edge saw, for tests to ask about. */
import { longName, parse } from "./message.ts";

/** One thing that the carrier's edge saw or did: a message, or a connection's beginning or end. */
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
  /** SIP Call-ID; absent where the entry is no message, or one without. */
  readonly callId?: string;
  /** The customer's number, where the message belongs to a call. */
  readonly number?: string;
  /** The fault that the message met, or that it comes from. */
  readonly fault?: string;
  /** The message as it went over the wire, cut after 65 536 characters. The oldest entries lose theirs first. */
  readonly raw?: string;
}

export type LogDetail = { readonly [K in "method" | "code" | "callId" | "number" | "fault" | "raw"]?: LogEntry[K] | undefined };

/** Adds to a list that forgets its oldest. */
export function remember<T>(list: T[], item: T, limit: number): void {
  if (list.push(item) > limit) list.shift();
}

/** Characters kept of one message, and of all together. */
const longestRaw = 65_536;
const rawLimit = 8 * 1_048_576;

export class Log {
  readonly entries: LogEntry[] = [];
  readonly #limit: number;
  #rawLength = 0;
  /** Entries before this one have lost their text. */
  #rawFrom = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add({ raw, ...entry }: LogEntry): void {
    const cut = raw?.slice(0, longestRaw);
    this.entries.push(cut === undefined ? entry : { ...entry, raw: cut });
    this.#rawLength += cut?.length ?? 0;
    while (this.#rawLength > rawLimit) this.#forgetText();
    if (this.entries.length <= this.#limit) return;
    if (this.#rawFrom === 0) this.#forgetText();
    this.entries.shift();
    this.#rawFrom--;
  }

  #forgetText(): void {
    const { raw, ...entry } = this.entries[this.#rawFrom] as LogEntry;
    this.entries[this.#rawFrom] = entry;
    this.#rawLength -= raw?.length ?? 0;
    this.#rawFrom++;
  }
}

/** What a message in the log says in a header, line by line, whichever way its name is written; nothing where its text is gone. */
export const headersOf = ({ raw = "" }: LogEntry, name: string): readonly string[] => parse(raw)?.all(longName(name)) ?? [];
