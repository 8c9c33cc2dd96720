/** `linekeeper/http`: reports to one endpoint, by POST. */
import { shape, text } from "../../src/checks.ts";
import type { ReportTransport } from "../../src/ports/reports.ts";
import { answerOf, checkEndpoint, createPost, leaveUnread, postChecks, type PostOptions, type ReportHeaders } from "./post.ts";

export type { PostOptions, ReportHeaders } from "./post.ts";

/** Where reports are posted to, and how. */
export interface HttpOptions extends PostOptions {
  /** Where reports go: `https:`, or `http:` on a page that is not secure. It is never written down. */
  readonly url: string;
  /** Names it in the journal and keeps its queue apart. `http` and the URL's host when left out. */
  readonly name?: string;
}

const check = shape<HttpOptions>({ ...postChecks, name: text });

/**
 * A report is a POST of JSON with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
 * @throws LinekeeperError `bad-config`, naming the field.
 */
export function http(given: HttpOptions): ReportTransport {
  check("http()", given);
  const { url, name, ...options } = given;
  const { host } = checkEndpoint("http()", url, options.headers);
  const post = createPost(options);
  return {
    name: name ?? `http ${host}`,
    send: async ({ key, text }, how) => {
      const response = await post(url, text, fieldsOf(key), how);
      leaveUnread(response);
      return answerOf(response);
    },
  };
}

/** A structured field is a string in quotes. */
const fieldsOf = (key: string): ReportHeaders => ({ "Idempotency-Key": `"${key.replaceAll(/["\\]|[^\x20-\x7e]/g, "_")}"` });
