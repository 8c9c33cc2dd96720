/** A message before it is spelled: what it says, in our own plain words. */

export interface Header {
  readonly name: string;
  readonly value: string;
  /** What stands between them; `: ` when left out. */
  readonly gap?: string;
}

export interface Draft {
  /** The method of a request, or of the request that is answered. */
  readonly method: string;
  /** Of a response. */
  readonly code?: number;
  readonly startLine: string;
  /** The reason phrase is the standard's: nobody chose it. */
  readonly hasUsualPhrase?: boolean;
  readonly headers: readonly Header[];
  /** Its type and text; Content-Length is added when it is written. */
  readonly body?: { readonly type: string; readonly text: string };
}

/** A header from its line. */
export function headerOf(line: string): Header {
  const colon = line.indexOf(":");
  return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
}

/** Content-Type and Content-Length become headers as the others are, so that they can be spelled as the others are. */
export function withContent({ body, ...draft }: Draft): Draft {
  const typed = body ? [{ name: "Content-Type", value: body.type }] : [];
  const length = new TextEncoder().encode(body?.text).length;
  const headers = [...draft.headers, ...typed, { name: "Content-Length", value: String(length) }];
  return { ...draft, headers, ...(body && { body }) };
}

/** The text of a draft that has its content headers. */
export function textOf({ startLine, headers, body }: Draft): string {
  const lines = headers.map(({ name, gap = ": ", value }) => name + gap + value);
  return [startLine, ...lines, "", body?.text ?? ""].join("\r\n");
}

/** The SDP as one part of two (RFC 5621 §3, RFC 2046 §5.1): the other says nothing that anybody needs. */
export function inParts(draft: Draft, boundary: string): Draft {
  if (!draft.body) return draft;
  const { type, text } = draft.body;
  const lines = [
    `--${boundary}`,
    `Content-Type: ${type}`,
    "",
    text,
    `--${boundary}`,
    "Content-Type: application/x-call-detail",
    "Content-Disposition: signal;handling=optional",
    "",
    "none",
    `--${boundary}--`,
    "",
  ];
  return { ...draft, body: { type: `multipart/mixed;boundary=${boundary}`, text: lines.join("\r\n") } };
}
