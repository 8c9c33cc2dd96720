/**
 * How a call of the agent's reaches somebody: attempt by attempt, each on the best trunk that is left, until one is answered or the
 * gate says that no other follows. What that means for the call is `outgoing-call.ts`'s to say.
 */
import { sleep } from "../clock.ts";
import type { Emitter } from "../emitter.ts";
import { errorName } from "../errors.ts";
import type { CallEnd, Facts, FailoverReason } from "../journal.ts";
import { flowLostOutcome, notConnectedOutcome, silentOutcome } from "../outcome.ts";
import { anyOf } from "../platform.ts";
import type { MediaSession } from "../ports/media.ts";
import type { SipDialog } from "../ports/sip-dialog.ts";
import type { Destination } from "../routing/destination.ts";
import type { CallEvent } from "../states.ts";
import type { CommonMode } from "../trunk/common-mode.ts";
import type { Trunk } from "../trunk/trunk.ts";
import { startAttempt, type Attempt } from "./attempt.ts";
import type { CallEvents, CallSummary, EndDetail } from "./call.ts";
import { gate, type AttemptEnd } from "./gate.ts";
import { mayHaveRung, type Ledger, type Sent } from "./ledger.ts";
import { offersBy } from "./offers.ts";
import { withdraw } from "./open-media.ts";
import { shownNumber, type ReadOptions } from "./options.ts";
import type { CallPorts, RefusedCall } from "./owned-call.ts";
import type { CallPolicy } from "./policy.ts";
import { createTrunkChoice } from "./trunk-choice.ts";

type Told = Pick<CallSummary, "attempts" | "possibleDuplicate" | "outcome" | "sipCode">;

export interface Dialling {
  /** The attempt that the call counts on now, or that was answered. */
  readonly current: Attempt | undefined;
  /** No attempt that was given up is left to follow. */
  readonly isOver: boolean;
  /** What came of it, for the call's summary. */
  told(): Told;
  /** Opens the microphone, and makes the first attempt. */
  begin(): Promise<void>;
  /** The agent wants another trunk in place of `before`. */
  redial(before: Attempt): void;
  /** The call is this attempt's: whatever else may still ring is given up. */
  adopt(attempt: Attempt): void;
  /** Whatever does not carry the conversation, though it may still ring: an emergency call goes on beside a phone whose flow was lost. */
  giveUpOthers(because: "answer" | "hung-up"): void;
  /** The line died under the conversation that this trunk carried: the call may be dialled again. */
  startOver(died: Trunk): void;
  /** Something of the call may still be under way on this trunk. */
  uses(trunk: Trunk): boolean;
  /** Linekeeper closes: nothing is followed any more. */
  forget(): void;
}

/** Puts on record which number a carrier is shown. */
export type Present = (of: Omit<Facts["attempt:presented"], "caller">, shown: string) => void;

/** What a call is placed with. */
export interface OutgoingPorts extends CallPorts {
  readonly destination: Destination;
  readonly options: ReadOptions;
  readonly trunks: () => readonly Trunk[];
  readonly commonMode: CommonMode;
  readonly ledger: Ledger;
  readonly present: Present;
}

interface DiallingPorts extends Omit<OutgoingPorts, "id"> {
  readonly callId: string;
  readonly media: MediaSession;
  readonly policy: CallPolicy;
  readonly emit: Emitter<CallEvents>["emit"];
  readonly move: (event: CallEvent) => boolean;
  /** Somebody is on the line. */
  readonly isAnswered: () => boolean;
  /** The call is over. */
  readonly over: AbortSignal;
  /** The peer described its audio before the answer. */
  readonly described: (sdp: string, offer: string) => void;
  /** Perhaps after another was, or after the call: to be adopted, or ended. */
  readonly answered: (attempt: Attempt, dialog: SipDialog, offer: string) => void;
  /** Nothing was sent, and nothing will be. */
  readonly refuse: (refused: RefusedCall, error?: unknown) => void;
  /** Only the agent may make another phone ring. */
  readonly choose: (trunk: Trunk) => void;
  readonly finish: (end: CallEnd, why?: EndDetail) => void;
  /** Nothing can come of one attempt any more. */
  readonly settled: () => void;
}

/** A failover: from where, and why. */
interface From {
  readonly trunkId: string;
  readonly because: FailoverReason;
}

/** The trunks that one wish may cost are asked within half of it, ms. */
const staleMs = 300_000;

export function createDialling(ports: DiallingPorts): Dialling {
  const { callId, destination, settings, journal, media, policy, emit, move, isAnswered, over } = ports;
  const { clock, limits } = settings;
  const attempts: Attempt[] = [];
  const sent: Sent[] = [];
  const choice = createTrunkChoice(ports);
  const offers = offersBy(policy, media, settings, over);
  const maxAttempts = policy.maxAttempts(limits.maxAttempts);
  let current: Attempt | undefined;
  let onceUsed = false;
  /** Attempts made when the agent last chose to dial again. */
  let chosenAt = 0;
  /** When that was, by both clocks: one of them may stand still while the device sleeps. */
  let chosen = { atMs: clock.nowMs(), dateMs: clock.dateMs() };
  /** What the last attempt's end meant. */
  let last: Pick<Told, "outcome" | "sipCode"> = {};
  /** An attempt that was given up has come to its end. */
  let whenSettled = () => {};

  /** The agent hung up, or somebody has answered. */
  const isDone = () => over.aborted || isAnswered();

  /** No phone rings by itself for an agent who may have left, as with the lid of a laptop that was closed while it dialled. */
  const isStale = () => policy.asksAgent && Math.max(clock.nowMs() - chosen.atMs, clock.dateMs() - chosen.dateMs) > staleMs;

  function chosenNow(): void {
    chosenAt = attempts.length;
    chosen = { atMs: clock.nowMs(), dateMs: clock.dateMs() };
  }

  async function begin(): Promise<void> {
    try {
      await offers.prepare();
    } catch (error) {
      return ports.refuse({ because: "media-failed" }, error);
    }
    // Who granted the microphone is there.
    chosenNow();
    advance();
  }

  /** On to the next trunk. Whatever breaks on the way (the microphone was taken away) ends the call, nothing else. */
  function advance(from?: From): void {
    // The agent may have hung up while the microphone was opened or a CANCEL confirmed: then nobody waits for a trunk.
    if (isDone()) return;
    tryNext(from).catch((error: unknown) => {
      if (over.aborted) return;
      ports.onListenerError("call", error);
      ports.finish("failed", { error: errorName(error) });
    });
  }

  /** The INVITE goes to the best trunk that was not tried yet; `from` tells of a failover. */
  async function tryNext(from?: From): Promise<void> {
    const trunk = await choice.take();
    // While it waited the agent may have hung up, or an attempt that was given up been answered.
    if (isDone()) return;
    if (from && isStale()) return current && ports.choose(current.trunk);
    if (!trunk || isStale())
      return from ? ports.finish("failed") : ports.refuse({ because: ports.trunks().length > 0 ? "no-trunk" : "trunks-missing" });
    const offer = await offers.take();
    if (isDone()) return withdraw(media, offer);
    if (from) {
      journal.append("call:failed-over", { callId, from: from.trunkId, to: trunk.id, because: from.because });
      emit("failed-over", { from: from.trunkId, to: trunk.id, because: from.because });
      // Whoever was told may have hung up.
      if (isDone()) return withdraw(media, offer);
    }
    move("dial");
    const attempt: Attempt = startAttempt({
      number: attempts.length + 1,
      callId,
      route: destination.route,
      dialled: destination.number,
      isLastResort: destination.emergency && attempts.some((before) => before.trunk === trunk),
      offer,
      words: ports.options.words,
      trunk,
      clock,
      limits,
      reasonText: settings.privacy.reasonText,
      journal,
      onViolation: ports.onViolation,
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
          if (attempt === current && !isAnswered()) ports.described(sdp, offer);
        },
        answered: (late) => ports.answered(attempt, late, offer),
        over: (end) => decide(attempt, end),
        settled() {
          if (!isAnswered() || attempt !== current) withdraw(media, offer);
          whenSettled();
          ports.settled();
        },
      },
    });
    sent.push(
      ports.ledger.enter(
        destination.e164,
        attempt.tried,
        attempts.map(({ tried }) => tried),
      ),
    );
    attempts.push(attempt);
    const shown = shownNumber(trunk.account, ports.options.words);
    if (shown !== undefined) ports.present({ callId, trunkId: trunk.id, route: destination.route, attempt: attempts.length }, shown);
    // The journal's readers have been told of it already, and may have hung up.
    if (isDone()) return attempt.giveUp("hung-up");
    current = attempt;
    if (choice.left > 0) offers.prepare().catch(() => {});
    emit("dialling", { trunkId: trunk.id });
  }

  function decide(attempt: Attempt, end: AttemptEnd & { readonly because: FailoverReason }): void {
    const { outcome, sipCode } = end;
    last = { outcome, ...(sipCode !== undefined && { sipCode }) };
    if (attempt !== current || isAnswered()) return;
    if (hasFlowFailed(end)) choice.forgive(attempt.trunk);
    const decision = gate({
      end,
      hasRung: attempts.slice(chosenAt).some(({ tried }) => tried.alerted),
      isStale: isStale(),
      policy,
      cancelled: over.aborted,
      attemptsMade: attempts.length,
      maxAttempts,
      trunksLeft: choice.left,
      onceUsed,
    });
    onceUsed ||= outcome.retry === "once";
    if (decision === "fail-over") return advance({ trunkId: attempt.trunk.id, because: end.because });
    if (decision === "end") return ports.finish(outcome.class === "callee" ? "callee-refused" : "failed");
    ports.choose(attempt.trunk);
  }

  /** Waits until an attempt that was given up is over, so that the same phone does not ring twice at once; not for long. */
  async function cancelled(attempt: Attempt): Promise<void> {
    if (isOver(attempt)) return;
    const bound = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => (whenSettled = resolve)),
      sleep(clock, limits.cancelConfirmMs, anyOf(bound.signal, over)).catch(() => {}),
    ]);
    bound.abort();
  }

  function giveUpOthers(because: "answer" | "hung-up"): void {
    for (const attempt of attempts) if (!isAnswered() || attempt !== current) attempt.giveUp(because);
  }

  return {
    get current() {
      return current;
    },
    get isOver() {
      return attempts.every(isOver);
    },
    told: () => ({ attempts: attempts.length, possibleDuplicate: mayHaveRung(sent), ...last }),
    begin,
    redial(before) {
      chosenNow();
      ports.onTaken();
      before.giveUp("redial");
      void cancelled(before).then(() => advance({ trunkId: before.trunk.id, because: "redial" }));
    },
    adopt(attempt) {
      current = attempt;
      giveUpOthers("answer");
      attempt.concluded("adopted");
      offers.discard();
    },
    giveUpOthers,
    startOver: choice.startOver,
    uses: choice.hasTaken,
    forget() {
      for (const attempt of attempts) attempt.forget();
    },
  };
}

const isOver = ({ tried }: Attempt): boolean => tried.finishedMs !== undefined;

/** It was the flow: the trunk may be well when that is back. */
const hasFlowFailed = ({ outcome }: AttemptEnd): boolean =>
  outcome === notConnectedOutcome || outcome === flowLostOutcome || outcome === silentOutcome;
