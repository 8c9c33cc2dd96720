/** Between the switchboard and its calls: what each is given, and what their owner may do with them besides what the agent may. */
import type { Settings } from "../config.ts";
import type { CallOptionName, Journal, Party, Refusal } from "../journal.ts";
import type { OnViolation } from "../machine.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { Call, IncomingCall } from "./call.ts";
import type { TalkPorts } from "./conversation.ts";
import type { KeptCall } from "./kept-call.ts";
import type { Leg } from "./legs.ts";
import type { UnderWay } from "./reception.ts";

/** What makes it one of several. */
export interface AmongCalls extends Pick<TalkPorts, "reach" | "follow" | "onTaken" | "onBegun"> {
  readonly id: string;
  /** Nothing of it is left running, its abandoned attempts and its BYE included. */
  readonly onDone: () => void;
}

/** What each call is given. */
export interface CallPorts extends AmongCalls {
  /** Whom it is with, as the record may have it. */
  readonly party: Party;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly onListenerError: (event: string, error: unknown) => void;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
}

interface Owned {
  /** What the next page needs to go on with it, while it is answered; and to end what of it is `ended`, and not heard yet to be. */
  keep(): readonly KeptCall[];
  /** Something of it may still be under way on this trunk. */
  uses(trunk: Trunk): boolean;
  /** Linekeeper closes: nothing of it may be left running. */
  forget(): void;
}

export interface OwnedCall extends Call, Owned {
  begin(): Promise<void>;
  /** Over before it began. */
  refuse(refused: RefusedCall): void;
}

export interface OwnedOutgoingCall extends OwnedCall {
  /** Puts on record that it is placed: once its owner knows of it, for whoever reads the record may act on it. */
  record(): void;
}

/** Why a call is over before it began. */
export interface RefusedCall {
  readonly because: Refusal;
  readonly stage?: string;
  readonly option?: CallOptionName;
  readonly field?: string;
}

export interface OwnedIncomingCall extends IncomingCall, Owned {
  /** Rings, and is on record: once its owner knows of it, for whoever reads the record may act on it. */
  begin(): void;
  /** How it compares with an INVITE that comes now. */
  arrival(leg: Leg): NonNullable<UnderWay["arrival"]>;
  /** Answers it when its time has come, if it asks for that and `isFree`, the agent, still is. */
  autoAnswer(isFree: () => boolean): void;
  /** The same call came once more: a spare, should the first be lost before the answer; `isAnew`: in place of one whose caller never heard the answer. */
  join(leg: Leg, isAnew?: boolean): void;
}
