/** One INVITE of ours, to its end (RFC 3261 §13.2, §9.1; RFC 6026). */
import {
  type AckableIncomingResponseWithSession,
  type IncomingRequestMessage,
  type IncomingResponseMessage,
  type OutgoingInviteRequest,
  type PrackableIncomingResponseWithSession,
  type Session,
  type SessionDialog,
} from "sip.js/lib/core/index.js";
import type { CancelTimer } from "../../src/clock.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { InviteEvents, InviteRequest, SipInvite } from "../../src/ports/sip-invite.ts";
import { answerOf, inferred, sdpOf } from "./answer.ts";
import { Authorization } from "./authorization.ts";
import { type EdgeContext, type Exchange, TRANSACTION_MS, dropRequest } from "./context.ts";
import { Dialog } from "./dialog.ts";
import { EarlyDialogs } from "./early-dialogs.ts";
import { ask } from "./ask.ts";
import { onPageEnd } from "./instance.ts";
import { InviteMessage } from "./invite-message.ts";
import { credentialsIn } from "./key-ring.ts";
import { part } from "./parting.ts";
import { byeIn, cancel, pursue } from "./pursuit.ts";
import { redirectOf } from "./redirection.ts";
import { retarget } from "./reinvite.ts";
import { acknowledgeProvisional, rseqOf } from "./reliable.ts";
import { longerLines } from "./session-timer.ts";

/**
 * What the peer has of us. `unsent`: nothing that is alive, be it before the first INVITE or between a
 * challenge and the second. `calling`: an INVITE it has not answered. `proceeding`: it said 1xx. `over`: the
 * end was told, or nobody wants to hear it.
 */
type Phase = "unsent" | "calling" | "proceeding" | "over";

export class OutgoingInvite implements SipInvite, Exchange {
  readonly sipCallId: string;
  readonly fromTag: string;
  readonly #edge: EdgeContext;
  readonly #request: InviteRequest;
  readonly #events: InviteEvents;
  #authorization: Authorization;
  readonly #message: InviteMessage;
  #sent: OutgoingInviteRequest | undefined;
  #isRedirected = false;
  #isSentUntold = false;
  #phase: Phase = "unsent";
  #cancelling = false;
  #toldLoss = false;
  readonly #early = new EarlyDialogs();
  #hasRung = false;
  /** Somebody was looked for, at the least. */
  #isPastTrying = false;
  /** The flow that carried the INVITE is gone: what the peer says may never reach us. */
  #isUnheard = false;
  #pursuit = new AbortController();
  #cancelBound: CancelTimer = () => {};
  readonly #stopWatching = onPageEnd(() => this.#pageEnded());

  constructor(edge: EdgeContext, request: InviteRequest, events: InviteEvents) {
    this.#edge = edge;
    this.#request = request;
    this.#events = events;
    this.#authorization = new Authorization(edge.keyRing);
    this.#message = new InviteMessage(edge, request);
    this.sipCallId = this.#message.callId;
    this.fromTag = this.#message.fromTag;
    edge.exchanges.add(this);
    const { problem } = this.#message;
    if (problem) edge.later(() => this.#reject(problem));
    else this.#send();
  }

  cancel(): void {
    if (this.#phase === "over" || this.#cancelling) return;
    this.#cancelling = true;
    // Nothing alive to cancel, and the INVITE that would follow a challenge is not sent (§22.2 obliges to none).
    if (this.#phase === "unsent") this.#edge.later(() => this.#reject(inferred(487, "cancelled before it was sent")));
    if (this.#phase === "proceeding" || this.#isUnheard) this.#sendCancel();
  }

  forget(): void {
    this.#leave();
    // From here on a 2xx matches nothing, and the edge ends it.
    if (this.#sent) dropRequest(this.#edge.core, this.#sent);
  }

  flowLost(): void {
    if (this.#phase === "unsent") return this.#reject(inferred(503, "flow lost"));
    this.#isUnheard = true;
    this.#pursuit.abort();
    const lost = inferred(408, "flow lost");
    // What has rung may ring on for minutes: nobody forgets it who can still stop it.
    const mayRing = () => this.#hasRung && !this.#cancelling && this.#edge.isOpen();
    this.#bind(() => (mayRing() ? this.cancel() : this.#reject(lost)));
    if (this.#toldLoss) return;
    this.#toldLoss = true;
    this.#events.flowLost();
  }

  reoffered({ callId, toTag, fromTag }: IncomingRequestMessage, offer: string): string | undefined {
    const isOurs = callId === this.sipCallId && toTag === this.fromTag;
    return isOurs ? this.#early.reanswered({ remoteTag: fromTag }, offer, this.#request.offer) : undefined;
  }

  flowOpened(): void {
    if (this.#isUnheard && this.#cancelling) this.#sendCancel();
  }

  /** §9.1 has a CANCEL wait for a provisional answer; who is about to hang up hears none, and on one connection it comes after the INVITE. */
  dispose(): void {
    const isWaiting = this.#phase === "calling" && this.#cancelling && !this.#isUnheard;
    if (isWaiting && this.#sent && this.#edge.isOpen()) void cancel(this.#edge, this.#sent.message, this.#pursuit.signal);
    // Whoever picked up while nobody could hear it heeds no CANCEL (§15).
    const mayBeUp = this.#isUnheard && this.#cancelling && this.#edge.isOpen();
    if (mayBeUp) for (const session of this.#early.ringing) void byeIn(this.#edge, session);
    this.#leave();
  }

  /** Whether the CANCEL has crossed an answer nobody hears any more, and none would be confirmed. A BYE ends that too (§15). */
  #pageEnded(): void {
    if (!this.#cancelling || !this.#edge.isOpen()) return;
    for (const session of this.#early.ringing) void ask(this.#edge, (extraHeaders, delegate) => session.bye(delegate, { extraHeaders }));
  }

  #send(): void {
    const message = this.#message.next();
    if (!message) return;
    this.#phase = "calling";
    this.#isUnheard = false;
    // Timer B (§17.1.1.2), on our clock; sip.js has its own on the host's.
    this.#endBy(inferred(408, "no answer"));
    this.#sent = this.#edge.core.invite(message, {
      onTrying: ({ message: trying }) => (this.#hear(trying), this.#provisional(trying)),
      onProgress: (response) => this.#progressed(response),
      onRedirect: (response) => this.#redirected(response.message),
      onReject: (response) => this.#refused(response.message),
      onAccept: (response) => this.#accepted(response),
    });
    this.#edge.keyRing.sent(message);
    this.#isSentUntold = true;
    this.#edge.later(() => this.#tellSent());
  }

  /** No event comes during the call that sends, yet this one comes before any answer's. */
  #tellSent(): void {
    if (!this.#isSentUntold || this.#phase === "over") return;
    this.#isSentUntold = false;
    this.#events.sent();
  }

  #progressed(response: PrackableIncomingResponseWithSession): void {
    const { message, session } = response;
    this.#hear(message);
    const rseq = rseqOf(message);
    if (rseq !== undefined && this.#phase !== "over") {
      if (!this.#early.isNew(session, rseq)) return;
      // Deviation: one that does not follow the one before is heard and acknowledged all the same, where sip.js would drop it. Peers may not
      // send it sooner (§3), so this one counts in its own way; a phone may ring, and unacknowledged the peer would end the call.
      (session as SessionDialog).reliableSequenceGuard = () => true;
      acknowledgeProvisional(this.#edge, session, message, rseq);
    }
    this.#provisional(message, session);
  }

  #hear(message: IncomingResponseMessage): void {
    if (this.#sent) this.#authorization.heard(message, this.#sent.message);
  }

  #provisional(message: IncomingResponseMessage, early?: Session): void {
    if (this.#phase === "over") return;
    this.#tellSent();
    this.#isPastTrying ||= (message.statusCode ?? 0) > 100;
    if (early) this.#early.heard(early, message);
    this.#hasRung ||= message.statusCode === 180 || message.statusCode === 183;
    const isFirst = this.#phase === "calling";
    this.#phase = "proceeding";
    if (!this.#cancelling) this.#cancelBound();
    // §9.1: a CANCEL that was asked for earlier may go now.
    else if (isFirst) this.#sendCancel();
    this.#events.progressed(answerOf(message), sdpOf(message));
  }

  #accepted({ message, session, ack }: AckableIncomingResponseWithSession): void {
    // What rang may have said nothing of where it is, or have said another place.
    retarget(session as SessionDialog, message);
    // §13.2.2.4: with the credentials of the INVITE; a strict proxy drops an ACK without.
    ack({ extraHeaders: this.#sent ? credentialsIn(this.#sent.message) : [] });
    this.#hear(message);
    // The branch that answers may have described itself before (§13.2.1); another's early description is not its own.
    const theirs = sdpOf(message) ?? this.#early.sdpOf(session);
    const dialog = new Dialog(this.#edge, session, theirs, this.#request.offer, "us");
    dialog.confirmed(message);
    // §13.2.2.4: each fork's 2xx is acknowledged; those that nobody waits for are ended.
    if (this.#phase === "over" || this.#early.isLeft(session)) return void part(this.#edge, () => dialog.bye());
    this.#tellSent();
    this.#leave();
    this.#events.accepted(dialog, answerOf(message));
  }

  /** Once: who is sent on again is sent in circles. Nor after a phone rang, for another could ring unmarked. */
  #redirected(message: IncomingResponseMessage): void {
    const { identity } = this.#edge;
    const mayFollow = this.#phase !== "over" && !this.#cancelling && !this.#isRedirected && !this.#hasRung && this.#edge.isOpen();
    const target = mayFollow && this.#message.target ? redirectOf(message, this.#message.target, identity.aor.host) : undefined;
    if (!target) return this.#refused(message);
    this.#tellSent();
    this.#isRedirected = true;
    this.#message.target = target;
    // Credentials were for the other Request-URI (RFC 7616 §3.4).
    this.#authorization = new Authorization(this.#edge.keyRing);
    this.#message.credentials = [];
    this.#events.redirected?.(answerOf(message));
    // Whoever was told may have cancelled it.
    if (this.#cancelling) return this.#reject(inferred(487, "cancelled before it was sent"));
    this.#send();
  }

  #refused(message: IncomingResponseMessage): void {
    if (this.#phase === "over") return;
    if (message.hasHeader("via")) this.#tellSent();
    const sent = this.#sent;
    const answer = answerOf(message);
    if (!sent) return this.#reject(answer);
    this.#hear(message);
    const longer =
      this.#message.timerLines.length === 0 && !this.#hasRung && !this.#cancelling && this.#edge.isOpen() ? longerLines(message) : [];
    if (longer.length > 0) {
      this.#message.timerLines = longer;
      this.#message.credentials = this.#authorization.lines([], sent.message);
      this.#events.challenged();
      // Whoever was told may have cancelled it.
      if (this.#cancelling) return this.#reject(inferred(487, "cancelled before it was sent"));
      return this.#send();
    }
    // Not where a phone may have rung. An edge that took some before may have forgotten its nonces since.
    const isOfUnasked = !this.#isPastTrying && this.#authorization.isOfUnasked(message, sent.message);
    const asked = this.#edge.canAuthorize && !isOfUnasked ? this.#authorization.asked(message, sent.message) : [];
    if (asked.length === 0 && !isOfUnasked) return this.#reject({ ...answer, ...this.#authorization.askedAgain(message) });
    this.#cancelBound();
    this.#phase = "unsent";
    // sip.js would send the authenticated INVITE all the same, and a phone would ring that nobody cancels.
    if (this.#cancelling) return this.#reject(inferred(487, "cancelled before it was sent"));
    this.#events.challenged();
    const authorized = isOfUnasked ? Promise.resolve([]) : this.#edge.authorize(asked, this.#request.credentialsMs ?? TRANSACTION_MS);
    void authorized.then((keys) => {
      if (this.#phase !== "unsent" || this.#cancelling) return;
      if (!keys) return this.#reject(answer);
      if (!this.#edge.isOpen()) return this.#reject(inferred(503, "no flow"));
      this.#message.credentials = this.#authorization.lines(keys, sent.message);
      this.#send();
    });
  }

  #sendCancel(): void {
    const sent = this.#sent;
    if (!sent || !this.#edge.isOpen()) return;
    // §9.1: without a final answer in 64·T1 the INVITE counts as cancelled; the 200 to CANCEL proves nothing.
    this.#endBy(inferred(408, "cancelled without an end"));
    this.#pursuit.abort();
    this.#pursuit = new AbortController();
    const { signal } = this.#pursuit;
    if (!this.#isUnheard) return void cancel(this.#edge, sent.message, signal);
    const unheard = {
      invite: sent.message,
      isKnownToPeer: this.#phase === "proceeding",
      early: this.#early,
      // Where no phone was heard to ring, an end that is known lets the next trunk ring one, unasked; but unheard, the customer
      // may have answered and been hung up on by this BYE. So that end is left to 64·T1.
      ended: () => this.#hasRung && this.#reject(inferred(487, "ended in its early dialog")),
    };
    void pursue(this.#edge, unheard, signal);
  }

  #endBy(answer: SipAnswer): void {
    this.#bind(() => this.#reject(answer));
  }

  #bind(overdue: () => void): void {
    this.#cancelBound();
    this.#cancelBound = this.#edge.clock.setTimer(overdue, TRANSACTION_MS);
  }

  #reject(answer: SipAnswer): void {
    if (this.#phase === "over") return;
    this.#leave();
    if (this.#sent) dropRequest(this.#edge.core, this.#sent);
    this.#events.rejected(answer);
  }

  #leave(): void {
    this.#phase = "over";
    this.#cancelBound();
    this.#pursuit.abort();
    this.#stopWatching();
    this.#edge.exchanges.delete(this);
  }
}
