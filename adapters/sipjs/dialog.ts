/** An answered call at the SIP level (RFC 3261 §12), over a dialog of sip.js. */
import type { IncomingByeRequest, IncomingInfoRequest, IncomingMessage, Session, SessionDialog } from "sip.js/lib/core/index.js";
import { sleep } from "../../src/clock.ts";
import { anyOf, whenAborted } from "../../src/platform.ts";
import type { EndReason, SipAnswer } from "../../src/ports/sip-answer.ts";
import type { KeptDialog, Offerer, ReferNotice, SessionKeeper, SipDialog, SipReferral } from "../../src/ports/sip-dialog.ts";
import { inferred } from "./answer.ts";
import { ask, insist } from "./ask.ts";
import type { EdgeContext, Exchange } from "./context.ts";
import { parseUri } from "./identity.ts";
import { keptOf, rebuilt } from "./kept.ts";
import { type Described, PeerChanges } from "./peer-changes.ts";
import { PeerReferrals } from "./peer-referral.ts";
import { endReasonOf, parseReasons } from "./reason.ts";
import { Referrals, replacing } from "./referral.ts";
import { type Reanswer, sendReinvite } from "./reinvite.ts";
import { SessionTimer } from "./session-timer.ts";

/** Which side made up the Call-ID, and so waits longer when two re-INVITEs have met (RFC 3261 §14.1). */
export type CallIdOwner = "us" | "peer";

type Ended = Parameters<SipDialog["onEnded"]>[0];
type Ending = readonly [how: "bye" | "forgotten", reason?: EndReason];

export class Dialog implements SipDialog {
  readonly #edge: EdgeContext;
  readonly #session: Session;
  readonly #callIdOwner: CallIdOwner;
  readonly #listeners: Ended[] = [];
  /** Aborted by the peer's BYE or ours, and with the edge: nothing else is asked any more, and no timer goes on. */
  readonly #closing = new AbortController();
  readonly #leave: (isByUs: boolean) => void;
  readonly #described: Described;
  readonly #timer: SessionTimer;
  readonly #changes: PeerChanges;
  readonly #referrals: Referrals;
  readonly #peerReferrals: PeerReferrals;
  #ending: Ending | undefined;
  #bye: Promise<SipAnswer> | undefined;
  #reinvited: Promise<unknown> = Promise.resolve();
  readonly #hearers: ((body: string, contentType: string) => void)[] = [];

  /**
   * @param theirs the peer's session description.
   * @param ours what we told the peer.
   */
  constructor(edge: EdgeContext, session: Session, theirs: string | undefined, ours: string | undefined, callIdOwner: CallIdOwner) {
    this.#edge = edge;
    this.#session = session;
    this.#leave = edge.dialogs.begun(session as SessionDialog, this);
    this.#callIdOwner = callIdOwner;
    this.#described = { ours, theirs };
    this.#timer = new SessionTimer(edge.clock, async () => (await this.reinvite()).answer);
    const { signal } = this.#closing;
    this.#changes = new PeerChanges({ edge, session: session as SessionDialog, described: this.#described, timer: this.#timer, signal });
    this.#referrals = new Referrals(edge, session);
    this.#peerReferrals = new PeerReferrals(edge, session, signal);
    const exchange: Exchange = { flowLost() {}, dispose: () => this.#close() };
    edge.exchanges.add(exchange);
    whenAborted(signal, () => edge.exchanges.delete(exchange));
    session.delegate = {
      onBye: (request) => this.#endedByPeer(request),
      onInvite: (request) => this.#changes.reinvited(request),
      onInfo: (request) => this.#informed(request),
      // Of none of ours (RFC 3262 §3).
      onPrack: (request) => void request.reject({ statusCode: 481 }),
      onNotify: (request) => this.#referrals.notified(request),
      onRefer: (request) => this.#peerReferrals.asked(request),
    };
  }

  /** The dialog that another page kept. @throws TypeError where it cannot be read. */
  static resume(edge: EdgeContext, kept: KeptDialog): Dialog {
    const dialog = new Dialog(edge, rebuilt(edge.core, kept), undefined, undefined, kept.callIdOwner);
    dialog.#timer.resume(kept.sessionTimer);
    dialog.#referrals.resume(kept.referrals ?? []);
    return dialog;
  }

  get sdp(): string | undefined {
    return this.#described.theirs;
  }

  keep(): KeptDialog {
    const { agreement } = this.#timer;
    const { open } = this.#referrals;
    return {
      ...keptOf(this.#session as SessionDialog),
      callIdOwner: this.#callIdOwner,
      ...(agreement && { sessionTimer: agreement }),
      ...(open.length > 0 && { referrals: open }),
    };
  }

  /** The 2xx to our INVITE, with what it says of the session timer. */
  confirmed(message: IncomingMessage): void {
    this.#timer.answered(message);
  }

  /** The peer's INVITE, with what it says of the session timer. */
  granted(message: IncomingMessage): void {
    this.#timer.granted(message);
  }

  /** The ACK to our 2xx brought the peer's answer. */
  acknowledged(theirs: string | undefined): void {
    this.#described.theirs = theirs ?? this.#described.theirs;
  }

  /** After an inferred answer it may be asked again: the next call sends another BYE. */
  bye(): Promise<SipAnswer> {
    if (this.#ending?.[0] === "bye") return Promise.resolve(inferred(481, "the peer has ended the dialog"));
    this.#close();
    this.#bye ??= insist(this.#edge, (extraHeaders, delegate) => this.#session.bye(delegate, { extraHeaders })).then((answer) => {
      if (answer.said === "inferred") this.#bye = undefined;
      return answer;
    });
    return this.#bye;
  }

  /** One at a time (§14.1). */
  reinvite(offer?: string | Offerer): Promise<Reanswer> {
    const describe = typeof offer === "function" ? offer : () => Promise.resolve(offer);
    const reanswer = this.#reinvited.then(() => this.#reinvite(describe));
    this.#reinvited = reanswer.catch(() => {});
    return reanswer;
  }

  info(body: string, contentType: string): Promise<SipAnswer> {
    if (this.#closing.signal.aborted) return Promise.resolve(inferred(481, "the call is over"));
    const content = { contentDisposition: "render", contentType, content: body };
    return ask(this.#edge, (extraHeaders, delegate) => this.#session.info(delegate, { extraHeaders, body: content }));
  }

  onInfo(listener: (body: string, contentType: string) => void): void {
    this.#hearers.push(listener);
  }

  async refer(to: string | SipDialog, notified: (notice: ReferNotice) => void, signal: AbortSignal): Promise<SipAnswer> {
    if (this.#closing.signal.aborted) return inferred(481, "the call is over");
    try {
      const referTo = typeof to === "string" ? parseUri(to).toString() : replacing((to as Dialog).#session as SessionDialog);
      return await this.#referrals.refer(referTo, notified, anyOf(signal, this.#closing.signal));
    } catch {
      return inferred(484, "the target is no SIP URI");
    }
  }

  rejoin(notified: (notice: ReferNotice) => void, signal: AbortSignal): void {
    this.#referrals.rejoin(notified, anyOf(signal, this.#closing.signal));
  }

  onReferral(listener: (referral: SipReferral) => void): void {
    this.#peerReferrals.listener = listener;
  }

  keepSession(keeper: SessionKeeper): void {
    this.#changes.keeper = keeper;
  }

  onEnded(listener: Ended): void {
    const ending = this.#ending;
    if (ending) this.#edge.later(() => listener(...ending));
    else this.#listeners.push(listener);
  }

  async #reinvite(describe: Offerer): Promise<Reanswer> {
    const { signal } = this.#closing;
    let offer: string | undefined;
    const send = async () => {
      await this.#changes.settled();
      if (!signal.aborted) offer = (await describe()) ?? this.#described.ours;
      return sendReinvite(this.#edge, this.#session, offer, this.#timer, signal);
    };
    // Each reason to wait has one try of its own: the peer's re-INVITE may come while ours pauses, and its ACK after that.
    const unlessHeldUp = async () => this.#again(await send(), send, ({ said }) => said === "inferred");
    let reanswer = await this.#again(await unlessHeldUp(), unlessHeldUp, ({ said }) => said === "peer");
    if (reanswer.isTooShort && !signal.aborted) reanswer = await send();
    const { answer, sdp } = reanswer;
    if (answer.code >= 200 && answer.code < 300) {
      this.#described.ours = offer;
      this.#described.theirs = sdp ?? this.#described.theirs;
    }
    // §12.2.1.2. Deviation: a 408 of the peer's does not end the call, its audio may be well; nor does our own silence, for the next flow may carry more.
    if (answer.code === 481 && answer.said === "peer") this.#over("forgotten");
    return reanswer;
  }

  /** Asks once more, a while after `reanswer`, where that is worth it. */
  async #again(reanswer: Reanswer, send: () => Promise<Reanswer>, isMeant: (answer: SipAnswer) => boolean): Promise<Reanswer> {
    const { signal } = this.#closing;
    const againMs = isMeant(reanswer.answer) ? this.#againMs(reanswer.answer) : undefined;
    if (againMs === undefined || signal.aborted) return reanswer;
    await sleep(this.#edge.clock, againMs, signal).catch(() => {});
    return send();
  }

  /** When a change may be asked for again that has met the peer's own: it says 491, or 500 for a moment (§14.2). */
  #againMs({ code, retryAfterS }: SipAnswer): number | undefined {
    const isShort = code === 500 && retryAfterS !== undefined && retryAfterS <= 10;
    return code === 491 ? this.#glareMs() : isShort ? Math.max(retryAfterS * 1_000, this.#glareMs()) : undefined;
  }

  /** §14.1: in units of 10 ms. */
  #glareMs(): number {
    const share = this.#edge.random();
    return this.#callIdOwner === "us" ? 2_100 + 10 * Math.round(share * 190) : 10 * Math.round(share * 200);
  }

  /** One without a body asks whether we are there; one that is optional may be of a type that says nothing to us (RFC 3261 §20.11). */
  #informed(request: IncomingInfoRequest): void {
    const { body } = request.message;
    const contentType = request.message.getHeader("content-type") ?? "";
    request.accept();
    const isRead = body !== "" && this.#edge.services.served["INFO"]?.reads?.includes(contentType);
    if (isRead) for (const hear of this.#hearers) hear(body, contentType);
  }

  #endedByPeer(request: IncomingByeRequest): void {
    request.accept();
    const reason = endReasonOf(parseReasons(request.message.getHeaders("reason")));
    this.#over("bye", ...(reason ? [reason] : []));
  }

  #over(...ending: Ending): void {
    this.#ending = ending;
    this.#close();
    for (const listener of this.#listeners.splice(0)) listener(...ending);
  }

  #close(): void {
    this.#leave(this.#ending === undefined);
    this.#closing.abort();
    this.#timer.stop();
    // What waits for credentials goes out no more.
    const end = () => {
      throw new TypeError("the call is over");
    };
    Object.assign(this.#session, { invite: end, info: end, refer: end, notify: end });
  }
}
