/** What the rooms of one mock trunk share. */
import type { CancelTimer } from "../../src/ports.ts";
import type { FaultBoard, Refusal } from "./faults.ts";
import type { LogEntry, TrunkLog } from "./log.ts";
import { header, type ResponseParts, type SipMessage } from "./message.ts";
import type { Phone } from "./phone.ts";

/** A request of the carrier's. */
export interface RequestParts {
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly cseq: number;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly branch?: string;
}

export type LogDetail = Pick<LogEntry, "method" | "code" | "callId" | "number" | "fault">;

/** The softphone at the other end of a connection. */
export interface Softphone {
  readonly isOpen: boolean;
  /** Writes a message as it is, and the log. */
  send(text: string, detail?: LogDetail): void;
  reply(request: SipMessage, code: number, parts?: ResponseParts, fault?: string): void;
  request(method: string, uri: string, parts: RequestParts): void;
  /** Ends the connection as a dying router does. */
  reset(): void;
}

export interface TrunkContext {
  readonly domain: string;
  readonly faults: FaultBoard;
  readonly log: TrunkLog;
  nowMs(): number;
  setTimer(fire: () => void, delayMs: number): CancelTimer;
  /** A fresh random token. */
  token(): string;
  phone(number: string): Phone;
  /** The callee's SDP answer to an offer. */
  media(offer: string): Promise<{ readonly answer: string; close(): void }>;
  /** The remote target of a request: its Contact's URI, else its From's. */
  contactOf(message: SipMessage): string;
}

export const uriIn = (value: string | undefined): string => /<([^>]+)>/.exec(value ?? "")?.[1] ?? (value ?? "").split(";")[0] ?? "";

export const contactOf = (message: SipMessage): string => uriIn(header(message, "contact") ?? header(message, "from"));

/** `Reason` (RFC 3326, RFC 8606) and `Retry-After` of a refusal. */
export function refusalHeaders({ q850, location, text, retryAfterS }: Refusal): string[] {
  const reason =
    q850 === undefined ? [] : [`Reason: Q.850;cause=${q850}${text ? `;text="${text}"` : ""}${location ? `;location=${location}` : ""}`];
  return retryAfterS === undefined ? reason : [...reason, `Retry-After: ${retryAfterS}`];
}
