/** Stopping an INVITE of ours: CANCEL (RFC 3261 §9.1), and BYE in its early dialogs (§15) where the CANCEL may have missed. */
import { C, type OutgoingRequestMessage, type Session } from "sip.js/lib/core/index.js";
import { sleep } from "../../src/clock.ts";
import type { SipAnswer } from "../../src/ports/sip-answer.ts";
import type { Patience } from "../../src/ports/sip-edge.ts";
import { answerOf } from "./answer.ts";
import { ask, insist, type Send } from "./ask.ts";
import { type EdgeContext, T2_MS } from "./context.ts";
import type { EarlyDialogs } from "./early-dialogs.ts";

/** How long a final answer to the INVITE may follow the 200 to its CANCEL, in ms: what went to a dead socket never comes. */
const FINAL_ANSWER_MS = 1_000;

/** The CANCEL of an INVITE, on the flow that is open now. */
function cancelOf({ core }: EdgeContext, invite: OutgoingRequestMessage): Send {
  const { ruri, from, to, callId, fromTag, cseq, branch } = invite;
  return (headers, delegate) => {
    const options = { callId, fromTag, cseq, routeSet: invite.getHeaders("route") };
    const cancel = core.makeOutgoingRequestMessage(C.CANCEL, ruri, from.uri, to.uri, options, headers);
    // By the branch the peer finds the INVITE (§9.1); sip.js makes up another where there is none.
    if (branch !== undefined) cancel.branch = branch;
    return core.request(cancel, delegate);
  };
}

/** Cancels an INVITE on the flow that carried it, until that is answered or `signal` aborts: it is over. */
export async function cancel(edge: EdgeContext, invite: OutgoingRequestMessage, signal: AbortSignal): Promise<void> {
  await insist(edge, cancelOf(edge, invite), signal);
}

/** Leaves an early dialog (§15). */
export const byeIn = (edge: EdgeContext, session: Session, patience?: Patience): Promise<SipAnswer> =>
  ask(edge, (extraHeaders, delegate) => session.bye(delegate, { extraHeaders }), answerOf, patience);

/** An INVITE whose flow was lost: what the peer says of it may go to the dead socket, as the answers of Kamailio do. */
export interface Unheard {
  readonly invite: OutgoingRequestMessage;
  /** The peer said 1xx. */
  readonly isKnownToPeer: boolean;
  readonly early: EarlyDialogs;
  /** Every early dialog was ended, and the peer confirmed it. */
  ended(): void;
}

/**
 * Stops it on the flow that is open now, at widening intervals, until it is known to be stopped or `signal` aborts.
 *
 * Deviation: RFC 3261 §9.1 forbids a CANCEL before the first provisional answer, lest it overtakes the INVITE. On a
 * lost flow nobody can hear that answer any more, and the phone would ring until its owner picks up. An overtaking
 * CANCEL does no harm, for it is answered by 481 and sent again.
 */
export async function pursue(edge: EdgeContext, unheard: Unheard, signal: AbortSignal): Promise<void> {
  const { invite, early } = unheard;
  const pause = (delayMs: number) => sleep(edge.clock, delayMs, signal).catch(() => {});
  let isTaken = false;
  let isCancelOver = false;

  const leave = async (session: Session, withinMs: number) => {
    early.leaving(session);
    const { code, said } = await byeIn(edge, session, { answerMs: withinMs });
    const isDone = said === "peer" && ((code >= 200 && code < 300) || code === 481);
    if (!isDone || signal.aborted) return;
    // An edge that has forgotten the INVITE as well says nothing of the phone behind it.
    early.gone(session, code === 481 && !isTaken);
  };

  for (let waitMs = T2_MS; !signal.aborted; waitMs *= 2) {
    const startedMs = edge.clock.nowMs();
    if (!isCancelOver) {
      const { code } = await ask(edge, cancelOf(edge, invite), answerOf, { answerMs: waitMs });
      if (signal.aborted) return;
      isTaken = code >= 200 && code < 300;
      isCancelOver = isTaken || (code === 481 && unheard.isKnownToPeer);
      if (isTaken) await pause(FINAL_ANSWER_MS);
      if (signal.aborted) return;
    }
    if (early.ringing.length > 0) {
      await Promise.all(early.ringing.map((session) => leave(session, waitMs)));
      if (signal.aborted) return;
      if (early.ringing.length === 0 && !early.mayRingOn) return unheard.ended();
    }
    if (isCancelOver && early.ringing.length === 0) return;
    const leftMs = startedMs + waitMs - edge.clock.nowMs();
    if (leftMs > 0) await pause(leftMs);
  }
}
