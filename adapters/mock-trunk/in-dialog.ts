/** What goes on within a call once it has a dialog, whoever dialled: what either side asks the other (RFC 3261 §12.2, RFC 3311). */
import type { Audio } from "./audio.ts";
import type { Dialog } from "./dialog.ts";
import type { HoldStyle } from "./dialects/dialect.ts";
import type { Edge } from "./edge.ts";
import type { Flow } from "./flow.ts";
import type { SipRequest, SipResponse } from "./message.ts";
import { phraseOf } from "./response.ts";
import { heldAnswer, heldSdp, isHold, movedSdp, resumedSdp } from "./sdp-change.ts";
import { type ChangeMethod, SessionTimer } from "./session-timer.ts";
import type { Timers } from "./timers.ts";
import type { Replaces } from "./referral.ts";

/** What the softphone said to a request of the customer's side; 408 when it said nothing. */
export interface Reply {
  /** SIP status code of the final answer. */
  readonly code: number;
  /** SDP; empty when there was none. */
  readonly sdp: string;
}

/** How a digit is written in an INFO. */
export type DigitType = "dtmf-relay" | "dtmf";

/** The call that it belongs to. */
export interface Host {
  readonly number: string;
  readonly callId: string;
  readonly timers: Timers;
  readonly isOver: boolean;
  deliver(write: (flow: Flow) => void): void;
  /** The customer does. */
  hangUp(): void;
  /** The session was not refreshed in time, or the dialog is unknown to the softphone: BYE. */
  cut(): void;
}

/** 64·T1 (RFC 3261 table 4). */
const transactionMs = 32_000;

export class InDialog {
  /** Digits that came by INFO, in order. */
  digits = "";
  /** The softphone asked for no audio when it last offered. */
  isHeld = false;
  /** Where the softphone transferred the customer to: Refer-To. */
  referredTo: string | undefined;
  /** Whom the customer talks to since. */
  connectedTo: string | undefined;
  /** What the softphone told of whom it was asked to call, in order. */
  readonly referralCodes: number[] = [];
  readonly timer: SessionTimer;
  readonly #edge: Edge;
  readonly #host: Host;
  readonly #audio: Audio;
  /** What waits for an answer, by branch. */
  readonly #asked = new Map<string, (response: SipResponse) => void>();
  #dialog: Dialog | undefined;
  #isOffering = false;
  /** The customer's side holds the call. */
  #isHolding = false;
  /** How the softphone described itself in here, last. */
  #theirs = "";
  #hasReferred = false;

  constructor(edge: Edge, host: Host, audio: Audio) {
    this.#edge = edge;
    this.#host = host;
    this.#audio = audio;
    this.timer = new SessionTimer(edge.sessionTimer, edge.clock, host, (by) => this.#refresh(by));
  }

  begin(dialog: Dialog): void {
    this.#dialog = dialog;
  }

  /** Seen by whom it is for: to-tag is the softphone's (RFC 3891 §3). */
  get replaces(): string | undefined {
    return this.#dialog && `${this.#host.callId};to-tag=${this.#dialog.remoteTag ?? "0"};from-tag=${this.#dialog.localTag}`;
  }

  isReplacedBy({ callId, toTag, fromTag }: Replaces): boolean {
    return callId === this.#host.callId && toTag === this.#dialog?.localTag && fromTag === this.#dialog.remoteTag;
  }

  // ── From the softphone ────────────────────────────────────────────────────────────────────────

  /** @returns false when it is for somebody else to serve. */
  serve(flow: Flow, request: SipRequest): boolean {
    switch (request.method) {
      case "INVITE":
      case "UPDATE":
        return (this.#renegotiate(flow, request), true);
      case "INFO":
        this.digits += digitOf(request.body);
        return (this.#reply(flow, request, 200), true);
      case "REFER":
        return (this.#refer(flow, request), true);
      case "NOTIFY":
        return (this.#notified(flow, request), true);
      default:
        return false;
    }
  }

  /** @returns false when it answers none of our requests within the dialog. */
  respond(response: SipResponse): boolean {
    const heard = this.#asked.get(response.branch ?? "");
    heard?.(response);
    return heard !== undefined;
  }

  #renegotiate(flow: Flow, request: SipRequest): void {
    // RFC 3261 §14.2, RFC 3311 §5.2: one offer at a time.
    if (this.#isOffering) return this.#reply(flow, request, 491);
    const contact = `Contact: ${this.#edge.speech.contact(this.#host.number)}`;
    const headers = [contact, ...this.timer.refreshed(request)];
    if (request.method === "UPDATE" && request.body === "") return this.#reply(flow, request, 200, headers);
    this.#audio.answer(
      request.body,
      (answer) => {
        // Said again it changes nothing (RFC 3264 §8), be it the softphone's answer to a hold of ours.
        if (request.body !== this.#theirs) this.isHeld = isHold(request.body);
        this.#theirs = request.body;
        const body = this.#isHolding ? heldAnswer(answer, request.body) : answer;
        this.#audio.local = body;
        this.#reply(flow, request, 200, headers, body);
      },
      () => this.#reply(flow, request, 488),
    );
  }

  /** Accepted, followed, and told of to its end (RFC 3515 §2.4.4). */
  #refer(flow: Flow, request: SipRequest): void {
    const target = request.header("refer-to");
    if (target === "") return this.#reply(flow, request, 400, undefined, undefined, "No Refer-To");
    this.referredTo = target;
    this.#reply(flow, request, 202, [`Contact: ${this.#edge.speech.contact(this.#host.number)}`]);
    const host = this.#host;
    const { number, callId } = host;
    const isSilent = () =>
      this.#edge.faults.strike("silence", { method: "NOTIFY", number, callId }, ({ methods }) => methods !== undefined);
    const tell = (code: number) => {
      const headers = ["Event: refer", `Subscription-State: ${code < 200 ? "active;expires=60" : "terminated;reason=noresource"}`];
      const body = `SIP/2.0 ${code} ${phraseOf(code)}\r\n`;
      if (!isSilent()) void this.#ask("NOTIFY", { headers, body, type: "message/sipfrag;version=2.0" });
    };
    tell(100);
    const customer = { number, callId, joined: (other: string) => void (this.connectedTo = other) };
    this.#edge.follow(target, customer, (code) => host.isOver || tell(code));
  }

  /** The softphone tells of whom it calls for us; once they have answered, the customer is theirs (RFC 5589 §6.1). */
  #notified(flow: Flow, request: SipRequest): void {
    this.#reply(flow, request, this.#hasReferred ? 200 : 481);
    const code = Number(/^SIP\/2\.0 (\d{3})/.exec(request.body)?.[1]);
    if (!this.#hasReferred || Number.isNaN(code)) return;
    this.referralCodes.push(code);
    if (code >= 200 && code < 300) this.#host.hangUp();
  }

  #reply(flow: Flow, request: SipRequest, code: number, headers: readonly string[] = [], body?: string, phrase?: string): void {
    this.#edge.reply(flow, request, code, { headers, body, phrase }, { number: this.#host.number });
  }

  // ── From the customer's side ──────────────────────────────────────────────────────────────────

  async hold(by: ChangeMethod, style: HoldStyle = this.#edge.speech.dialect.hold): Promise<Reply> {
    const reply = await this.#offer(by, heldSdp(this.#audio.local, style));
    if (reply.code < 300) this.#isHolding = true;
    return reply;
  }

  async resume(by: ChangeMethod): Promise<Reply> {
    const reply = await this.#offer(by, resumedSdp(this.#audio.local));
    if (reply.code < 300) this.#isHolding = false;
    return reply;
  }

  /** By INFO, as gateways write it; a bare digit as `application/dtmf`. */
  sendDigit(digit: string, type: DigitType = "dtmf-relay"): Promise<Reply> {
    const body = type === "dtmf-relay" ? `Signal=${digit}\r\nDuration=160\r\n` : digit;
    return this.#ask("INFO", { body, type: `application/${type}` });
  }

  /** The same media at another address. */
  moveMedia(by: ChangeMethod): Promise<Reply> {
    return this.#offer(by, movedSdp(this.#audio.local));
  }

  /** RFC 3515. */
  async refer(target: string, headers: readonly string[]): Promise<Reply> {
    this.#hasReferred = true;
    const by = `Referred-By: ${this.#edge.speech.from(this.#host.number)}`;
    return this.#ask("REFER", { headers: [`Refer-To: <${target}>`, by, ...headers] });
  }

  /** RFC 3262 §4, within the early dialog. */
  acknowledgeProvisional(rack: string): void {
    void this.#ask("PRACK", { headers: [`RAck: ${rack}`] });
  }

  async #offer(by: ChangeMethod, body: string): Promise<Reply> {
    this.#isOffering = true;
    const reply = await this.#ask(by, { headers: this.timer.headers, body });
    this.#isOffering = false;
    if (reply.code >= 300) return reply;
    this.#audio.local = body;
    this.#theirs = reply.sdp;
    return reply;
  }

  async #refresh(by: ChangeMethod): Promise<number> {
    // §7.4: the same offer again, or none.
    const { code } = by === "INVITE" ? await this.#offer(by, this.#audio.local) : await this.#ask(by, { headers: this.timer.headers });
    return code;
  }

  #ask(method: string, more: { readonly headers?: readonly string[]; readonly body?: string; readonly type?: string }): Promise<Reply> {
    const { speech } = this.#edge;
    const dialog = this.#dialog;
    if (!dialog || this.#host.isOver) return Promise.resolve({ code: 481, sdp: "" });
    const asked = dialog.request(method);
    const { number } = this.#host;
    const contact = ["INVITE", "UPDATE", "REFER"].includes(method) ? [`Contact: ${speech.contact(number)}`] : [];
    const demand = { ...asked, ...more, headers: [...contact, ...(more.headers ?? [])] };
    this.#host.deliver((flow) => this.#edge.demand(flow, demand, number));
    return new Promise((resolve) => {
      const giveUp = this.#host.timers.after(transactionMs, () => resolve({ code: 408, sdp: "" }));
      // It stays there: a 200 that comes again is acknowledged again.
      this.#asked.set(asked.branch, ({ code, body }) => {
        if (code < 200) return;
        if (method === "INVITE") this.#acknowledge(dialog, asked, code);
        giveUp();
        resolve({ code, sdp: body });
      });
    });
  }

  /** A 2xx by a transaction of its own, anything else within the INVITE's (RFC 3261 §13.2.2.4, §17.1.1.3). */
  #acknowledge(dialog: Dialog, { cseq, branch }: { readonly cseq: number; readonly branch: string }, code: number): void {
    const ack = dialog.request("ACK", cseq);
    const demand = code < 300 ? ack : { ...ack, branch };
    this.#host.deliver((flow) => this.#edge.demand(flow, demand, this.#host.number));
  }
}

/** `application/dtmf-relay` (`Signal=5`), or `application/dtmf` (`5`). */
const digitOf = (body: string) =>
  (/^\s*Signal\s*=\s*([0-9A-D*#])/im.exec(body) ?? /^\s*([0-9A-D*#])\s*$/i.exec(body))?.[1]?.toUpperCase() ?? "";
