/** An INVITE to the agent (RFC 3261 §13.3). */
import {
  type IncomingInviteRequest,
  type IncomingPrackRequest,
  type IncomingRequestMessage,
  type Session,
  TransactionStateError,
} from "sip.js/lib/core/index.js";
import type { CancelTimer } from "../../src/clock.ts";
import type { SipDialog } from "../../src/ports/sip-dialog.ts";
import type { CallerIdentity } from "../../src/ports/sip-identity.ts";
import type { Cancellation, SipInvitation, Unacknowledged } from "../../src/ports/sip-invitation.ts";
import { sdpOf } from "./answer.ts";
import { answerAfterMsOf } from "./auto-answer.ts";
import { callerOf } from "./caller.ts";
import { dropIncoming, type EdgeContext, type Exchange, unlessOver } from "./context.ts";
import { Dialog } from "./dialog.ts";
import { secondsIn } from "./intake/values.ts";
import { isAnsweredElsewhere, parseReasons } from "./reason.ts";
import { isReliabilityRequired, ReliableProvisionals } from "./reliable.ts";
import { sdpBody } from "./sdp-body.ts";
import { grantLines } from "./session-timer.ts";

/** Nobody lets a phone ring for longer than a day, s; nor can a timer of ours hold what some write who mean for ever. */
const longestS = 86_400;

/**
 * `arriving`: nothing was said yet; whoever refuses it now needs no transaction for it (RFC 3261 §8.2.7). `accepted`: our 200 is
 * out, the ACK may be.
 */
type Phase = "arriving" | "ringing" | "accepted" | "cancelled" | "rejected";

export class IncomingInvite implements SipInvitation, Exchange {
  readonly sipCallId: string;
  readonly fromTag?: string;
  readonly from: string;
  readonly identity: CallerIdentity;
  readonly offer: string | undefined;
  readonly isPsapCallback: boolean;
  readonly answerAfterMs?: number;
  readonly replaces?: NonNullable<SipInvitation["replaces"]>;
  readonly #edge: EdgeContext;
  readonly #request: IncomingInviteRequest;
  readonly #listeners: ((how: Cancellation) => void)[] = [];
  readonly #flowListeners: ((isOpen: boolean) => void)[] = [];
  #cancellation: Cancellation = "gave-up";
  #phase: Phase = "arriving";
  #statusCode = 480;
  #hasRung = false;
  /** The flow that brought it is gone. */
  #hasDrifted = false;
  /** From our 200 to its ACK. */
  #unconfirmed: SipDialog | undefined;
  #reliable: ReliableProvisionals | undefined;
  #cancelExpiry: CancelTimer = () => {};
  /** Says our 200 once more, to the same INVITE by another way. */
  #repeat: ((anew: IncomingRequestMessage) => void) | undefined;

  constructor(edge: EdgeContext, request: IncomingInviteRequest) {
    this.#edge = edge;
    this.#request = request;
    this.sipCallId = request.message.callId;
    const fromTag = request.message.from.getParam("tag");
    if (fromTag) this.fromTag = fromTag;
    this.from = request.message.getHeader("from") ?? "";
    this.identity = callerOf(request.message);
    this.offer = sdpOf(request.message);
    this.isPsapCallback = request.message.getHeader("priority")?.trim().toLowerCase() === "psap-callback";
    const answerAfterMs = answerAfterMsOf(request.message);
    if (answerAfterMs !== undefined) this.answerAfterMs = answerAfterMs;
    const replaces = edge.dialogs.replacedBy(request.message);
    if (replaces !== undefined) this.replaces = replaces;
  }

  get unconfirmed(): SipDialog | undefined {
    return this.#unconfirmed;
  }

  header(name: string): string | undefined {
    const lines = this.#request.message.getHeaders(name);
    return lines.length > 0 ? lines.join(", ") : undefined;
  }

  /** Whoever was told of it has not refused it at once. */
  arrived(): void {
    if (this.#phase !== "arriving") return;
    this.#phase = "ringing";
    this.#edge.exchanges.add(this);
    this.#request.delegate = {
      onCancel: (cancel) => {
        this.#request.reject({ statusCode: 487 });
        this.#cancelled(cancellationOf(cancel));
      },
    };
    // §17.2.1: within 200 ms, and a person will take longer.
    this.#request.trying();
    const expiresS = secondsIn(this.#request.message.getHeader("expires")) ?? 0;
    if (expiresS > 0 && expiresS <= longestS) this.#cancelExpiry = this.#edge.clock.setTimer(() => this.#expired(), expiresS * 1_000);
  }

  /** §13.3.1: the caller waits no longer, and what it would say by a CANCEL may be lost. */
  #expired(): void {
    if (this.#phase !== "ringing") return;
    unlessOver(() => this.#request.reject({ statusCode: 487 }));
    this.#cancelled("gave-up");
  }

  ring(): void {
    this.arrived();
    if (this.#phase !== "ringing") return;
    this.#hasRung = true;
    const { message } = this.#request;
    if (!isReliabilityRequired(message)) return this.#ring([]);
    // The first that must arrive would have to bring our offer (§13.2.1), and there is no microphone yet: then the 200 is the first.
    if (this.offer === undefined) return;
    this.#reliable ??= new ReliableProvisionals(this.#edge.clock, this.#edge.random, message);
    this.#reliable.say((lines) => unlessOver(() => this.#ring(lines)));
  }

  #ring(extraHeaders: string[]): void {
    const { session } = this.#request.progress({ statusCode: 180, extraHeaders });
    // Who gives up may end the early dialog instead of cancelling (§15), and waits for the end of the INVITE all the same (§15.1.2).
    session.delegate = {
      onBye: (bye) => {
        bye.accept();
        unlessOver(() => this.#request.reject({ statusCode: 487 }));
        this.#cancelled(cancellationOf(bye.message));
      },
      onPrack: this.#acknowledged,
    };
  }

  readonly #acknowledged = (prack: IncomingPrackRequest): void => {
    if (this.#reliable?.acknowledged(prack.message)) prack.accept();
    else prack.reject({ statusCode: 481 });
  };

  async accept(answer: string): Promise<SipDialog> {
    this.arrived();
    if (this.#phase !== "ringing") throw new TransactionStateError(`the call is ${this.#phase}`);
    // It may have been lost without a word so far: then nobody would hear the 200.
    if (!this.#edge.isOpen()) throw new TransactionStateError("there is no flow");
    this.#phase = "accepted";
    // Our 200 is said again until it is acknowledged, so nothing before it need be.
    this.#reliable?.stop();
    this.#cancelExpiry();
    this.#flowListeners.length = 0;
    const { message } = this.#request;
    const ok = { statusCode: 200, extraHeaders: grantLines(message), ...sdpBody(answer) };
    const { session } = this.#request.accept(ok);
    this.#repeat = (anew) => {
      const path = anew.getHeaders("record-route").map((each) => `Record-Route: ${each}`);
      const extraHeaders = [...path, `Contact: <${this.#edge.identity.contact}>`, ...ok.extraHeaders];
      this.#edge.core.replyStateless(anew, { ...ok, extraHeaders, toTag: session.localTag });
    };
    const dialog = new Dialog(this.#edge, session, this.offer, answer, "peer");
    dialog.granted(message);
    // It may be under way still (RFC 3262 §3).
    session.delegate = { ...session.delegate, onPrack: this.#acknowledged };
    dialog.onEnded(() => this.#cancelled("gave-up"));
    this.#unconfirmed = dialog;
    try {
      await acknowledged(session, dialog);
    } finally {
      this.#unconfirmed = undefined;
      this.#edge.exchanges.delete(this);
      this.dispose();
    }
    return dialog;
  }

  reject(code: number): void {
    const isAtTheDoor = this.#phase === "arriving";
    if (!isAtTheDoor && this.#phase !== "ringing") return;
    this.#phase = "rejected";
    this.#reliable?.stop();
    this.#cancelExpiry();
    this.#statusCode = Math.min(Math.max(code, 400), 699);
    if (isAtTheDoor || this.#edge.isOpen()) this.#refuse();
    // Thousands of them would each keep a timer, and sip.js compares each new request with all that it keeps.
    if (isAtTheDoor) dropIncoming(this.#edge.core, this.#request.message);
  }

  onCancelled(listener: (how: Cancellation) => void): void {
    if (this.#phase === "cancelled") this.#edge.later(() => listener(this.#cancellation));
    else this.#listeners.push(listener);
  }

  onFlowChanged(listener: (isOpen: boolean) => void): void {
    this.#flowListeners.push(listener);
  }

  /** The caller hears it ring all the same, and whoever takes it may be heard on the next flow. */
  flowLost(): void {
    if (this.#phase === "rejected") return;
    this.#hasDrifted = true;
    this.#reliable?.stop();
    for (const listener of [...this.#flowListeners]) listener(false);
  }

  flowOpened(): void {
    if (this.#phase === "rejected") return this.#refuse();
    // Where the agent is now, the edge is told too.
    if (this.#hasRung) this.ring();
    for (const listener of [...this.#flowListeners]) listener(true);
  }

  /**
   * The same call once more. With the next CSeq: the caller has seen an end of the first that we never heard of (§8.1.3.5). Over the next
   * flow with another branch, which to sip.js is the same request by a detour (§8.2.2.2); if it was answered, its answer is said again.
   * @returns whether nothing else is to be said to it.
   */
  invited(anew: IncomingRequestMessage): boolean {
    const { message } = this.#request;
    if (anew.callId !== message.callId || anew.fromTag !== message.fromTag) return false;
    const isNext = anew.cseq > message.cseq;
    const isDetour = this.#hasDrifted && anew.cseq === message.cseq && anew.viaBranch !== message.viaBranch;
    if (!isNext && !isDetour) return false;
    if (isDetour && this.#repeat) {
      this.#repeat(anew);
      return true;
    }
    if (isDetour) dropIncoming(this.#edge.core, message);
    else if (this.#phase === "ringing") unlessOver(() => this.#request.reject({ statusCode: 487 }));
    this.#edge.exchanges.delete(this);
    this.#reliable?.stop();
    // By then it rings anew.
    this.#edge.later(() => this.#cancelled("gave-up"));
    return false;
  }

  dispose(): void {
    this.#reliable?.stop();
    this.#cancelExpiry();
    this.#listeners.length = this.#flowListeners.length = 0;
  }

  #refuse(): void {
    this.#edge.exchanges.delete(this);
    unlessOver(() => this.#request.reject({ statusCode: this.#statusCode }));
  }

  #cancelled(how: Cancellation): void {
    this.#phase = "cancelled";
    this.#cancellation = how;
    this.#reliable?.stop();
    this.#cancelExpiry();
    this.#edge.exchanges.delete(this);
    this.#flowListeners.length = 0;
    for (const listener of this.#listeners.splice(0)) listener(how);
  }
}

/** What ends an INVITE before its answer, by CANCEL or BYE, may say why. */
const cancellationOf = (message: IncomingRequestMessage): Cancellation =>
  isAnsweredElsewhere(parseReasons(message.getHeaders("reason"))) ? "answered-elsewhere" : "gave-up";

/** Waits for the ACK (§13.3.1.4). @throws TransactionStateError when it never came (`Unacknowledged`), or the caller hung up before it. */
function acknowledged(session: Session, dialog: Dialog): Promise<void> {
  return new Promise((resolve, reject) => {
    session.delegate = {
      ...session.delegate,
      onAck({ message }) {
        // Where the INVITE brought no offer, this is the answer to ours (§13.2.1).
        dialog.acknowledged(sdpOf(message));
        resolve();
      },
      onAckTimeout: () => reject(Object.assign(new TransactionStateError("no ACK came"), { dialog }) satisfies Unacknowledged),
    };
    dialog.onEnded(() => reject(new TransactionStateError("the caller hung up")));
  });
}
