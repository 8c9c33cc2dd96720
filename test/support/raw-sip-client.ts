/** A softphone that speaks SIP by hand, so that the mock trunk is held against something other than our own stack. */
import { createHash } from "node:crypto";
import { vi } from "vitest";
import { cseqOf, header, parseMessage, type SipMessage } from "../../adapters/mock-trunk/message.ts";

/** What it needs of a WebSocket. */
interface RawSocket {
  send(text: string): void;
  close(): void;
  addEventListener(type: string, listener: (event: never) => void): void;
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

export interface RequestOptions {
  readonly uri?: string;
  readonly cseq?: number;
  readonly callId?: string;
  readonly branch?: string;
  readonly toTag?: string;
  readonly lines?: readonly string[];
  readonly body?: string;
}

export class RawSipClient {
  readonly received: SipMessage[] = [];
  readonly frames: string[] = [];
  opened = false;
  closeCode: number | undefined;
  readonly #socket: RawSocket;
  #serial = 0;

  constructor(WebSocketLike: new (url: string, protocol: string) => unknown, url: string) {
    const socket = new WebSocketLike(url, "sip") as RawSocket;
    this.#socket = socket;
    socket.addEventListener("open", () => (this.opened = true));
    socket.addEventListener("message", ({ data }: { data: string }) => {
      this.frames.push(data);
      const message = parseMessage(data);
      if (message) this.received.push(message);
    });
    socket.addEventListener("close", ({ code }: { code: number }) => (this.closeCode = code));
    socket.addEventListener("error", () => {});
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close();
  }

  /** Sends a request; what is left out is made up. */
  request(
    method: string,
    {
      uri = "sip:carrier.example",
      cseq = 1,
      callId = `c${++this.#serial}`,
      branch = `z9hG4bK${method}${callId}${cseq}`,
      toTag,
      lines = [],
      body = "",
    }: RequestOptions = {},
  ): void {
    const head = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/WS client.invalid;branch=${branch}`,
      "From: <sip:agent7@carrier.example>;tag=me",
      `To: <${method === "REGISTER" ? "sip:agent7@carrier.example" : uri}>${toTag ? `;tag=${toTag}` : ""}`,
      `Call-ID: ${callId}`,
      `CSeq: ${cseq} ${method}`,
      "Contact: <sip:agent7@client.invalid;transport=ws>;expires=300",
      ...lines,
      `Content-Length: ${body.length}`,
    ];
    this.send(`${head.join("\r\n")}\r\n\r\n${body}`);
  }

  /** Final and provisional codes heard for a method, in order. */
  codes(method: string): number[] {
    return this.received.flatMap((message) => (message.code !== undefined && cseqOf(message).method === method ? [message.code] : []));
  }

  /** The newest message with this code, or request with this method. */
  last(what: number | string): SipMessage | undefined {
    return this.received.findLast(({ code, method }) => code === what || method === what);
  }

  /** The header line that answers the newest challenge. */
  authorization(method: string, uri: string, password: string): string {
    const isProxy = this.last(407) !== undefined && method === "INVITE";
    const challenge = header(this.last(isProxy ? 407 : 401) as SipMessage, isProxy ? "proxy-authenticate" : "www-authenticate") ?? "";
    const field = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(challenge)?.[1] ?? "";
    const ha1 = md5(`agent7:${field("realm")}:${password}`);
    const response = md5([ha1, field("nonce"), "00000001", "abc", "auth", md5(`${method}:${uri}`)].join(":"));
    return `${isProxy ? "Proxy-Authorization" : "Authorization"}: Digest username="agent7", realm="${field("realm")}", nonce="${field("nonce")}", uri="${uri}", response="${response}", qop=auth, nc=00000001, cnonce="abc"`;
  }

  /** Answers a request of the carrier's. */
  answer(request: SipMessage, code: number, lines: readonly string[] = [], body = ""): void {
    const copied = request.headers
      .filter(([name]) => ["via", "from", "call-id", "cseq"].includes(name))
      .map(([name, value]) => `${name}: ${value}`);
    const to = header(request, "to") ?? "";
    this.send(
      [
        `SIP/2.0 ${code} Whatever`,
        ...copied,
        `To: ${/;tag=/.test(to) ? to : `${to};tag=agent`}`,
        "Contact: <sip:agent7@client.invalid>",
        ...lines,
        `Content-Length: ${body.length}`,
        "",
        body,
      ].join("\r\n"),
    );
  }

  /** Waits, in real time, until `true`: over real sockets nothing can be stepped. */
  until(isTrue: () => boolean): Promise<void> {
    return vi.waitFor(() => {
      if (!isTrue()) throw new Error(`not yet; heard ${this.received.map(({ code, method }) => code ?? method).join(" ")}`);
    }, 3_000);
  }
}
