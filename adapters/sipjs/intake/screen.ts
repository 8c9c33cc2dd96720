/** May this request be served, and if not, what is its answer (RFC 3261 §8.2)? Pure. */
import { readReplaces } from "../replaces.ts";
import type { Services } from "../served.ts";
import { type PeerRequest, isUnique, readRequestUri } from "./message.ts";
import { listOf, split } from "./values.ts";

export interface Refusal {
  readonly code: number;
  readonly phrase: string;
  /** The header that it is for. */
  readonly header?: string;
  /** For the method, and nothing that stands in it. */
  readonly isOfMethod?: true;
  /** Header lines that the code asks for. */
  readonly lines?: readonly string[];
}

/** Names as people write them. */
const spelling: Readonly<Record<string, string>> = { "call-id": "Call-ID", cseq: "CSeq" };
const spelt = (name: string) => spelling[name] ?? name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** §21.4.1: the Reason phrase should identify the syntax problem. */
const bad = (header: string, problem: "Bad" | "Missing" | "Repeated" = "Bad"): Refusal => ({
  code: 400,
  phrase: `${problem} ${spelt(header)} header`,
  header,
});

/** Headers of which a request has one only (§20, table 2), as far as we go by them. */
const once = ["from", "to", "call-id", "cseq"];

/** In the order in which §8.2 and §16.3 look. */
const checks: readonly ((request: PeerRequest, services: Services) => Refusal | undefined)[] = [
  ({ start }) => (start.version === "2.0" ? undefined : { code: 505, phrase: "Version Not Supported" }),
  ({ values }) => {
    const missing = ["via", "from", "to", "call-id", "cseq"].find((name) => !values(name)[0]);
    return missing === undefined ? undefined : bad(missing, "Missing");
  },
  ({ values }) => {
    // The same once more says nothing else.
    const repeated = once.find((name) => new Set(values(name)).size > 1);
    return repeated === undefined ? undefined : bad(repeated, "Repeated");
  },
  ({ via, cseq, unread, start }) => {
    if (!via) return bad("via");
    // §8.1.1.5: the method must match.
    if (cseq?.method !== start.method.toUpperCase()) return bad("cseq");
    if (isKnownByItsTags(start.method)) return undefined;
    // Whose request it is, the tags say; who calls may stand elsewhere (RFC 3325), and for whom, the Request-URI says.
    return unread.includes("content-length") ? bad("content-length") : undefined;
  },
  // RFC 3891 §3: in an INVITE, and one.
  ({ start, values }) => {
    const replaces = values("replaces").filter(Boolean);
    if (replaces.length === 0 || isKnownByItsTags(start.method)) return undefined;
    if (start.method !== "INVITE" || !replaces.every((value) => readReplaces(value))) return bad("replaces");
    return replaces.length > 1 ? bad("replaces", "Repeated") : undefined;
  },
  ({ start, values }) =>
    new Set(values("content-length")).size > 1 && !isKnownByItsTags(start.method) ? bad("content-length", "Repeated") : undefined,
  ({ start: { method } }, { refusalOf, allow }) => {
    const code = refusalOf(method);
    if (code === undefined) return undefined;
    // §21.4.6 wants `Allow` with a 405; with the others it does no harm.
    return { code, phrase: phrases[code] ?? "Not Implemented", lines: [allow], isOfMethod: true };
  },
  // RFC 6086 §4.2.2: we serve no package.
  ({ start, values }) =>
    start.method === "INFO" && values("info-package").length > 0
      ? { code: 469, phrase: "Bad Info Package", header: "info-package", lines: ["Recv-Info:"] }
      : undefined,
  ({ start }) => {
    if (isKnownByItsTags(start.method)) return undefined;
    const uri = readRequestUri(start.uri);
    if (!uri) return { code: 400, phrase: "Bad Request-URI" };
    // Deviation: RFC 3261 §8.2.2.1 lets us refuse a Request-URI that is not ours with 404; but carriers write the dialled
    // number there, be it as `tel:`, and what comes over our registered flow is for us.
    return ["sip", "sips", "tel"].includes(uri.scheme) ? undefined : { code: 416, phrase: "Unsupported URI Scheme" };
  },
  ({ start, values }, { optionTags }) => {
    // §8.2.2.3: never in a CANCEL; and an ACK gets no answer. Deviation: whoever hangs up has hung up, whatever that requires of us.
    const unsupported = isKnownByItsTags(start.method)
      ? []
      : listOf(values("require")).filter((tag) => !optionTags.includes(tag.toLowerCase()));
    if (unsupported.length === 0) return undefined;
    return { code: 420, phrase: "Bad Extension", header: "require", lines: [`Unsupported: ${unsupported.join(", ")}`] };
  },
  ({ start, values, message }, { served, acceptOf }) => {
    const reads = served[start.method]?.reads;
    if (!reads || !message.body) return undefined;
    if (listOf(values("content-encoding")).some((encoding) => encoding.toLowerCase() !== "identity"))
      return { code: 415, phrase: "Unsupported Media Type", header: "content-encoding", lines: ["Accept-Encoding: identity"] };
    const handling = /;\s*handling\s*=\s*"?(\w+)/i.exec(values("content-disposition")[0] ?? "")?.[1]?.toLowerCase();
    const type = message.getHeader("content-type") ?? "";
    // Parts for somebody else alone, as ISUP or where the caller is, are no offer; it is asked of us then. Deviation: what nothing is said of must be
    // understood (§20.11); but what telephone exchanges say to each other (RFC 3204) a gateway leaves in without a thought, and the call would fail for it.
    const isSignalling = /^application\/(x-)?(isup|qsig)$/.test(type) && handling !== "required";
    const isForOthers = (type.startsWith("multipart/") || isSignalling) && reads.includes("application/sdp");
    const isOptional = handling === "optional";
    if (isOptional || isForOthers || reads.includes(type)) return undefined;
    return { code: 415, phrase: "Unsupported Media Type", header: "content-type", lines: [acceptOf(start.method)] };
  },
  ({ start, values }, { accept }) => {
    // What is no media range refuses none: a customer's call is not lost for it.
    const wanted = listOf(values("accept"))
      .map((range) => (split(range, ";")[0] ?? "").trim().toLowerCase())
      .filter((range) => /^[^\s/]+\/[^\s/]+$/.test(range));
    if (start.method !== "INVITE" || wanted.length === 0) return undefined;
    if (wanted.some((range) => ["application/sdp", "application/*", "*/*"].includes(range))) return undefined;
    return { code: 406, phrase: "Not Acceptable", header: "accept", lines: [accept] };
  },
  ({ start, values, message, via }) => {
    // Within a call who does not say where they are is where they were.
    if (start.method !== "INVITE" || message.toTag || message.hasHeader("contact")) return undefined;
    if (values("contact").length > 0) return bad("contact");
    // RFC 2543 did not ask for it (RFC 4475 §3.4.1).
    return via && !isUnique(via) ? undefined : bad("contact", "Missing");
  },
];

const phrases: Readonly<Record<number, string>> = {
  405: "Method Not Allowed",
};

const isAnswerable = (method: string): boolean => method !== "ACK" && method !== "CANCEL";

/**
 * Whose request it is, its tags or its branch say, and what it wants, its method: a call is not lost, and nobody left in one that is
 * over, for a name, an address or a length that nothing depends on.
 */
const isKnownByItsTags = (method: string): boolean => method === "BYE" || !isAnswerable(method);

/** Why `request` is not served; undefined where it may be. */
export function refuse(request: PeerRequest, services: Services): Refusal | undefined {
  for (const check of checks) {
    const refusal = check(request, services);
    if (refusal) return refusal;
  }
  return undefined;
}

/**
 * The answer to a request that may be no more than its Via (§8.2.6): what the peer wrote is sent back as it stands.
 * @param tag of ours, for a To that has none.
 * @returns undefined where there is nothing to answer to.
 */
export function refusalText(
  { start, fields, values, message }: PeerRequest,
  { code, phrase, lines = [] }: Refusal,
  tag: string,
): string | undefined {
  if (start.method === "ACK" || values("via").length === 0) return undefined;
  const echoed = ["via", "from", "to", "call-id", "cseq"].flatMap((name) =>
    fields
      .filter((field) => field.name === name)
      .map(({ value }) => `${spelt(name)}: ${value}${name === "to" && !message.toTag ? `;tag=${tag}` : ""}`),
  );
  return [`SIP/2.0 ${code} ${phrase}`, ...echoed, ...lines, "Content-Length: 0", "", ""].join("\r\n");
}
