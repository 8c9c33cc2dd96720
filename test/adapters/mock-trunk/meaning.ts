/** What a SIP message means to a tolerant reader that shares no code with the trunk: for messages that may be spelled in any way. */

export interface Meaning {
  /** The method of a request, the code of a response. */
  readonly kind: string;
  readonly uri: string;
  readonly callId: string;
  readonly cseq: string;
  readonly branch: string;
  /** User and tag. */
  readonly from: string;
  readonly to: string;
  readonly contact: string;
  readonly expires: string;
  readonly challenge: readonly string[];
  readonly rseq: string;
  readonly retryAfter: string;
  readonly reason: string;
  readonly sdp: string;
}

const long: Readonly<Record<string, string>> = {
  v: "via",
  f: "from",
  t: "to",
  i: "call-id",
  m: "contact",
  c: "content-type",
  l: "content-length",
};

export function meaningOf(raw: string): Meaning {
  const gap = raw.indexOf("\r\n\r\n");
  const [start = "", ...lines] = raw
    .slice(0, gap)
    .replace(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const headers = lines.map((line) => {
    const [name = "", ...value] = line.split(":");
    const key = name.trim().toLowerCase();
    return [long[key] ?? key, value.join(":").trim()] as const;
  });
  const get = (name: string) => headers.find(([key]) => key === name)?.[1] ?? "";
  const [first = "", second = ""] = start.split(" ");
  const isResponse = first === "SIP/2.0";
  return {
    kind: isResponse ? second : first,
    uri: isResponse ? "" : second,
    callId: get("call-id"),
    cseq: get("cseq").split(/\s+/).map((part) => part.replace(/^0+(?=\d)/, "")).join(" "), // prettier-ignore
    branch: parameterOf(get("via"), "branch"),
    from: `${userOf(get("from"))} ${parameterOf(get("from"), "tag")}`,
    to: `${userOf(get("to"))} ${parameterOf(get("to"), "tag")}`,
    contact: userOf(get("contact")),
    expires: parameterOf(get("contact"), "expires"),
    challenge: fieldsOf(get("www-authenticate") || get("proxy-authenticate")),
    rseq: get("rseq"),
    retryAfter: String(Number.parseInt(get("retry-after"), 10)),
    reason: get("reason").replaceAll(/\s*;\s*/g, ";"),
    sdp: sdpOf(get("content-type"), raw.slice(gap + 4)),
  };
}

/** Quoted strings emptied, so that nothing in them is taken for a sign. */
const bare = (value: string) => value.replace(/"(?:[^"\\]|\\.)*"/g, (text) => "_".repeat(text.length));

function parameterOf(value: string, name: string): string {
  const from = bare(value).lastIndexOf(">") + 1;
  return new RegExp(`;\\s*${name}\\s*=\\s*"?([^;"\\s]+)`, "i").exec(value.slice(from))?.[1] ?? "";
}

function userOf(value: string): string {
  const uri = /<([^>]*)>/.exec(bare(value))?.[1] ?? value;
  const user = /^(?:sips?|tel):([^@;\s]*)/i.exec(uri)?.[1] ?? "";
  return decodeURIComponent(user).replace(/#1$/, "");
}

const fieldsOf = (value: string) =>
  Array.from(value.replace(/^digest /i, "").matchAll(/([\w-]+)\s*=\s*"?([^",]*)/g), ([, name = "", field = ""]) => `${name.toLowerCase()}=${field.toLowerCase()}`).sort(); // prettier-ignore

function sdpOf(type: string, body: string): string {
  const boundary = /boundary\s*=\s*"?([^";\s]+)/i.exec(type)?.[1];
  const part = boundary === undefined ? body : (body.split(`--${boundary}`).find((each) => /application\/sdp/i.test(each)) ?? "");
  const text = boundary === undefined ? part : part.slice(part.indexOf("\r\n\r\n") + 4);
  return text.replaceAll("\r\n", "\n").trim();
}
