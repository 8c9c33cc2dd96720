/** `linekeeper/http`: reports to one endpoint, by POST. */
import { LinekeeperError } from "../../src/index.ts";
import { readUrl } from "../../src/platform.ts";
import type { ReportTransport, TransportAnswer } from "../../src/ports.ts";
import { handOver } from "./page-end.ts";

export type ReportHeaders = Readonly<Record<string, string>>;

export interface HttpOptions {
  /** Where reports go: `https:`, or `http:` on a page that is not secure. It is never written down. */
  readonly url: string;
  /** Names it in the journal and keeps its queue apart. `http` and the URL's host when left out. */
  readonly name?: string;
  /** Asked before each try, so that a token that has run out is replaced; one that rejects is a failed try. */
  readonly headers?: () => ReportHeaders | Promise<ReportHeaders>;
  /** Whether cookies go with it, as `fetch` has it. Default `same-origin`. */
  readonly credentials?: RequestCredentials;
  /** Default true, where the host can; an endpoint that answers 415 gets plain text from then on. */
  readonly gzip?: boolean;
  /** The host's `fetch`, looked up at each try, when left out. */
  readonly fetch?: typeof fetch;
}

/**
 * A report is a POST of JSON with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). When, how often and
 * in which order is the outbox's. A redirect is not followed: a POST would become a GET.
 * @throws LinekeeperError `bad-config`, naming the field.
 */
export function http({ url, name, headers, credentials = "same-origin", gzip = true, fetch: given }: HttpOptions): ReportTransport {
  const { host } = checked(url, headers);
  const ask = (init: RequestInit) => (given ?? fetch)(url, { method: "POST", redirect: "manual", credentials, ...init });
  let isZipped = gzip;
  /** Those of the last try: when the page goes there is no time to fetch others. */
  let lastHeaders: ReportHeaders | undefined = headers ? undefined : {};

  async function send(text: string, key: string, signal: AbortSignal): Promise<TransportAnswer> {
    if (headers) lastHeaders = await headers();
    const fields = { ...lastHeaders, ...fieldsOf(key) };
    const zipped = isZipped ? await gzipped(text) : undefined;
    if (!zipped) return answerOf(await ask({ headers: fields, body: text, signal }));
    const answer = answerOf(await ask({ headers: { ...fields, "Content-Encoding": "gzip" }, body: zipped, signal }));
    if (answer.status !== 415) return answer;
    isZipped = false;
    return answerOf(await ask({ headers: fields, body: text, signal }));
  }

  return {
    name: name ?? `http ${host}`,
    send: ({ key, text }, { signal, atPageEnd }) =>
      atPageEnd
        ? handOver({ url, text, fields: lastHeaders && { ...lastHeaders, ...fieldsOf(key) }, isBare: !headers, ask }).then(answerOf)
        : send(text, key, signal),
  };
}

/** A structured field is a string in quotes. */
const fieldsOf = (key: string): ReportHeaders => ({
  "Content-Type": "application/json",
  "Idempotency-Key": `"${key.replaceAll(/["\\]|[^\x20-\x7e]/g, "_")}"`,
});

function answerOf({ status, headers, body }: Response): TransportAnswer {
  // Nobody reads it, and until it is read or left a connection is kept for it.
  body?.cancel().catch(() => {});
  const [retryAfter, date] = [headers.get("Retry-After"), headers.get("Date")];
  return { status, ...(retryAfter !== null && { retryAfter }), ...(date !== null && { date }) };
}

/** @returns undefined where the host cannot. */
async function gzipped(text: string): Promise<ArrayBuffer | undefined> {
  if (typeof CompressionStream === "undefined") return undefined;
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

function checked(url: unknown, headers: unknown): URL {
  const read = readUrl(url);
  if (!read || !/^https?:$/.test(read.protocol))
    throw new LinekeeperError("bad-config", 'http(): url must be an HTTP URL such as "https://reports.example.com/line"');
  if (read.username || read.password) throw new LinekeeperError("bad-config", "http(): url must not hold credentials; use `headers`");
  if (headers !== undefined && typeof headers !== "function")
    throw new LinekeeperError("bad-config", "http(): headers must be a function that returns them");
  return read;
}
