/** A call that a customer makes to the agent, over whichever trunks it comes: it rings once. */
import { sleep, within } from "../clock.ts";
import type { Settings } from "../config.ts";
import { createEmitter, type EventNames, type Events } from "../emitter.ts";
import { errorName } from "../errors.ts";
import type { CallEnd, Journal, Party } from "../journal.ts";
import { step, type OnViolation } from "../machine.ts";
import { anyOf } from "../platform.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { CallerIdentity } from "../ports/sip-identity.ts";
import type { Cancellation } from "../ports/sip-invitation.ts";
import { incomingCallTable, type IncomingCallEvent, type IncomingCallState } from "../states.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { createConversation, withTalk, type Conversation, type ConversationEvents, type Talk, type TalkPorts } from "./conversation.ts";
import { callEvents, type Call } from "./call.ts";
import type { ReferredEvents } from "./referred.ts";
import { sayGoodbye } from "./goodbye.ts";
import type { Introduction } from "./introduction.ts";
import { createLegs, type Leg, type OpenLeg } from "./legs.ts";
import type { UnderWay } from "./reception.ts";

/** How a customer's call ended. */
export interface IncomingCallSummary {
  /** Which side, or what, ended it; `answered-elsewhere`: another phone of the account took it before the agent did. */
  readonly end: CallEnd;
  /** Where our audio could not be opened: why, by name. `NotAllowedError`: the microphone was denied. `TimeoutError`: nobody granted it in time. */
  readonly error?: string;
}

/** Events of a call that a customer makes. That it rings is told by the line, as `call:offered`. */
export interface IncomingCallEvents extends ConversationEvents {
  referred: ReferredEvents<Call>["referred"];
  /** It is being answered by itself, as it asked (`autoAnswer`); `answered` follows, or `ended`. */
  "auto-answered": { readonly trunkId: string };
  /** It is answered, on this trunk, and the caller has confirmed that (ACK). */
  answered: { readonly trunkId: string };
  /** The call is over; the last event of it. */
  ended: IncomingCallSummary;
}

/** Those of any call: who listens to both kinds alike has mistyped nothing. */
const incomingCallEvents: EventNames<IncomingCallEvents> = { ...callEvents, "auto-answered": true };

/** A call that a customer makes to the agent: one object, though the same call may come by several trunks at once. */
export interface IncomingCall extends Events<IncomingCallEvents>, Talk {
  /** Names it in the journal, in events and reports as `callId`; unique within the session only. */
  readonly id: string;
  /** The trunk that it came by, or is answered on. */
  readonly trunkId: string;
  /** Who calls, or has taken their place since, as read: by their URI, or as the carrier vouches. Personal data, for the agent's eyes only; never journalled. */
  readonly identity: CallerIdentity;
  /** The same as the carrier wrote it, to look into; what a name in it says proves nothing. */
  readonly from: string;
  /** Of the headers that `incomingHeaders` names, those that it brought: untrusted text. Never journalled. */
  readonly headers: Readonly<Record<string, string>>;
  /** It asks to be answered by itself, after so many ms: a wish, which is granted only where `autoAnswer` permits it. */
  readonly answerAfterMs: number | undefined;
  /** It was answered by itself. */
  readonly autoAnswered: boolean;
  /** Where it stands now: `ended` once it is over, whether it was answered or not. */
  readonly state: IncomingCallState;
  /** Its audio; a `WebRtcSession` with `webrtc()`. */
  readonly media: MediaSession;
  /** Resolves, never rejects, when the call is over. */
  readonly ended: Promise<IncomingCallSummary>;
  /** Takes it. Resolves, never rejects, when it is answered or over. Harmless twice, or after the end. */
  answer(): Promise<void>;
  /** Not now: 486 to the caller. Harmless after the answer. */
  decline(): void;
  /** Ends it, whatever its state. Harmless after the end. */
  hangUp(): void;
}

/** What its owner, the switchboard, may do with it besides. */
export interface OwnedIncomingCall extends IncomingCall {
  /** Rings, and is on record: once its owner knows of it, for whoever reads the record may act on it. */
  begin(): void;
  /** What the next page needs to go on with it, while it is answered. */
  keep: Conversation["keep"];
  /** How it compares with an INVITE that comes now. */
  arrival(leg: Leg): NonNullable<UnderWay["arrival"]>;
  /** Answers it when its time has come, if it asks for that and `isFree`, the agent, still is. */
  autoAnswer(isFree: () => boolean): void;
  /** Something of it may still be under way on this trunk. */
  uses(trunk: Trunk): boolean;
  /** The same call came by another trunk too: a spare, should the first be lost before the answer. */
  join(leg: Leg): void;
  /** Linekeeper closes: nothing of it may be left running. */
  forget(): void;
}

interface IncomingPorts extends Pick<TalkPorts, "reach" | "follow" | "onTaken" | "onBegun"> {
  readonly id: string;
  readonly leg: Leg;
  readonly introduction: Introduction;
  readonly party: Party;
  readonly number: string | undefined;
  readonly media: MediaSession;
  readonly settings: Settings;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly onListenerError: (event: string, error: unknown) => void;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  /** Nothing of it is left running, its BYE included. */
  readonly onDone: () => void;
}

export function createIncomingCall(ports: IncomingPorts): OwnedIncomingCall {
  const { id: callId, settings, journal, party, media, onListenerError } = ports;
  const { clock, limits } = settings;
  const { on, once, off, emit, removeAll } = createEmitter<IncomingCallEvents>(incomingCallEvents, onListenerError);
  const over = new AbortController();
  const conversation = createConversation({
    ...ports,
    callId,
    emit,
    onTransferred: () => finish({ end: "transferred" }, true),
    onReplaced(next, _, by, theirs) {
      attend(next);
      [identity, from] = [theirs, by.from];
    },
    sayGoodbye: sayGoodbyeTo,
    signal: over.signal,
  });
  const forgotten = new AbortController();
  const offeredMs = clock.nowMs();
  const legs = createLegs(lost);
  let current = ports.leg;
  let { identity } = ports.introduction;
  let { from } = current.invitation;
  let state: IncomingCallState = "ringing";
  let autoAnswered = false;
  let answeredMs = 0;
  let dialog: SipDialog | undefined;
  /** What may still end after the call has: an answer, and dialogs whose BYE is not confirmed. */
  let underWay = 0;
  let resolveEnded: (summary: IncomingCallSummary) => void = () => {};
  const ended = new Promise<IncomingCallSummary>((resolve) => (resolveEnded = resolve));
  legs.add(current);

  function move(event: IncomingCallEvent): boolean {
    const next = step("incoming call", incomingCallTable, state, event, ports.onViolation);
    if (next !== undefined) state = next;
    return next !== undefined;
  }

  /** Asked again after whatever may have changed the world: a wait, a listener, the integrator's media. */
  const isAnswering = () => state === "answering";

  function lost(how: Cancellation): void {
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
      failure = (await answerBy(leg)) ?? failure;
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

  /** @returns why it could not be; undefined when it is answered, or somebody else has ended it. */
  async function answerBy(leg: OpenLeg): Promise<IncomingCallSummary | undefined> {
    const { invitation } = leg;
    // Without an offer ours goes out with the 200, and the answer comes with the ACK (RFC 3261 §13.2.1).
    const isLate = invitation.offer === undefined;
    const signal = anyOf(over.signal, leg.gone);
    let ours: string;
    try {
      ours = await within(clock, describe(invitation.offer, signal), limits.mediaMs, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      onListenerError("media", error);
      invitation.reject(480);
      // A prompt that nobody answers is the same for every leg, and no customer waits for it twice.
      if (errorName(error) === "TimeoutError") legs.reject(480);
      return { end: "failed", error: errorName(error) };
    }
    let accepted: SipDialog;
    try {
      accepted = await acknowledged(leg, invitation.accept(ours), isLate);
    } catch {
      // The next leg brings an offer of its own.
      if (isAnswering()) await heed(async () => media.withdraw?.(ours));
      return { end: "flow-lost" };
    }
    const { sdp: answer } = accepted;
    if (isLate && answer !== undefined) await heed(() => media.applyAnswer(answer, ours));
    if (!isAnswering()) sayGoodbyeTo(accepted, leg.trunk);
    else established(accepted, leg);
    return undefined;
  }

  /** What throws at once is no other failure than what rejects. */
  async function describe(offer: string | undefined, signal: AbortSignal): Promise<string> {
    return offer === undefined ? media.offer(signal) : media.answer(offer, signal);
  }

  /**
   * Waits for the ACK: some seconds; and where another leg rings, no longer than the flow that brings it stands. A dialog that it
   * opens later is ended (RFC 3261 §15: no BYE before the ACK, or 64·T1). Who got no offer may have to ask somebody else for
   * the answer first (RFC 3725 §4.1), and has until the stack gives up.
   */
  async function acknowledged(leg: OpenLeg, accepting: Promise<SipDialog>, isLate: boolean): Promise<SipDialog> {
    const flowLost = new AbortController();
    const stop = ports.onTrunkChange(() => {
      if (legs.count > 1 && !leg.trunk.health.ready) flowLost.abort(new DOMException("the flow was lost", "NetworkError"));
    });
    try {
      const signal = anyOf(over.signal, flowLost.signal, leg.gone);
      return await within(clock, accepting, isLate ? limits.ledgerMs : limits.ackMs, signal);
    } catch (error) {
      underWay += 1;
      void accepting.then((late) => sayGoodbyeTo(late, leg.trunk)).then(settled, settled);
      throw error;
    } finally {
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
    journal.append("call:answered", { callId, trunkId, setupMs: Math.round(answeredMs - offeredMs) });
    if (over.signal.aborted) return;
    conversation.begin({ ...ports, trunk: leg.trunk, dialog: accepted });
    emit("answered", { trunkId });
  }

  /** The call's own from now on. */
  function attend(accepted: SipDialog): void {
    dialog = accepted;
    accepted.onEnded((how) =>
      conversation.unlessReplaced(() => {
        if (dialog === accepted) finish({ end: how === "bye" ? conversation.endThere : "flow-lost" });
      }),
    );
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────────

  /** @param isOurs by our side: the other is told. */
  function finish(summary: IncomingCallSummary, isOurs = summary.end === "hung-up-here"): void {
    if (!move("end")) return;
    over.abort();
    if (dialog && isOurs) sayGoodbyeTo(dialog, current.trunk);
    try {
      media.close();
    } catch (error) {
      onListenerError("media", error);
    }
    const talkedMs = dialog ? { talkedMs: Math.round(clock.nowMs() - answeredMs) } : {};
    journal.append("call:ended", { callId, ...summary, possibleDuplicate: false, ...talkedMs });
    emit("ended", summary);
    removeAll();
    resolveEnded(summary);
    done();
  }

  function sayGoodbyeTo(ended: SipDialog | Promise<SipDialog>, trunk: Trunk): void {
    underWay += 1;
    void sayGoodbye(ended, trunk, { ...ports, callId, signal: forgotten.signal }).then(settled);
  }

  function settled(): void {
    underWay -= 1;
    done();
  }

  function done(): void {
    if (state === "ended" && underWay === 0) ports.onDone();
  }

  const call: Omit<OwnedIncomingCall, keyof Talk> = {
    id: callId,
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
    on,
    once,
    off,
    ended,
    begin() {
      journal.append("call:offered", { callId, trunkId: current.trunk.id, party });
      legs.ring(ports.leg);
    },
    keep: conversation.keep,
    arrival: ({ trunk, invitation }) => ({
      number: ports.number,
      offeredMs,
      byTrunk: legs.hasTrunk(trunk),
      bySipCallId: legs.hadCallId(invitation.sipCallId),
    }),
    uses: legs.hadTrunk,
    autoAnswer: (isFree) => void autoAnswer(isFree),
    join(leg) {
      legs.add(leg);
      legs.ring(leg);
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
    forget: () => forgotten.abort(),
  };
  return withTalk(call, conversation);
}
