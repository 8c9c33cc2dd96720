/** An INVITE to the agent (RFC 3261 §13.3). */
import { type IncomingInviteRequest, type IncomingRequestMessage, type Session, TransactionStateError } from "sip.js/lib/core/index.js";
import type { SipDialog } from "../../src/ports/sip-dialog.ts";
import type { CallerIdentity } from "../../src/ports/sip-identity.ts";
import type { Cancellation, SipInvitation, Unacknowledged } from "../../src/ports/sip-invitation.ts";
import { sdpOf } from "./answer.ts";
import { answerAfterMsOf } from "./auto-answer.ts";
import { callerOf } from "./caller.ts";
import { dropIncoming, type EdgeContext, type Exchange, unlessOver } from "./context.ts";
import { Dialog } from "./dialog.ts";
import { isAnsweredElsewhere, parseReasons } from "./reason.ts";
import { sdpBody } from "./sdp-body.ts";
import { grantLines } from "./session-timer.ts";

/**
 * `arriving`: nothing was said yet; whoever refuses it now needs no transaction for it (RFC 3261 §8.2.7). `accepted`: our 200 is
 * out, the ACK may be.
 */
type Phase = "arriving" | "ringing" | "accepted" | "cancelled" | "rejected";

export class IncomingInvite implements SipInvitation, Exchange {
  readonly sipCallId: string;
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

  constructor(edge: EdgeContext, request: IncomingInviteRequest) {
    this.#edge = edge;
    this.#request = request;
    this.sipCallId = request.message.callId;
    this.from = request.message.getHeader("from") ?? "";
    this.identity = callerOf(request.message);
    this.offer = sdpOf(request.message);
    this.isPsapCallback = request.message.getHeader("priority")?.trim().toLowerCase() === "psap-callback";
    const answerAfterMs = answerAfterMsOf(request.message);
    if (answerAfterMs !== undefined) this.answerAfterMs = answerAfterMs;
    const replaces = edge.dialogs.replacedBy(request.message);
    if (replaces !== undefined) this.replaces = replaces;
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
        this.#cancelled(isAnsweredElsewhere(parseReasons(cancel.getHeaders("reason"))) ? "answered-elsewhere" : "gave-up");
      },
    };
    // §17.2.1: within 200 ms, and a person will take longer.
    this.#request.trying();
  }

  ring(): void {
    this.arrived();
    if (this.#phase !== "ringing") return;
    this.#hasRung = true;
    const { session } = this.#request.progress({ statusCode: 180 });
    // Who gives up may end the early dialog instead of cancelling (§15), and waits for the end of the INVITE all the same (§15.1.2).
    session.delegate = {
      onBye: (bye) => {
        bye.accept();
        unlessOver(() => this.#request.reject({ statusCode: 487 }));
        this.#cancelled("gave-up");
      },
    };
  }

  async accept(answer: string): Promise<SipDialog> {
    this.arrived();
    if (this.#phase !== "ringing") throw new TransactionStateError(`the call is ${this.#phase}`);
    // It may have been lost without a word so far: then nobody would hear the 200.
    if (!this.#edge.isOpen()) throw new TransactionStateError("there is no flow");
    this.#phase = "accepted";
    this.#edge.exchanges.delete(this);
    this.#flowListeners.length = 0;
    const { message } = this.#request;
    const { session } = this.#request.accept({ statusCode: 200, extraHeaders: grantLines(message), ...sdpBody(answer) });
    const dialog = new Dialog(this.#edge, session, this.offer, answer, "peer");
    dialog.granted(message);
    dialog.onEnded(() => this.#cancelled("gave-up"));
    await acknowledged(session, dialog);
    this.dispose();
    return dialog;
  }

  reject(code: number): void {
    const isAtTheDoor = this.#phase === "arriving";
    if (!isAtTheDoor && this.#phase !== "ringing") return;
    this.#phase = "rejected";
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
    for (const listener of [...this.#flowListeners]) listener(false);
  }

  flowOpened(): void {
    if (this.#phase === "rejected") return this.#refuse();
    // Where the agent is now, the edge is told too.
    if (this.#hasRung) this.ring();
    for (const listener of [...this.#flowListeners]) listener(true);
  }

  /** Over the next flow the carrier may ring the agent anew, with another branch: to sip.js that is the same request by a detour (§8.2.2.2). */
  invited({ callId, fromTag, cseq, viaBranch }: IncomingRequestMessage): void {
    const { message } = this.#request;
    const isAnew = this.#hasDrifted && viaBranch !== message.viaBranch;
    if (!isAnew || callId !== message.callId || fromTag !== message.fromTag || cseq !== message.cseq) return;
    dropIncoming(this.#edge.core, message);
    this.#edge.exchanges.delete(this);
    // By then it rings anew.
    this.#edge.later(() => this.#cancelled("gave-up"));
  }

  dispose(): void {
    this.#listeners.length = this.#flowListeners.length = 0;
  }

  #refuse(): void {
    this.#edge.exchanges.delete(this);
    unlessOver(() => this.#request.reject({ statusCode: this.#statusCode }));
  }

  #cancelled(how: Cancellation): void {
    this.#phase = "cancelled";
    this.#cancellation = how;
    this.#edge.exchanges.delete(this);
    this.#flowListeners.length = 0;
    for (const listener of this.#listeners.splice(0)) listener(how);
  }
}

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
