/**
 * One INVITE on one trunk, from the first byte to the day nothing can come of it any more. Given up, it is
 * still followed: the ledger that keeps a phone from ringing unseen.
 */
import { factOf } from "../answer-fact.ts";
import type { CancelTimer } from "../clock.ts";
import type { FailoverReason, Facts, Journal, Route } from "../journal.ts";
import { step, type OnViolation } from "../machine.ts";
import { answeredOutcome, cancelledOutcome, flowLostOutcome, stalledOutcome, type Outcome, type Progress } from "../outcome.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { SipInvite } from "../ports/sip-invite.ts";
import { attemptTable, type AttemptEvent, type AttemptState } from "../states.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { flowLoss, overdueLoss, rejectedEnding, settledBy, type Ending, type Loss } from "./ending.ts";
import type { AttemptEnd } from "./gate.ts";
import type { Tried } from "./ledger.ts";
import { wordsOn, type Words } from "./options.ts";
import { grantsTime, rings, type Awaited, type EdgeAlive } from "./patience.ts";
import { isNews, progressOf, type CallProgress } from "./progress.ts";
import { createRepeats } from "./repeats.ts";
import { testify } from "./testimony.ts";
import { createWaiting, type WaitingPorts } from "./waiting.ts";

/** How an attempt stands, each with only what is its own. */
type Stand =
  /** The call counts on it. `slow`: it was kept, though its time was up. */
  | { readonly is: "pursued"; readonly slow: boolean }
  /** The flow was lost under a phone that rings: left alone until the agent has chosen. */
  | { readonly is: "unheard" }
  /** Given up, for a reason, and its end not known yet: a phone may ring. `isTold`: the call has gone on without it. */
  | { readonly is: "followed"; readonly outcome: Outcome; readonly because: FailoverReason; readonly isTold: boolean }
  /** Nothing can come of it any more, or nobody will ever know. */
  | { readonly is: "over"; readonly isConfirmed: boolean };

export interface Attempt {
  readonly trunk: Trunk;
  /** Plain facts, kept up to date: the ledger remembers them when nothing else of the attempt is left. */
  readonly tried: Tried;
  readonly state: AttemptState;
  /** Wants its end and follows it: CANCEL now or as soon as allowed. */
  giveUp(because: FailoverReason | "hung-up"): void;
  /** What the call did with the answer: it was ended at once, or it is the call now. */
  concluded(how: "answered-late-and-ended" | "adopted"): void;
  /** Stops following it, its end unknown: Linekeeper closes. */
  forget(): void;
}

export interface AttemptEvents {
  /** A phone rings; perhaps though the attempt was given up: see `state`. */
  alerting(): void;
  /** The peer described its audio before the answer (183). */
  described(sdp: string): void;
  /** The carrier says something new of it; after all that follows from it. */
  progressed(progress: CallProgress): void;
  /** 2xx, acknowledged. May come after `over`: then it is late, to be adopted or ended. */
  answered(dialog: SipDialog): void;
  /** Longer than usual, and kept: there is nothing better to go to. Once. */
  slow(): void;
  /** The call must decide what next. Once. */
  over(end: AttemptEnd & { readonly because: FailoverReason }): void;
  /** Nothing can come of it any more, or nobody can ever know. */
  settled(): void;
}

interface AttemptPorts extends WaitingPorts {
  readonly number: number;
  readonly callId: string;
  readonly route: Route;
  readonly dialled: string;
  /** An emergency call that has been on this trunk before: where its own `target` is broken, the number goes out as it is. */
  readonly isLastResort: boolean;
  readonly offer: string;
  readonly words: Words;
  readonly trunk: Trunk;
  readonly reasonText: boolean;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  readonly events: AttemptEvents;
}

export function startAttempt(ports: AttemptPorts): Attempt {
  const { trunk, clock, limits, journal, events } = ports;
  const of = { callId: ports.callId, attempt: ports.number, trunkId: trunk.id, route: ports.route };
  const delay = trunk.postDialDelay(ports.route);
  const newBallot = () => trunk.ballot(ports.route, "signalling", ports.dialled);
  let ballot = newBallot();
  let startedMs = clock.nowMs();
  let sentMs = startedMs;
  let state: AttemptState = "unsent";
  let progress: Progress = "not-sent";
  let stand: Stand = { is: "pursued", slow: false };
  const tried: { -readonly [Fact in keyof Tried]: Tried[Fact] } = {
    alerted: false,
    answered: false,
    isKnown: false,
    finishedMs: undefined,
  };
  /** The flow was lost under it: what the peer said meanwhile, nobody heard. */
  let deaf = false;
  /** A frame that nobody could read may have said that a phone rings. */
  const unreadBefore = trunk.connection.unread;
  /** How long we waited for it to ring, where it did not. */
  let stalledMs = 0;
  const repeats = createRepeats(journal, of);
  const stopCounting = trunk.countOn(() => stand.is === "pursued" && !ports.hasBetter());
  const sinceSentMs = () => clock.nowMs() - sentMs;
  const waiting = createWaiting(ports, delay, sinceSentMs, overdue, slept);
  let cancelLedger: CancelTimer = () => {};
  let cancelDoubt: CancelTimer = () => {};
  let hasEarlyMedia = false;
  let told: CallProgress | undefined;

  journal.append("attempt:started", { ...of, ...(trunk.settings !== undefined && { settings: trunk.settings }) });

  function move(event: AttemptEvent): void {
    state = step("attempt", attemptTable, state, event, ports.onViolation) ?? state;
  }

  /** The call counts on it, or would if it heard of it again. */
  const isWanted = () => stand.is === "pursued" || stand.is === "unheard";

  /** Reports the end to the call and the vote to the breaker, once. */
  function tell({ outcome, because }: Ending, answer?: SipAnswer): void {
    waiting.stop();
    repeats.write();
    journal.append("attempt:ended", {
      ...of,
      outcome,
      tookMs: Math.round(clock.nowMs() - startedMs),
      ...(answer && { answer: factOf(answer, ports.reasonText) }),
    });
    testify(trunk, ballot, outcome, stalledMs, answer, limits);
    const settled = stand.is === "over" && stand.isConfirmed;
    events.over({ outcome, progress, settled, because, ...(answer?.said === "peer" && { sipCode: answer.code }) });
  }

  function rang(because: string): void {
    delay.sample(sinceSentMs());
    trunk.vote(ballot, "success", because);
    // That may have closed the breaker: what the network says after all is news to it as it stands now.
    ballot = newBallot();
  }

  /** Its end is known, or nobody will ever know it. @returns how it stood before. */
  function settle(how: Facts["attempt:settled"]["how"]): Stand {
    const before = stand;
    if (before.is === "over") return before;
    stand = { is: "over", isConfirmed: how !== "never-answered" };
    tried.isKnown = stand.isConfirmed && !deaf && trunk.connection.unread === unreadBefore;
    tried.finishedMs = clock.nowMs();
    stopCounting();
    cancelLedger();
    cancelDoubt();
    repeats.write();
    if (before.is !== "pursued") journal.append("attempt:settled", { ...of, how });
    events.settled();
    return before;
  }

  /** From here on it is followed. `isTold`: the call knows that it must go on without it. */
  function abandon(outcome: Outcome, because: FailoverReason | "hung-up"): void {
    if (!isWanted()) return;
    stand = { is: "followed", outcome, because: because === "hung-up" ? "answer" : because, isTold: stand.is === "unheard" };
    journal.append("attempt:abandoned", { ...of, because });
    move("cancel");
    waiting.stop();
    cancelLedger = clock.setTimer(() => {
      invite.forget();
      settle("never-answered");
    }, limits.ledgerMs);
    invite.cancel();
    cancelDoubt = clock.setTimer(() => void doubt(), (trunk.health.rttMs ?? 0) + limits.crossCheckMs);
  }

  /** It is followed, and the call decides now. */
  function goOn(): void {
    if (stand.is !== "followed" || stand.isTold) return;
    stand = { ...stand, isTold: true };
    tell(stand);
  }

  /** It is given up for the next trunk. */
  function lose({ outcome, because, next }: Loss): void {
    abandon(outcome, because);
    if (next === "at-once") goOn();
    else waiting.until(limits.cancelConfirmMs, goOn);
  }

  /** No end came of the CANCEL yet: on a dead flow nobody heard it, and it must go out on the next. */
  async function doubt(): Promise<void> {
    // Then it was the flow that fell silent after the 100, not the route. The next flow is another, and has done nothing.
    if ((deaf || !(await trunk.verify())) && stand.is === "followed" && stand.outcome === stalledOutcome)
      stand = { ...stand, outcome: flowLostOutcome };
  }

  function slept(ms: number): void {
    startedMs += ms;
    sentMs += ms;
  }

  /** What was waited for did not come in time. */
  function overdue(awaited: Awaited, limitMs: number, edgeAlive: EdgeAlive): void {
    const loss = overdueLoss(awaited, edgeAlive);
    if (awaited === "pickup") return lose(loss);
    const waitedMs = Math.round(sinceSentMs());
    // A host's timers run up to a millisecond early: what was reached is the limit.
    if (awaited === "ringing") stalledMs = Math.max(limitMs, waitedMs);
    journal.append("attempt:overdue", { ...of, awaited, waitedMs, edgeAlive });
    // Whoever was told may have hung up.
    if (stand.is !== "pursued") return;
    waiting.whenBetter(() => {
      lose(loss);
      if (edgeAlive === false) trunk.drop();
    }, keep);
  }

  /** There is nothing better to go to yet. */
  function keep(): void {
    if (stand.is !== "pursued" || stand.slow) return;
    stand = { ...stand, slow: true };
    events.slow();
  }

  /** It is counted on for what comes next; unless whoever was told of what came has hung up. */
  function expect(code?: number): void {
    if (isWanted()) waiting.expect(code);
  }

  /** 1xx: what follows from it. */
  function heed(answer: SipAnswer, sdp?: string): void {
    trunk.prove();
    if (sdp !== undefined && isWanted()) events.described(sdp);
    const alerting = rings(answer.code);
    if (progress !== "alerting") progress = alerting ? "alerting" : "trying";
    tried.alerted ||= alerting;
    repeats.progressed(factOf(answer, ports.reasonText), Math.round(sinceSentMs()));
    const before = state;
    move(alerting ? "alert" : "try");
    if (!isWanted()) return alerting ? events.alerting() : undefined;
    if (before === state && !(state === "trying" && grantsTime(answer.code))) return;
    if (alerting) rang("alerting");
    expect(answer.code);
    if (alerting) events.alerting();
  }

  const invite: SipInvite = trunk.invite(
    {
      target: ports.words.target ?? trunk.target(ports.dialled, ports.isLastResort),
      offer: ports.offer,
      ...wordsOn(trunk.account, ports.words),
    },
    {
      sent() {
        if (!isWanted()) return;
        sentMs = clock.nowMs();
        if (progress !== "alerting") progress = "sent";
        move("send");
        journal.append("attempt:sent", { ...of, sipCallId: invite.sipCallId, fromTag: invite.fromTag });
        // A phone rang before a challenge: it has its time again, and silence now is Timer B's.
        expect(progress === "alerting" ? 180 : undefined);
      },
      challenged() {
        trunk.prove();
        // Credentials are being fetched: that wait is ours, not the carrier's.
        if (isWanted()) waiting.stop();
      },
      progressed(answer, sdp) {
        heed(answer, sdp);
        hasEarlyMedia ||= sdp !== undefined;
        const now = progressOf(answer, hasEarlyMedia);
        if (!now || !isNews(now, told) || !isWanted()) return;
        told = now;
        events.progressed(now);
      },
      redirected(answer) {
        trunk.prove();
        if (!isWanted()) return;
        waiting.stop();
        journal.append("attempt:redirected", { ...of, answer: factOf(answer, ports.reasonText) });
      },
      accepted(dialog, answer) {
        trunk.prove();
        move("answer");
        tried.answered = true;
        waiting.stop();
        if (stand.is === "pursued" || (stand.is === "followed" && !stand.isTold)) {
          if (progress !== "alerting") rang(answeredOutcome.row);
          repeats.write();
          journal.append("attempt:answered", {
            ...of,
            answer: factOf(answer, ports.reasonText),
            tookMs: Math.round(sinceSentMs()),
          });
        }
        events.answered(dialog);
      },
      rejected(answer) {
        if (answer.said === "peer") trunk.prove();
        move("end");
        const before = settle(settledBy(answer));
        if (before.is === "followed" && !before.isTold) tell(before, answer);
        if (before.is === "pursued") tell(rejectedEnding(answer, progress), answer);
      },
      flowLost() {
        deaf = true;
        tried.isKnown = false;
        if (stand.is !== "pursued") return;
        if (progress !== "alerting") return lose(flowLoss(progress));
        stand = { is: "unheard" };
        tell(flowLoss(progress));
      },
    },
  );

  return {
    trunk,
    get state() {
      return state;
    },
    tried,
    giveUp: (because) => abandon(cancelledOutcome, because),
    concluded(how) {
      if (how === "answered-late-and-ended") move("end");
      settle(how);
    },
    forget() {
      stopCounting();
      waiting.stop();
      cancelLedger();
      cancelDoubt();
      invite.forget();
    },
  };
}
