/** A call that the agent makes: its state, the agent's choices, the conversation once somebody has answered, and its end. */
import type { CancelTimer } from "../clock.ts";
import { errorName } from "../errors.ts";
import type { CallEnd } from "../journal.ts";
import { step } from "../machine.ts";
import { inactiveSdp } from "../media/no-media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import { callTable, type CallEvent, type CallState } from "../states.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { Attempt } from "./attempt.ts";
import { callEvents, type CallEvents, type CallSummary, type EndDetail } from "./call.ts";
import { createConversation, withTalk } from "./conversation.ts";
import { createDialling, type OutgoingPorts } from "./dialling.ts";
import { createGoodbyes } from "./goodbye.ts";
import { openMediaLater } from "./open-media.ts";
import { placedWith } from "./options.ts";
import type { OwnedOutgoingCall, RefusedCall } from "./owned-call.ts";
import { policyOf } from "./policy.ts";
import type { Talk } from "./talk.ts";
import { createTelling } from "./telling.ts";

export function createOutgoingCall(ports: OutgoingPorts): OwnedOutgoingCall {
  const { id: callId, destination, settings, journal } = ports;
  const { context } = ports.options;
  const { clock, limits } = settings;
  const media = openMediaLater(settings.media, callId, journal);
  const placedMs = clock.nowMs();
  const over = new AbortController();
  const { heard, emit, end: tellEnd } = createTelling<CallEvents>(callEvents, ports.onListenerError, over.signal);
  const goodbyes = createGoodbyes({ ...ports, callId }, done);
  const conversation = createConversation({
    ...ports,
    callId,
    media,
    emit,
    onTransferred: () => leave("transferred"),
    onReplaced: attend,
    sayGoodbye: goodbyes.say,
    signal: over.signal,
  });
  const policy = policyOf(destination.emergency);
  const dialling = createDialling({
    ...ports,
    callId,
    media,
    policy,
    emit,
    move,
    isAnswered: () => dialog !== undefined,
    over: over.signal,
    described: (sdp, offer) => void heed(() => media.applyEarlyAnswer?.(sdp, offer)),
    answered,
    refuse,
    choose: (trunk) => ask(trunk, "failed"),
    finish,
    settled: done,
  });
  let state: CallState = "preparing";
  let dialog: SipDialog | undefined;
  let answeredMs = 0;
  /** The line died under the conversation, and the agent has not chosen yet. */
  let wasCut = false;
  /** With whoever was on the line before it died. */
  let talkedMs: number | undefined;
  let cancelChoice: CancelTimer = () => {};

  function move(event: CallEvent): boolean {
    const next = step("call", callTable, state, event, ports.onViolation);
    if (next !== undefined) state = next;
    return next !== undefined;
  }

  // ── The conversation ──────────────────────────────────────────────────────────────────────────

  function answered(attempt: Attempt, answer: SipDialog, offer: string): void {
    // The second of two answers, or one after the agent hung up: the rule is one phone, one conversation.
    if (dialog || state === "ended") {
      goodbyes.say(answer, attempt.trunk);
      attempt.concluded("answered-late-and-ended");
      return;
    }
    move("answer");
    attend(answer, attempt.trunk);
    answeredMs = clock.nowMs();
    cancelChoice();
    dialling.adopt(attempt);
    const trunkId = attempt.trunk.id;
    journal.append("call:answered", { callId, trunkId, setupMs: Math.round(answeredMs - placedMs) });
    if (over.signal.aborted) return;
    const { sdp } = answer;
    const isMute = offer === inactiveSdp && !policy.needsMicrophone;
    if (sdp !== undefined && !isMute) void heed(() => media.applyAnswer(sdp, offer));
    conversation.begin({ ...ports, trunk: attempt.trunk, dialog: answer, isMute });
    emit("answered", { trunkId });
  }

  /** What the peer says of its audio ends no call. */
  async function heed(apply: () => Promise<void> | undefined): Promise<void> {
    try {
      await apply();
    } catch (error) {
      if (!over.signal.aborted) ports.onListenerError("media", error);
    }
  }

  /** The call's own from now on. */
  function attend(answer: SipDialog, trunk: Trunk): void {
    dialog = answer;
    conversation.onEnded(answer, (how, reason) => {
      if (dialog !== answer) return;
      const end = conversation.endThere(how);
      if (how === "bye") return finish(end, reason && { reason });
      // A server on the way may have said so, and the customer still be on the line (RFC 3261 §12.2.1.2).
      goodbyes.say(answer, trunk);
      // Who may talk to a colleague by now is not called back.
      if (end === "transferred") return finish(end);
      cut(trunk);
    });
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
    dialling.startOver(trunk);
    return talkedMs;
  }

  // ── The agent's choice ────────────────────────────────────────────────────────────────────────

  /** Only the agent may dial again. */
  function ask(trunk: Trunk, otherwise: CallEnd): void {
    if (!move("choose")) return;
    // An agent who has left must not find a customer on the line.
    cancelChoice = clock.setTimer(() => finish(otherwise), limits.choiceMs);
    emit("choice-needed", { trunkId: trunk.id });
  }

  function redial(): void {
    const hasNoAudio = state === "answered" && conversation.hasNoAudio && policy.asksAgent;
    const before = dialling.current;
    if ((state !== "choosing" && !hasNoAudio) || !before) return;
    cancelChoice();
    // At once, so that a second click finds no choice any more.
    move("dial");
    if (hasNoAudio && dialog) goodbyes.say(dialog, before.trunk);
    if (hasNoAudio) leaveDialog(before.trunk);
    if (hasNoAudio || wasCut)
      journal.append("call:redialled", { callId, trunkId: before.trunk.id, because: hasNoAudio ? "no-audio" : "flow-lost" });
    wasCut = false;
    conversation.anew();
    dialling.redial(before);
  }

  // ── The end ───────────────────────────────────────────────────────────────────────────────────

  function refuse({ field, ...refused }: RefusedCall, error?: unknown): void {
    if (state === "ended") return;
    const thrown = error === undefined ? {} : { error: errorName(error) };
    journal.append("call:refused", { callId, ...refused, ...thrown });
    const why = { refusal: refused.because, ...(field !== undefined && { field }), ...thrown };
    close({ end: "refused", attempts: 0, possibleDuplicate: false, ...why });
  }

  /** By our side: the other is told. */
  function leave(end: CallEnd): void {
    if (state === "ended") return;
    if (dialog && dialling.current) goodbyes.say(dialog, dialling.current.trunk);
    finish(end);
  }

  function finish(end: CallEnd, why?: EndDetail): void {
    if (state === "ended") return;
    const told = dialling.told();
    const { possibleDuplicate, outcome } = told;
    journal.append("call:ended", {
      callId,
      end,
      possibleDuplicate,
      ...(outcome && { outcome }),
      ...(why?.reason && { reason: why.reason }),
      ...(dialog ? { talkedMs: Math.round(clock.nowMs() - answeredMs) } : talkedMs !== undefined && { talkedMs }),
    });
    close({ end, ...told, ...why });
  }

  function close(end: CallSummary): void {
    const summary: CallSummary = { ...end, ...(context !== undefined && { context }) };
    move("end");
    over.abort();
    cancelChoice();
    try {
      media.close();
    } catch (error) {
      ports.onListenerError("media", error);
    }
    dialling.giveUpOthers("hung-up");
    // A listener given just after `call()` must still hear of a refusal.
    queueMicrotask(() => {
      tellEnd(summary);
      done();
    });
  }

  /** Over, no abandoned attempt is left to follow, and no BYE to be confirmed. */
  function done(): void {
    if (state === "ended" && goodbyes.areOver && dialling.isOver) ports.onDone();
  }

  const call: Omit<OwnedOutgoingCall, keyof Talk> = {
    id: callId,
    direction: "out",
    number: destination.e164,
    get state() {
      return state;
    },
    get trunkId() {
      return dialling.current?.trunk.id;
    },
    context,
    media,
    ...heard,
    record: () =>
      void journal.append("call:placed", { callId, party: ports.party, ...placedWith(ports.options, settings.privacy.context) }),
    begin: dialling.begin,
    keep: () => [conversation.keep() ?? [], goodbyes.kept].flat(),
    uses: dialling.uses,
    refuse,
    redial,
    hangUp: () => leave("hung-up-here"),
    forget() {
      goodbyes.forget();
      dialling.forget();
    },
  };
  return withTalk(call, conversation);
}
