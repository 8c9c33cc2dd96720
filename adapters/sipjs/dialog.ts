/** An answered call at the SIP level (RFC 3261 §12), over a dialog of sip.js. */
import type { IncomingByeRequest, IncomingInviteRequest, Session } from "sip.js/lib/core/index.js";
import { sleep } from "../../src/clock.ts";
import type { SipAnswer, SipDialog } from "../../src/ports.ts";
import { inferred, sdpOf } from "./answer.ts";
import { ask } from "./ask.ts";
import type { EdgeContext } from "./context.ts";
import { type Reanswer, sendReinvite } from "./reinvite.ts";
import { sdpBody } from "./sdp-body.ts";

/** Who described the session and which version of it (RFC 4566 §5.2). Equal origins mean equal descriptions (RFC 3264 §8). */
const originOf = (sdp: string | undefined): string | undefined => /^o=.*/m.exec(sdp ?? "")?.[0];

/** Which side made up the Call-ID, and so waits longer when two re-INVITEs have met (RFC 3261 §14.1). */
export type CallIdOwner = "us" | "peer";

type Ending = Parameters<Parameters<SipDialog["onEnded"]>[0]>[0];

export class Dialog implements SipDialog {
  readonly sdp: string | undefined;
  readonly #edge: EdgeContext;
  readonly #session: Session;
  readonly #callIdOwner: CallIdOwner;
  readonly #listeners: ((how: Ending) => void)[] = [];
  /** Aborted by the peer's BYE or ours: nothing else is asked any more. */
  readonly #closing = new AbortController();
  #theirs: string | undefined;
  #ours: string | undefined;
  #ending: Ending | undefined;
  #bye: Promise<SipAnswer> | undefined;
  #reinvited: Promise<unknown> = Promise.resolve();

  /**
   * @param theirs the peer's session description.
   * @param ours what we told the peer.
   */
  constructor(edge: EdgeContext, session: Session, theirs: string | undefined, ours: string | undefined, callIdOwner: CallIdOwner) {
    this.#edge = edge;
    this.#session = session;
    this.#callIdOwner = callIdOwner;
    this.sdp = theirs;
    this.#theirs = theirs;
    this.#ours = ours;
    session.delegate = {
      onBye: (request) => this.#endedByPeer(request),
      onInvite: (request) => this.#reInvited(request),
    };
  }

  /** After an inferred answer it may be asked again: the next call sends another BYE. */
  bye(): Promise<SipAnswer> {
    if (this.#ending) return Promise.resolve(inferred(481, "the peer has ended the dialog"));
    this.#closing.abort();
    this.#bye ??= ask(this.#edge, (extraHeaders, delegate) => this.#session.bye(delegate, { extraHeaders })).then((answer) => {
      if (answer.said === "inferred") this.#bye = undefined;
      return answer;
    });
    return this.#bye;
  }

  /** One at a time (§14.1). */
  reinvite(offer?: string): Promise<Reanswer> {
    const reanswer = this.#reinvited.then(() => this.#reinvite(offer));
    this.#reinvited = reanswer;
    return reanswer;
  }

  onEnded(listener: (how: Ending) => void): void {
    const ending = this.#ending;
    if (ending) this.#edge.later(() => listener(ending));
    else this.#listeners.push(listener);
  }

  async #reinvite(offer = this.#ours): Promise<Reanswer> {
    const { signal } = this.#closing;
    let reanswer = await sendReinvite(this.#edge, this.#session, offer, signal);
    if (reanswer.answer.code === 491 && !signal.aborted) {
      await sleep(this.#edge.clock, this.#glareMs(), signal).catch(() => {});
      reanswer = await sendReinvite(this.#edge, this.#session, offer, signal);
    }
    const { answer, sdp } = reanswer;
    if (answer.code >= 200 && answer.code < 300) {
      this.#ours = offer;
      this.#theirs = sdp ?? this.#theirs;
    }
    // §12.2.1.2. Deviation: a 408 of the peer's does not end the call, its audio may be well; nor does our own silence, for the next flow may carry more.
    if (answer.code === 481 && answer.said === "peer") this.#over("forgotten");
    return reanswer;
  }

  /** §14.1: in units of 10 ms. */
  #glareMs(): number {
    const share = this.#edge.random();
    return this.#callIdOwner === "us" ? 2_100 + 10 * Math.round(share * 190) : 10 * Math.round(share * 200);
  }

  #endedByPeer(request: IncomingByeRequest): void {
    request.accept();
    this.#over("bye");
  }

  #over(how: Ending): void {
    this.#ending = how;
    this.#closing.abort();
    for (const listener of this.#listeners.splice(0)) listener(how);
  }

  /**
   * A session refresh, with the same description or with none, is granted with the description that we gave.
   * Deviation: any other offer gets 488, because the media of a call cannot be changed here yet; the session
   * then goes on as it was (RFC 3261 §14.2).
   */
  #reInvited(request: IncomingInviteRequest): void {
    const offer = sdpOf(request.message);
    const isRefresh = offer === undefined || (originOf(offer) !== undefined && originOf(offer) === originOf(this.#theirs));
    if (!isRefresh || !this.#ours) return void request.reject({ statusCode: 488 });
    const { contact } = this.#edge.identity;
    request.accept({ statusCode: 200, extraHeaders: [`Contact: <${contact}>`], ...sdpBody(this.#ours) });
  }
}
