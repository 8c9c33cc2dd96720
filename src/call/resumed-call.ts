/** A call that was answered in the page before this one, which the agent has loaded again: taken up where it stood, or ended with a BYE. */
import { factOf } from "../answer-fact.ts";
import { sleep, within } from "../clock.ts";
import { errorName } from "../errors.ts";
import type { CallEnd, Facts } from "../journal.ts";
import { step } from "../machine.ts";
import { directionOf, narrowed } from "../media/direction.ts";
import { inactiveSdp } from "../media/no-media.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import { toE164 } from "../routing/destination.ts";
import { callTable, type CallState } from "../states.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { writtenNames } from "./call-id.ts";
import { callEvents, type CallEvents, type CallSummary, type EndDetail, type ResumedCall } from "./call.ts";
import { createConversation, withTalk } from "./conversation.ts";
import type { Departure } from "./departure.ts";
import { createGoodbyes } from "./goodbye.ts";
import { isHeldHere, isHeldThere } from "./holding.ts";
import { transferOf, type DatedCall, type KeptCall } from "./kept-call.ts";
import { offersBy } from "./offers.ts";
import { withdraw } from "./open-media.ts";
import type { CallPorts, OwnedCall } from "./owned-call.ts";
import { policyOf } from "./policy.ts";
import type { Talk } from "./talk.ts";
import { createTelling } from "./telling.ts";
import { promptReturns, untilReady } from "./until-ready.ts";

interface ResumedPorts extends CallPorts {
  readonly kept: DatedCall;
  /** Of the dialog's URI; empty where that has none. */
  readonly number: string;
  /** It was being transferred, or another call to it. */
  readonly departure: Departure | undefined;
  /** Its page is gone for good: it is only to be ended, and stays kept as that page's until it is. */
  readonly isAbandoned: boolean;
  readonly trunk: Trunk;
  readonly dialog: SipDialog;
  readonly media: MediaSession;
  /** The peer has taken it. */
  readonly onResumed: (call: ResumedCall) => void;
}

/**
 * What the page before asked last may not be over for the peer: it waits for an answer of its own to that, or for our ACK, and says when to
 * ask again (RFC 3261 §14.2). @returns undefined where it says anything else.
 */
const busyMs = ({ code, retryAfterS = 0 }: SipAnswer): number | undefined =>
  code === 491 || (code === 500 && retryAfterS > 0) ? Math.max(1_000, retryAfterS * 1_000) : undefined;

type Failure = Pick<Facts["call:not-resumed"], "because" | "answer" | "error">;

export function createResumedCall(ports: ResumedPorts): OwnedCall & ResumedCall {
  const { id: callId, kept, departure, trunk, media, party, settings, journal, onListenerError } = ports;
  const { clock, limits, privacy } = settings;
  const over = new AbortController();
  const { heard, emit, end: tellEnd } = createTelling<CallEvents>(callEvents, onListenerError, over.signal);
  const goodbyes = createGoodbyes({ ...ports, callId, endedDateMs: kept.ended ? kept.dateMs : undefined }, done);
  const conversation = createConversation({
    ...ports,
    callId,
    emit,
    onTransferred: () => finish("transferred", true),
    onReplaced: attend,
    answeredDateMs: kept.answeredDateMs,
    sayGoodbye: goodbyes.say,
    signal: over.signal,
  });
  const offers = offersBy(policyOf(party.route === "emergency"), media, settings, over.signal);
  const isHeld = isHeldHere(kept.held);
  const transferring = transferOf(kept);
  const direction = kept.dialog.callIdOwner === "us" ? "out" : "in";
  const ageMs = () => Math.abs(clock.dateMs() - kept.dateMs);
  let state: CallState = kept.ended ? "ended" : "answered";
  let { dialog } = ports;
  let isTaken = false;
  let takenMs = clock.nowMs();

  async function begin(): Promise<void> {
    if (kept.ended) {
      goodbyes.say(dialog, trunk);
      return close("hung-up-here");
    }
    if (departure) conversation.depart(departure);
    attend(dialog);
    if (over.signal.aborted) return;
    const failure = await resume().catch((error: unknown): Failure => ({ because: "media-failed", error: errorName(error) }));
    if (!failure || state === "ended") return;
    journal.append("call:not-resumed", { callId, trunkId: trunk.id, ...failure });
    finish(hasLeft() ? "transferred" : "failed", true, failure.error === undefined ? {} : { error: failure.error });
  }

  /** The other side has told how the transfer went, while the call waited to be taken up. */
  function hasLeft(): boolean {
    let is = false;
    if (transferring) dialog.rejoin?.(({ isLast, code = 200 }) => (is ||= isLast && code < 300), over.signal);
    return is;
  }

  /** The call's own from now on. */
  function attend(next: SipDialog): void {
    dialog = next;
    conversation.onEnded(next, (how, reason) => {
      if (dialog !== next) return;
      // A peer that knows nothing of it gets a BYE all the same: a server on the way may have said so (RFC 3261 §12.2.1.2).
      if (how === "bye" || isTaken) finish(conversation.endThere(how), how === "forgotten", reason && { reason });
    });
  }

  function done(): void {
    if (state === "ended" && goodbyes.areOver) ports.onDone();
  }

  /** @returns why it could not be; undefined when it is, or is over. */
  async function resume(): Promise<Failure | undefined> {
    if (ports.isAbandoned) return { because: "abandoned" };
    if (ageMs() > limits.resumeMs) return { because: "too-old" };
    if (kept.aor !== trunk.account.aor) return { because: "other-account" };
    const untilMs = clock.nowMs() + limits.resumeMs - ageMs();
    if (isHeld) media.hold?.(true);
    if (kept.muted) conversation.talk.mute();
    // It rests where another page is the agent's telephone.
    trunk.wake();
    // While the trunk registers.
    const preparing = offers.prepare();
    preparing.catch(() => {});
    for (let tries = 1; ; tries++) {
      if (!(await untilReady(trunk, untilMs, { ...ports, signal: over.signal }))) return { because: "trunk-unready" };
      const own = await offers.take();
      const offer = own === inactiveSdp ? own : narrowed(own, isHeld ? "sendonly" : "sendrecv");
      const { answer, sdp } = await dialog.reinvite(offer);
      if (over.signal.aborted) return undefined;
      if (answer.code < 300) return taken(own, sdp);
      withdraw(media, own);
      // Nobody said it: the flow was lost, and the next may carry more.
      const isHeard = answer.said === "peer";
      const againMs = isHeard ? busyMs(answer) : limits.reconnectBaseMs;
      if (againMs === undefined || clock.nowMs() + againMs >= untilMs)
        return { because: "refused", answer: factOf(answer, privacy.reasonText) };
      trunk.wake(tries <= promptReturns);
      await sleep(clock, againMs, over.signal);
    }
  }

  async function taken(own: string, sdp: string | undefined): Promise<undefined> {
    isTaken = true;
    takenMs = clock.nowMs();
    if (sdp !== undefined && own !== inactiveSdp) await within(clock, media.applyAnswer(sdp, own), limits.mediaMs, over.signal);
    if (over.signal.aborted) return;
    const { callId: sipCallId, callIdOwner, localTag, remoteTag } = kept.dialog;
    const names = writtenNames({ sipCallId, fromTag: callIdOwner === "us" ? localTag : remoteTag }, ports.number);
    const gapMs = Math.round(ageMs());
    const of = { callId, trunkId: trunk.id };
    journal.append("call:resumed", { ...of, party, direction, was: kept.callId, gapMs, ...names });
    if (over.signal.aborted) return;
    conversation.begin({
      ...ports,
      dialog,
      transferring,
      isMute: own === inactiveSdp,
      onHolding(holding) {
        if (isHeld) void holding.wish(true);
        if (isHeld) holding.told(true);
        holding.settle();
        // `inactive` to a hold of ours says nothing of theirs, but for what was so before.
        const wasHeldThere = isHeldThere(kept.held);
        if (sdp !== undefined && (wasHeldThere || directionOf(sdp) !== "inactive")) holding.heed(sdp);
      },
    });
    ports.onResumed(call);
  }

  /** Where it is not taken up yet it stays what it was kept as. */
  function keepPresent(): KeptCall | undefined {
    if (over.signal.aborted) return undefined;
    return conversation.keep() ?? (dialog.keep && { ...kept, callId, dialog: dialog.keep() });
  }

  /** @param isOurs the peer is to be told. */
  function finish(end: CallEnd, isOurs: boolean, why?: EndDetail): void {
    if (state === "ended") return;
    const next = step("call", callTable, state, "end", ports.onViolation);
    if (next !== undefined) state = next;
    if (isOurs) goodbyes.say(dialog, trunk);
    journal.append("call:ended", {
      callId,
      end,
      possibleDuplicate: false,
      ...why,
      ...(isTaken && { talkedMs: Math.round(clock.nowMs() - takenMs) }),
    });
    close(end, why);
  }

  function close(end: CallEnd, why?: EndDetail): void {
    over.abort();
    offers.discard();
    try {
      media.close();
    } catch (thrown) {
      onListenerError("media", thrown);
    }
    // Nobody else hears what comes of it.
    if (transferring) departure?.settle(end === "transferred");
    const summary: CallSummary = { end, attempts: 0, possibleDuplicate: false, ...why };
    tellEnd(summary);
    done();
  }

  const plain: Omit<OwnedCall & ResumedCall, keyof Talk> = {
    id: callId,
    resumed: true,
    direction,
    number: party.route === "emergency" ? ports.number : toE164(ports.number, settings.country),
    remoteUri: kept.dialog.remoteUri,
    get state() {
      return state;
    },
    trunkId: trunk.id,
    context: undefined,
    media,
    ...heard,
    begin,
    uses: (each) => each === trunk,
    keep: () => (ports.isAbandoned ? [] : [keepPresent() ?? [], goodbyes.kept].flat()),
    refuse() {},
    redial() {},
    hangUp: () => finish("hung-up-here", true),
    forget: goodbyes.forget,
  };
  const call = withTalk(plain, conversation);
  return call;
}
