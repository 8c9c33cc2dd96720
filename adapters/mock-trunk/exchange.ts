/** Reads what softphones send and finds who it is for (RFC 3261 §8.2, §16). */
import type { Calls } from "./calls.ts";
import { DialledCall } from "./dialled-call.ts";
import type { Edge } from "./edge.ts";
import type { Target } from "./fault-board.ts";
import type { Flow } from "./flow.ts";
import { rubbish } from "./garbage.ts";
import { flawOf, numberOf, parse, SipResponse, type SipRequest } from "./message.ts";
import { allow, known } from "./methods.ts";
import type { Phone } from "./phone.ts";
import { readReplaces } from "./referral.ts";
import { refusalParts } from "./response.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import type { Registrar } from "./registrar.ts";
import type { Unasked } from "./unasked.ts";

/** Requests that belong to no call, unless they have a To tag. */
const callless = ["REGISTER", "OPTIONS", "SUBSCRIBE", "PUBLISH", "MESSAGE"];

export interface ExchangeParts {
  readonly calls: Calls;
  readonly registrar: Registrar;
  readonly gatekeeper: Gatekeeper;
  readonly unasked: Unasked;
  phone(number: string): Phone;
}

export class Exchange {
  readonly #edge: Edge;
  readonly #parts: ExchangeParts;

  constructor(edge: Edge, parts: ExchangeParts) {
    this.#edge = edge;
    this.#parts = parts;
  }

  read(flow: Flow, text: string): void {
    // RFC 5626 §3.5.1: a double CRLF is a ping, its answer a single one, which we never ask for.
    if (text === "\r\n\r\n") return this.#admit(flow, text, { method: "PING" }, () => this.#pong(flow));
    if (text.trim() === "") return;
    const message = parse(text);
    if (message instanceof SipResponse) return this.#response(flow, text, message);
    if (!message) return this.#edge.note("unreadable", flow, { raw: text });
    this.#admit(flow, text, this.#targetOf(message), () => this.#request(flow, message));
  }

  /** Lets a message in, now or later, unless a fault takes it. */
  #admit(flow: Flow, raw: string, target: Target, handle: () => void): void {
    const { faults, timers } = this.#edge;
    const fault = faults.strike("silence", target) ?? faults.strike("slow", target);
    this.#edge.note(fault?.kind === "silence" ? "swallowed" : "received", flow, { ...target, fault: fault?.kind, raw });
    if (fault?.kind === "silence") return;
    const garbage = faults.strike("garbage", target);
    if (garbage) flow.send(rubbish(garbage));
    if (faults.strike("reset-on", target, ({ after }) => after === undefined)) return flow.reset();
    if (fault) timers.after(fault.delayMs, handle);
    else handle();
  }

  #pong(flow: Flow): void {
    if (!this.#edge.faults.strike("no-pong")) flow.send("\r\n");
  }

  #response(flow: Flow, raw: string, response: SipResponse): void {
    const { code, callId, cseq } = response;
    const call = this.#parts.calls.answered(response);
    this.#edge.note("received", flow, { method: cseq.method, code, callId, number: call?.number, raw });
    if (!this.#parts.unasked.respond(response)) call?.respond(flow, response);
  }

  #request(flow: Flow, request: SipRequest): void {
    const flaw = flawOf(request);
    // §17: an ACK is never answered.
    if (flaw === undefined) this.#route(flow, request);
    else if (request.method !== "ACK") this.#edge.reply(flow, request, 400, { phrase: flaw });
  }

  #route(flow: Flow, request: SipRequest): void {
    const isFirstInvite = request.method === "INVITE" && request.toTag === undefined;
    if (!isFirstInvite) {
      const refusal = this.#edge.faults.strike("reject", this.#targetOf(request));
      if (refusal) return this.#edge.reply(flow, request, refusal.code, refusalParts(refusal), { fault: "reject" });
    }
    if (isFirstInvite) return this.#invite(flow, request);
    if (request.method === "CANCEL") return this.#cancel(flow, request);
    if (request.method === "ACK") return this.#parts.calls.ofDialog(request)?.acknowledge(request);
    if (request.toTag !== undefined) return this.#inDialog(flow, request);
    this.#outOfDialog(flow, request);
  }

  #invite(flow: Flow, request: SipRequest): void {
    const { calls, gatekeeper, phone } = this.#parts;
    const before = calls.invited(request);
    if (before && before.invite.branch !== request.branch) return this.#edge.reply(flow, request, 482);
    if (before) {
      before.moveTo(flow);
      return before.repeat();
    }
    if (!gatekeeper.admits(flow, request)) return;
    const number = numberOf(request.uri);
    if (number === undefined) return this.#edge.reply(flow, request, 484);
    const taken = request.header("replaces");
    const replaced = taken === "" ? undefined : calls.replaced(readReplaces(taken));
    // RFC 3891 §3.
    if (taken !== "" && !replaced) return this.#edge.reply(flow, request, 481);
    const call = new DialledCall(this.#edge, flow, request);
    calls.add(call);
    if (replaced) call.takes(replaced);
    else call.start(phone(number));
  }

  #cancel(flow: Flow, request: SipRequest): void {
    const call = this.#parts.calls.ofTransaction(request);
    if (call) call.cancel(flow, request);
    else this.#edge.reply(flow, request, 481);
  }

  #inDialog(flow: Flow, request: SipRequest): void {
    const call = this.#parts.calls.ofDialog(request);
    if (!call) return this.#edge.reply(flow, request, 481);
    call.moveTo(flow);
    if (request.method === "BYE") return call.bye(flow, request);
    if (call.serve(flow, request)) return;
    this.#outOfDialog(flow, request);
  }

  #outOfDialog(flow: Flow, request: SipRequest): void {
    const { registrar, gatekeeper } = this.#parts;
    switch (request.method) {
      case "REGISTER":
        return gatekeeper.admits(flow, request) ? registrar.register(flow, request) : undefined;
      case "OPTIONS":
        return this.#edge.reply(flow, request, 200, { headers: ["Accept: application/sdp", allow] });
      case "BYE":
      case "INFO":
      case "NOTIFY":
      case "PRACK":
      case "UPDATE":
        return this.#edge.reply(flow, request, 481);
      default:
        return this.#edge.reply(flow, request, known.includes(request.method) ? 405 : 501, { headers: [allow] });
    }
  }

  #targetOf({ method, callId, uri, toTag }: SipRequest): Target {
    if (callless.includes(method) && toTag === undefined) return { method };
    return { method, callId, number: this.#parts.calls.numberOf(callId) ?? numberOf(uri) };
  }
}
