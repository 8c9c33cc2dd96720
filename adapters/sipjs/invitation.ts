/** An INVITE to the agent (RFC 3261 §13.3). */
import { type IncomingInviteRequest, type Session, TransactionStateError } from "sip.js/lib/core/index.js";
import type { SipDialog, SipInvitation } from "../../src/ports.ts";
import { sdpOf } from "./answer.ts";
import type { EdgeContext, Exchange } from "./context.ts";
import { Dialog } from "./dialog.ts";
import { sdpBody } from "./sdp-body.ts";
import { grantLines } from "./session-timer.ts";

export class IncomingInvite implements SipInvitation, Exchange {
  readonly sipCallId: string;
  readonly from: string;
  readonly offer: string | undefined;
  readonly #edge: EdgeContext;
  readonly #request: IncomingInviteRequest;
  readonly #listeners: (() => void)[] = [];
  #phase: "ringing" | "accepted" | "cancelled" | "rejected" = "ringing";

  constructor(edge: EdgeContext, request: IncomingInviteRequest) {
    this.#edge = edge;
    this.#request = request;
    this.sipCallId = request.message.callId;
    this.from = request.message.getHeader("from") ?? "";
    this.offer = sdpOf(request.message);
    edge.exchanges.add(this);
    // §17.2.1: within 200 ms, and a person will take longer.
    request.trying();
    request.delegate = {
      onCancel: () => {
        request.reject({ statusCode: 487 });
        this.#cancelled();
      },
    };
  }

  ring(): void {
    if (this.#phase === "ringing") this.#request.progress({ statusCode: 180 });
  }

  async accept(answer: string): Promise<SipDialog> {
    if (this.#phase !== "ringing") throw new TransactionStateError(`the call is ${this.#phase}`);
    this.#phase = "accepted";
    this.#edge.exchanges.delete(this);
    const { message } = this.#request;
    const { session } = this.#request.accept({ statusCode: 200, extraHeaders: grantLines(message), ...sdpBody(answer) });
    const dialog = new Dialog(this.#edge, session, this.offer, answer, "peer");
    dialog.granted(message);
    await acknowledged(session, dialog);
    return dialog;
  }

  reject(code: number): void {
    if (this.#phase !== "ringing") return;
    this.#phase = "rejected";
    this.#edge.exchanges.delete(this);
    this.#request.reject({ statusCode: Math.min(Math.max(code, 400), 699) });
  }

  onCancelled(listener: () => void): void {
    if (this.#phase === "cancelled") this.#edge.later(listener);
    else this.#listeners.push(listener);
  }

  /** An answer could not reach the caller any more: the carrier rings the agent again, over the next flow or elsewhere. */
  flowLost(): void {
    this.#cancelled();
  }

  dispose(): void {
    this.#listeners.length = 0;
  }

  #cancelled(): void {
    this.#phase = "cancelled";
    this.#edge.exchanges.delete(this);
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

/** Waits for the ACK (§13.3.1.4). @throws TransactionStateError when it never came, or the caller hung up before it. */
function acknowledged(session: Session, dialog: Dialog): Promise<void> {
  return new Promise((resolve, reject) => {
    session.delegate = {
      ...session.delegate,
      onAck({ message }) {
        // Where the INVITE brought no offer, this is the answer to ours (§13.2.1).
        dialog.acknowledged(sdpOf(message));
        resolve();
      },
      onAckTimeout: () => {
        // The dialog is confirmed nonetheless; it SHOULD be ended with a BYE.
        void dialog.bye();
        reject(new TransactionStateError("no ACK came"));
      },
    };
    dialog.onEnded(() => reject(new TransactionStateError("the caller hung up")));
  });
}
