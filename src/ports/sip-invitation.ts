/** An INVITE to the agent, until it is answered. */
import type { SipDialog } from "./sip-dialog.ts";
import type { CallerIdentity } from "./sip-identity.ts";

/** Why a call to the agent was cancelled: the caller gave up, or somebody else took it (RFC 3326). */
export type Cancellation = "gave-up" | "answered-elsewhere";

/** Nobody confirmed our 200: there is a dialog nonetheless, which is to be ended by a BYE (RFC 3261 §13.3.1.4). */
export type Unacknowledged = Error & { readonly dialog: SipDialog };

/** An INVITE to the agent. */
export interface SipInvitation {
  /** `Call-ID` as received: the same call by two trunks may bring the same. */
  readonly sipCallId: string;
  /** Tag of `From` as received (RFC 3261 §19.3): the peer's own text. Absent where it has none, as an RFC 2543 caller may. */
  readonly fromTag?: string;
  /** The caller as the peer wrote it: personal data. */
  readonly from: string;
  /** Who calls, as far as it can be told: personal data. */
  readonly identity: CallerIdentity;
  /** The SDP offer; undefined where the INVITE has none, and ours goes out with the 200 (RFC 3261 §13.2.1). */
  readonly offer: string | undefined;
  /** It says of itself that the emergency services call back (`Priority: psap-callback`, RFC 7090 §5). */
  readonly isPsapCallback: boolean;
  /** It asks to be answered by itself after so many ms (`Answer-Mode`, RFC 5373; `Call-Info` or `Alert-Info` of a PBX). */
  readonly answerAfterMs?: number;
  /**
   * It is to take the place of this dialog, a confirmed one of the same account (`Replaces`, RFC 3891 §3); or, by the code that refuses it,
   * of none that there is (481), of one that must not be answered yet (486), of one that is over (603).
   */
  readonly replaces?: SipDialog | 481 | 486 | 603;
  /** What the peer wrote into a header, its lines joined by commas (RFC 3261 §7.3.1): untrusted. Undefined where there is none. */
  header(name: string): string | undefined;
  /** 180, reliably where the caller requires it (RFC 3262); nothing where that would have to bring an offer of ours. */
  ring(): void;
  /**
   * 200 with the SDP answer. Resolves when the ACK has come; rejects when the call is gone, when there is no flow, and as
   * `Unacknowledged` when no ACK came in 64·T1.
   */
  accept(answer: string): Promise<SipDialog>;
  /** What that 200 has begun, while its ACK is awaited: the next page may have to go on with it. */
  readonly unconfirmed?: SipDialog | undefined;
  /** ≥ 300; without a flow, as soon as the next one is open. During `incoming` it costs next to nothing, so that a flood can be turned away. */
  reject(code: number): void;
  /** Called once when the call is cancelled before the answer, or hung up before its ACK. */
  onCancelled(listener: (how: Cancellation) => void): void;
  /**
   * Called each time that the flow is lost, and that the next one is open, before the answer. Between the two nothing reaches the caller, and no
   * CANCEL us; then it can be answered as before, for an answer is matched by its Via (RFC 3261 §17.1.3), whatever connection brings it.
   */
  onFlowChanged(listener: (isOpen: boolean) => void): void;
}
