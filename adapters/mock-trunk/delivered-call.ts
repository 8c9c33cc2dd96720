/** A customer calls an agent: the carrier's side of an INVITE that it sends (RFC 3261 §13.2, §9.1). */
import { Call, type TrunkCall } from "./call.ts";
import type { DeliverOptions } from "./deliver-options.ts";
import { Dialog } from "./dialog.ts";
import type { Reliability } from "./dialects/dialect.ts";
import type { Edge } from "./edge.ts";
import type { Flow } from "./flow.ts";
import { listed, parameter, plainNumber, uriOf, type SipRequest, type SipResponse } from "./message.ts";

/** A customer's call to an agent, as a test holds it. */
export interface CustomerCall extends TrunkCall {
  /** Status codes of the softphone's answers to the INVITE, in order. */
  readonly answers: readonly number[];
  /** SDP of the softphone's 200. */
  readonly answer: string | undefined;
  /**
   * The customer gives up: CANCEL, as soon as the softphone has said anything (RFC 3261 §9.1). After the answer: BYE.
   * @param headers of the CANCEL, e.g. `Reason: SIP;cause=200`.
   */
  cancel(headers?: readonly string[]): void;
}

/** RFC 3262 §4. */
const reliabilityHeaders: Readonly<Record<Reliability, readonly string[]>> = {
  never: [],
  supported: ["Supported: 100rel"],
  required: ["Require: 100rel"],
};

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
  readonly localTag: string;
  readonly #branch: string;
  #answer: string | undefined;
  /** RSeq of the reliable ones that were acknowledged. */
  readonly #provisionals = new Set<string>();
  #hasOffered = false;
  #dialog: Dialog | undefined;
  #cancelling: "no" | "waits" | "sent" = "no";
  #cancelHeaders: readonly string[] = [];

  /** @param binding where the agent is; undefined when nowhere. */
  constructor(edge: Edge, user: string, binding: Place | undefined, { from, callId = edge.speech.callId() }: DeliverOptions) {
    super(edge, binding?.flow, { user, number: plainNumber(from), callId });
    this.#uri = binding?.contact ?? "";
    this.localTag = edge.speech.tag();
    this.#from = `${edge.speech.from(this.number)};tag=${this.localTag}`;
    this.#branch = edge.speech.branch();
  }

  get answer(): string | undefined {
    return this.#answer;
  }

  start({ offer = this.edge.offer, headers = [], replaces, giveUpAfterMs }: DeliverOptions): void {
    if (this.#uri === "") return void this.finish("carrier", 480, "refuse");
    const contact = `Contact: ${this.edge.speech.contact(this.number)}`;
    const taken = replaces?.replaces === undefined ? [] : [`Replaces: ${replaces.replaces}`];
    if (offer !== false) this.audio.local = offer;
    this.#hasOffered = offer !== false;
    this.#ask("INVITE", {
      headers: [contact, ...reliabilityHeaders[this.edge.reliability], ...this.inDialog.timer.headers, ...taken, ...headers],
      ...(offer === false ? {} : { body: offer }),
    });
    if (giveUpAfterMs !== undefined) this.timers.after(giveUpAfterMs, () => this.cancel());
  }

  owns(request: SipRequest): boolean {
    return !this.isOver && (this.#dialog?.owns(request) ?? false);
  }

  // ── From the customer ─────────────────────────────────────────────────────────────────────────

  hangUp(headers: readonly string[] = []): void {
    if (this.state === "answered") this.#bye("customer", headers);
    else this.cancel();
  }

  cut(headers: readonly string[] = []): void {
    if (this.state === "answered") this.#bye("carrier", headers);
  }

  cancel(headers = this.#cancelHeaders): void {
    if (this.state === "answered") return this.#bye();
    if (this.isOver || this.#cancelling === "sent") return;
    this.#cancelHeaders = headers;
    this.#cancelling = this.state === "new" ? "waits" : "sent";
    if (this.#cancelling === "sent") this.#ask("CANCEL", { headers });
  }

  // ── From the softphone ────────────────────────────────────────────────────────────────────────

  /** A response to our INVITE. Those to CANCEL and BYE tell nothing new. */
  respond(flow: Flow, response: SipResponse): void {
    this.moveTo(flow);
    if (this.inDialog.respond(response)) return;
    const { code } = response;
    if (response.cseq.method !== "INVITE") return;
    this.answers.push(code);
    if (code < 200) this.#progress(response);
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

  #progress(response: SipResponse): void {
    this.move("try");
    if (response.code > 100) this.move("alert");
    const rseq = response.header("rseq");
    const isReliable = response.all("require").some((value) => listed(value, ",").includes("100rel"));
    if (isReliable && rseq !== "" && !this.#provisionals.has(rseq)) {
      this.#provisionals.add(rseq);
      this.#open(response);
      this.inDialog.acknowledgeProvisional(`${rseq} 1 INVITE`);
    }
    if (this.#cancelling === "waits") this.cancel();
  }

  /** The dialog that an answer makes (§12.1.2); of a fork each has its own. */
  #open(response: SipResponse): void {
    const remote = response.header("to");
    const remoteTag = parameter(remote, "tag");
    if (this.#dialog?.remoteTag === remoteTag && remoteTag !== undefined) return;
    const target = uriOf(response.header("contact")) || this.#uri;
    const { callId, localTag } = this;
    this.#dialog = new Dialog(this.edge, { callId, local: this.#from, localTag, remote, remoteTag, target, cseq: 1 });
    this.inDialog.begin(this.#dialog);
  }

  #accept(response: SipResponse): void {
    this.#open(response);
    const isFirst = this.answered();
    if (isFirst) this.#answer = response.body;
    if (isFirst) this.inDialog.timer.accepted(response);
    if (this.#hasOffered || response.body === "") return this.#acknowledge();
    // §13.2.2.4: the offer was in the 200, so the answer is in the ACK.
    this.audio.answer(
      response.body,
      (body) => this.#acknowledge(body),
      () => {
        this.#acknowledge();
        this.#bye();
      },
    );
  }

  #acknowledge(body?: string): void {
    const ack = this.#dialog?.request("ACK", 1);
    if (ack) this.deliver((flow) => this.edge.demand(flow, { ...ack, ...(body === undefined ? {} : { body }) }, this.number));
    this.acknowledged();
    if (this.#cancelling !== "no") this.#bye();
  }

  #refused(code: number, response: SipResponse): void {
    // §17.1.1.3: this ACK belongs to the INVITE's transaction.
    this.#ask("ACK", { to: response.header("to") });
    this.finish(this.#cancelling === "sent" && code === 487 ? "customer" : "agent", code, "refuse");
  }

  #bye(by: "customer" | "carrier" = "customer", headers: readonly string[] = []): void {
    if (this.isOver) return;
    const bye = this.#dialog?.request("BYE");
    if (bye) this.deliver((flow) => this.edge.demand(flow, { ...bye, headers }, this.number));
    this.finish(by);
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
