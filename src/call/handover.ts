/** Calls from page to page: what the next one needs of those here, and those that it takes up. */
import type { Settings } from "../config.ts";
import type { Journal } from "../journal.ts";
import type { MediaSession } from "../ports/media.ts";
import { toE164 } from "../routing/destination.ts";
import { isDeparting } from "./conversation.ts";
import type { Desk } from "./desk.ts";
import { heldBy, isHeldHere } from "./holding.ts";
import type { KeptCall } from "./kept-call.ts";
import { openMediaLater } from "./open-media.ts";
import type { AmongCalls, CallPorts, OwnedCall } from "./owned-call.ts";

/** What a call that is taken over gets here. */
export interface Adopted extends AmongCalls, Pick<CallPorts, "party" | "onTrunkChange"> {
  readonly media: MediaSession;
  readonly number: string;
}

interface HandoverPorts extends Pick<CallPorts, "onTrunkChange"> {
  readonly settings: Settings;
  readonly journal: Journal;
}

export interface Handover {
  /**
   * What the next page needs to go on with the calls that are answered, in the order in which the agent comes back to them; and to end those that
   * are over, last.
   * @param isLeaving they are the next page's from now on: whatever ends here, nobody is taken back.
   */
  kept(isLeaving: boolean): readonly KeptCall[];
  /** A call that the page before had answered. @param isAbandoned the agent does not turn to it: it is only to be ended. */
  adopt(kept: KeptCall, make: (given: Adopted) => OwnedCall, isAbandoned: boolean): void;
}

/** @param helped the agent is on a call with the emergency services. */
export function createHandover({ settings, journal, onTrunkChange }: HandoverPorts, desk: Desk, helped: () => void): Handover {
  const { headset } = desk;

  return {
    kept(isLeaving) {
      if (isLeaving) desk.handOver();
      const { order } = headset;
      const rank = ({ callId }: KeptCall) => (order.includes(callId) ? order.indexOf(callId) : order.length);
      const kept = desk.calls.flatMap((each) => each.keep());
      const ended = kept.filter((each) => each.ended);
      const all = kept.filter((each) => !each.ended).sort((one, other) => rank(one) - rank(other));
      const [next, ...others] = all;
      // Who is heard, or is just being called, goes with this page: then the next is taken back, as after any other end.
      const isAway = next && isDeparting(desk.get(next.callId));
      const isNext = next && desk.get(order[0] ?? "") && rank(next) > 0 && settings.afterHangUp === "take-back" && !isAway;
      return [...(isNext ? [{ ...next, held: heldBy(false, next.held) }, ...others] : all), ...ended];
    },
    adopt({ route, held, dialog: { remoteUri, callIdOwner } }, make, isAbandoned) {
      const id = desk.newId();
      const number = /^(?:sips?|tel):(\+?[\d*#]{2,32})(?=[@;]|$)/i.exec(remoteUri)?.[1] ?? "";
      const adopted = make({
        party: desk.partyOf({ number, e164: toE164(number, settings.country), route }),
        number,
        media: openMediaLater(settings.media, id, journal),
        ...desk.among(id),
        onTrunkChange,
      });
      desk.enter(adopted, { callId: id, who: callIdOwner === "us" ? "called" : "caller", number });
      if (!isHeldHere(held) && !isAbandoned) desk.turnTo(id);
      else if (!isAbandoned && settings.whileTalking === "hold") headset.wait(id);
      if (route === "emergency") helped();
      void adopted.begin();
    },
  };
}
