/** SIP as plain text, for tests that write every byte themselves and share no code with what they test. */

/** One SIP message as it was written. */
/** RFC 3261 §7.3.3, RFC 6665 §8.2.1. */
const compact: Readonly<Record<string, string>> = {
  via: "v",
  from: "f",
  to: "t",
  "call-id": "i",
  contact: "m",
  supported: "k",
  "allow-events": "u",
  "content-type": "c",
  "content-length": "l",
};

export class Frame {
  readonly raw: string;
  /** The method of a request, the code of a response. */
  readonly method: string;

  constructor(raw: string) {
    this.raw = raw;
    const [first = "", second = ""] = raw.split(" ");
    this.method = first === "SIP/2.0" ? second : first;
  }

  get isRequest(): boolean {
    return !this.raw.startsWith("SIP/2.0");
  }

  /** All values of a header, in order, in whichever form its name is written. */
  all(name: string): string[] {
    const head = this.raw.slice(0, this.raw.indexOf("\r\n\r\n"));
    const names = [name, compact[name.toLowerCase()] ?? name].join("|");
    return Array.from(head.matchAll(new RegExp(`^(?:${names}):[ ]*(.*)$`, "gim")), ([, value = ""]) => value.trim());
  }

  get(name: string): string {
    return this.all(name)[0] ?? "";
  }

  get branch(): string {
    return /branch=([^;]+)/.exec(this.get("Via"))?.[1] ?? "";
  }

  get body(): string {
    return this.raw.slice(this.raw.indexOf("\r\n\r\n") + 4);
  }
}

function messageText(startLine: string, headers: readonly string[], body: string): string {
  const lines = [startLine, ...headers, ...(body ? ["Content-Type: application/sdp"] : []), `Content-Length: ${body.length}`];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

export const requestText = (method: string, uri: string, headers: readonly string[], body = ""): string =>
  messageText(`${method} ${uri} SIP/2.0`, ["Max-Forwards: 70", ...headers], body);

export interface ResponseOptions {
  readonly toTag?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly contact?: string | false;
}

export function responseTo(request: Frame, code: number, phrase = "Whatever", options: ResponseOptions = {}): string {
  const { toTag = "peer", headers = [], body = "", contact = "<sip:gw@peer.example;transport=ws>" } = options;
  const to = request.get("To");
  const isTagged = code === 100 || toTag === "" || to.includes("tag=");
  const makesDialog = request.method === "INVITE" && code > 100 && code < 300;
  const copied = ["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${request.get(name)}`);
  const own = [`To: ${to}${isTagged ? "" : `;tag=${toTag}`}`, ...(makesDialog && contact ? [`Contact: ${contact}`] : [])];
  return messageText(`SIP/2.0 ${code} ${phrase}`, [...copied, ...own, ...headers], body);
}

export const sdp = (who: string, version = 1): string =>
  `v=0\r\no=${who} 7 ${version} IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n`;

export const digestChallenge = (extra = ""): string => `WWW-Authenticate: Digest realm="carrier", nonce="abc", qop="auth"${extra}`;
