/** What the agent sees: one call, whatever number of attempts on whatever trunks it takes. */
import { sleep, within, type CancelTimer } from "../clock.ts";
import type { Settings } from "../config.ts";
import { createEmitter, type EventNames, type Events } from "../emitter.ts";
import { errorName } from "../errors.ts";
import type { CallEnd, CallOptionName, FailoverReason, Journal, Party, Refusal } from "../journal.ts";
import { step, type OnViolation } from "../machine.ts";
import { inactiveSdp } from "../media/no-media.ts";
import { flowLostOutcome, notConnectedOutcome, silentOutcome, type Outcome } from "../outcome.ts";
import { anyOf } from "../platform.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { Destination } from "../routing/destination.ts";
import { callTable, type CallEvent, type CallState } from "../states.ts";
import type { CommonMode } from "../trunk/common-mode.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { startAttempt, type Attempt } from "./attempt.ts";
import {
  conversationEvents,
  createConversation,
  withTalk,
  type Conversation,
  type ConversationEvents,
  type Talk,
  type TalkPorts,
} from "./conversation.ts";
import type { ReferredEvents } from "./referred.ts";
import { gate, type AttemptEnd } from "./gate.ts";
import { sayGoodbye } from "./goodbye.ts";
import { mayHaveRung, type Ledger, type Sent } from "./ledger.ts";
import { createOffers } from "./offers.ts";
import { openMediaLater } from "./open-media.ts";
import { placedWith, type ReadOptions } from "./options.ts";
import { policyOf } from "./policy.ts";
import type { CallProgress } from "./progress.ts";
import { createTrunkChoice } from "./trunk-choice.ts";

/** How a call ended. */
export interface CallSummary {
  /** `refused` where no INVITE was sent; else which side, or what, ended it. */
  readonly end: CallEnd | "refused";
  /** Why it never left the agent, where `end` is `refused`. */
  readonly refusal?: Refusal;
  /** Where that is `bad-options`: which of them, e.g. `headers.Via`. */
  readonly field?: string;
  /** What the last attempt's end meant. */
  readonly outcome?: Outcome;
  /** The peer's own final code, where the last attempt had one. */
  readonly sipCode?: number;
  /** Name of what was thrown where it ended on this side, as a browser's DOMException has it: `NotAllowedError`, `TimeoutError`. */
  readonly error?: string;
  /** INVITEs sent, over all trunks. */
  readonly attempts: number;
  /** Somebody's phone may have rung without our knowing: an attempt was given up and nobody confirmed its end. */
  readonly possibleDuplicate: boolean;
  /** What it was placed with. */
  readonly context?: unknown;
}

/** Why a call is over before it began. */
export interface RefusedCall {
  readonly because: Refusal;
  readonly stage?: string;
  readonly option?: CallOptionName;
  readonly field?: string;
}

/** Events of one call. */
export interface CallEvents extends ConversationEvents {
  referred: ReferredEvents<Call>["referred"];
  /** An INVITE goes out on this trunk: once for each attempt, the first included. */
  dialling: { readonly trunkId: string };
  /** The line takes longer than usual, and there is no better one: the call goes on waiting. */
  slow: { readonly trunkId: string };
  /** The phone rings (180), as far as the carrier of this trunk says. */
  ringing: { readonly trunkId: string };
  /** What the carrier says of it meanwhile, each time that it says something new; a phone that rings is told as `ringing` too. */
  progress: CallProgress & { readonly trunkId: string };
  /** The call goes on to another trunk, as the same object; `redial`: because the agent wished it. */
  "failed-over": { readonly from: string; readonly to: string; readonly because: FailoverReason };
  /** The line failed after the phone rang, or died under the conversation: `redial()` or `hangUp()`, as the agent wishes. */
  "choice-needed": { readonly trunkId: string };
  /** Somebody has answered, by this trunk; after `redial()` it may come again. */
  answered: { readonly trunkId: string };
  /** The call is over; the last event of it. */
  ended: CallSummary;
}

export const callEvents: EventNames<CallEvents> = {
  ...conversationEvents,
  dialling: true,
  slow: true,
  ringing: true,
  progress: true,
  "failed-over": true,
  "choice-needed": true,
  answered: true,
  ended: true,
};

/** A call that the agent makes: one object from `call()` to its end, whatever number of attempts on whatever trunks it takes. */
export interface Call extends Events<CallEvents>, Talk {
  /** Names it in the journal, in events and reports as `callId`; unique within the session only. */
  readonly id: string;
  /** Where it stands now: `ended` once it is over, for whatever reason. */
  readonly state: CallState;
  /** The trunk that carries it now. */
  readonly trunkId: string | undefined;
  /** The page before this one had it: a `ResumedCall`. */
  readonly resumed?: true;
  /** The integrator's own, as it was given to `call()`. */
  readonly context: unknown;
  /** Its audio; a `WebRtcSession` with `webrtc()`. */
  readonly media: MediaSession;
  /** Resolves, never rejects, when the call is over. */
  readonly ended: Promise<CallSummary>;
  /** The agent's answer to `choice-needed`, or to `no-audio`: dials on the next trunk, so the customer is called back. Harmless at any other time. */
  redial(): void;
  /** Ends it, whatever its state. Harmless after the end. */
  hangUp(): void;
}

interface CallPorts extends Pick<TalkPorts, "reach" | "follow" | "onTaken" | "onBegun"> {
  readonly id: string;
  readonly destination: Destination;
  readonly party: Party;
  readonly options: ReadOptions;
  readonly settings: Settings;
  readonly trunks: () => readonly Trunk[];
  readonly commonMode: CommonMode;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly onListenerError: (event: string, error: unknown) => void;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  /** Nothing of it is left running, its abandoned attempts included. */
  readonly onDone: () => void;
}

/** What its owner, the facade, may do with a call besides. */
export interface OwnedCall extends Call {
  begin(): Promise<void>;
  /** What the next page needs to go on with it, while it is answered. */
  keep: Conversation["keep"];
  /** Something of it may still be under way on this trunk. */
  uses(trunk: Trunk): boolean;
  /** Over before it began. */
  refuse(refused: RefusedCall): void;
  /** Linekeeper closes: nothing of it may be left running. */
  forget(): void;
}

export function createCall(ports: CallPorts): OwnedCall {
  const { id: callId, destination, settings, journal, onViolation } = ports;
  const { words, context } = ports.options;
  const { clock, limits } = settings;
  const { on, once, off, emit, removeAll } = createEmitter<CallEvents>(callEvents, ports.onListenerError);
  const media = openMediaLater(settings.media, callId, journal);
  const placedMs = clock.nowMs();
  const attempts: Attempt[] = [];
  const sent: Sent[] = [];
  const over = new AbortController();
  const conversation = createConversation({
    ...ports,
    callId,
    media,
    emit,
    onTransferred: () => leave("transferred"),
    onReplaced: attend,
    sayGoodbye: sayGoodbyeTo,
    signal: over.signal,
  });
  /** Linekeeper closes. */
  const forgotten = new AbortController();
  /** Dialogs whose BYE is not confirmed. */
  let goodbyes = 0;
  const choice = createTrunkChoice({ ...ports, over: over.signal });
  const policy = policyOf(destination.emergency);
  const offers = createOffers(
    media,
    over.signal,
    (offer) => within(clock, offer, policy.mediaMs(limits), over.signal),
    policy.needsMicrophone ? undefined : inactiveSdp,
  );
  const maxAttempts = policy.maxAttempts(limits.maxAttempts);
  let state: CallState = "preparing";
  let current: Attempt | undefined;
  let dialog: SipDialog | undefined;
  let answeredMs = 0;
  /** The line died under the conversation, and the agent has not chosen yet. */
  let wasCut = false;
  /** With whoever was on the line before it died. */
  let talkedMs: number | undefined;
  let onceUsed = false;
  /** Attempts made when the agent last chose to dial again. */
  let chosenAt = 0;
  let lastOutcome: Outcome | undefined;
  let lastCode: number | undefined;
  let cancelChoice: CancelTimer = () => {};
  /** An attempt that was given up has come to its end. */
  let whenSettled = () => {};
  let resolveEnded: (summary: CallSummary) => void = () => {};
  const ended = new Promise<CallSummary>((resolve) => (resolveEnded = resolve));
  journal.append("call:placed", { callId, party: ports.party, ...placedWith(ports.options, settings.privacy.context) });

  function move(event: CallEvent): boolean {
    const next = step("call", callTable, state, event, onViolation);
    if (next !== undefined) state = next;
    return next !== undefined;
  }

  async function begin(): Promise<void> {
    try {
      await offers.prepare();
    } catch (error) {
      return refuse({ because: "media-failed" }, error);
    }
    advance();
  }

  /** On to the next trunk. Whatever breaks on the way (the microphone was taken away) ends the call, nothing else. */
  function advance(from?: { readonly trunkId: string; readonly because: FailoverReason }): void {
    // The agent may have hung up while the microphone was opened or a CANCEL confirmed: then nobody waits for a trunk.
    if (isDone()) return;
    tryNext(from).catch((error: unknown) => {
      if (over.signal.aborted) return;
      ports.onListenerError("call", error);
      finish("failed", errorName(error));
    });
  }

  /** The INVITE goes to the best trunk that was not tried yet; `from` tells of a failover. */
  async function tryNext(from?: { readonly trunkId: string; readonly because: FailoverReason }): Promise<void> {
    const trunk = await choice.take();
    // While it waited the agent may have hung up, or an attempt that was given up been answered.
    if (isDone()) return;
    if (!trunk) return from ? finish("failed") : refuse({ because: ports.trunks().length > 0 ? "no-trunk" : "trunks-missing" });
    const offer = await offers.take();
    if (isDone()) return media.withdraw?.(offer);
    if (from) {
      journal.append("call:failed-over", { callId, from: from.trunkId, to: trunk.id, because: from.because });
      emit("failed-over", { from: from.trunkId, to: trunk.id, because: from.because });
      // Whoever was told may have hung up.
      if (isDone()) return media.withdraw?.(offer);
    }
    move("dial");
    const attempt: Attempt = startAttempt({
      number: attempts.length + 1,
      callId,
      route: destination.route,
      dialled: destination.number,
      offer,
      words,
      trunk,
      clock,
      limits,
      reasonText: settings.privacy.reasonText,
      journal,
      onViolation,
      hasBetter: () => attempts.length < maxAttempts && choice.hasBetter,
      onTrunkChange: ports.onTrunkChange,
      events: {
        slow: () => emit("slow", { trunkId: trunk.id }),
        alerting() {
          if (attempt !== current || attempt.state === "cancelling" || !move("ring")) return;
          journal.append("call:ringing", { callId, trunkId: trunk.id });
          emit("ringing", { trunkId: trunk.id });
        },
        progressed(progress) {
          if (attempt === current && !isDone()) emit("progress", { ...progress, trunkId: trunk.id });
        },
        described(sdp) {
          if (attempt === current && !dialog) void heed(() => media.applyEarlyAnswer?.(sdp, offer));
        },
        answered: (late) => answered(attempt, late, offer),
        over: (end) => decide(attempt, end),
        settled() {
          if (!dialog || attempt !== current) media.withdraw?.(offer);
          whenSettled();
          done();
        },
      },
    });
    sent.push(
      ports.ledger.enter(
        destination.number,
        attempt.tried,
        attempts.map(({ tried }) => tried),
      ),
    );
    attempts.push(attempt);
    // The journal's readers have been told of it already, and may have hung up.
    if (isDone()) return attempt.giveUp("hung-up");
    current = attempt;
    if (choice.left > 0) offers.prepare().catch(() => {});
    emit("dialling", { trunkId: trunk.id });
  }

  /** The agent hung up, or somebody has answered. */
  const isDone = () => over.signal.aborted || dialog !== undefined;

  /** Waits until an attempt that was given up is over, so that the same phone does not ring twice at once; not for long. */
  async function cancelled(attempt: Attempt): Promise<void> {
    if (isOver(attempt)) return;
    const bound = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => (whenSettled = resolve)),
      sleep(clock, limits.cancelConfirmMs, anyOf(bound.signal, over.signal)).catch(() => {}),
    ]);
    bound.abort();
  }

  function answered(attempt: Attempt, answer: SipDialog, offer: string): void {
    // The second of two answers, or one after the agent hung up: the rule is one phone, one conversation.
    if (dialog || state === "ended") {
      sayGoodbyeTo(answer, attempt.trunk);
      attempt.concluded("answered-late-and-ended");
      return;
    }
    move("answer");
    attend(answer, attempt.trunk);
    answeredMs = clock.nowMs();
    cancelChoice();
    current = attempt;
    giveUpOthers("answer");
    attempt.concluded("adopted");
    offers.discard();
    const trunkId = attempt.trunk.id;
    journal.append("call:answered", { callId, trunkId, setupMs: Math.round(answeredMs - placedMs) });
    const { sdp } = answer;
    const isMute = offer === inactiveSdp && !policy.needsMicrophone;
    if (sdp !== undefined && !isMute) void heed(() => media.applyAnswer(sdp, offer));
    conversation.begin({ ...ports, trunk: attempt.trunk, dialog: answer, isMute });
    emit("answered", { trunkId });
  }

  /** Whatever does not carry the conversation, though it may still ring: an emergency call goes on beside a phone whose flow was lost. */
  function giveUpOthers(because: "answer" | "hung-up"): void {
    for (const attempt of attempts) if (!dialog || attempt !== current) attempt.giveUp(because);
  }

  /** The call's own from now on. */
  function attend(answer: SipDialog, trunk: Trunk): void {
    dialog = answer;
    answer.onEnded((how) =>
      conversation.unlessReplaced(() => {
        if (dialog !== answer) return;
        if (how === "bye") finish(conversation.endThere);
        else cut(trunk);
      }),
    );
  }

  /** Nobody calls a customer back but the agent; the emergency services call back themselves. */
  function cut(trunk: Trunk): void {
    if (!policy.asksAgent) return finish("flow-lost");
    wasCut = true;
    journal.append("call:cut", { callId, trunkId: trunk.id, talkedMs: leaveDialog(trunk) });
    ask(trunk, "flow-lost");
  }

  /** @returns how long was talked, ms. */
  function leaveDialog(trunk: Trunk): number {
    talkedMs = Math.round(clock.nowMs() - answeredMs);
    dialog = undefined;
    conversation.cut();
    choice.startOver(trunk);
    return talkedMs;
  }

  /** Only the agent may dial again. */
  function ask(trunk: Trunk, otherwise: CallEnd): void {
    if (!move("choose")) return;
    // An agent who has left must not find a customer on the line.
    cancelChoice = clock.setTimer(() => finish(otherwise), limits.choiceMs);
    emit("choice-needed", { trunkId: trunk.id });
  }

  function sayGoodbyeTo(ended: SipDialog | Promise<SipDialog>, trunk: Trunk): void {
    goodbyes += 1;
    void sayGoodbye(ended, trunk, { ...ports, callId, signal: forgotten.signal }).then(() => {
      goodbyes -= 1;
      done();
    });
  }

  /** What the peer says of its audio ends no call. */
  async function heed(apply: () => Promise<void> | undefined): Promise<void> {
    try {
      await apply();
    } catch (error) {
      if (!over.signal.aborted) ports.onListenerError("media", error);
    }
  }

  function decide(attempt: Attempt, end: AttemptEnd & { readonly because: FailoverReason }): void {
    lastOutcome = end.outcome;
    lastCode = end.sipCode;
    if (attempt !== current || dialog) return;
    if (hasFlowFailed(end)) choice.forgive(attempt.trunk);
    const decision = gate({
      end,
      hasRung: attempts.slice(chosenAt).some(({ tried }) => tried.alerted),
      policy,
      cancelled: state === "ended",
      attemptsMade: attempts.length,
      maxAttempts,
      trunksLeft: choice.left,
      onceUsed,
    });
    onceUsed ||= end.outcome.retry === "once";
    if (decision === "fail-over") return advance({ trunkId: attempt.trunk.id, because: end.because });
    if (decision === "end") return finish(end.outcome.class === "callee" ? "callee-refused" : "failed");
    ask(attempt.trunk, "failed");
  }

  function refuse({ field, ...refused }: RefusedCall, error?: unknown): void {
    if (state === "ended") return;
    const thrown = error === undefined ? {} : { error: errorName(error) };
    journal.append("call:refused", { callId, ...refused, ...thrown });
    const why = { refusal: refused.because, ...(field !== undefined && { field }), ...thrown };
    close({ end: "refused", attempts: attempts.length, possibleDuplicate: false, ...why });
  }

  /** By our side: the other is told. */
  function leave(end: CallEnd): void {
    if (state === "ended") return;
    if (dialog && current) sayGoodbyeTo(dialog, current.trunk);
    finish(end);
  }

  function finish(end: CallEnd, error?: string): void {
    if (state === "ended") return;
    const possibleDuplicate = mayHaveRung(sent);
    journal.append("call:ended", {
      callId,
      end,
      possibleDuplicate,
      ...(lastOutcome && { outcome: lastOutcome }),
      ...(dialog ? { talkedMs: Math.round(clock.nowMs() - answeredMs) } : talkedMs !== undefined && { talkedMs }),
    });
    const why = {
      ...(lastOutcome && { outcome: lastOutcome }),
      ...(lastCode !== undefined && { sipCode: lastCode }),
      ...(error && { error }),
    };
    close({ end, attempts: attempts.length, possibleDuplicate, ...why });
  }

  function close(end: CallSummary): void {
    const summary: CallSummary = { ...end, ...(context !== undefined && { context }) };
    move("end");
    over.abort();
    cancelChoice();
    media.close();
    giveUpOthers("hung-up");
    // A listener given just after `call()` must still hear of a refusal.
    queueMicrotask(() => {
      emit("ended", summary);
      removeAll();
      resolveEnded(summary);
      done();
    });
  }

  /** Over, no abandoned attempt is left to follow, and no BYE to be confirmed. */
  function done(): void {
    if (state === "ended" && goodbyes === 0 && attempts.every(isOver)) ports.onDone();
  }

  const call: Omit<OwnedCall, keyof Talk> = {
    id: callId,
    get state() {
      return state;
    },
    get trunkId() {
      return current?.trunk.id;
    },
    context,
    media,
    on,
    once,
    off,
    ended,
    begin,
    keep: conversation.keep,
    uses: choice.hasTaken,
    refuse,
    redial() {
      const hasNoAudio = state === "answered" && conversation.hasNoAudio && policy.asksAgent;
      if ((state !== "choosing" && !hasNoAudio) || !current) return;
      cancelChoice();
      // At once, so that a second click finds no choice any more.
      move("dial");
      const before = current;
      if (hasNoAudio && dialog) sayGoodbyeTo(dialog, before.trunk);
      if (hasNoAudio) leaveDialog(before.trunk);
      if (hasNoAudio || wasCut)
        journal.append("call:redialled", { callId, trunkId: before.trunk.id, because: hasNoAudio ? "no-audio" : "flow-lost" });
      wasCut = false;
      chosenAt = attempts.length;
      ports.onTaken();
      before.giveUp("redial");
      void cancelled(before).then(() => advance({ trunkId: before.trunk.id, because: "redial" }));
    },
    hangUp() {
      leave("hung-up-here");
    },
    forget() {
      forgotten.abort();
      for (const attempt of attempts) attempt.forget();
    },
  };
  return withTalk(call, conversation);
}

const isOver = ({ tried }: Attempt): boolean => tried.finishedMs !== undefined;

/** It was the flow: the trunk may be well when that is back. */
const hasFlowFailed = ({ outcome }: AttemptEnd): boolean =>
  outcome === notConnectedOutcome || outcome === flowLostOutcome || outcome === silentOutcome;
