/** Every call under way, in and out: places those of the agent, and decides what becomes of those to the agent. */
import type { Settings } from "../config.ts";
import { createEmitter } from "../emitter.ts";
import { errorName } from "../errors.ts";
import type { Facts, Journal } from "../journal.ts";
import type { OnViolation } from "../machine.ts";
import type { CancelTimer } from "../clock.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipReferral } from "../ports/sip-dialog.ts";
import type { SipInvitation } from "../ports/sip-invitation.ts";
import { createAliases, destinationOf, type Destination } from "../routing/destination.ts";
import type { SharedAgent } from "../ports/shared-telephone.ts";
import type { Telephone } from "../telephone.ts";
import type { CommonMode } from "../trunk/common-mode.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { Call, IncomingCall } from "./call.ts";
import { createAgent } from "./agent.ts";
import { isLeaving, takers, type KeptCall } from "./conversation.ts";
import type { Present } from "./dialling.ts";
import type { Disclosed } from "./disclosure.ts";
import { createHeadset } from "./headset.ts";
import { heldBy, isHeldHere, type HoldResult } from "./holding.ts";
import type { Follow } from "./referred.ts";
import { createIncomingCall } from "./incoming-call.ts";
import { createLedger } from "./ledger.ts";
import type { Leg } from "./legs.ts";
import { introductionOf } from "./introduction.ts";
import { openMedia, openMediaLater } from "./open-media.ts";
import { readOptions, type CallOptions, type ReadOptions } from "./options.ts";
import { createOutgoingCall } from "./outgoing-call.ts";
import type { AmongCalls, CallPorts, OwnedCall, OwnedIncomingCall, RefusedCall } from "./owned-call.ts";
import { receive, type UnderWay } from "./reception.ts";
import { createTurnedAway } from "./turned-away.ts";

export interface Switchboard {
  /** Under way. */
  readonly calls: readonly (Call | IncomingCall)[];
  /** Over, while an attempt or a BYE of theirs still is not. */
  readonly followed: number;
  /** Turns to the call that was heard before the present one. */
  swap(): Promise<HoldResult>;
  /** Whether calls to the agent are shown; true at the start. */
  setAvailable(available: boolean): void;
  /** A call is under way. */
  readonly isInUse: boolean;
  /** The agent listens to one of these calls. */
  readonly isHeard: boolean;
  readonly agent: SharedAgent;
  /** The agent did this in another page. */
  learn(agent: SharedAgent): void;
  /** The agent turns to a call of another page, or from its last one. */
  turned(page: string, isTo: boolean): void;
  /** Places a call, or gives back the one to this number that nobody has answered yet. */
  call(number: string, options?: CallOptions): Call;
  /** An INVITE came to the agent. */
  receive(trunk: Trunk, invitation: SipInvitation): void;
  /**
   * What the next page needs to go on with the calls that are answered, in the order in which the agent comes back to them.
   * @param isLeaving they are the next page's from now on: whatever ends here, nobody is taken back.
   */
  kept(isLeaving: boolean): readonly KeptCall[];
  /** A call that the page before had answered. @param isAbandoned the agent does not turn to it: it is only to be ended. */
  adopt(kept: KeptCall, make: (given: Adopted) => OwnedCall, isAbandoned: boolean): void;
  /** Runs `action` once no call is up and no attempt is followed any more. @returns what calls the wait off. */
  whenIdle(action: () => void): CancelTimer;
  /** Runs `action` once nothing of any call is under way on this trunk any more. @returns what calls the wait off. */
  whenFree(trunk: Trunk, action: () => void): CancelTimer;
  /** Ends every call; what comes from here on is turned away. */
  close(): void;
  /** Nothing may be left running. */
  forget(): void;
}

/** What a call that is taken over gets here. */
interface Adopted extends AmongCalls, Pick<CallPorts, "party" | "onTrunkChange"> {
  readonly media: MediaSession;
  readonly number: string;
}

interface SwitchboardPorts {
  readonly settings: Settings;
  readonly trunks: () => readonly Trunk[];
  readonly commonMode: CommonMode;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly onListenerError: (event: string, error: unknown) => void;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  /** Why a call may not even be tried; undefined where it may. */
  readonly refusalOf: (destination: Destination | undefined) => RefusedCall | undefined;
  readonly onOffered: (call: IncomingCall) => void;
  /** Where customers ring. */
  readonly telephone: () => Pick<Telephone, "placeOf" | "used" | "changed">;
  readonly onPlaced: (call: Call) => void;
  /** An emergency call is placed: it does not wait for the CRM to start the line. */
  readonly onEmergency: () => void;
}

const nowhere: Destination = { number: "", route: "unknown", emergency: false };

export function createSwitchboard(ports: SwitchboardPorts): Switchboard {
  const { settings, journal } = ports;
  const { clock, limits } = settings;
  const calls = new Map<string, OwnedCall | OwnedIncomingCall>();
  /** Whom the calls of the agent's go to, by the call's id. */
  const dialled = new Map<string, string>();
  const left = createEmitter<{ call: undefined }>({ call: true }, ports.onListenerError);
  const aliases = createAliases();
  const headset = createHeadset();
  const ledger = createLedger(clock);
  const turnedAway = createTurnedAway({ clock, journal });
  const agent = createAgent(clock);
  let closing = false;
  let isHandedOver = false;
  let lastCall = 0;

  function done(callId: string): void {
    dialled.delete(callId);
    if (calls.delete(callId)) left.emit("call", undefined);
  }

  function when(isSo: () => boolean, action: () => void): CancelTimer {
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
  }

  /** The call to `number` that is being placed. */
  function goingTo(number: string): OwnedCall | undefined {
    for (const [id, each] of calls) if (dialled.get(id) === number && "begin" in each && isUnanswered(each)) return each as OwnedCall;
    return undefined;
  }

  /** One at a time: whom the agent turns away from is held. */
  function turnTo(id: string): void {
    if (settings.whileTalking === "hold") for (const other of headset.take(id)) void calls.get(other)?.hold();
    ports.telephone().changed();
  }

  function turnFrom(id: string): void {
    const next = calls.get(headset.leave(id) ?? "");
    if (next && settings.afterHangUp === "take-back" && !isLeaving(next) && !isHandedOver) void next.unhold();
    ports.telephone().changed();
  }

  function among(id: string): AmongCalls {
    const follow: Follow = (trunk, referral) => (headset.isOther(id) ? "busy" : refer(trunk, referral));
    return {
      id,
      onDone: () => done(id),
      reach,
      follow,
      onTaken: () => turnTo(id),
      onBegun: () => void (headset.isOther(id) && calls.get(id)?.hold()),
    };
  }

  function reach(number: string) {
    const destination = destinationOf(number, settings);
    return destination && { number: destination.number, party: aliases(destination) };
  }

  /** Puts on record what `privacy` allows of whom the call is with. */
  function identify(disclosed: Disclosed): void {
    if (!settings.isDisclosing) return;
    void import("./disclosure.ts")
      .then(({ disclose }) => disclose(disclosed, settings.privacy, settings.country))
      .then((fact) => fact && !closing && journal.append("call:identified", fact))
      .catch(() => {});
  }

  const present: Present = (of, shown) =>
    void import("./disclosure.ts")
      .then(({ callerIdOf }) => callerIdOf(shown, settings, settings.privacy))
      .then((caller) => caller && !closing && journal.append("attempt:presented", { ...of, caller }))
      .catch(() => {});

  /** It is under way from now on. @param record puts on record that it is, where it does not do so when it begins. */
  function enter(call: OwnedCall | OwnedIncomingCall, disclosed: Disclosed, record = () => {}): void {
    const { id } = call;
    calls.set(id, call);
    record();
    identify(disclosed);
    ports.telephone().used();
    void call.ended.then(() => turnFrom(id));
  }

  function call(number: string, given?: CallOptions): Call {
    const read = typeof number === "string" ? destinationOf(number, settings) : undefined;
    const destination = read ?? nowhere;
    const options = readOptions(given, destination.emergency);
    // Nobody is asked for help by a machine that tries the line.
    const isCheckOfHelp = destination.emergency && options.by === "check";
    const refusal =
      ports.refusalOf(isCheckOfHelp ? undefined : read) ?? (options.bad && { because: "bad-options" as const, ...options.bad });
    const going = options.again || refusal ? undefined : goingTo(destination.number);
    return going ?? place(destination, options, refusal);
  }

  function place(destination: Destination, options: ReadOptions, refusal: RefusedCall | undefined, trunks = ports.trunks): OwnedCall {
    const id = `c${++lastCall}`;
    const placed = createOutgoingCall({
      ...ports,
      trunks,
      destination,
      // Of a URI nothing may be known.
      party: aliases(destination.route === "unknown" ? nowhere : destination),
      options,
      ledger,
      present,
      ...among(id),
    });
    dialled.set(id, destination.number);
    enter(placed, { callId: id, who: "called", number: destination.number }, placed.record);
    if (destination.emergency) {
      if (!refusal) ports.onEmergency();
      helped();
      void placed.ended.then(helped);
    }
    if (refusal) placed.refuse(refusal);
    // By whoever read of it in the journal.
    else if (closing) placed.hangUp();
    else if (placed.state !== "ended") {
      turnTo(id);
      void placed.begin();
    }
    // Last of all: who is told may hang up, or close the line.
    ports.onPlaced(placed);
    return placed;
  }

  /** The agent is on a call with the emergency services. */
  function helped(): void {
    agent.helped();
    ports.telephone().changed();
  }

  /**
   * Whom the other side of a call named is called as the agent's own calls are, but for the emergency services, whom no stranger calls over
   * our lines, and for a number that is being called already. What only the carrier of `trunk` can know, a URI without a number or
   * another call of its own, is asked of that carrier alone; so is whoever is told who asked for it.
   * Deviation: RFC 3892 §2.2 has Referred-By copied into each INVITE to a SIP URI; who refers us at one carrier is none of another's business.
   */
  function refer(trunk: Trunk, { number = "", target, replaces, headers }: SipReferral): ReturnType<Follow> {
    const dialled = destinationOf(number, settings);
    // RFC 5031: those who call them need not know their number.
    if (dialled?.emergency || /^(urn:service:|sips?:)sos([.@;]|$)/i.test(target)) return "emergency";
    const isTheirs = !dialled || replaces;
    const destination = dialled ?? { ...nowhere, number: target };
    if (closing || goingTo(destination.number)) return "unusable";
    const options = readOptions(undefined, false);
    const words = isTheirs ? { lines: headers, target } : options.words;
    const trunks = () => ports.trunks().filter((each) => !isTheirs || each === trunk);
    return { call: place(destination, { ...options, words }, ports.refusalOf(destination), trunks) };
  }

  /**
   * The emergency services call back from whatever line is free there: so by their number, by their own word (RFC 7090 §5), or
   * without a number, which they often withhold. That a customer passes for them once does no harm; and after an emergency call
   * only, for anybody may write that header.
   */
  function isPsapCallback(caller: Destination | undefined, invitation: SipInvitation): boolean {
    return agent.mayBeCalledBack(limits.psapCallbackMs) && (!caller || caller.emergency || invitation.isPsapCallback);
  }

  function arrive(trunk: Trunk, invitation: SipInvitation): void {
    const caller = destinationOf(invitation.identity.number ?? "", settings);
    const leg = { trunk, invitation };
    const turnAway = (because: Facts["call:turned-away"]["because"], code: number, more: { callId?: string; error?: string } = {}) => {
      invitation.reject(code);
      turnedAway.note({ trunkId: trunk.id, because }, () => ({ party: aliases(caller ?? nowhere), ...more }));
    };
    if (closing) return turnAway("closing", 480);
    const { replaces } = invitation;
    if (replaces !== undefined) {
      const isThere = typeof replaces === "object";
      const taker = isThere && takers.get(replaces);
      return taker ? taker(invitation, aliases(caller ?? nowhere)) : turnAway("nothing-to-replace", isThere ? 481 : replaces);
    }
    const under = [...calls.values()];
    // It was up for a call of the agent's, and is about to rest.
    const isResting = ports.telephone().placeOf(trunk.account.aor) === "elsewhere" && !under.some(isUnderWay);
    const isOfHelp = isPsapCallback(caller, invitation);
    if (isResting && !isOfHelp) return turnAway("elsewhere", 480);
    const reception = receive(
      {
        number: caller?.number,
        nowMs: clock.nowMs(),
        sameCallMs: limits.sameCallMs,
        maxRinging: limits.maxRinging,
        isPsapCallback: isOfHelp,
        talksElsewhere: agent.talksElsewhere,
        refuses: { always: !agent.isAvailable, whileTalking: settings.whenBusy === "refuse" },
      },
      under.map((each) => underWay(each, leg)),
    );
    if (reception === "offer") return offer(leg, caller, (error) => turnAway("media-failed", 480, { error: errorName(error) }));
    if (typeof reception === "string") return turnAway(reception, 486);
    const same = under[reception.sameAs] as OwnedIncomingCall;
    const isOpen = same.state === "ringing" || same.state === "answering";
    if (!isOpen) return turnAway("duplicate", 486, { callId: same.id });
    same.join(leg, reception.isAnew);
    turnedAway.note({ trunkId: trunk.id, because: "duplicate" }, () => ({ party: aliases(caller ?? nowhere), callId: same.id }));
  }

  function kept(isLeaving: boolean): readonly KeptCall[] {
    isHandedOver ||= isLeaving;
    const { order } = headset;
    const rank = ({ callId }: KeptCall) => (order.includes(callId) ? order.indexOf(callId) : order.length);
    const all = [...calls.values()].flatMap((each) => each.keep() ?? []).sort((one, other) => rank(one) - rank(other));
    const [next, ...others] = all;
    // Who is heard, or is just being called, goes with this page: then the next is taken back, as after any other end.
    const isNext = next && calls.has(order[0] ?? "") && rank(next) > 0 && settings.afterHangUp === "take-back" && !next.transferring;
    return isNext ? [{ ...next, held: heldBy(false, next.held) }, ...others] : all;
  }

  function adopt(
    { route, held, dialog: { remoteUri, callIdOwner } }: KeptCall,
    make: (given: Adopted) => OwnedCall,
    isAbandoned: boolean,
  ): void {
    const id = `c${++lastCall}`;
    const number = /^(?:sips?|tel):(\+?[\d*#]{2,32})(?=[@;]|$)/i.exec(remoteUri)?.[1] ?? "";
    const adopted = make({
      party: aliases({ number, route, emergency: false }),
      number,
      media: openMediaLater(settings.media, id, journal),
      ...among(id),
      onTrunkChange: ports.onTrunkChange,
    });
    enter(adopted, { callId: id, who: callIdOwner === "us" ? "called" : "caller", number });
    if (!isHeldHere(held) && !isAbandoned) turnTo(id);
    else if (!isAbandoned && settings.whileTalking === "hold") headset.wait(id);
    if (route === "emergency") helped();
    void adopted.begin();
  }

  function offer(leg: Leg, caller: Destination | undefined, onMediaFailed: (error: unknown) => void): void {
    const id = `c${lastCall + 1}`;
    let media: MediaSession;
    try {
      media = openMedia(settings.media, id, journal);
    } catch (error) {
      // An agent who could not say a word is not rung; another may be.
      return onMediaFailed(error);
    }
    lastCall += 1;
    const party = aliases(caller ?? nowhere);
    const introduction = introductionOf(leg.invitation, settings.incomingHeaders);
    const number = caller?.number;
    const incoming = createIncomingCall({ ...ports, leg, introduction, party, number, media, ...among(id) });
    enter(incoming, { callId: id, who: "caller", number: number ?? "", name: introduction.identity.name });
    incoming.begin();
    if (incoming.state !== "ended") ports.onOffered(incoming);
    // Who was just told of it may have taken it, or turned it away.
    if (settings.autoAnswer)
      incoming.autoAnswer(() => !agent.talksElsewhere && [...calls.values()].every((each) => each === incoming || isIdle(each)));
  }

  return {
    get calls() {
      return [...calls.values()].filter(isUnderWay);
    },
    get followed() {
      return [...calls.values()].filter((call) => !isUnderWay(call)).length;
    },
    async swap() {
      return calls.get(headset.order[1] ?? "")?.unhold() ?? { ok: false, because: "not-answered" };
    },
    get isInUse() {
      return [...calls.values()].some(isUnderWay);
    },
    get isHeard() {
      // Where calls are mixed all are heard.
      return settings.whileTalking === "hold" ? calls.has(headset.order[0] ?? "") : [...calls.values()].some((each) => !isIdle(each));
    },
    get agent() {
      return agent.shared;
    },
    learn: (told) => agent.learn(told),
    turned(page, isTo) {
      agent.turned(page, isTo);
      if (isTo) turnTo(page);
      else turnFrom(page);
    },
    setAvailable(is) {
      agent.setAvailable(is);
      ports.telephone().changed();
    },
    call,
    receive: arrive,
    kept,
    adopt,
    whenIdle: (action) => when(() => calls.size === 0, action),
    whenFree: (trunk, action) => when(() => [...calls.values()].every((call) => !call.uses(trunk)), action),
    close() {
      closing = true;
      for (const under of [...calls.values()]) under.hangUp();
    },
    forget() {
      for (const under of calls.values()) under.forget();
      calls.clear();
      turnedAway.close();
      left.removeAll();
    },
  };
}

const isUnderWay = ({ state }: Call | IncomingCall): boolean => state !== "ended";

/** The agent's ears and mouth are free of it: it is over, or rings here. */
const isIdle = (call: OwnedCall | OwnedIncomingCall): boolean => call.state === "ended" || ("arrival" in call && call.state === "ringing");

const isUnanswered = ({ state }: Call | IncomingCall): boolean => state !== "answered" && state !== "ended" && state !== "answering";

function underWay(call: OwnedCall | OwnedIncomingCall, leg: Leg): UnderWay {
  return "arrival" in call ? { kind: "incoming", state: call.state, arrival: call.arrival(leg) } : { kind: "outgoing", state: call.state };
}
