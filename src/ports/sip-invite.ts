/** An INVITE of ours, until its end is known. */
import type { SipAnswer } from "./sip-answer.ts";
import type { SipDialog } from "./sip-dialog.ts";

/** What one INVITE says, the same again after a digest challenge. */
export interface InviteRequest {
  /** `sip:+21671000001@domain`, or whatever the trunk dials. */
  readonly target: string;
  /** The SDP offer. */
  readonly offer: string;
  /** Who calls, as From says it (RFC 3261 §20.20): the account's AOR, without a name, if left out. `name` as it is; the stack quotes it. */
  readonly from?: { readonly uri: string; readonly name?: string };
  /** More header lines, `Name: value`: on each INVITE of this request, after a challenge and after a redirect too. */
  readonly headers?: readonly string[];
  /** How long credentials may take, where they are asked for, in ms; 32 s where left out. After it the challenge is the answer. */
  readonly credentialsMs?: number;
}

/** What becomes of one INVITE. After `rejected` nothing more comes of the transaction. */
export interface InviteEvents {
  /** The INVITE (again after a digest challenge) was written to the socket. */
  sent(): void;
  /**
   * No outcome (RFC 6076 §4.3.2): 401/407 was received and credentials are being fetched, or the edge refused such as it had not
   * asked for, and the usual way is taken; or 422, and a longer session timer is asked for (RFC 4028 §7.3). `sent` follows.
   */
  challenged(): void;
  /** 1xx, 100 included. */
  progressed(answer: SipAnswer, sdp?: string): void;
  /** 3xx: the same number is asked for at another host of the trunk's own domain (RFC 3261 §8.1.3.4). `sent` follows. Once at most, and not after a phone rang. */
  redirected?(answer: SipAnswer): void;
  /** 2xx. The stack has sent the ACK already (RFC 3261 §13.2.2.4); whether to keep the dialog or `bye()` is the receiver's choice. */
  accepted(dialog: SipDialog, answer: SipAnswer): void;
  /** ≥ 300, a timeout, or a transport failure before anything was written. */
  rejected(answer: SipAnswer): void;
  /**
   * The flow was lost after the INVITE had been written and before its final answer: nobody can know yet
   * whether the peer goes on with it. The transaction stays (64·T1 = 32 s): what arrives for it on the next
   * flow still comes as `progressed`, `accepted` or `rejected`, and `cancel()` is sent there.
   */
  flowLost(): void;
}

/** An INVITE under way. */
export interface SipInvite {
  /** `Call-ID` as sent: with the tag, what a carrier finds it by in its traces. */
  readonly sipCallId: string;
  /** Tag of `From` as sent (RFC 3261 §19.3). */
  readonly fromTag: string;
  /**
   * Asks the peer to stop. Sends CANCEL once a provisional answer has come (RFC 3261 §9.1 forbids it
   * before); suppresses the INVITE that would follow a challenge. Where the flow that carried the INVITE was
   * lost, CANCEL goes out on the next one at once, and again until it is confirmed; then BYE in each early
   * dialog (§15), for the phone may ring on, or have been answered, unheard. Such an end is an inferred 487,
   * told only where a phone was heard to ring. `rejected` or `accepted` still follows: a 2xx that crosses is
   * acknowledged by the stack and handed over, for the receiver to keep or to end, unless BYE had gone before it.
   */
  cancel(): void;
  /** Forgets the INVITE: no event follows. Only when its end is known or its flow is disposed. */
  forget(): void;
}
