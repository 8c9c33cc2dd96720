/** A softphone that writes every byte itself: no SIP stack, no timer, no code of what it tests. */
import { createHash } from "node:crypto";
import { Frame, requestText, responseTo, type ResponseOptions, sdp } from "./sip-text.ts";

export interface RequestOptions {
  readonly callId?: string;
  readonly cseq?: number;
  readonly branch?: string;
  readonly fromTag?: string;
  readonly toTag?: string | undefined;
  readonly to?: string;
  /** `Contact` header; the client's own when left out. */
  readonly contact?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

export class RawSipClient {
  /** What came, pongs left out. */
  readonly frames: Frame[] = [];
  pongs = 0;
  readonly user: string;
  readonly domain: string;
  readonly #write: (text: string) => void;
  #count = 0;

  constructor(write: (text: string) => void, user = "agent7", domain = "a.example") {
    this.#write = write;
    this.user = user;
    this.domain = domain;
  }

  received(text: string): void {
    if (text === "\r\n") this.pongs++;
    else this.frames.push(new Frame(text));
  }

  say(text: string): void {
    this.#write(text);
  }

  ping(): void {
    this.say("\r\n\r\n");
  }

  /** @returns the request as it was written. */
  request(method: string, uri: string, options: RequestOptions = {}): Frame {
    const {
      callId = `call-${++this.#count}`,
      cseq = 1,
      branch = `z9hG4bK-${callId}-${cseq}-${method}`,
      fromTag = "us",
      toTag,
      to = uri,
      contact = `<sip:${this.user}@client.invalid;transport=ws>`,
      headers = [],
      body,
    } = options;
    const lines = [
      `Via: SIP/2.0/WS client.invalid;branch=${branch};rport`,
      `From: "Agent" <sip:${this.user}@${this.domain};tag=not-this>;tag=${fromTag}`,
      `To: <${to}>${toTag === undefined ? "" : `;tag=${toTag}`}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: ${contact}`,
      ...headers,
    ];
    const text = requestText(method, uri, lines, body);
    this.say(text);
    return new Frame(text);
  }

  /** The same again with the credentials that `challenge` asks for; its values can be changed. */
  authorize(
    request: Frame,
    challenge: Frame,
    password: string,
    change: { readonly username?: string; readonly nonce?: string } = {},
  ): Frame {
    const [name, header] =
      challenge.method === "401" ? ["WWW-Authenticate", "Authorization"] : ["Proxy-Authenticate", "Proxy-Authorization"];
    const asked = challenge.get(name);
    const realm = /realm="([^"]*)"/.exec(asked)?.[1] ?? "";
    const { username = this.user, nonce = /nonce="([^"]*)"/.exec(asked)?.[1] ?? "" } = change;
    const uri = request.raw.split(" ")[1] ?? "";
    const response = md5(`${md5(`${username}:${realm}:${password}`)}:${nonce}:00000001:0a4f113b:auth:${md5(`${request.method}:${uri}`)}`);
    const credentials = `username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, cnonce="0a4f113b", nc=00000001`;
    const cseq = Number.parseInt(request.get("CSeq"), 10);
    const text = request.raw
      .replace(/CSeq: \d+/, `CSeq: ${cseq + 1}`)
      .replace(/branch=([^;]+)/, "branch=$1-auth")
      .replace(/\r\n(Proxy-)?Authorization: [^\r]*/, "")
      .replace("\r\nContact:", `\r\n${header}: Digest ${credentials}\r\nContact:`);
    this.say(text);
    return new Frame(text);
  }

  register(expiresS = 300, options: RequestOptions = {}): Frame {
    const uri = `sip:${this.domain}`;
    return this.request("REGISTER", uri, {
      to: `sip:${this.user}@${this.domain}`,
      ...options,
      headers: [`Expires: ${expiresS}`, ...(options.headers ?? [])],
    });
  }

  options(): Frame {
    return this.request("OPTIONS", `sip:${this.domain}`);
  }

  invite(number: string, options: RequestOptions = {}): Frame {
    return this.request("INVITE", `sip:${number}@${this.domain}`, { body: sdp("us"), ...options });
  }

  cancel(invite: Frame): Frame {
    return this.request("CANCEL", invite.raw.split(" ")[1] ?? "", {
      callId: invite.get("Call-ID"),
      cseq: Number.parseInt(invite.get("CSeq"), 10),
      branch: invite.branch,
    });
  }

  /** A request within the dialog that the last answer to `invite` belongs to. */
  within(method: string, invite: Frame, cseq = 2, body?: string): Frame {
    const callId = invite.get("Call-ID");
    const answer = this.responses(callId).findLast((frame) => frame.get("To").includes("tag="));
    const toTag = tagOf(answer?.get("To"));
    const target = /<([^>]+)>/.exec(answer?.get("Contact") ?? "")?.[1] ?? "sip:nobody@nowhere.invalid";
    const to = invite.raw.split(" ")[1] ?? "";
    return this.request(method, target, { callId, cseq, toTag, to, ...(body === undefined ? {} : { body }) });
  }

  ack(invite: Frame): Frame {
    return this.within("ACK", invite, Number.parseInt(invite.get("CSeq"), 10));
  }

  reply(request: Frame | undefined, code: number, options?: ResponseOptions): void {
    if (!request) throw new Error("there is no request to answer");
    this.say(responseTo(request, code, "Whatever", options));
  }

  responses(callId?: string): Frame[] {
    return this.frames.filter((frame) => !frame.isRequest && (callId === undefined || frame.get("Call-ID") === callId));
  }

  /** Status codes of the answers to `request`, in order. */
  codes(request: Frame): number[] {
    return this.responses(request.get("Call-ID"))
      .filter((frame) => frame.get("CSeq") === request.get("CSeq"))
      .map(({ method }) => Number(method));
  }

  requests(method?: string): Frame[] {
    return this.frames.filter((frame) => frame.isRequest && (method === undefined || frame.method === method));
  }

  get last(): Frame {
    const last = this.frames.at(-1);
    if (!last) throw new Error("nothing came");
    return last;
  }
}

export const tagOf = (header: string | undefined): string | undefined => /;tag=([^;\s]+)$/.exec(header ?? "")?.[1];
