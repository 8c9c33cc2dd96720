/** What the rooms of one edge share. */
import {
  C,
  type IncomingRequestMessage,
  type IncomingResponseMessage,
  type OutgoingRequest,
  TransactionState,
  TransactionStateError,
  type UserAgentCore,
} from "sip.js/lib/core/index.js";
import type { Clock, Random } from "../../src/clock.ts";
import type { Offered, RealmKey } from "./digest.ts";
import type { Identity } from "./identity.ts";
import type { KeepAlive } from "./keep-alive.ts";
import type { KeyRing } from "./key-ring.ts";
import type { Dialogs } from "./replaces.ts";
import type { Services } from "./served.ts";

/** 64·T1 in ms: how long a transaction may take (RFC 3261 §17.1.1.2, table 4). */
export const TRANSACTION_MS = 32_000;

/** T2 in ms (RFC 3261 table 4): where something is said again, how long it is waited for at first. */
export const T2_MS = 4_000;

/** Something under way that must hear of its flow. */
export interface Exchange {
  flowLost(): void;
  flowOpened?(): void;
  /** The peer begins a call: perhaps this one, anew. @returns whether that is answered. */
  invited?(invite: IncomingRequestMessage): boolean;
  /** The peer offers again before the answer: perhaps in this one. @returns our answer, where there is one yet. */
  reoffered?(update: IncomingRequestMessage, offer: string): string | undefined;
  /** The edge is done for: tell no listener. */
  dispose(): void;
}

export interface EdgeContext {
  readonly core: UserAgentCore;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly random: Random;
  readonly exchanges: Set<Exchange>;
  readonly dialogs: Dialogs;
  readonly services: Services;
  readonly keyRing: KeyRing;
  readonly keepAlive: KeepAlive;
  /** Whether what is sent now is written to a socket. */
  isOpen(): boolean;
  /** The response whose frame is being read at this moment. */
  heard(): IncomingResponseMessage | undefined;
  /** A fresh random token. */
  token(length: number): string;
  /** Calls back soon, unless the edge is disposed by then: no listener is called during a call into the edge. */
  later(tell: () => void): void;
  /** The value of a Route header, where the registrar wants our calls to pass (RFC 3608); undefined where it asked for nothing. */
  serviceRoute: string | undefined;
  /** Whether there is anybody to ask for credentials. */
  readonly canAuthorize: boolean;
  /** A key for each realm that asks; undefined when one cannot be had within `withinMs`, which the edge has then told. */
  authorize(asked: readonly Offered[], withinMs: number): Promise<readonly RealmKey[] | undefined>;
}

/** Takes a request off sip.js, with its timers; what still comes for it is unmatched. */
export function dropRequest(core: UserAgentCore, request: OutgoingRequest): void {
  request.dispose();
  core.userAgentClients.delete(`${request.message.branch}${request.message.method}`);
}

/** The same with a request of the peer's: no timer of it goes on, and what still comes for it is answered as unknown. */
export function dropIncoming({ userAgentServers }: UserAgentCore, { viaBranch }: IncomingRequestMessage): void {
  userAgentServers.get(viaBranch)?.dispose();
  userAgentServers.delete(viaBranch);
}

/**
 * Refuses again, on a new flow, what was refused and not acknowledged: said once, as over whatever is reliable (RFC 3261 §17.2.1), it may have been
 * lost with the flow that nobody knew was dead, and the customer would hear it ring on.
 */
export function repeatRefusals({ userAgentServers }: UserAgentCore): void {
  for (const { message, transaction } of userAgentServers.values())
    if (message.method === C.INVITE && transaction.state === TransactionState.Completed) transaction.receiveRequest(message);
}

/** The peer may have taken its request back meanwhile, or the transaction be over. */
export function unlessOver(respond: () => void): void {
  try {
    respond();
  } catch (error) {
    if (!(error instanceof TransactionStateError)) throw error;
  }
}
