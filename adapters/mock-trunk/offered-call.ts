/** A call to an agent: the carrier's side of an INVITE that it sends (RFC 3261 §13.2). */
import { cseqOf, header, parameter, type SipMessage } from "./message.ts";
import { uriIn, type Softphone, type TrunkContext } from "./context.ts";

export type OfferedCallState = "calling" | "ringing" | "answered" | "refused" | "ended";

export interface OfferOptions {
  /** The customer's number. */
  readonly from: string;
  /** SDP offer; an inactive audio line if left out. */
  readonly offer?: string;
  /** Header lines, e.g. a `P-Asserted-Identity`. */
  readonly headers?: readonly string[];
  /** The same call by two trunks has the same Call-ID. */
  readonly callId?: string;
}

export class OfferedCall {
  readonly callId: string;
  /** Resolves when the agent answered, refused, or the call ended. */
  readonly settled: Promise<OfferedCallState>;
  #state: OfferedCallState = "calling";
  /** Status code of the agent's final answer. */
  code: number | undefined;
  /** SDP of the agent's answer. */
  answer: string | undefined;
  readonly #connection: Softphone;
  readonly #uri: string;
  readonly #from: string;
  readonly #branch: string;
  #to: string;
  #remoteTarget: string;
  #settle: (state: OfferedCallState) => void = () => {};

  constructor(trunk: TrunkContext, connection: Softphone, uri: string, offer: string, { from, headers = [], callId }: OfferOptions) {
    this.#connection = connection;
    this.#uri = uri;
    this.#remoteTarget = uri;
    this.callId = callId ?? trunk.token();
    this.#from = `<sip:${from}@${trunk.domain}>;tag=${trunk.token()}`;
    this.#to = `<${uri}>`;
    this.#branch = `z9hG4bK${trunk.token()}`;
    this.settled = new Promise((resolve) => (this.#settle = resolve));
    const contact = `Contact: <sip:${from}@${trunk.domain};transport=ws>`;
    this.#request("INVITE", uri, 1, { headers: [contact, ...headers], body: offer, branch: this.#branch });
  }

  get state(): OfferedCallState {
    return this.#state;
  }

  /** The customer gives up before the answer. */
  cancel(): void {
    if (this.#state === "calling" || this.#state === "ringing") this.#request("CANCEL", this.#uri, 1, { branch: this.#branch });
  }

  /** The customer hangs up. */
  hangUp(): void {
    if (this.#state !== "answered") return;
    this.#request("BYE", this.#remoteTarget, 2);
    this.#move("ended");
  }

  /** A response to our INVITE, or the agent's BYE. */
  received(message: SipMessage): void {
    if (message.method === "BYE") {
      this.#connection.reply(message, 200);
      return this.#move("ended");
    }
    if (message.code === undefined || cseqOf(message).method !== "INVITE") return;
    if (message.code < 200) return message.code > 100 ? this.#move("ringing") : undefined;
    this.#to = header(message, "to") ?? this.#to;
    this.code = message.code;
    if (message.code >= 300) {
      // The ACK to a refusal belongs to the INVITE's transaction (§17.1.1.3).
      this.#request("ACK", this.#uri, 1, { branch: this.#branch });
      return this.#move("refused");
    }
    this.#remoteTarget = uriIn(header(message, "contact")) || this.#uri;
    this.#request("ACK", this.#remoteTarget, 1);
    this.answer = message.body;
    this.#move("answered");
  }

  /** True for a message within this call. */
  owns(message: SipMessage): boolean {
    const tag = parameter(this.#from, "tag");
    return (
      header(message, "call-id") === this.callId &&
      [header(message, "from"), header(message, "to")].some((value) => parameter(value, "tag") === tag)
    );
  }

  #request(method: string, uri: string, cseq: number, more: { headers?: readonly string[]; body?: string; branch?: string } = {}): void {
    this.#connection.request(method, uri, { callId: this.callId, from: this.#from, to: this.#to, cseq, ...more });
  }

  #move(state: OfferedCallState): void {
    this.#state = state;
    if (state !== "ringing") this.#settle(state);
  }
}
