/**
 * One INVITE on one trunk, from the first byte to the day nothing can come of it any more. Given up, it is
 * still followed: the ledger that keeps a phone from ringing unseen.
 */
import { factOf } from "../answer-fact.ts";
import type { CancelTimer, Clock } from "../clock.ts";
import type { FailoverReason, Facts, Journal, Route } from "../journal.ts";
import type { Limits } from "../limits.ts";
import { step, type OnViolation } from "../machine.ts";
import {
  answeredOutcome,
  cancelledOutcome,
  flowLostOutcome,
  notConnectedOutcome,
  outcomeOf,
  silentOutcome,
  stalledOutcome,
  swallowedOutcome,
  type Outcome,
  type Progress,
} from "../outcome.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { SipInvite } from "../ports/sip-invite.ts";
import { attemptTable, type AttemptEvent, type AttemptState } from "../states.ts";
import { retryAfterMs } from "../trunk/backoff.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { AttemptEnd } from "./gate.ts";
import type { Tried } from "./ledger.ts";
import { wordsOn, type Words } from "./options.ts";
import { grantsTime, patience, rings } from "./patience.ts";
import { isNews, progressOf, type CallProgress } from "./progress.ts";
import { createRepeats } from "./repeats.ts";

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

interface AttemptPorts {
  readonly number: number;
  readonly callId: string;
  readonly route: Route;
  readonly dialled: string;
  readonly offer: string;
  readonly words: Words;
  readonly trunk: Trunk;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly reasonText: boolean;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
  /** Another trunk is fit to take the call now. */
  readonly hasBetter: () => boolean;
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  readonly events: AttemptEvents;
}

export function startAttempt(ports: AttemptPorts): Attempt {
  const { trunk, clock, limits, journal, events } = ports;
  const of = { callId: ports.callId, attempt: ports.number, trunkId: trunk.id, route: ports.route };
  const { route } = ports;
  const delay = trunk.postDialDelay(route);
  const ballot = trunk.ballot(route, "signalling", ports.dialled);
  const startedMs = clock.nowMs();
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
  /** How long we waited for it to ring, where it did not. */
  let stalledMs = 0;
  const repeats = createRepeats(journal, of);
  const stopCounting = trunk.countOn(() => stand.is === "pursued" && !ports.hasBetter());
  let cancelDeadline: CancelTimer = () => {};
  let cancelLedger: CancelTimer = () => {};
  let cancelDoubt: CancelTimer = () => {};
  let stopHoping = () => {};
  let hasEarlyMedia = false;
  let told: CallProgress | undefined;

  journal.append("attempt:started", { ...of, ...(ports.trunk.settings !== undefined && { settings: ports.trunk.settings }) });

  function move(event: AttemptEvent): void {
    state = step("attempt", attemptTable, state, event, ports.onViolation) ?? state;
  }

  function deadline(fire: () => void, delayMs: number): void {
    stopHoping();
    cancelDeadline();
    cancelDeadline = clock.setTimer(fire, delayMs);
  }

  /** The call counts on it, or would if it heard of it again. */
  const isWanted = () => stand.is === "pursued" || stand.is === "unheard";

  /** Nothing is given up unless there is something better: until then the INVITE stays, for as long as a phone may ring (or Timer B). */
  function whenBetter(giveUp: () => void): void {
    if (ports.hasBetter()) return giveUp();
    deadline(
      () => {
        stopHoping();
        giveUp();
      },
      limits.ringLimitMs - (clock.nowMs() - sentMs),
    );
    stopHoping = ports.onTrunkChange(() => {
      if (!ports.hasBetter()) return;
      stopHoping();
      giveUp();
    });
    if (stand.is !== "pursued" || stand.slow) return;
    stand = { ...stand, slow: true };
    events.slow();
  }

  /** Reports the end to the call and the vote to the breaker, once. */
  function tell(outcome: Outcome, because: FailoverReason, answer?: SipAnswer): void {
    stopHoping();
    cancelDeadline();
    repeats.write();
    journal.append("attempt:ended", {
      ...of,
      outcome,
      tookMs: Math.round(clock.nowMs() - startedMs),
      ...(answer && { answer: factOf(answer, ports.reasonText) }),
    });
    vote(outcome, answer);
    const settled = stand.is === "over" && stand.isConfirmed;
    events.over({ outcome, progress, settled, because, ...(answer?.said === "peer" && { sipCode: answer.code }) });
  }

  function vote(outcome: Outcome, answer?: SipAnswer): void {
    const restMs = outcome.retryAfterConcerns === "trunk" ? retryAfterMs(answer?.retryAfterS, limits.retryAfterMaxMs) : 0;
    // Hard evidence acts at once: an edge that asks for rest, or lives and swallows INVITEs.
    if (restMs > 0) trunk.letRest(outcome.row, restMs);
    else if (outcome === swallowedOutcome) trunk.condemn(ballot, outcome.row);
    else if (outcome === stalledOutcome) trunk.stalled(ballot, stalledMs);
    else if (outcome === silentOutcome) trunk.fellSilent(ballot);
    else trunk.vote(ballot, outcome.vote, outcome.row);
  }

  function rang(because: string): void {
    delay.sample(clock.nowMs() - sentMs);
    trunk.vote(ballot, "success", because);
  }

  /** Its end is known, or nobody will ever know it. @returns how it stood before. */
  function settle(how: Facts["attempt:settled"]["how"]): Stand {
    const before = stand;
    if (before.is === "over") return before;
    stand = { is: "over", isConfirmed: how !== "never-answered" };
    tried.isKnown = stand.isConfirmed && !deaf;
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
    stopHoping();
    cancelDeadline();
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
    tell(stand.outcome, stand.because);
  }

  function abandonAndGoOn(outcome: Outcome, because: FailoverReason): void {
    abandon(outcome, because);
    goOn();
  }

  /** The next trunk only once the cancel is confirmed, or after a while the agent's choice: 100 came, so a phone may ring yet. */
  function confirmCancel(outcome: Outcome, because: FailoverReason): void {
    abandon(outcome, because);
    deadline(goOn, limits.cancelConfirmMs);
  }

  /** No end came of the CANCEL yet: on a dead flow nobody heard it, and it must go out on the next. */
  async function doubt(): Promise<void> {
    // Then it was the flow that fell silent after the 100, not the route. The next flow is another, and has done nothing.
    if ((deaf || !(await trunk.verify())) && stand.is === "followed" && stand.outcome === stalledOutcome)
      stand = { ...stand, outcome: flowLostOutcome };
  }

  /** The carrier has its time, for what comes next. */
  function expect(code?: number): void {
    const heard = { sinceSentMs: clock.nowMs() - sentMs, rttMs: trunk.health.rttMs, pddLimitMs: delay.limitMs };
    const { awaited, withinMs, askMs } = patience(code === undefined ? heard : { ...heard, code }, limits);
    if (awaited === "any-answer") return expectAnswer(withinMs, askMs);
    // A host's timers run up to a millisecond early: what was reached is the limit.
    const limitMs = Math.round(heard.sinceSentMs + withinMs);
    deadline(() => (awaited === "ringing" ? stalled(limitMs) : confirmCancel(cancelledOutcome, "answer")), withinMs);
  }

  /** Silence: the edge is asked on the same flow before anybody is blamed, early enough for its answer to be there when time is up. */
  function expectAnswer(withinMs: number, askMs: number): void {
    let edgeAlive = false;
    deadline(() => {
      deadline(() => overdue(edgeAlive), askMs);
      // A moment less, so that an unanswered probe is on record before the conclusion that is drawn from it.
      void trunk.check(askMs - 1).then((alive) => (edgeAlive = alive));
    }, withinMs - askMs);
  }

  function overdue(edgeAlive: boolean): void {
    if (state !== "sent" || stand.is !== "pursued") return;
    journal.append("attempt:overdue", { ...of, awaited: "any-answer", waitedMs: Math.round(clock.nowMs() - sentMs), edgeAlive });
    whenBetter(() => {
      abandonAndGoOn(edgeAlive ? swallowedOutcome : silentOutcome, "silence");
      if (!edgeAlive) trunk.drop();
    });
  }

  function stalled(limitMs: number): void {
    const waitedMs = Math.round(clock.nowMs() - sentMs);
    stalledMs = Math.max(limitMs, waitedMs);
    journal.append("attempt:overdue", { ...of, awaited: "ringing", waitedMs, edgeAlive: "unknown" });
    whenBetter(() => confirmCancel(stalledOutcome, "stalled"));
  }

  /** 1xx: what follows from it. */
  function heed(answer: SipAnswer, sdp?: string): void {
    trunk.prove();
    if (sdp !== undefined && isWanted()) events.described(sdp);
    const alerting = rings(answer.code);
    if (progress !== "alerting") progress = alerting ? "alerting" : "trying";
    tried.alerted ||= alerting;
    repeats.progressed(factOf(answer, ports.reasonText), Math.round(clock.nowMs() - sentMs));
    const before = state;
    move(alerting ? "alert" : "try");
    if (!isWanted()) return alerting ? events.alerting() : undefined;
    if (before === state && !(state === "trying" && grantsTime(answer.code))) return;
    if (alerting) rang("alerting");
    expect(answer.code);
    if (alerting) events.alerting();
  }

  const invite: SipInvite = trunk.invite(
    ports.dialled,
    { offer: ports.offer, ...wordsOn(trunk.account, ports.words) },
    {
      sent() {
        if (!isWanted()) return;
        sentMs = clock.nowMs();
        progress = "sent";
        move("send");
        journal.append("attempt:sent", { ...of, sipCallId: invite.sipCallId, fromTag: invite.fromTag });
        expect();
      },
      challenged() {
        trunk.prove();
        stopHoping();
        // Credentials are being fetched: that wait is ours, not the carrier's.
        if (isWanted()) cancelDeadline();
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
        cancelDeadline();
        journal.append("attempt:redirected", { ...of, answer: factOf(answer, ports.reasonText) });
      },
      accepted(dialog, answer) {
        trunk.prove();
        move("answer");
        tried.answered = true;
        stopHoping();
        cancelDeadline();
        if (stand.is === "pursued" || (stand.is === "followed" && !stand.isTold)) {
          if (progress !== "alerting") rang(answeredOutcome.row);
          repeats.write();
          journal.append("attempt:answered", {
            ...of,
            answer: factOf(answer, ports.reasonText),
            tookMs: Math.round(clock.nowMs() - sentMs),
          });
        }
        events.answered(dialog);
      },
      rejected(answer) {
        if (answer.said === "peer") trunk.prove();
        move("end");
        const inferredTimeout = answer.code === 408 && answer.said === "inferred";
        const before = settle(answer.code === 487 ? "cancelled" : inferredTimeout ? "never-answered" : "rejected");
        if (before.is === "followed" && !before.isTold) tell(before.outcome, before.because, answer);
        if (before.is !== "pursued") return;
        const outcome = outcomeOf(answer, progress);
        tell(outcome, outcome === notConnectedOutcome ? "not-connected" : "answer", answer);
      },
      flowLost() {
        deaf = true;
        tried.isKnown = false;
        if (stand.is !== "pursued") return;
        if (progress === "trying") return confirmCancel(flowLostOutcome, "flow-lost");
        if (progress !== "alerting") return abandonAndGoOn(flowLostOutcome, "flow-lost");
        stand = { is: "unheard" };
        tell(flowLostOutcome, "flow-lost");
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
      stopHoping();
      cancelDeadline();
      cancelLedger();
      cancelDoubt();
      invite.forget();
    },
  };
}
