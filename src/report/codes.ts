/** Codes of SIP, of Q.850 and of our own outcome tables, each with what it says: alike in every language but for the words. */
import type { CauseLocation, EndReason } from "../ports/sip-answer.ts";
import { wordOf, type Catalogue } from "./language.ts";

/** A language's words for codes. */
export type CodeWords = Pick<Catalogue, "sipCodes" | "q850Causes" | "q850Locations" | "mediaTimeout" | "outcomeRows">;

const withWord = (code: number | string, words: Readonly<Record<number, string>>) =>
  [code, wordOf(words, `${code}`)].filter((part) => part !== undefined).join(" ");

/** `503 service unavailable` */
export const sipCode = (code: number | string, { sipCodes }: CodeWords): string => withWord(code, sipCodes);

/** `34 no circuit available, from the transit network (TN)` */
export const q850Cause = (cause: number | string, { q850Causes, q850Locations }: CodeWords, location?: CauseLocation): string =>
  [withWord(cause, q850Causes), location && placeText(wordOf(q850Locations, location), location)].filter(Boolean).join(", ");

const placeText = (words: string | undefined, location: string) => (words === undefined ? location : `${words} (${location})`);

/** `Q.850 38 network out of order, from the transit network (TN), SIP 503 service unavailable` */
export const endReason = ({ q850, sip, mediaTimeout }: EndReason, words: CodeWords): string =>
  [
    q850 && `Q.850 ${q850Cause(q850.value, words, q850.location)}`,
    sip !== undefined && `SIP ${sip === 200 ? "200 OK" : sipCode(sip, words)}`,
    mediaTimeout && words.mediaTimeout,
  ]
    .filter(Boolean)
    .join(", ");

const citing = /^(sip|q850)-(\d+)$/;

/** A row of the outcome tables: `SIP 503 service unavailable`, `connection lost`. */
export function rowName(row: string, words: CodeWords): string {
  const [, table, value = ""] = citing.exec(row) ?? [];
  if (table === "sip") return `SIP ${sipCode(value, words)}`;
  return table === "q850" ? `Q.850 ${q850Cause(value, words)}` : (wordOf(words.outcomeRows, row) ?? row);
}

/** What led into a state: a SIP code, the close code of a WebSocket (four digits, RFC 6455 §7.4), or a row. */
export function reasonName(because: string, words: CodeWords): string {
  if (/^\d{4}$/.test(because)) return `WebSocket ${because}`;
  // The language's word for it is a callee's, who picks up; here a registrar said it.
  if (because === "200") return "SIP 200 OK";
  return /^\d{3}$/.test(because) ? `SIP ${sipCode(because, words)}` : rowName(because, words);
}

/** A row beside the codes that it may rest on: empty where they say it already. */
export const rowBeside = (row: string | undefined, words: CodeWords): string =>
  row === undefined || row === "answered" || /^(?:sip|q850)-\d/.test(row) ? "" : rowName(row, words);
