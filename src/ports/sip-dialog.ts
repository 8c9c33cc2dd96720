/** An answered call at the SIP level, whichever side began it. */
import type { EndReason, SipAnswer } from "./sip-answer.ts";

/** What becomes of the session when the peer changes it during the call (RFC 3261 §14.2, RFC 3311 §5.2). */
export interface SessionKeeper {
  /** The peer offers: a hold, a resume, moved media, another codec. @returns our answer; rejects when it cannot be used, and the session goes on as it was. */
  answer(offer: string): Promise<string>;
  /** The peer asks for an offer of ours, and `applyAnswer` may follow. Undefined: the session as it stands. */
  offer(): Promise<string | undefined>;
  /** The peer's answer to that offer of ours; what it rejects with ends no call. */
  applyAnswer(answer: string, offer: string): Promise<void>;
}

/** Gives the offer of a re-INVITE; undefined: the session as it stands. */
export type Offerer = () => Promise<string | undefined>;

/** What it takes to go on with a dialog elsewhere (RFC 3261 §12). Plain JSON, without credentials; its URIs are personal data. */
export interface KeptDialog {
  /** `Call-ID` of the dialog, not `call.id`. */
  readonly callId: string;
  /** Our tag (RFC 3261 §12.1). */
  readonly localTag: string;
  /** The peer's tag (RFC 3261 §12.1). */
  readonly remoteTag: string;
  /** Our URI, without the tag: From in what we send. */
  readonly localUri: string;
  /** The peer's URI, without the tag: To in what we send. */
  readonly remoteUri: string;
  /** URI of the peer's Contact, to which our requests go. */
  readonly remoteTarget: string;
  /** URIs of the proxies on the way, in the order in which our requests name them; may be empty. */
  readonly routeSet: readonly string[];
  /** CSeq of the last request of ours, 0 before the first. */
  readonly localSeq: number;
  /** CSeq of the peer's last request; absent before the first. */
  readonly remoteSeq?: number;
  /** Which side made up the Call-ID: who began the call. */
  readonly callIdOwner: "us" | "peer";
  /** RFC 4028. `we`: this side refreshes. */
  readonly sessionTimer?: { readonly intervalS: number; readonly refresher: "we" | "peer" };
  /** CSeqs of the REFERs of ours of which the peer still has to say what came (RFC 3515 §2.4.6). */
  readonly referrals?: readonly number[];
}

/** What the peer says of a REFER of ours (RFC 3515 §2.4.5). `code`: the status of whom it called; left out where it does not say. */
export interface ReferNotice {
  /** The status of whom it called, 100–699; left out where it does not say. */
  readonly code?: number;
  /** It is settled: by a final status, or as accepted where the peer said beforehand that it will not say (RFC 4488 §4). */
  readonly isLast: boolean;
}

/** A REFER of the peer's (RFC 3515), which waits for its answer: somebody is to be called for it. */
export interface SipReferral {
  /** Whom to call: the URI of Refer-To, without its headers. Personal data, and the peer's word only. */
  readonly target: string;
  /** The telephone number in it, without separators; absent where there is none. */
  readonly number?: string;
  /** It is to take over another call of theirs, which only this carrier knows (RFC 3891). */
  readonly replaces: boolean;
  /** Header lines for the INVITE to this same carrier: `Replaces`, `Require` and `Referred-By`, where there are any. */
  readonly headers: readonly string[];
  /** Who asks for it (RFC 3892), as the peer wrote it: untrusted, personal data. */
  readonly referredBy?: string;
  /** 202, and NOTIFY with 100, where the peer wants any (RFC 4488). */
  accept(): void;
  /** ≥ 300: nobody is called. Harmless after either answer. */
  reject(code: number): void;
  /** NOTIFY with what is known now of the call: its status, of which one ≥ 200 is the last. Harmless before `accept()` and after the last. */
  tell(code: number): void;
}

/** An answered call at the SIP level. */
export interface SipDialog {
  /** SDP of the answer, if it had one; of the peer's early description where the answer needed none. */
  readonly sdp: string | undefined;
  /** Ends the dialog. Resolves with the BYE's answer, inferred ones included; never rejects. */
  bye(): Promise<SipAnswer>;
  /**
   * re-INVITE (RFC 3261 §14): with a new offer (an ICE restart, a hold), or with the session as it stands, to tell the
   * peer our Contact on a new flow. Sent on the flow that is open now. Resolves with the final answer, inferred
   * ones included, and the peer's SDP if it had one. 491 and a lost flow may be tried again.
   * @param offer a function is asked when it is our turn, and anew after a 491: the peer may have changed the session
   * meanwhile. What it throws is all that is thrown.
   */
  reinvite(offer?: string | Offerer): Promise<{ readonly answer: SipAnswer; readonly sdp?: string }>;
  /** INFO without a package (RFC 6086 §2). Resolves with the final answer, inferred ones included; never rejects. */
  info(body: string, contentType: string): Promise<SipAnswer>;
  /** Called with each INFO of the peer's that has a body of a type that we read, once it is answered. */
  onInfo(listener: (body: string, contentType: string) => void): void;
  /**
   * REFER (RFC 3515): asks the peer to call `to`, a SIP URI, or to take our place in another dialog of this carrier's (RFC 3891).
   * Resolves with the final answer, inferred ones included; never rejects. `notified` may be called before that, and after an inferred
   * answer too: on a flow that is lost nobody knows whether the peer heard it.
   * @param signal nobody wants to be told any more.
   */
  refer(to: string | SipDialog, notified: (notice: ReferNotice) => void, signal: AbortSignal): Promise<SipAnswer>;
  /** Goes on hearing of a REFER that the page before sent, what the peer said meanwhile first. Left out where the stack keeps none. */
  rejoin?(notified: (notice: ReferNotice) => void, signal: AbortSignal): void;
  /** Called with each REFER of the peer's that can be read, where the account serves it. Left out where the stack takes none. */
  onReferral?(listener: (referral: SipReferral) => void): void;
  /** Who is asked when the peer changes the session. Until then only refreshes are granted. */
  keepSession(keeper: SessionKeeper): void;
  /** What another page needs to go on with it. Left out where none can. */
  keep?(): KeptDialog;
  /**
   * Called once when the dialog is over: `bye`: the peer ended it. `forgotten`: it knows it no longer, and said 481 (RFC 3261 §12.2.1.2).
   * `reason`: of the BYE, where it gives one that can be read.
   */
  onEnded(listener: (how: "bye" | "forgotten", reason?: EndReason) => void): void;
}
