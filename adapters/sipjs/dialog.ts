/** An answered call at the SIP level (RFC 3261 §12), over a dialog of sip.js. */
import type { IncomingInviteRequest, IncomingByeRequest, Session } from "sip.js/lib/core/index.js";
import type { SipAnswer, SipDialog } from "../../src/ports.ts";
import { inferred, sdpOf } from "./answer.ts";
import { ask } from "./ask.ts";
import type { EdgeContext } from "./context.ts";

/** A body of type `application/sdp`, as sip.js wants it; none for an empty text. */
export const sdpBody = (sdp: string | undefined) =>
  sdp ? { body: { contentDisposition: "session", contentType: "application/sdp", content: sdp } } : {};

/** Who described the session and which version of it (RFC 4566 §5.2). Equal origins mean equal descriptions (RFC 3264 §8). */
const originOf = (sdp: string | undefined): string | undefined => /^o=.*/m.exec(sdp ?? "")?.[0];

export class Dialog implements SipDialog {
  readonly sdp: string | undefined;
  readonly #edge: EdgeContext;
  readonly #session: Session;
  readonly #ours: string | undefined;
  readonly #listeners: (() => void)[] = [];
  #ended = false;
  #bye: Promise<SipAnswer> | undefined;

  /**
   * @param theirs the peer's session description.
   * @param ours what we told the peer.
   */
  constructor(edge: EdgeContext, session: Session, theirs: string | undefined, ours: string | undefined) {
    this.#edge = edge;
    this.#session = session;
    this.sdp = theirs;
    this.#ours = ours;
    session.delegate = {
      onBye: (request) => this.#endedByPeer(request),
      onInvite: (request) => this.#reInvited(request),
    };
  }

  /** After an inferred answer it may be asked again: the next call sends another BYE. */
  bye(): Promise<SipAnswer> {
    if (this.#ended) return Promise.resolve(inferred(481, "the peer has ended the dialog"));
    this.#bye ??= ask(this.#edge, (extraHeaders, delegate) => this.#session.bye(delegate, { extraHeaders })).then((answer) => {
      if (answer.said === "inferred") this.#bye = undefined;
      return answer;
    });
    return this.#bye;
  }

  onEnded(listener: () => void): void {
    if (this.#ended) this.#edge.later(listener);
    else this.#listeners.push(listener);
  }

  #endedByPeer(request: IncomingByeRequest): void {
    request.accept();
    this.#ended = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /**
   * A session refresh, with the same description or with none, is granted with the description that we gave.
   * Deviation: any other offer gets 488, because the media of a call cannot be changed here yet; the session
   * then goes on as it was (RFC 3261 §14.2).
   */
  #reInvited(request: IncomingInviteRequest): void {
    const offer = sdpOf(request.message);
    const isRefresh = offer === undefined || (originOf(offer) !== undefined && originOf(offer) === originOf(this.sdp));
    if (!isRefresh || !this.#ours) return void request.reject({ statusCode: 488 });
    const { contact } = this.#edge.identity;
    request.accept({ statusCode: 200, extraHeaders: [`Contact: <${contact}>`], ...sdpBody(this.#ours) });
  }
}
