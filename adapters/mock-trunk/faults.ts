/** What can be broken. Every fault is in force until it is cleared or has hit `times` times. */
import type { Refusal } from "./response.ts";

/** How often a fault hits. */
export interface FaultRate {
  /** The share hit, in (0, 1]: a brown-out. Drawn once for each call, and for each message that belongs to none. Default 1. */
  readonly share?: number;
  /** The fault is over after so many hits. Default: never, but for `garbage` and `stale-nonce` 1. */
  readonly times?: number;
}

/** Which calls a fault is for. */
export interface CallScope extends FaultRate {
  /** The customer's number begins with this. */
  readonly prefix?: string;
}

/** Which messages a fault is for. With a `prefix` it hits no message that belongs to no call. */
export interface MessageScope extends CallScope {
  /** E.g. `["INVITE"]`; `PING` is the CRLF keep-alive. Default: all. */
  readonly methods?: readonly string[];
}

/** Up to which answer to an INVITE the carrier behaves. */
export type AfterCode = 100 | 180 | 183;

/** One thing to break, for `trunk.fault()`; `kind` says what, the other fields when and for which messages. */
export type Fault =
  /** Messages are swallowed; where `methods` names NOTIFY, those of a REFER are not sent. */
  | ({ readonly kind: "silence" } & MessageScope)
  /** An INVITE gets 100, 180 or 183, then nothing. */
  | ({ readonly kind: "stall"; readonly after: AfterCode } & CallScope)
  /** Requests are refused at once, an INVITE after the given answer. ACK never is; CANCEL and BYE only when `methods` names them. */
  | ({ readonly kind: "reject"; readonly after?: AfterCode } & Refusal & MessageScope)
  /** Messages are read `delayMs` later. */
  | ({ readonly kind: "slow"; readonly delayMs: number } & MessageScope)
  /** An INVITE meets silence, but after `alertAfterMs` the phone rings all the same (180), and after `answerAfterMs` it is answered (200). One of them may be left out. */
  | ({ readonly kind: "late"; readonly alertAfterMs?: number; readonly answerAfterMs?: number } & CallScope)
  /** The phone rings for `ringMs` (default 10 s) whatever the softphone is told: nothing, or a refusal by `code`. Nothing stops it. */
  | ({ readonly kind: "ghost"; readonly code?: number; readonly ringMs?: number } & CallScope)
  /** A CANCEL gets its 200 but changes nothing: no 487, and the phone does as it would have. */
  | ({ readonly kind: "no-487" } & CallScope)
  /** The customer answers at the moment of the CANCEL: 200 to both. */
  | ({ readonly kind: "answer-on-cancel" } & CallScope)
  /** The 200 to an INVITE comes twice. */
  | ({ readonly kind: "duplicate-200" } & CallScope)
  /** Two phones answer one INVITE: two 200 with different To tags (RFC 3261 §13.2.2.4). */
  | ({ readonly kind: "fork" } & CallScope)
  /** The customer's phone hears the BYE, the softphone no answer. */
  | ({ readonly kind: "drop-bye" } & CallScope)
  /** CRLF pings are not answered. */
  | ({ readonly kind: "no-pong" } & FaultRate)
  /** The 200 to a REGISTER names no Contact, and the binding is not kept. */
  | ({ readonly kind: "forget-contact" } & FaultRate)
  /** Bindings are granted for `expiresS`, whatever was asked. */
  | ({ readonly kind: "short-binding"; readonly expiresS: number } & FaultRate)
  /** The nonce of right credentials is called stale (RFC 7616 §3.3). Only where requests are challenged. */
  | ({ readonly kind: "stale-nonce"; readonly methods?: readonly string[] } & FaultRate)
  /** Right credentials that came with the first request, not as the answer to its challenge, are refused by `code`; left out, the connection is reset. */
  | ({ readonly kind: "no-preemptive"; readonly code?: number; readonly methods?: readonly string[] } & FaultRate)
  /** A message is answered by rubbish first: the given `text`, a `malformed` or `oversize` (10 MB) SIP message, or a response that is `unmatched`. */
  | ({ readonly kind: "garbage"; readonly text?: string; readonly frame?: "malformed" | "oversize" | "unmatched" } & MessageScope)
  /** The connection on which such a request comes is reset: instead of an answer, or right after the answer `after`. For all, at once: `trunk.resetAll()`. */
  | ({ readonly kind: "reset-on"; readonly after?: number } & MessageScope)
  /** Connections stay open, present and new ones: nothing is read, nothing written, nothing lost. */
  | { readonly kind: "freeze" }
  /** New connections are refused. */
  | { readonly kind: "refuse" }
  /** New connections are answered by an HTTP status instead of the upgrade. */
  | { readonly kind: "refuse-upgrade"; readonly status: number }
  /** New connections come up, their upgrade is never answered. */
  | { readonly kind: "hang-upgrade" };

/** The name of a fault, without its fields. */
export type FaultKind = Fault["kind"];

/** Every kind of fault. */
export const faultKinds: readonly FaultKind[] = [
  "silence",
  "stall",
  "reject",
  "slow",
  "late",
  "ghost",
  "no-487",
  "answer-on-cancel",
  "duplicate-200",
  "fork",
  "drop-bye",
  "no-pong",
  "forget-contact",
  "short-binding",
  "stale-nonce",
  "no-preemptive",
  "garbage",
  "reset-on",
  "freeze",
  "refuse",
  "refuse-upgrade",
  "hang-upgrade",
];

/** The fault of one kind, with its fields. */
export type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;
