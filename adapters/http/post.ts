/** A POST of JSON, zipped where both sides can, that outlives its page where it has to: the one way in which reports leave, for `http()` and `otlp()`. */
import { callable, flag, oneOf, type Check } from "../../src/checks.ts";
import { systemClock, within } from "../../src/clock.ts";
import { LinekeeperError } from "../../src/index.ts";
import { readUrl } from "../../src/platform.ts";
import type { ReportTransport, TransportAnswer } from "../../src/ports/reports.ts";
import { handOver } from "./page-end.ts";

/** HTTP header fields by name, such as `Authorization`; they are sent and never written down. */
export type ReportHeaders = Readonly<Record<string, string>>;

/** How each POST goes out, whatever it carries. */
export interface PostOptions {
  /** Asked before each try, so that a token that has run out is replaced; one that rejects is a failed try. */
  readonly headers?: () => ReportHeaders | Promise<ReportHeaders>;
  /** Whether cookies go with it, as `fetch` has it. Default `same-origin`. */
  readonly credentials?: RequestCredentials;
  /** Default true, where the host can; an endpoint that answers 415, or 400 to what it takes unzipped, gets plain text from then on. */
  readonly gzip?: boolean;
  /** The host's `fetch`, looked up at each try, when left out. */
  readonly fetch?: typeof fetch;
}

/** `url` and `headers` are looked at by `checkEndpoint()`, which shows nothing of them. */
export const postChecks = {
  url: () => {},
  headers: () => {},
  credentials: oneOf("omit", "same-origin", "include"),
  gzip: flag,
  fetch: callable("such as the host's fetch"),
} satisfies Record<keyof PostOptions | "url", Check>;

/** RFC 9110 §8.4 has 415 for a coding that is not known; who knows nothing of codings finds no JSON, and says 400. */
const mayBeOfZip: readonly number[] = [400, 415];

/** One try; at the page's end it is under way before this returns. */
export type Post = (url: string, text: string, fields: ReportHeaders, how: Parameters<ReportTransport["send"]>[1]) => Promise<Response>;

/** When, how often and in which order is the outbox's. A redirect is not followed: a POST would become a GET. */
export function createPost({ headers, credentials = "same-origin", gzip = true, fetch: given }: PostOptions): Post {
  const ask = (url: string, init: RequestInit) => (given ?? fetch)(url, { method: "POST", redirect: "manual", credentials, ...init });
  let isZipped = gzip;
  /** Those of the last try: when the page goes there is no time to fetch others. */
  let lastHeaders: ReportHeaders | undefined = headers ? undefined : {};
  const withType = (fields: ReportHeaders) => ({ "Content-Type": "application/json", ...fields });

  async function post(url: string, text: string, own: ReportHeaders, signal: AbortSignal): Promise<Response> {
    if (headers) lastHeaders = await headers();
    const fields = { ...lastHeaders, ...withType(own) };
    const zipped = isZipped ? await gzipped(text) : undefined;
    if (!zipped) return ask(url, { headers: fields, body: text, signal });
    const response = await ask(url, { headers: { ...fields, "Content-Encoding": "gzip" }, body: zipped, signal });
    if (!mayBeOfZip.includes(response.status)) return response;
    leaveUnread(response);
    const plain = await ask(url, { headers: fields, body: text, signal });
    if (response.status === 415 || plain.ok) isZipped = false;
    return plain;
  }

  return (url, text, own, { signal, atPageEnd }) => {
    if (!atPageEnd) return post(url, text, own, signal);
    const fields = lastHeaders && { ...lastHeaders, ...withType(own) };
    return handOver({ url, text, fields, isBare: !headers, ask: (init) => ask(url, init) });
  };
}

/** Until it is read or left a connection is kept for it. */
export const leaveUnread = ({ body }: Response): void => void body?.cancel().catch(() => {});

/** How far an answer's body is read. */
interface BodyBounds {
  readonly maxBytes: number;
  /** For all of it, ms. */
  readonly maxMs: number;
  readonly signal: AbortSignal;
}

/**
 * The body as text. What is past either bound is not waited for, and the connection let go.
 * @throws RangeError where it is longer; TimeoutError (a DOMException) where it takes longer; what `fetch` throws.
 */
export async function boundedText({ body }: Response, { maxBytes, maxMs, signal }: BodyBounds): Promise<string> {
  if (!body) return "";
  const reader = body.getReader();
  async function readAll(): Promise<string> {
    const decoder = new TextDecoder();
    let [text, bytes] = ["", 0];
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes += read.value.byteLength;
      if (bytes > maxBytes) throw new RangeError(`longer than ${maxBytes} bytes`);
      text += decoder.decode(read.value, { stream: true });
    }
    return text + decoder.decode();
  }
  try {
    return await within(systemClock, readAll(), maxMs, signal);
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}

export function answerOf({ status, headers }: Response): TransportAnswer {
  const [retryAfter, date] = [headers.get("Retry-After"), headers.get("Date")];
  return { status, ...(retryAfter !== null && { retryAfter }), ...(date !== null && { date }) };
}

/** @returns undefined where the host cannot. */
async function gzipped(text: string): Promise<ArrayBuffer | undefined> {
  if (typeof CompressionStream === "undefined") return undefined;
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/**
 * @param who the function that was given it, for the error.
 * @throws LinekeeperError `bad-config`, naming the field.
 */
export function checkEndpoint(who: string, url: unknown, headers: unknown): URL {
  const read = readUrl(url);
  if (!read || !/^https?:$/.test(read.protocol))
    throw new LinekeeperError("bad-config", `${who}: url must be an HTTP URL such as "https://reports.example.com/line"`);
  if (read.username || read.password) throw new LinekeeperError("bad-config", `${who}: url must not hold credentials; use \`headers\``);
  if (read.protocol === "http:" && page.location?.protocol === "https:" && !isLoopback(read))
    throw new LinekeeperError("bad-config", `${who}: url is http:, which a browser blocks on an https page; use https:`);
  if (headers !== undefined && typeof headers !== "function")
    throw new LinekeeperError("bad-config", `${who}: headers must be a function that returns them`);
  return read;
}

/** Looked at when an endpoint is given. */
const page = globalThis as { readonly location?: { readonly protocol: string } };

/** Not blocked there (W3C Secure Contexts §3.1). */
const isLoopback = ({ hostname }: URL): boolean => /^(?:127(?:\.\d+){3}|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);
