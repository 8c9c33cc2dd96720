/**
 * One INVITE on one trunk, from the first byte to the day nothing can come of it any more. Given up, it is
 * still followed: the ledger that keeps a phone from ringing unseen.
 */
import { factOf } from "../answer-fact.ts";
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
import type { CancelTimer, Clock, SipAnswer, SipDialog, SipInvite } from "../ports.ts";
import { attemptTable, type AttemptEvent, type AttemptState } from "../states.ts";
import { retryAfterMs } from "../trunk/backoff.ts";
import type { Trunk } from "../trunk/trunk.ts";
import type { AttemptEnd } from "./gate.ts";
import { wordsOn, type Words } from "./options.ts";
import { isNews, progressOf, type CallProgress } from "./progress.ts";
import { createRepeats } from "./repeats.ts";

export interface Attempt {
  readonly trunk: Trunk;
  readonly state: AttemptState;
  /** Over, and all that came of it was heard: an end after a deaf while does not tell whether a phone rang in between. */
  readonly isKnown: boolean;
  /** A phone has rung for it. */
  readonly alerted: boolean;
  /** Wants its end and follows it: CANCEL now or as soon as allowed. */
  giveUp(because: FailoverReason | "hung-up"): void;
  /** Nothing can come of it any more, or nobody will ever know. */
  readonly finished: boolean;
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
  /** How long we waited for it to ring, where it did not. */
  let stalledMs = 0;
  const repeats = createRepeats(journal, of);
  let isOver = false;
  let settled = false;
  let closed = false;
  /** The flow was lost under it: what the peer said meanwhile, nobody heard. */
  let deaf = false;
  /** Why we gave it up, if we did; and what its end then means. */
  let givenUp: { readonly outcome: Outcome; readonly because: FailoverReason } | undefined;
  let cancelDeadline: CancelTimer = () => {};
  let cancelLedger: CancelTimer = () => {};
  let cancelDoubt: CancelTimer = () => {};
  /** It was kept, though its time was up. */
  let isSlow = false;
  let stopHoping = () => {};
  let hasEarlyMedia = false;
  let told: CallProgress | undefined;

  journal.append("attempt:started", of);

  function move(event: AttemptEvent): void {
    state = step("attempt", attemptTable, state, event, ports.onViolation) ?? state;
  }

  function deadline(fire: () => void, delayMs: number): void {
    stopHoping();
    cancelDeadline();
    cancelDeadline = clock.setTimer(fire, delayMs);
  }

  /** Nothing is given up unless there is something better: until then the INVITE stays, for as long as it may (Timer B, the ring limit). */
  function whenBetter(giveUp: () => void): void {
    if (ports.hasBetter()) return giveUp();
    stopHoping();
    stopHoping = ports.onTrunkChange(() => {
      if (!ports.hasBetter()) return;
      stopHoping();
      giveUp();
    });
    if (isSlow) return;
    isSlow = true;
    events.slow();
  }

  /** Reports the end to the call and the vote to the breaker, once. */
  function over(outcome: Outcome, because: FailoverReason, answer?: SipAnswer): void {
    if (isOver) return;
    isOver = true;
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

  /** Its end is known, or nobody will ever know it. */
  function settle(how: Facts["attempt:settled"]["how"]): void {
    if (closed) return;
    closed = true;
    settled = how !== "never-answered";
    cancelLedger();
    cancelDoubt();
    repeats.write();
    if (givenUp || isOver) journal.append("attempt:settled", { ...of, how });
    events.settled();
  }

  function abandon(outcome: Outcome, because: FailoverReason | "hung-up"): void {
    if (givenUp || closed) return;
    givenUp = { outcome, because: because === "hung-up" ? "answer" : because };
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

  /** No end came of the CANCEL yet: on a dead flow nobody heard it, and it must go out on the next. */
  async function doubt(): Promise<void> {
    if ((await trunk.verify()) || closed || givenUp?.outcome !== stalledOutcome) return;
    // Then it was the flow that fell silent after the 100, not the route.
    givenUp = { ...givenUp, outcome: flowLostOutcome };
  }

  /** Silence: the edge is asked on the same flow before anybody is blamed, early enough for its answer to be there when time is up. */
  function expectAnswer(): void {
    const rttMs = trunk.health.rttMs ?? 0;
    const withinMs = silenceDeadlineMs();
    const answerMs = Math.min(withinMs, rttMs + limits.crossCheckMs);
    let edgeAlive = false;
    deadline(() => {
      deadline(() => overdue(edgeAlive), answerMs);
      // A moment less, so that an unanswered probe is on record before the conclusion that is drawn from it.
      void trunk.check(answerMs - 1).then((alive) => (edgeAlive = alive));
    }, withinMs - answerMs);
  }

  function overdue(edgeAlive: boolean): void {
    if (state !== "sent" || isOver) return;
    journal.append("attempt:overdue", { ...of, awaited: "any-answer", waitedMs: Math.round(clock.nowMs() - sentMs), edgeAlive });
    const outcome = edgeAlive ? swallowedOutcome : silentOutcome;
    whenBetter(() => {
      abandon(outcome, "silence");
      over(outcome, "silence");
      if (!edgeAlive) trunk.drop();
    });
  }

  /** 100 came, nothing since, or the flow was lost under it: the next trunk only once the cancel is confirmed. */
  function confirmCancel(outcome: Outcome, because: FailoverReason): void {
    abandon(outcome, because);
    deadline(() => over(givenUp?.outcome ?? outcome, because), limits.cancelConfirmMs);
  }

  function stalled(): void {
    stalledMs = Math.round(clock.nowMs() - sentMs);
    journal.append("attempt:overdue", { ...of, awaited: "ringing", waitedMs: stalledMs, edgeAlive: "unknown" });
    whenBetter(() => confirmCancel(stalledOutcome, "stalled"));
  }

  /** RTT of this flow + 200 ms (RFC 3261 §17.2.1) + margin, within its bounds. */
  function silenceDeadlineMs(): number {
    const rttMs = trunk.health.rttMs;
    if (rttMs === undefined) return limits.silenceMaxMs;
    return Math.min(limits.silenceMaxMs, Math.max(limits.silenceMinMs, rttMs + 200 + limits.silenceMarginMs));
  }

  /** 1xx: what follows from it. */
  function heed(answer: SipAnswer, sdp?: string): void {
    trunk.prove();
    if (sdp !== undefined && !givenUp) events.described(sdp);
    const alerting = answer.code === 180 || answer.code === 183;
    if (progress !== "alerting") progress = alerting ? "alerting" : "trying";
    repeats.progressed(factOf(answer, ports.reasonText), Math.round(clock.nowMs() - sentMs));
    const before = state;
    move(alerting ? "alert" : "try");
    if (givenUp) return alerting ? events.alerting() : undefined;
    const patienceMs = patienceAfter(answer.code, limits);
    if (patienceMs !== undefined && state === "trying") return deadline(stalled, patienceMs);
    if (before === state) return;
    if (!alerting) return deadline(stalled, delay.limitMs - (clock.nowMs() - sentMs));
    rang("alerting");
    deadline(() => confirmCancel(cancelledOutcome, "answer"), limits.ringLimitMs);
    events.alerting();
  }

  const invite: SipInvite = trunk.invite(
    ports.dialled,
    { offer: ports.offer, ...wordsOn(trunk.account, ports.words) },
    {
      sent() {
        if (givenUp) return;
        sentMs = clock.nowMs();
        progress = "sent";
        move("send");
        journal.append("attempt:sent", { ...of, sipCallId: invite.sipCallId, fromTag: invite.fromTag });
        expectAnswer();
      },
      challenged() {
        trunk.prove();
        stopHoping();
        // Credentials are being fetched: that wait is ours, not the carrier's.
        if (!givenUp) cancelDeadline();
      },
      progressed(answer, sdp) {
        heed(answer, sdp);
        hasEarlyMedia ||= sdp !== undefined;
        const now = progressOf(answer, hasEarlyMedia);
        if (!now || !isNews(now, told) || givenUp || isOver) return;
        told = now;
        events.progressed(now);
      },
      redirected(answer) {
        trunk.prove();
        if (givenUp) return;
        cancelDeadline();
        journal.append("attempt:redirected", { ...of, answer: factOf(answer, ports.reasonText) });
      },
      accepted(dialog, answer) {
        trunk.prove();
        move("answer");
        stopHoping();
        cancelDeadline();
        if (!isOver) {
          if (progress !== "alerting") rang(answeredOutcome.row);
          repeats.write();
          journal.append("attempt:answered", {
            ...of,
            answer: factOf(answer, ports.reasonText),
            pddMs: Math.round(clock.nowMs() - sentMs),
          });
        }
        events.answered(dialog);
        isOver = true;
      },
      rejected(answer) {
        if (answer.said === "peer") trunk.prove();
        move("end");
        const outcome = givenUp?.outcome ?? outcomeOf(answer, progress);
        settle(answer.code === 487 ? "cancelled" : answer.code === 408 && answer.said === "inferred" ? "never-answered" : "rejected");
        over(outcome, givenUp?.because ?? (outcome === notConnectedOutcome ? "not-connected" : "answer"), answer);
      },
      flowLost() {
        deaf = true;
        if (isOver || givenUp) return;
        if (progress === "trying") return confirmCancel(flowLostOutcome, "flow-lost");
        // Alerting: a phone rings somewhere, so it is left alone until the agent has chosen.
        if (progress !== "alerting") abandon(flowLostOutcome, "flow-lost");
        over(flowLostOutcome, "flow-lost");
      },
    },
  );

  return {
    trunk,
    get state() {
      return state;
    },
    get isKnown() {
      return settled && !deaf;
    },
    get alerted() {
      return progress === "alerting";
    },
    get finished() {
      return closed;
    },
    giveUp: (because) => abandon(cancelledOutcome, because),
    concluded(how) {
      if (how === "answered-late-and-ended") move("end");
      settle(how);
    },
    forget() {
      stopHoping();
      cancelDeadline();
      cancelLedger();
      cancelDoubt();
      invite.forget();
    },
  };
}

/**
 * How long the carrier has from an answer that tells of progress without a phone that rings, in ms: it forwards the call (181), one
 * branch of a fork is over and others may go on (199, RFC 6228), or the call waits in a queue (182), as long as a phone may ring.
 */
function patienceAfter(code: number, limits: Limits): number | undefined {
  if (code === 182) return limits.ringLimitMs;
  return code === 181 || code === 199 ? limits.pddMaxMs : undefined;
}
