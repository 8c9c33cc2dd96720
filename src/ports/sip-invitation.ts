/** An INVITE to the agent, until it is answered. */
import type { SipDialog } from "./sip-dialog.ts";
import type { CallerIdentity } from "./sip-identity.ts";

/** Why a call to the agent was cancelled: the caller gave up, somebody else took it (RFC 3326), or its flow was lost and no answer could reach the caller. */
export type Cancellation = "gave-up" | "answered-elsewhere" | "flow-lost";

/** An INVITE to the agent. */
export interface SipInvitation {
  /** `Call-ID` as received: the same call by two trunks may bring the same. */
  readonly sipCallId: string;
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
  /** 180. */
  ring(): void;
  /** 200 with the SDP answer. Resolves when the ACK has come; rejects when the call is gone, or no ACK came in 64·T1. */
  accept(answer: string): Promise<SipDialog>;
  /** ≥ 300. During `incoming` it costs next to nothing, so that a flood can be turned away. */
  reject(code: number): void;
  /** Called once when the call is cancelled before the answer, or hung up before its ACK. */
  onCancelled(listener: (how: Cancellation) => void): void;
}
