/** INVITEs to the agent: what becomes of each. */
import { errorName } from "../errors.ts";
import type { Facts } from "../journal.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipInvitation } from "../ports/sip-invitation.ts";
import { destinationOf, type Destination } from "../routing/destination.ts";
import type { Telephone } from "../telephone.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { Agent } from "./agent.ts";
import type { IncomingCall } from "./call.ts";
import { takers } from "./conversation.ts";
import { isIdle, isUnderWay, type Desk, type DeskCall } from "./desk.ts";
import { createIncomingCall } from "./incoming-call.ts";
import { introductionOf } from "./introduction.ts";
import type { Leg } from "./legs.ts";
import { openMedia } from "./open-media.ts";
import type { CallPorts, OwnedIncomingCall } from "./owned-call.ts";
import { receive, type UnderWay } from "./reception.ts";
import { createTurnedAway } from "./turned-away.ts";

export interface ArrivalPorts extends Pick<CallPorts, "settings" | "journal" | "onViolation" | "onListenerError" | "onTrunkChange"> {
  readonly onOffered: (call: IncomingCall) => void;
  /** Where customers ring. */
  readonly telephone: () => Pick<Telephone, "placeOf">;
}

export interface Arrivals {
  /** An INVITE came to the agent. */
  arrive(trunk: Trunk, invitation: SipInvitation): void;
  /** Puts on record whom it has only counted. */
  close(): void;
}

export function createArrivals(ports: ArrivalPorts, desk: Desk, agent: Agent): Arrivals {
  const { settings, journal } = ports;
  const { clock, limits } = settings;
  const turnedAway = createTurnedAway({ clock, journal });

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
    const note = (because: Facts["call:turned-away"]["because"], more: { callId?: string; error?: string } = {}) =>
      turnedAway.note({ trunkId: trunk.id, because }, () => ({ party: desk.partyOf(caller), ...more }));
    const turnAway = (because: Facts["call:turned-away"]["because"], code: number, more?: { callId?: string; error?: string }) => {
      invitation.reject(code);
      note(because, more);
    };
    if (desk.isClosing) return turnAway("closing", 480);
    const { replaces } = invitation;
    if (replaces !== undefined) {
      const isThere = typeof replaces === "object";
      const taker = isThere && takers.get(replaces);
      return taker ? taker(invitation, desk.partyOf(caller)) : turnAway("nothing-to-replace", isThere ? 481 : replaces);
    }
    const { calls } = desk;
    // It was up for a call of the agent's, and is about to rest.
    const isResting = ports.telephone().placeOf(trunk.account.aor) === "elsewhere" && !calls.some(isUnderWay);
    const isOfHelp = isPsapCallback(caller, invitation);
    if (isResting && !isOfHelp) return turnAway("elsewhere", 480);
    const reception = receive(
      {
        number: caller?.e164,
        nowMs: clock.nowMs(),
        sameCallMs: limits.sameCallMs,
        maxRinging: limits.maxRinging,
        isPsapCallback: isOfHelp,
        talksElsewhere: agent.talksElsewhere,
        refuses: { always: !agent.isAvailable, whileTalking: settings.whenBusy === "refuse" },
      },
      calls.map((each) => underWay(each, leg)),
    );
    if (reception === "offer") return offer(leg, caller, (error) => turnAway("media-failed", 480, { error: errorName(error) }));
    if (typeof reception === "string") return turnAway(reception, 486);
    const same = calls[reception.sameAs] as OwnedIncomingCall;
    const isOpen = same.state === "ringing" || same.state === "answering";
    if (!isOpen) return turnAway("duplicate", 486, { callId: same.id });
    same.join(leg, reception.isAnew);
    note("duplicate", { callId: same.id });
  }

  function offer(leg: Leg, caller: Destination | undefined, onMediaFailed: (error: unknown) => void): void {
    const id = desk.newId();
    let media: MediaSession;
    try {
      media = openMedia(settings.media, id, journal);
    } catch (error) {
      // An agent who could not say a word is not rung; another may be.
      return onMediaFailed(error);
    }
    const introduction = introductionOf(leg.invitation, settings.incomingHeaders);
    const incoming = createIncomingCall({
      ...ports,
      leg,
      introduction,
      party: desk.partyOf(caller),
      number: caller?.e164,
      media,
      ...desk.among(id),
    });
    desk.enter(incoming, { callId: id, who: "caller", number: caller?.number ?? "", name: introduction.identity.name });
    incoming.begin();
    if (incoming.state !== "ended") ports.onOffered(incoming);
    // Who was just told of it may have taken it, or turned it away.
    if (settings.autoAnswer)
      incoming.autoAnswer(() => !agent.talksElsewhere && desk.calls.every((each) => each === incoming || isIdle(each)));
  }

  return { arrive, close: turnedAway.close };
}

function underWay(call: DeskCall, leg: Leg): UnderWay {
  return "arrival" in call ? { kind: "incoming", state: call.state, arrival: call.arrival(leg) } : { kind: "outgoing", state: call.state };
}
