/** The early dialogs of one INVITE of ours (RFC 3261 §12.1): a fork may find several phones, and each has its own, by its To tag. */
import type { IncomingResponseMessage, Session } from "sip.js/lib/core/index.js";
import { sdpOf } from "./answer.ts";
import { asAnswer, inRole, isSameMedia } from "./standing.ts";

interface EarlyDialog {
  /** While a phone rings in it, as far as we know. */
  ringing: Session | undefined;
  /** A BYE was sent in it. */
  isLeft: boolean;
  /** It is gone, though nobody who knows said that its phone is stopped. */
  mayRingOn: boolean;
  /** How it described itself last. */
  sdp: string | undefined;
  /** The reliable provisional answers that were acknowledged. */
  readonly rseqs: Set<number>;
}

export class EarlyDialogs {
  readonly #byTag = new Map<string, EarlyDialog>();

  /** A provisional answer came in it. */
  heard(session: Session, message: IncomingResponseMessage): void {
    const early = this.#of(session);
    early.sdp = sdpOf(message) ?? early.sdp;
    // RFC 6228 §4: that branch of a fork is over; others may go on.
    if (message.statusCode === 199) early.ringing = undefined;
    // A tag that our intake made up means nothing to the peer.
    else if (message.to.getParam("tag")) early.ringing = session;
  }

  /** A reliable provisional answer came in it. @returns whether it is to be acknowledged: one that is said again was (RFC 3262 §4). */
  isNew(session: Session, rseq: number): boolean {
    const { rseqs } = this.#of(session);
    return rseqs.size < rseqs.add(rseq).size;
  }

  /** A BYE is on its way in it. */
  leaving(session: Session): void {
    this.#of(session).isLeft = true;
  }

  /** It is no more. @param mayRingOn nobody who knows said that its phone is stopped. */
  gone(session: Session, mayRingOn: boolean): void {
    const early = this.#of(session);
    early.ringing = undefined;
    early.mayRingOn ||= mayRingOn;
  }

  /** Those in which a phone rings, as far as we know. */
  get ringing(): readonly Session[] {
    return [...this.#byTag.values()].flatMap(({ ringing }) => ringing ?? []);
  }

  /** A phone may ring on in one that is gone. */
  get mayRingOn(): boolean {
    return [...this.#byTag.values()].some(({ mayRingOn }) => mayRingOn);
  }

  isLeft({ remoteTag }: Session): boolean {
    return this.#byTag.get(remoteTag)?.isLeft ?? false;
  }

  /** How it described itself; where it never did, and one alone has, that one: gateways change the tag with the answer, and say it once. */
  sdpOf({ remoteTag }: Session): string | undefined {
    const [only, ...others] = [...this.#byTag.values()].flatMap(({ sdp }) => sdp ?? []);
    return this.#byTag.get(remoteTag)?.sdp ?? (others.length === 0 ? only : undefined);
  }

  /**
   * The peer offers again in an early dialog that has its answer (RFC 3311 §5.1), as who reserves its network does (RFC 3312), or lets the
   * announcement go one way only. @param ours our offer. @returns our answer, where the media stay what they are; else undefined.
   */
  reanswered({ remoteTag }: Pick<Session, "remoteTag">, offer: string, ours: string): string | undefined {
    const early = this.#byTag.get(remoteTag);
    if (early?.sdp === undefined || !isSameMedia(early.sdp, offer)) return undefined;
    const answer = asAnswer(ours, offer, early.sdp);
    early.sdp = inRole(offer, early.sdp);
    return answer;
  }

  #of({ remoteTag }: Session): EarlyDialog {
    const known = this.#byTag.get(remoteTag);
    if (known) return known;
    const early = { ringing: undefined, isLeft: false, mayRingOn: false, sdp: undefined, rseqs: new Set<number>() };
    this.#byTag.set(remoteTag, early);
    return early;
  }
}
