/** A customer calls an agent: the carrier's side of an INVITE that it sends (RFC 3261 §13.2, §9.1). */
import { Audio } from "./audio.ts";
import { Call, type TrunkCall } from "./call.ts";
import type { DeliverOptions } from "./deliver-options.ts";
import { Dialog } from "./dialog.ts";
import type { Edge } from "./edge.ts";
import type { Flow } from "./flow.ts";
import { parameter, plainNumber, uriOf, type SipRequest, type SipResponse } from "./message.ts";
import { inactiveOffer } from "./sdp.ts";

/** A customer's call to an agent, as a test holds it. */
export interface CustomerCall extends TrunkCall {
  /** Status codes of the softphone's answers to the INVITE, in order. */
  readonly answers: readonly number[];
  /** SDP of the softphone's 200. */
  readonly answer: string | undefined;
  /** The customer gives up: CANCEL, as soon as the softphone has said anything (RFC 3261 §9.1). After the answer: BYE. */
  cancel(): void;
}

/** Where an agent is. */
interface Place {
  readonly contact: string;
  readonly flow: Flow;
}

export class DeliveredCall extends Call implements CustomerCall {
  readonly caller = "customer";
  readonly answers: number[] = [];
  /** The agent's Contact; empty when there is none. */
  readonly #uri: string;
  readonly #from: string;
  readonly #localTag: string;
  readonly #branch: string;
  readonly #audio: Audio;
  #answer: string | undefined;
  #dialog: Dialog | undefined;
  #cancelling: "no" | "waits" | "sent" = "no";

  /** @param binding where the agent is; undefined when nowhere. */
  constructor(edge: Edge, user: string, binding: Place | undefined, { from, callId = edge.token() }: DeliverOptions) {
    super(edge, binding?.flow, { user, number: plainNumber(from), callId });
    this.#uri = binding?.contact ?? "";
    this.#localTag = edge.token();
    this.#from = `<sip:${this.number}@${edge.domain}>;tag=${this.#localTag}`;
    this.#branch = `z9hG4bK${edge.token()}`;
    this.#audio = new Audio(edge.answerOffer);
  }

  get answer(): string | undefined {
    return this.#answer;
  }

  start({ offer = inactiveOffer, headers = [], giveUpAfterMs }: DeliverOptions): void {
    if (this.#uri === "") return void this.finish("carrier", 480, "refuse");
    const contact = `Contact: ${this.edge.contact(this.number)}`;
    this.#ask("INVITE", { headers: [contact, ...headers], ...(offer === false ? {} : { body: offer }) });
    if (giveUpAfterMs !== undefined) this.timers.after(giveUpAfterMs, () => this.cancel());
  }

  owns(request: SipRequest): boolean {
    return this.#dialog?.owns(request) ?? false;
  }

  // ── From the customer ─────────────────────────────────────────────────────────────────────────

  hangUp(): void {
    if (this.state === "answered") this.#bye();
    else this.cancel();
  }

  cancel(): void {
    if (this.state === "answered") return this.#bye();
    if (this.isOver || this.#cancelling === "sent") return;
    this.#cancelling = this.state === "new" ? "waits" : "sent";
    if (this.#cancelling === "sent") this.#ask("CANCEL");
  }

  // ── From the softphone ────────────────────────────────────────────────────────────────────────

  /** A response to our INVITE. Those to CANCEL and BYE tell nothing new. */
  respond(flow: Flow, response: SipResponse): void {
    this.moveTo(flow);
    const { code } = response;
    if (response.cseq.method !== "INVITE") return;
    this.answers.push(code);
    if (code < 200) this.#progress(code);
    else if (code < 300) this.#accept(response);
    else this.#refused(code, response);
  }

  /** The ACK to the answer of a re-INVITE: tells nothing new. */
  acknowledge(): void {}

  bye(flow: Flow, request: SipRequest): void {
    this.moveTo(flow);
    const dropped = this.edge.faults.strike("drop-bye", { method: "BYE", number: this.number, callId: this.callId });
    if (!dropped) this.edge.reply(flow, request, 200, {}, { number: this.number });
    this.finish("agent");
  }

  /** A re-INVITE. */
  renegotiate(flow: Flow, request: SipRequest): void {
    this.moveTo(flow);
    const headers = [`Contact: ${this.edge.contact(this.number)}`];
    this.#audio.answer(
      request.body,
      (body) => this.edge.reply(flow, request, 200, { headers, body }, { number: this.number }),
      () => this.edge.reply(flow, request, 488, {}, { number: this.number }),
    );
  }

  override finish(...end: Parameters<Call["finish"]>): boolean {
    if (!super.finish(...end)) return false;
    this.#audio.close();
    return true;
  }

  #progress(code: number): void {
    this.move("try");
    if (code > 100) this.move("alert");
    if (this.#cancelling === "waits") this.cancel();
  }

  #accept(response: SipResponse): void {
    const remote = response.header("to");
    const remoteTag = parameter(remote, "tag");
    const target = uriOf(response.header("contact")) || this.#uri;
    this.#dialog = new Dialog(this.edge, {
      callId: this.callId,
      local: this.#from,
      localTag: this.#localTag,
      remote,
      remoteTag,
      target,
      cseq: 1,
    });
    const ack = this.#dialog.request("ACK");
    this.deliver((flow) => this.edge.demand(flow, ack, this.number));
    if (!this.answered()) return;
    this.acknowledged();
    this.#answer = response.body;
    if (this.#cancelling !== "no") this.#bye();
  }

  #refused(code: number, response: SipResponse): void {
    // §17.1.1.3: this ACK belongs to the INVITE's transaction.
    this.#ask("ACK", { to: response.header("to") });
    this.finish(this.#cancelling === "sent" && code === 487 ? "customer" : "agent", code, "refuse");
  }

  #bye(): void {
    const bye = this.#dialog?.request("BYE");
    if (bye) this.deliver((flow) => this.edge.demand(flow, bye, this.number));
    this.finish("customer");
  }

  /** A request of the INVITE's own transaction. */
  #ask(
    method: "INVITE" | "CANCEL" | "ACK",
    more: { readonly to?: string; readonly headers?: readonly string[]; readonly body?: string } = {},
  ): void {
    const demand = {
      method,
      uri: this.#uri,
      from: this.#from,
      to: `<${this.#uri}>`,
      callId: this.callId,
      cseq: 1,
      branch: this.#branch,
      ...more,
    };
    this.deliver((flow) => this.edge.demand(flow, demand, this.number));
  }
}
