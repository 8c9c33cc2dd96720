/** What both directions of a call have in common: who, what state, how it ended. */
import { Audio } from "./audio.ts";
import type { HoldStyle } from "./dialects/dialect.ts";
import type { Edge } from "./edge.ts";
import type { Flow } from "./flow.ts";
import { InDialog, type DigitType, type Host, type Reply } from "./in-dialog.ts";
import type { ChangeMethod } from "./session-timer.ts";
import type { SipRequest } from "./message.ts";
import { Timers } from "./timers.ts";
import type { Replaces } from "./referral.ts";

/** `new`: nothing was answered yet. `refused`: the softphone refused a customer's call, or confirmed its CANCEL. */
export type CallState = "new" | "trying" | "alerting" | "answered" | "refused" | "ended";

type CallEvent = "try" | "alert" | "answer" | "refuse" | "end";

/** A blank cell is ignored: what crosses on the wire arrives in any order. */
const transitions: Readonly<Record<CallState, Partial<Readonly<Record<CallEvent, CallState>>>>> = {
  new: { try: "trying", alert: "alerting", answer: "answered", refuse: "refused", end: "ended" },
  trying: { alert: "alerting", answer: "answered", refuse: "refused", end: "ended" },
  alerting: { answer: "answered", refuse: "refused", end: "ended" },
  answered: { end: "ended" },
  refused: {},
  ended: {},
};

/** How a call ended. */
export interface CallEnd {
  /** `carrier`: neither party, but a fault, a refusal of the trunk's own, or a session that was not refreshed. */
  readonly by: "agent" | "customer" | "carrier";
  /** On the trunk's clock. */
  readonly atMs: number;
}

/** A call on this trunk, as the carrier sees it. */
export interface TrunkCall {
  /** Who dialled. */
  readonly caller: "agent" | "customer";
  /** The agent's user. */
  readonly user: string;
  /** The customer's number. */
  readonly number: string;
  /** SIP Call-ID, as in `log` and `rings()`. */
  readonly callId: string;
  /** As it is now; `settled` and `ended` are promises of what it comes to. */
  readonly state: CallState;
  /** Status code of the final answer to the INVITE. */
  readonly code: number | undefined;
  /** When the 200 went out or came, on the trunk's clock; undefined before, and where it never did. */
  readonly answeredAtMs: number | undefined;
  /** The 200 was followed by its ACK. */
  readonly isAcknowledged: boolean;
  /** Phones that answered besides (`fork`), and are still on the line. */
  readonly forksUp: number;
  /** Undefined while it is not over. */
  readonly end: CallEnd | undefined;
  /** Resolves when the INVITE has its final answer. */
  readonly settled: Promise<CallState>;
  /** Resolves when the call is over. */
  readonly ended: Promise<CallEnd>;
  /** Digits that the softphone sent by INFO. */
  readonly digits: string;
  /** The softphone holds the call: it asked for no audio when it last offered. */
  readonly isHeld: boolean;
  /** Refer-To of the softphone's REFER. */
  readonly referredTo: string | undefined;
  /** The number that the customer was connected to by it. */
  readonly connectedTo: string | undefined;
  /** What a `Replaces` says that names the softphone's dialog (RFC 3891 §6.1); undefined before there is one. */
  readonly replaces: string | undefined;
  /**
   * The customer hangs up; before the answer: declines (603), or gives up calling (CANCEL).
   * @param headers of the BYE, e.g. `Reason: Q.850;cause=16;location=U`.
   */
  hangUp(headers?: readonly string[]): void;
  /** The carrier ends a call that is answered, which neither party did. @param headers of the BYE, e.g. `Reason: Q.850;cause=38;location=LN`. */
  cut(headers?: readonly string[]): void;
  /**
   * The customer's side holds the call: by a re-INVITE, or by `UPDATE`; in the dialect's way, or in `style`.
   * @returns what the softphone said; 408 when nothing for 32 s, 481 when there is no dialog.
   */
  hold(change?: { readonly by?: ChangeMethod; readonly style?: HoldStyle }): Promise<Reply>;
  /** Takes the call from hold, with audio both ways again; answers as `hold()`. */
  resume(change?: { readonly by?: ChangeMethod }): Promise<Reply>;
  /** The customer's media come from, and want to go to, another address. */
  moveMedia(change?: { readonly by?: ChangeMethod }): Promise<Reply>;
  /** The customer presses a key: INFO with `application/dtmf-relay`, or `application/dtmf`. */
  sendDigit(digit: string, type?: DigitType): Promise<Reply>;
  /**
   * The customer's side asks the softphone to call somebody else (RFC 3515), and hangs up once that has answered.
   * @param headers more lines, as `Refer-Sub: false`.
   */
  refer(target: string, headers?: readonly string[]): Promise<Reply>;
  /** What the softphone told by NOTIFY of whom it called for that: 100, 180, 200 … */
  readonly referralCodes: readonly number[];
}

export interface Parties {
  /** The agent. */
  readonly user: string;
  /** The customer. */
  readonly number: string;
  readonly callId: string;
}

export abstract class Call implements TrunkCall, Host {
  abstract readonly caller: "agent" | "customer";
  readonly user: string;
  readonly number: string;
  readonly callId: string;
  readonly settled: Promise<CallState>;
  readonly ended: Promise<CallEnd>;
  readonly timers: Timers;
  protected readonly edge: Edge;
  protected readonly audio: Audio;
  protected readonly inDialog: InDialog;
  #flow: Flow | undefined;
  #tellSettled: (state: CallState) => void = () => {};
  #tellEnd: (end: CallEnd) => void = () => {};
  #state: CallState = "new";
  #code: number | undefined;
  #answeredAtMs: number | undefined;
  #isAcknowledged = false;
  #end: CallEnd | undefined;

  constructor(edge: Edge, flow: Flow | undefined, { user, number, callId }: Parties) {
    this.edge = edge;
    this.#flow = flow;
    this.user = user;
    this.number = number;
    this.callId = callId;
    this.timers = new Timers(edge.clock);
    this.audio = new Audio(edge.answerOffer);
    this.inDialog = new InDialog(edge, this, this.audio);
    this.settled = new Promise((resolve) => (this.#tellSettled = resolve));
    this.ended = new Promise((resolve) => (this.#tellEnd = resolve));
  }

  get state(): CallState {
    return this.#state;
  }

  get code(): number | undefined {
    return this.#code;
  }

  get answeredAtMs(): number | undefined {
    return this.#answeredAtMs;
  }

  get isAcknowledged(): boolean {
    return this.#isAcknowledged;
  }

  get end(): CallEnd | undefined {
    return this.#end;
  }

  get forksUp(): number {
    return 0;
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  get digits(): string {
    return this.inDialog.digits;
  }

  get isHeld(): boolean {
    return this.inDialog.isHeld;
  }

  get referredTo(): string | undefined {
    return this.inDialog.referredTo;
  }

  get connectedTo(): string | undefined {
    return this.inDialog.connectedTo;
  }

  get referralCodes(): readonly number[] {
    return this.inDialog.referralCodes;
  }

  get replaces(): string | undefined {
    return this.inDialog.replaces;
  }

  isReplacedBy(replaces: Replaces): boolean {
    return this.inDialog.isReplacedBy(replaces);
  }

  /** Whoever took the agent's place talks to this number, and the agent is let go (RFC 3891 §3). */
  replacedBy(number: string): void {
    this.inDialog.connectedTo = number;
    this.cut();
  }

  abstract hangUp(headers?: readonly string[]): void;

  abstract cut(headers?: readonly string[]): void;

  hold({ by = "INVITE", style }: { readonly by?: ChangeMethod; readonly style?: HoldStyle } = {}): Promise<Reply> {
    return this.inDialog.hold(by, style);
  }

  resume({ by = "INVITE" }: { readonly by?: ChangeMethod } = {}): Promise<Reply> {
    return this.inDialog.resume(by);
  }

  moveMedia({ by = "INVITE" }: { readonly by?: ChangeMethod } = {}): Promise<Reply> {
    return this.inDialog.moveMedia(by);
  }

  sendDigit(digit: string, type?: DigitType): Promise<Reply> {
    return this.inDialog.sendDigit(digit, type);
  }

  refer(target: string, headers: readonly string[] = []): Promise<Reply> {
    return this.inDialog.refer(target, headers);
  }

  /** A request within the dialog. @returns false when it is for somebody else to serve. */
  serve(flow: Flow, request: SipRequest): boolean {
    return this.inDialog.serve(flow, request);
  }

  /** The softphone speaks of this call on that connection now. */
  moveTo(flow: Flow): void {
    this.#flow = flow;
  }

  protected get isReachable(): boolean {
    return this.#flow?.isOpen || this.edge.flows.has(this.user);
  }

  /** Writes on the call's connection, else on the agent's latest, else on the next that the agent opens: a call outlives its socket. */
  deliver(write: (flow: Flow) => void): void {
    if (this.#flow?.isOpen) write(this.#flow);
    else this.edge.flows.deliver(this.user, write);
  }

  /** @returns whether the event meant anything. */
  protected move(event: "try" | "alert"): boolean {
    return this.#move(event);
  }

  /** @returns false when it was answered already, or over. */
  protected answered(): boolean {
    if (!this.#move("answer")) return false;
    this.#answeredAtMs = this.edge.clock.nowMs();
    this.#settle(200);
    return true;
  }

  protected acknowledged(): void {
    this.#isAcknowledged = true;
  }

  /**
   * @param code the final answer to the INVITE, where it had none
   * @returns false when it was over already.
   */
  finish(by: CallEnd["by"], code?: number, event: "refuse" | "end" = "end"): boolean {
    if (!this.#move(event)) return false;
    this.timers.clear();
    this.inDialog.timer.close();
    this.audio.close();
    this.#settle(code);
    this.#end = { by, atMs: this.edge.clock.nowMs() };
    this.#tellEnd(this.#end);
    return true;
  }

  #settle(code: number | undefined): void {
    this.#code ??= code;
    this.#tellSettled(this.#state);
  }

  #move(event: CallEvent): boolean {
    const next = transitions[this.#state][event];
    if (!next) return false;
    this.#state = next;
    return true;
  }
}
