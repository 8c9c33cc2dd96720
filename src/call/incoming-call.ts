/** A call that a customer makes to the agent, over whichever trunks it comes: it rings once. */
import { sleep, within } from "../clock.ts";
import { errorName } from "../errors.ts";
import { step } from "../machine.ts";
import { anyOf } from "../platform.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { Cancellation } from "../ports/sip-invitation.ts";
import { incomingCallTable, type IncomingCallEvent, type IncomingCallState } from "../states.ts";
import { writtenNames } from "./call-id.ts";
import { incomingCallEvents, type IncomingCallEvents, type IncomingCallSummary } from "./call.ts";
import { createConversation, withTalk } from "./conversation.ts";
import { createGoodbyes } from "./goodbye.ts";
import type { Introduction } from "./introduction.ts";
import { keptCall, type KeptCall } from "./kept-call.ts";
import { createLegs, type Leg, type OpenLeg } from "./legs.ts";
import { withdraw } from "./open-media.ts";
import type { CallPorts, OwnedIncomingCall } from "./owned-call.ts";
import type { Talk } from "./talk.ts";
import { createTelling } from "./telling.ts";

interface IncomingPorts extends CallPorts {
  readonly leg: Leg;
  readonly introduction: Introduction;
  /** Whose it is, by E.164; undefined where the caller withholds it. */
  readonly number: string | undefined;
  readonly media: MediaSession;
}

export function createIncomingCall(ports: IncomingPorts): OwnedIncomingCall {
  const { id: callId, settings, journal, party, media, onListenerError } = ports;
  const { clock, limits } = settings;
  const over = new AbortController();
  const { heard, emit, end: tellEnd } = createTelling<IncomingCallEvents>(incomingCallEvents, onListenerError, over.signal);
  const goodbyes = createGoodbyes({ ...ports, callId }, done);
  const conversation = createConversation({
    ...ports,
    callId,
    emit,
    onTransferred: () => finish({ end: "transferred" }, true),
    onReplaced(next, _, by, theirs) {
      attend(next);
      [identity, from] = [theirs, by.from];
    },
    sayGoodbye: goodbyes.say,
    signal: over.signal,
  });
  const offeredMs = clock.nowMs();
  const legs = createLegs({ clock, adriftMs: limits.trunkWaitMs, onLost: lost });
  let current = ports.leg;
  let { identity } = ports.introduction;
  let { from } = current.invitation;
  let state: IncomingCallState = "ringing";
  let autoAnswered = false;
  let answeredMs = 0;
  let dialog: SipDialog | undefined;
  /** Our answer waits for the caller's ACK. `sinceMs`: it follows at once where the answer was heard. */
  let unconfirmed: { readonly sinceMs: number | undefined; readonly joined: (isAnew: boolean) => void } | undefined;
  /** Answers of ours that may still end after the call has. */
  let underWay = 0;
  legs.add(current);

  function move(event: IncomingCallEvent): boolean {
    const next = step("incoming call", incomingCallTable, state, event, ports.onViolation);
    if (next !== undefined) state = next;
    return next !== undefined;
  }

  /** Asked again after whatever may have changed the world: a wait, a listener, the integrator's media. */
  const isAnswering = () => state === "answering";

  function lost(how: Cancellation | "flow-lost"): void {
    if (state === "ringing" && legs.first) current = legs.first;
    else if (!legs.first && (state === "ringing" || isAnswering()))
      finish({ end: legs.isTakenElsewhere ? "answered-elsewhere" : how === "gave-up" ? "hung-up-there" : how });
  }

  // ── Answering ─────────────────────────────────────────────────────────────────────────────────

  /** By the leg that came first, and if that is lost or fails meanwhile, by the next. */
  async function answer(): Promise<void> {
    if (!move("answer")) return;
    ports.onTaken();
    if (!isAnswering()) return;
    let failure: IncomingCallSummary = { end: "flow-lost" };
    underWay += 1;
    for (let leg = legs.first; leg && isAnswering(); leg = legs.first) {
      current = leg;
      const how = await answerBy(leg);
      if (how === "adrift") continue;
      failure = how ?? failure;
      legs.leave(leg);
    }
    if (isAnswering()) finish(failure);
    settled();
  }

  async function autoAnswer(isFree: () => boolean): Promise<void> {
    const { answerAfterMs } = ports.introduction;
    if (answerAfterMs === undefined || state !== "ringing") return;
    await sleep(clock, answerAfterMs, over.signal).catch(() => {});
    if (state !== "ringing" || !isFree()) return;
    autoAnswered = true;
    const trunkId = current.trunk.id;
    journal.append("call:auto-answered", { callId, trunkId });
    emit("auto-answered", { trunkId });
    await answer();
  }

  /**
   * @returns why it could not be; undefined when it is answered, or somebody else has ended it; `adrift` where its flow was gone before
   * anybody had noticed: nothing was said, and the next one may carry it.
   */
  async function answerBy(leg: OpenLeg): Promise<IncomingCallSummary | "adrift" | undefined> {
    const { invitation } = leg;
    // Without an offer ours goes out with the 200, and the answer comes with the ACK (RFC 3261 §13.2.1).
    const isLate = invitation.offer === undefined;
    const signal = anyOf(over.signal, leg.gone);
    let ours: string;
    try {
      ours = await within(clock, describe(invitation.offer, signal), limits.mediaMs, signal);
      if (legs.first === leg) await leg.afloat();
      signal.throwIfAborted();
    } catch (error) {
      if (signal.aborted) return undefined;
      onListenerError("media", error);
      invitation.reject(480);
      // A prompt that nobody answers is the same for every leg, and no customer waits for it twice.
      if (errorName(error) === "TimeoutError") legs.reject(480);
      return { end: "failed", error: errorName(error) };
    }
    // Its flow was lost meanwhile, and another has one.
    if (legs.first !== leg) {
      invitation.reject(486);
      withdraw(media, ours);
      return undefined;
    }
    let accepted: SipDialog;
    try {
      accepted = await acknowledged(leg, invitation.accept(ours), isLate);
    } catch {
      // The next leg brings an offer of its own.
      if (isAnswering()) withdraw(media, ours);
      return leg.isAdrift ? "adrift" : { end: "flow-lost" };
    }
    const { sdp: answer } = accepted;
    if (isLate && answer !== undefined) await heed(() => media.applyAnswer(answer, ours));
    if (!isAnswering()) goodbyes.say(accepted, leg.trunk);
    else established(accepted, leg);
    return undefined;
  }

  /** What throws at once is no other failure than what rejects. */
  async function describe(offer: string | undefined, signal: AbortSignal): Promise<string> {
    return offer === undefined ? media.offer(signal) : media.answer(offer, signal);
  }

  /**
   * Waits for the ACK: some seconds; where another leg rings, no longer than the flow that brings it stands throughout; and no longer than until the
   * caller calls anew. A dialog that it
   * opens later is ended (RFC 3261 §15: no BYE before the ACK, or 64·T1). Who got no offer may have to ask somebody else for
   * the answer first (RFC 3725 §4.1), and has until the stack gives up.
   */
  async function acknowledged(leg: OpenLeg, accepting: Promise<SipDialog>, isLate: boolean): Promise<SipDialog> {
    const vain = new AbortController();
    const abandon = () => vain.abort(new DOMException("the answer was not heard", "NetworkError"));
    let isLost = false;
    const joined = (isAnew = false) => {
      if (isAnew || (isLost && legs.count > 1)) abandon();
    };
    const stop = ports.onTrunkChange(() => {
      isLost ||= !leg.trunk.health.ready;
      joined();
    });
    unconfirmed = { sinceMs: isLate ? undefined : clock.nowMs(), joined };
    try {
      const signal = anyOf(over.signal, vain.signal, leg.gone);
      return await within(clock, accepting, isLate ? limits.ledgerMs : limits.ackMs, signal);
    } catch (error) {
      goodbyes.say(accepting, leg.trunk, leg.invitation.unconfirmed);
      throw error;
    } finally {
      unconfirmed = undefined;
      stop();
    }
  }

  /** What the peer says of its audio ends no call, and holds none up. */
  async function heed(apply: () => Promise<void>): Promise<void> {
    try {
      await within(clock, apply(), limits.mediaMs, over.signal);
    } catch (error) {
      if (isAnswering()) onListenerError("media", error);
    }
  }

  function established(accepted: SipDialog, leg: Leg): void {
    const trunkId = leg.trunk.id;
    move("confirm");
    attend(accepted);
    answeredMs = clock.nowMs();
    legs.reject(486, leg);
    const setupMs = Math.round(answeredMs - offeredMs);
    journal.append("call:answered", { callId, trunkId, setupMs, ...writtenNames(leg.invitation, ports.number) });
    if (over.signal.aborted) return;
    conversation.begin({ ...ports, trunk: leg.trunk, dialog: accepted });
    emit("answered", { trunkId });
  }

  /** The call's own from now on. */
  function attend(accepted: SipDialog): void {
    dialog = accepted;
    conversation.onEnded(accepted, (how, reason) => {
      if (dialog !== accepted) return;
      // A server on the way may have said so, and the customer still be on the line (RFC 3261 §12.2.1.2).
      finish({ end: conversation.endThere(how), ...(reason && { reason }) }, how === "forgotten");
    });
  }

  /** The ACK to our 200 is on its way, and will not reach this page: the caller hears us from then on, or the next page, or the end of it. */
  function keepUnconfirmed(): KeptCall | undefined {
    const { trunk, invitation } = current;
    const dialog = isAnswering() ? invitation.unconfirmed?.keep?.() : undefined;
    const { held, muted } = conversation.talk;
    return keptCall({ callId, trunk, route: party.route, held, muted, dialog });
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────────

  /** @param isOurs by our side: the other is told. */
  function finish(summary: IncomingCallSummary, isOurs = summary.end === "hung-up-here"): void {
    if (!move("end")) return;
    over.abort();
    if (dialog && isOurs) goodbyes.say(dialog, current.trunk);
    try {
      media.close();
    } catch (error) {
      onListenerError("media", error);
    }
    // One that was answered is on record by its names already.
    const more = dialog ? { talkedMs: Math.round(clock.nowMs() - answeredMs) } : writtenNames(current.invitation, ports.number);
    journal.append("call:ended", { callId, ...summary, possibleDuplicate: false, ...more });
    tellEnd(summary);
    done();
  }

  function settled(): void {
    underWay -= 1;
    done();
  }

  function done(): void {
    if (state === "ended" && underWay === 0 && goodbyes.areOver) ports.onDone();
  }

  const call: Omit<OwnedIncomingCall, keyof Talk> = {
    id: callId,
    direction: "in",
    get trunkId() {
      return current.trunk.id;
    },
    ...ports.introduction,
    get identity() {
      return identity;
    },
    get from() {
      return from;
    },
    get autoAnswered() {
      return autoAnswered;
    },
    get state() {
      return state;
    },
    media,
    ...heard,
    begin() {
      journal.append("call:offered", { callId, trunkId: current.trunk.id, party });
      legs.ring(ports.leg);
    },
    keep: () => [conversation.keep() ?? keepUnconfirmed() ?? [], goodbyes.kept].flat(),
    arrival: ({ trunk, invitation }) => ({
      number: ports.number,
      offeredMs,
      byTrunk: legs.hasTrunk(trunk),
      bySipCallId: legs.hadCallId(invitation.sipCallId),
      unconfirmedMs: unconfirmed?.sinceMs === undefined ? undefined : clock.nowMs() - unconfirmed.sinceMs,
    }),
    uses: legs.hadTrunk,
    autoAnswer: (isFree) => void autoAnswer(isFree),
    join(leg, isAnew = false) {
      legs.add(leg);
      legs.ring(leg);
      unconfirmed?.joined(isAnew);
    },
    answer,
    decline() {
      if (state !== "ringing") return;
      legs.reject(486);
      finish({ end: "hung-up-here" });
    },
    hangUp() {
      legs.reject(480);
      finish({ end: "hung-up-here" });
    },
    forget: goodbyes.forget,
  };
  return withTalk(call, conversation);
}
