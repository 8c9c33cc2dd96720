/** What a REFER asks for (RFC 3515, RFC 3891). */
import { pairOf } from "./message.ts";

/** The call that is transferred. */
export interface Transferred {
  readonly number: string;
  readonly callId: string;
  /** The customer talks to this number now. */
  joined(number: string): void;
}

/**
 * Follows a Refer-To.
 * @param tell the status of whom it calls, as it becomes known.
 */
export type Follow = (referTo: string, call: Transferred, tell: (code: number) => void) => void;

/** A dialog, as whoever takes it over names it: their tag is the agent's, which the softphone has as `from-tag`. */
export interface Replaces {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
}

/** The Replaces of a Refer-To's URI. */
export function replacedBy(uri: string): Replaces | undefined {
  const headers = (uri.split("?")[1] ?? "").split("&").map(pairOf);
  const value = headers.find(([name]) => name === "replaces")?.[1];
  return value === undefined ? undefined : readReplaces(decodeURIComponent(value));
}

/** A Replaces header (RFC 3891 §6.1). */
export function readReplaces(value: string): Replaces {
  const [callId = "", ...parameters] = value.split(";");
  const tags = Object.fromEntries(parameters.map(pairOf));
  return { callId, toTag: tags["to-tag"] ?? "", fromTag: tags["from-tag"] ?? "" };
}
