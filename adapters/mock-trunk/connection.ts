/** One softphone's connection: reads its frames, finds what they are for, answers. */
import { CarriedCall } from "./carried-call.ts";
import { refusalHeaders, type LogDetail, type RequestParts, type Softphone, type TrunkContext } from "./context.ts";
import type { Link, LinkEvents } from "./link.ts";
import type { LogEntry } from "./log.ts";
import { compose, cseqOf, header, parameter, parseMessage, response, userOf, type ResponseParts, type SipMessage } from "./message.ts";

/** What a connection asks of the trunk besides what all rooms share. */
export interface ConnectionContext extends TrunkContext {
  /** Calls of agents, by Call-ID: they outlive a socket. */
  readonly calls: Map<string, CarriedCall>;
  /** @returns whether the request may go on; if not, it was answered. */
  authorized(request: SipMessage, connection: Softphone): boolean;
  register(request: SipMessage, connection: Softphone): void;
  /** A response to, or a request within, a call to an agent. @returns whether it was for one. */
  offered(message: SipMessage): boolean;
}

/** Larger frames are not even read, in characters. */
const frameLimit = 262_144;

export class Connection implements LinkEvents, Softphone {
  readonly id: number;
  readonly #trunk: ConnectionContext;
  readonly #link: Link;
  #open = true;

  constructor(id: number, trunk: ConnectionContext, link: Link) {
    this.id = id;
    this.#trunk = trunk;
    this.#link = link;
    this.#log("opened");
  }

  get isOpen(): boolean {
    return this.#open;
  }

  // ── To the softphone ──────────────────────────────────────────────────────────────────────────

  send(text: string, detail: LogDetail = {}): void {
    if (!this.#open || this.#trunk.faults.find("freeze")) return;
    this.#log("sent", detail);
    this.#link.send(text);
  }

  reply(request: SipMessage, code: number, parts: ResponseParts = {}, fault?: string): void {
    const toTag = code === 100 ? undefined : (parts.toTag ?? this.#trunk.token());
    this.send(response(request, code, { ...parts, toTag }), { method: request.method, code, callId: header(request, "call-id"), fault });
  }

  request(
    method: string,
    uri: string,
    { callId, from, to, cseq, headers = [], body = "", branch = `z9hG4bK${this.#trunk.token()}` }: RequestParts,
  ): void {
    const via = `Via: SIP/2.0/WS ${this.#trunk.domain};branch=${branch}`;
    const lines = [via, "Max-Forwards: 70", `From: ${from}`, `To: ${to}`, `Call-ID: ${callId}`, `CSeq: ${cseq} ${method}`, ...headers];
    this.send(compose(`${method} ${uri} SIP/2.0`, lines, body), { method, callId });
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.closed();
    this.#link.close(code, reason);
  }

  /** As when a router dies: no close frame. */
  reset(): void {
    if (!this.#open) return;
    this.closed();
    this.#link.reset();
  }

  // ── From the softphone ────────────────────────────────────────────────────────────────────────

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#log("closed");
  }

  received(text: string): void {
    if (!this.#open || this.#trunk.faults.find("freeze")) return;
    // RFC 5626 §3.5.1: a double CRLF is a ping, its answer a single one.
    if (text === "\r\n\r\n") return this.#trunk.faults.find("no-pong") ? undefined : this.#link.send("\r\n");
    const message = text.length > frameLimit ? undefined : parseMessage(text);
    if (!message) return this.#log("unreadable");
    const number = message.method === undefined || message.method === "REGISTER" ? undefined : userOf(message.uri) || undefined;
    const detail: LogDetail = {
      method: message.method ?? cseqOf(message).method,
      code: message.code,
      callId: header(message, "call-id"),
      number,
    };
    const swallowed = message.method !== undefined && this.#trunk.faults.find("silence", message.method, number);
    if (swallowed) return this.#log("swallowed", { ...detail, fault: "silence" });
    this.#log("received", detail);
    const slow = message.method !== undefined ? this.#trunk.faults.find("slow", message.method, number) : undefined;
    if (slow) this.#trunk.setTimer(() => this.#handle(message, number), slow.delayMs);
    else this.#handle(message, number);
  }

  #handle(message: SipMessage, number: string | undefined): void {
    if (this.#trunk.offered(message)) return;
    const { method } = message;
    // A response to nothing of ours.
    if (method === undefined) return;
    const reset = this.#trunk.faults.find("reset-on", method, number);
    if (reset && reset.after === undefined) return this.reset();
    const refusal = method === "INVITE" || method === "ACK" ? undefined : this.#trunk.faults.find("reject", method, number);
    if (refusal) return this.reply(message, refusal.code, { headers: refusalHeaders(refusal), phrase: refusal.phrase }, "reject");
    switch (method) {
      case "REGISTER":
        return this.#trunk.authorized(message, this) ? this.#trunk.register(message, this) : undefined;
      case "OPTIONS":
        return this.reply(message, 200, { headers: ["Accept: application/sdp", "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"] });
      case "INVITE":
        return this.#invite(message);
      case "ACK": {
        // The ACK to a refusal belongs to its transaction, and changes nothing.
        const call = this.#trunk.calls.get(header(message, "call-id") ?? "");
        return call?.state === "answered" ? call.acknowledged() : undefined;
      }
      default:
        return this.#inDialog(message, method);
    }
  }

  #invite(request: SipMessage): void {
    const call = this.#trunk.calls.get(header(request, "call-id") ?? "");
    if (call && parameter(header(request, "to"), "tag")) return void call.renegotiate(request);
    if (!this.#trunk.authorized(request, this)) return;
    // The same request by another way: merged (RFC 3261 §8.2.2.2).
    if (call) return this.reply(request, 482);
    const placed = new CarriedCall(this.#trunk, this, request);
    this.#trunk.calls.set(placed.callId, placed);
    placed.begin();
  }

  #inDialog(request: SipMessage, method: string): void {
    const call = this.#trunk.calls.get(header(request, "call-id") ?? "");
    if (!["CANCEL", "BYE", "INFO", "UPDATE", "MESSAGE", "REFER"].includes(method)) return this.reply(request, 501);
    if (!call || call.state === "ended") return this.reply(request, 481);
    call.connection = this;
    switch (method) {
      case "CANCEL":
        this.reply(request, 200);
        return call.cancelled();
      case "BYE":
        return call.bye(request);
      case "UPDATE":
        return void call.renegotiate(request);
      case "INFO":
        return this.reply(request, 200);
      default:
        return this.reply(request, 405);
    }
  }

  #log(what: LogEntry["what"], detail: LogDetail = {}): void {
    this.#trunk.log.write({ atMs: this.#trunk.nowMs(), link: this.id, what, ...detail });
  }
}
