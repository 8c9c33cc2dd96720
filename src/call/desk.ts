/** The calls on the agent's desk: which there are, whom the agent listens to, and how each stands among the others. */
import type { CancelTimer } from "../clock.ts";
import type { Settings } from "../config.ts";
import { createEmitter } from "../emitter.ts";
import type { Journal, Party } from "../journal.ts";
import { createAliases, destinationOf, nowhere, type Destination } from "../routing/destination.ts";
import type { Telephone } from "../telephone.ts";
import { isDeparting } from "./conversation.ts";
import type { Disclosed } from "./disclosure.ts";
import { createHeadset, type Headset } from "./headset.ts";
import type { AmongCalls, OwnedCall, OwnedIncomingCall } from "./owned-call.ts";
import type { Follow } from "./referred.ts";

export type DeskCall = OwnedCall | OwnedIncomingCall;

export interface Desk {
  /** As they came; also those that are over, while something of them still is not. */
  readonly calls: readonly DeskCall[];
  /** Changed by the calls, and by those of other pages. */
  readonly headset: Pick<Headset, "order" | "wait">;
  /** The agent listens to one of these calls. */
  readonly isHeard: boolean;
  /** No call comes any more. */
  readonly isClosing: boolean;
  get(callId: string): DeskCall | undefined;
  /** Of the call that comes next. */
  newId(): string;
  /** What makes the call of this id one of several. */
  among(id: string): AmongCalls;
  /** It is under way from now on. @param record puts on record that it is, where it does not do so when it begins. */
  enter(call: DeskCall, disclosed: Disclosed, record?: () => void): void;
  /** The agent turns to this call: whom they turn away from is held. */
  turnTo(id: string): void;
  /** The agent turns away from it for good: who was heard before is taken back. */
  turnFrom(id: string): void;
  /** The calls are the next page's from now on: whatever ends here, nobody is taken back. */
  handOver(): void;
  /** Whom the record says that a call is with. */
  partyOf(destination?: Omit<Destination, "emergency">): Party;
  /** Runs `action` once it is so, which may change whenever a call leaves the desk. @returns what calls the wait off. */
  when(isSo: () => boolean, action: () => void): CancelTimer;
  /** Ends every call. */
  close(): void;
  /** Nothing may be left running. */
  forget(): void;
}

interface DeskPorts {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly onListenerError: (event: string, error: unknown) => void;
  readonly telephone: () => Pick<Telephone, "used" | "changed">;
  /** Calls whom the other side of a call names. */
  readonly refer: Follow;
}

export function createDesk(ports: DeskPorts): Desk {
  const { settings, journal } = ports;
  const calls = new Map<string, DeskCall>();
  const headset = createHeadset();
  const partyOf = createAliases();
  const left = createEmitter<{ call: undefined }>({ call: true }, ports.onListenerError);
  let lastCall = 0;
  let isHandedOver = false;
  let isClosing = false;

  function turnTo(id: string): void {
    if (settings.whileTalking === "hold") for (const other of headset.take(id)) void calls.get(other)?.hold();
    ports.telephone().changed();
  }

  function turnFrom(id: string): void {
    const next = calls.get(headset.leave(id) ?? "");
    if (next && settings.afterHangUp === "take-back" && !isDeparting(next) && !isHandedOver) void next.unhold();
    ports.telephone().changed();
  }

  function reach(number: string) {
    const destination = destinationOf(number, settings);
    return destination && { number: destination.number, party: partyOf(destination) };
  }

  /** Puts on record what `privacy` allows of whom the call is with. */
  function identify(disclosed: Disclosed): void {
    if (!settings.isDisclosing) return;
    void import("./disclosure.ts")
      .then(({ disclose }) => disclose(disclosed, settings.privacy, settings.country))
      .then((fact) => fact && !isClosing && journal.append("call:identified", fact))
      .catch(() => {});
  }

  return {
    get calls() {
      return [...calls.values()];
    },
    headset,
    get isHeard() {
      // Where calls are mixed all are heard.
      return settings.whileTalking === "hold" ? calls.has(headset.order[0] ?? "") : [...calls.values()].some((each) => !isIdle(each));
    },
    get isClosing() {
      return isClosing;
    },
    get: (callId) => calls.get(callId),
    newId: () => `c${++lastCall}`,
    among: (id) => ({
      id,
      onDone: () => void (calls.delete(id) && left.emit("call", undefined)),
      reach,
      follow: (trunk, referral) => (headset.isOther(id) ? "busy" : ports.refer(trunk, referral)),
      onTaken: () => turnTo(id),
      onBegun: () => void (headset.isOther(id) && calls.get(id)?.hold()),
    }),
    enter(call, disclosed, record = () => {}) {
      calls.set(call.id, call);
      record();
      identify(disclosed);
      ports.telephone().used();
      void call.ended.then(() => turnFrom(call.id));
    },
    turnTo,
    turnFrom,
    handOver: () => void (isHandedOver = true),
    partyOf: (destination = nowhere) => partyOf(destination),
    when(isSo, action) {
      if (isSo()) {
        action();
        return () => {};
      }
      const stop = left.on("call", () => {
        if (!isSo()) return;
        stop();
        action();
      });
      return stop;
    },
    close() {
      isClosing = true;
      for (const call of [...calls.values()]) call.hangUp();
    },
    forget() {
      for (const call of calls.values()) call.forget();
      calls.clear();
      left.removeAll();
    },
  };
}

/** The agent's ears and mouth are free of it: it is over, or rings here. */
export const isIdle = (call: DeskCall): boolean => call.state === "ended" || ("arrival" in call && call.state === "ringing");

/** Not over for the agent. */
export const isUnderWay = ({ state }: Pick<DeskCall, "state">): boolean => state !== "ended";
