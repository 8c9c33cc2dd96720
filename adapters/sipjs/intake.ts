/** From a frame to sip.js's core: read by rooms that are tolerant, answered where it cannot be served, on record where it could not be read. */
import {
  C,
  type Dialog,
  type IncomingMessage,
  type IncomingRequestMessage,
  type IncomingResponseMessage,
  InviteClientTransaction,
  type OutgoingRequestMessage,
  SessionDialog,
  SessionState,
  TransactionState,
  type UserAgentCore,
} from "sip.js/lib/core/index.js";
import { NameAddrHeader, type URI } from "sip.js/lib/grammar/index.js";
import type { PeerNotice } from "../../src/ports/sip-account.ts";
import type { FrameFault } from "../../src/ports/sip-edge.ts";
import { sdpOf } from "./answer.ts";
import { targetOf } from "./intake/address.ts";
import { type PeerRequest, type PeerResponse, isUnique, readMessage } from "./intake/message.ts";
import { refusalText, refuse } from "./intake/screen.ts";
import { answerTo } from "./notices.ts";
import { sdpBody } from "./sdp-body.ts";
import { NO_TAG, type Services } from "./served.ts";
import { Strays, type StrayPorts } from "./stray.ts";
import { addTag, isSameTag, nameAsHere, nameAsInvited } from "./tags.ts";

/** More messages in one frame are not read, so that it costs no more than its length. */
const mostInFrame = 8;

export interface IntakePorts extends Omit<StrayPorts, "core"> {
  /** Writes to the flow as it stands. */
  send(text: string): void;
  /** @param header whose fault it is, where it is one header's. */
  discard(fault: FrameFault, bytes: number, header?: string): void;
  newTag(): string;
  readonly services: Services;
  /** Before sip.js has a look at it. @returns whether it is answered. */
  invited(this: void, invite: IncomingRequestMessage): boolean;
  /** An offer before the answer. @returns our answer, where there is one. */
  reoffered(this: void, update: IncomingRequestMessage, offer: string): string | undefined;
  /** Whether the dialog of this request is one that we have ended. */
  isLeft(this: void, bye: IncomingRequestMessage): boolean;
  /** Anything from 0 to 10. */
  retryAfterS(this: void): number;
  /** @returns false where there are too many. */
  noticed(this: void, notice: PeerNotice): boolean;
}

export class Intake {
  readonly #core: UserAgentCore;
  readonly #ports: IntakePorts;
  readonly #strays: Strays;
  /** The response being read at this moment. */
  heard: IncomingResponseMessage | undefined;

  constructor(core: UserAgentCore, ports: IntakePorts) {
    this.#core = core;
    this.#ports = ports;
    this.#strays = new Strays({ core, routeSet: ports.routeSet, part: ports.part });
  }

  /**
   * A frame holds one message (RFC 7118 §4.2). A response that stands behind it is heard all the same, for it is known by a branch of ours;
   * a request is not (RFC 4475 §3.1.1.8).
   */
  receive(text: string, bytes: number): void {
    let behind = this.#message(text, bytes);
    for (let read = 1; read < mostInFrame && /^SIP\//i.test(behind); read++) behind = this.#message(behind, bytes);
  }

  /** @returns what stands behind it. */
  #message(text: string, bytes: number): string {
    try {
      const read = readMessage(text);
      if (read?.kind === "request") this.#request(read, bytes);
      else if (read) this.#response(read, bytes);
      else this.#ports.discard("malformed", bytes);
      return read?.behind ?? "";
    } catch {
      // sip.js throws for some of what a peer may send: whatever it was, it was nothing that we can use.
      this.#ports.discard("malformed", bytes);
      return "";
    } finally {
      this.heard = undefined;
    }
  }

  #request(request: PeerRequest, bytes: number): void {
    const { message, via, cseq, start, unread } = request;
    const refusal = refuse(request, this.#ports.services);
    if (refusal || !via || !cseq) {
      const answer = refusal && refusalText(request, refusal, this.#ports.newTag());
      if (answer !== undefined) this.#ports.send(answer);
      // That it asks for a method which we do not serve is no fault of anybody.
      if (!refusal?.isOfMethod) this.#ports.discard(answer === undefined ? "malformed" : "refused", bytes, refusal?.header);
      return;
    }
    // That it is for us is decided already; sip.js would compare users.
    message.ruri = this.#core.configuration.contact.uri;
    if (unread.includes("to")) message.to.uri = this.#core.configuration.aor;
    message.fromTag ||= NO_TAG;
    if (message.toTag && !this.#dialogOf(message)) nameAsHere(message, this.#sessionOf(message));
    // Who does not say where they are is where they were, or where they call from, as RFC 2543 has it.
    if ((start.method === C.INVITE || start.method === "UPDATE") && !message.hasHeader("contact"))
      contactAt(message, this.#dialogOf(message)?.remoteTarget ?? message.from.uri);
    // §17.2.3: whose request it is. sip.js asks for the branch alone, which another caller may have used as well.
    const invited = start.method === C.ACK || start.method === C.CANCEL ? C.INVITE : start.method;
    const whose = isUnique(via) ? [via.branch] : [message.callId, message.fromTag];
    message.viaBranch = [...whose, via.sentBy, invited, cseq.number].join(" ");
    if (start.method === C.ACK) this.#setApart(message);
    if (start.method === C.BYE) this.#letHangUp(message);
    const isInside = [C.INVITE, C.INFO, "UPDATE"].includes(start.method);
    if (isInside && !message.toTag && this.#isMerged(message)) return void this.#core.replyStateless(message, { statusCode: 482 });
    if (start.method === C.CANCEL) this.#letGiveUp(message);
    if (this.#isUnsettled(message)) return void this.#core.replyStateless(message, { statusCode: 491 });
    // It has crossed ours (RFC 5407 §3.2.1), with which sip.js forgets the dialog.
    if (start.method === C.BYE && this.#ports.isLeft(message)) return void this.#core.replyStateless(message, { statusCode: 200 });
    if (start.method === C.INVITE && !message.toTag && this.#ports.invited(message)) return;
    if (["UPDATE", C.INFO, C.NOTIFY, C.REFER, C.MESSAGE, C.PRACK].includes(start.method)) this.#withinDialog(message);
    else this.#core.receiveIncomingRequestFromTransport(message);
  }

  /** An ACK to a 2xx that has no branch of its own, by RFC 2543 or by mistake, is the dialog's (RFC 6026 §6); sip.js drops it. */
  #setApart(ack: IncomingRequestMessage): void {
    const invited = this.#core.userAgentServers.get(ack.viaBranch);
    if (invited?.transaction.state === TransactionState.Accepted) ack.viaBranch += " ack";
    // The dialog waits for one, so it is this, whatever the peer counts (§13.2.2.4), and though it leaves our tag out: else an answered
    // call would end for want of it.
    const dialog = this.#sessionOf(ack, SessionState.AckWait);
    if (!dialog) return;
    nameAsHere(ack, dialog);
    ack.cseq = dialog["initialTransaction"].request.cseq;
  }

  /**
   * That which `message` belongs to, though it may leave our tag out. Who leaves their own out is known by ours, where that is of one dialog alone.
   */
  #sessionOf({ callId, fromTag, toTag }: IncomingRequestMessage, state?: SessionState): SessionDialog | undefined {
    const named = [...this.#core.dialogs.values()]
      .filter((dialog) => dialog instanceof SessionDialog)
      .filter((dialog) => dialog.callId === callId && (!toTag || isSameTag(dialog.localTag, toTag)))
      .filter(({ sessionState }) => (state ?? sessionState) === sessionState);
    const isOne = toTag && fromTag === NO_TAG && named.length === 1;
    return named.find(({ remoteTag }) => isSameTag(remoteTag, fromTag)) ?? (isOne ? named[0] : undefined);
  }

  /**
   * Before our INVITE is answered, or our 200 acknowledged, there is nothing settled to be changed: who asks is to ask again soon (§14.2, RFC 5407
   * §3.1.4). To be told that it cannot be used, most hang up.
   */
  #isUnsettled(message: IncomingRequestMessage): boolean {
    const { method } = message;
    const isChange = method === C.INVITE || (method === "UPDATE" && sdpOf(message) !== undefined);
    const dialog = isChange ? this.#dialogOf(message) : undefined;
    if (!(dialog instanceof SessionDialog)) return false;
    return (method === C.INVITE && isOfOurs(dialog) && dialog.early) || dialog.sessionState === SessionState.AckWait;
  }

  /**
   * Whoever hangs up has hung up, though by a number that was used before, as a server counts that took the call over from another.
   * Deviation: RFC 3261 §12.2.2 has it refused by 500, and the agent would talk to nobody. So would he, were our tag asked for that the peer leaves out.
   */
  #letHangUp(bye: IncomingRequestMessage): void {
    // Some write the two as the INVITE had them, whoever asks.
    const asInvited = this.#core.dialogs.get(bye.callId + bye.fromTag + bye.toTag);
    nameAsHere(bye, this.#dialogOf(bye) ?? asInvited ?? this.#sessionOf(bye));
    const dialog = this.#dialogOf(bye);
    if (dialog?.remoteSequenceNumber !== undefined && dialog.remoteSequenceNumber >= bye.cseq)
      dialog["dialogState"].remoteSequenceNumber = bye.cseq - 1;
  }

  /**
   * Whoever we talk with, or have called, begins no other call by the same Call-ID and tag (§12.2.1.1): our tag was lost on the way of a request
   * within it. Else it would ring while the agent talks with whom it is from. @returns whether it is their INVITE by another way (§8.2.2.2), which sip.js
   * knows only as long as its transaction lasts.
   */
  #isMerged(message: IncomingRequestMessage): boolean {
    const dialog = this.#sessionOf(message);
    const isStanding = dialog && (dialog.sessionState === SessionState.Confirmed || isOfOurs(dialog));
    if (!isStanding || this.#core.userAgentServers.has(message.viaBranch)) return false;
    if (message.method === C.INVITE && message.cseq <= (dialog.remoteSequenceNumber ?? -1)) return true;
    addTag(message, dialog.localTag);
    nameAsHere(message, dialog);
    return false;
  }

  /**
   * A CANCEL bears the branch of its INVITE (§9.1). Deviation: one that does not, as from another node of a cluster, is known by the rest that is the
   * same; else it rings on, and the agent picks up for nobody.
   */
  #letGiveUp(cancel: IncomingRequestMessage): void {
    const { userAgentServers } = this.#core;
    for (const { message } of userAgentServers.has(cancel.viaBranch) ? [] : userAgentServers.values()) {
      const isSame = message.callId === cancel.callId && message.fromTag === cancel.fromTag && message.cseq === cancel.cseq;
      if (isSame && message.method === C.INVITE) cancel.viaBranch = message.viaBranch;
    }
    // §9.2: the tag of what the INVITE is answered by.
    const invited = userAgentServers.get(cancel.viaBranch);
    if (invited && !cancel.toTag) addTag(cancel, invited["toTag"]);
  }

  /**
   * sip.js refuses an UPDATE, which it does not know itself, without a look at its dialogs. A NOTIFY without a subscription is one of
   * a subscription that does not exist (RFC 6665 §4.1.3): there is none but those of a dialog's REFER. Nobody who is in no call with us
   * makes us call anybody.
   */
  #withinDialog(message: IncomingRequestMessage): void {
    // Said again while it waits for its answer, as a REFER may for the agent, or before that is out of our hands (RFC 3261 §17.2.2).
    const pending = this.#core.userAgentServers.get(message.viaBranch);
    if (pending) return pending.transaction.receiveRequest(message);
    const dialog = this.#dialogOf(message);
    const { services, noticed } = this.#ports;
    // A text is for the agent, whatever call it comes with (RFC 3428 §4).
    const isNotice = message.method === C.MESSAGE ? dialog || !message.toTag : message.method === C.NOTIFY && !dialog;
    if (isNotice) this.#core.replyStateless(message, answerTo(message, services, noticed));
    else if (dialog?.early && message.method === "UPDATE") this.#updatedEarly(message, dialog);
    // Whom we call has no provisional answer of ours (RFC 3262 §3); sip.js says of any that it has.
    else if (dialog?.early && message.method === C.PRACK && isOfOurs(dialog)) this.#core.replyStateless(message, { statusCode: 481 });
    // No call listens yet; and a session of sip.js's says of each that it is of a package which we do not serve.
    else if (dialog?.early && message.method === C.INFO) this.#core.replyStateless(message, { statusCode: 200 });
    // It would take any, and whoever has the phone answer by `Event: talk` believe that it does.
    else if (dialog?.early && message.method === C.NOTIFY)
      this.#core.replyStateless(message, { statusCode: 489, extraHeaders: [services.allowEvents] });
    else if (dialog) dialog.receiveRequest(message);
    else this.#core.replyStateless(message, { statusCode: message.method === C.REFER && !message.toTag ? 403 : 481 });
  }

  /**
   * Before the answer (RFC 3311 §5.1): who says where they are, or that they are there, is heard, and who offers what was agreed already
   * is answered so. Any other offer may come again: a browser has no way to answer it while another phone of a fork may still answer ours.
   * Deviation: once a reliable answer has settled ours, §5.2 asks for 488. To hear that most hang up; and our INVITE is pending still, which is
   * what 491 says (RFC 3261 §21.4.27).
   */
  #updatedEarly(message: IncomingRequestMessage, dialog: Dialog): void {
    const { reoffered, retryAfterS } = this.#ports;
    const offer = sdpOf(message);
    const answer = offer === undefined ? undefined : reoffered(message, offer);
    const contact = `Contact: <${this.#core.configuration.contact.uri}>`;
    // §5.2: 500 where it is the peer's own offer that is not answered yet.
    if (offer !== undefined && answer === undefined)
      this.#core.replyStateless(
        message,
        isOfOurs(dialog) ? { statusCode: 491 } : { statusCode: 500, extraHeaders: [`Retry-After: ${retryAfterS()}`] },
      );
    else this.#core.replyStateless(message, { statusCode: 200, extraHeaders: [contact], ...sdpBody(answer) });
  }

  #dialogOf({ callId, toTag, fromTag }: IncomingRequestMessage) {
    return this.#core.dialogs.get(callId + toTag + fromTag);
  }

  #response({ message, via, isOnlyVia, cseq, unread, values }: PeerResponse, bytes: number): void {
    const { discard } = this.#ports;
    if (!via || !cseq) return discard("malformed", bytes, via ? "cseq" : "via");
    message.viaBranch = via.branch ?? "";
    // RFC 3261 §18.1.2: the sent-by must be what we wrote; §8.1.3.3: and the only one.
    // A port that somebody has added makes it nobody else's, nor does the same once more.
    const isOurs = isOnlyVia && hostIn(via.sentBy) === this.#core.configuration.viaHost;
    const client = isOurs ? this.#core.userAgentClients.get(`${message.viaBranch}${message.method}`) : undefined;
    // sip.js counts them.
    if (isOurs) message.headers["Via"]?.splice(1);
    if (isOurs && message.method === C.INVITE) mend(message, this.#core, client?.message);
    if (!client) {
      if (isOurs && unread.every((name) => name === "contact")) this.#strays.acknowledge(message);
      return discard("unmatched", bytes);
    }
    for (const header of unread) if (values(header).length > 0) discard("unreadable", bytes, header);
    this.heard = message;
    this.#core.receiveIncomingResponseFromTransport(message);
  }
}

/**
 * Supplies what a response to INVITE lacks or what could not be read of it, for without it sip.js drops the response.
 * Deviation: RFC 3261 §12.1.1 demands Contact and To tag; but a 180 or 200 that is not heard lets a failover ring a
 * second phone, or leaves an answered call without ACK.
 */
function mend(message: IncomingResponseMessage, core: UserAgentCore, invite: OutgoingRequestMessage | undefined): void {
  const code = message.statusCode ?? 0;
  // The ACK to a refusal repeats its To (§17.1.1.3).
  if (!message.getHeader("to") && invite) message.setHeader("to", String(invite.to));
  if (code <= 100) return;
  if (code < 300) message.toTag ||= NO_TAG;
  nameAsInvited(message, core, invite);
  if (code >= 300) return;
  const dialog = core.dialogs.get(message.callId + message.fromTag + message.toTag);
  if (!message.hasHeader("contact")) contactAt(message, dialog?.remoteTarget ?? message.to.uri);
}

/** Whether it is by an INVITE of ours. */
const isOfOurs = (dialog: Dialog): boolean =>
  dialog instanceof SessionDialog && dialog["initialTransaction"] instanceof InviteClientTransaction;

const hostIn = (sentBy: string): string => sentBy.replace(/\.?(:\d*)?$/, "");

function contactAt(message: IncomingMessage, uri: URI): void {
  const target = targetOf(uri);
  message.headers["Contact"] = [{ raw: `<${target}>`, parsed: new NameAddrHeader(target, "", {}) }];
}
