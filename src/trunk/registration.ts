/** Our binding at one registrar: made when the flow opens, refreshed before it runs out (RFC 3261 §10.2). */
import { factOf } from "../answer-fact.ts";
import { sleep } from "../clock.ts";
import { step } from "../machine.ts";
import type { CancelTimer, SipAnswer } from "../ports.ts";
import { registrationTable, type RegistrationEvent, type RegistrationState } from "../states.ts";
import { backoffMs, retryAfterMs } from "./backoff.ts";
import type { TrunkShared } from "./shared.ts";

export interface Registration {
  readonly state: RegistrationState;
  /** Sends REGISTER now, unless one is under way. */
  request(): void;
  /** After a refusal: sends it now instead of after the back-off, but not while the registrar asked for rest. */
  hurry(): void;
  /** The flow is gone, and the binding's usefulness with it. */
  lose(): void;
  /** Unregisters; resolves when that was answered or `withinMs` have passed. */
  remove(withinMs: number): Promise<void>;
  close(): void;
}

interface RegistrationPorts extends TrunkShared {
  /** Any real answer proves the flow; `rttMs` is its round trip. */
  readonly onAnswered: (rttMs: number) => void;
  readonly onUnanswered: () => void;
  readonly onChange: (isConfirmed: boolean) => void;
}

/** A `Date` header has whole seconds (RFC 3261 §20.17), and half a round trip is a guess: less than this is no skew, ms. */
const skewMs = 2_000;

/** What we conclude from silence: nobody said it. */
const silence: SipAnswer = { code: 408, said: "inferred" };

export function createRegistration(ports: RegistrationPorts): Registration {
  const { trunkId, edge, clock, random, limits, spreadMs, reasonText, journal, onViolation } = ports;
  let state: RegistrationState = "none";
  let failures = 0;
  /** As last put on record, ms. */
  let knownSkewMs = 0;
  /** Of the REGISTER under way; an answer to an older one is ignored. */
  let round = 0;
  /** Until when the registrar asked to be left alone. */
  let restsUntilMs = 0;
  let cancelNext: CancelTimer = () => {};
  let cancelExpiry: CancelTimer = () => {};

  function change(event: RegistrationEvent, more: { answer?: SipAnswer; tookMs?: number; expiresS?: number } = {}): boolean {
    const next = step("registration", registrationTable, state, event, onViolation);
    if (next === undefined) return false;
    const { answer, ...rest } = more;
    journal.append("registration:changed", {
      trunkId,
      from: state,
      to: next,
      ...rest,
      ...(answer && { answer: factOf(answer, reasonText) }),
    });
    state = next;
    ports.onChange(event === "confirm");
    return true;
  }

  function request(): void {
    if (state === "registering" || state === "refreshing") return;
    cancelNext();
    change("request");
    void exchange(++round);
  }

  async function exchange(mine: number): Promise<void> {
    const startedMs = clock.nowMs();
    const giveUp = new AbortController();
    const answer = await Promise.race([
      edge.register(limits.registerExpiresS),
      sleep(clock, limits.registerTimeoutMs, giveUp.signal).then(
        () => silence,
        () => silence,
      ),
    ]);
    giveUp.abort();
    if (mine !== round) return;
    const tookMs = Math.round(clock.nowMs() - startedMs);
    if (answer.said === "peer") ports.onAnswered(tookMs);
    if (answer.dateMs !== undefined) compareClocks(clock.dateMs() - tookMs / 2 - answer.dateMs);
    // A 200 that does not list our Contact bound nobody (RFC 3261 §10.2.4).
    if (answer.code < 300 && answer.expiresS !== undefined && answer.expiresS > 0) confirmed(answer, tookMs, answer.expiresS);
    else refused(answer, tookMs);
  }

  function compareClocks(byMs: number): void {
    if (Math.abs(byMs - knownSkewMs) <= skewMs) return;
    knownSkewMs = byMs;
    journal.append("clock:skewed", { by: trunkId, byMs: Math.round(byMs) });
  }

  function confirmed(answer: SipAnswer, tookMs: number, expiresS: number): void {
    failures = 0;
    cancelExpiry();
    cancelExpiry = clock.setTimer(() => change("expire"), expiresS * 1_000);
    // Between 75 and 90 % of its life, so that a fleet that registered together does not refresh together.
    cancelNext = clock.setTimer(request, expiresS * 1_000 * (0.75 + 0.15 * random()));
    change("confirm", { answer, tookMs, expiresS });
  }

  function refused(answer: SipAnswer, tookMs: number): void {
    failures += 1;
    // The registrar's trouble is not our account's: what it granted before holds until it runs out.
    const isPassing = answer.said === "inferred" || answer.code === 408 || answer.code >= 500;
    const isBound = state === "refreshing" && isPassing;
    if (!isBound) cancelExpiry();
    const waitMs = backoffMs(failures, limits, spreadMs, random);
    const restMs = retryAfterMs(answer.retryAfterS, limits.retryAfterMaxMs);
    restsUntilMs = clock.nowMs() + restMs;
    cancelNext = clock.setTimer(request, waitMs + restMs);
    change(isBound ? "defer" : "refuse", { answer, tookMs });
    if (answer.said === "inferred") ports.onUnanswered();
  }

  function end(event: "lose" | "remove"): void {
    round += 1;
    cancelNext();
    cancelExpiry();
    change(event);
  }

  return {
    get state() {
      return state;
    },
    request,
    hurry() {
      if ((state === "refused" || state === "none") && clock.nowMs() >= restsUntilMs) request();
    },
    lose: () => end("lose"),
    async remove(withinMs) {
      const bound = state === "registered" || state === "refreshing";
      end("remove");
      if (!bound) return;
      const giveUp = new AbortController();
      await Promise.race([edge.register(0), sleep(clock, withinMs, giveUp.signal).catch(() => {})]);
      giveUp.abort();
    },
    close() {
      round += 1;
      cancelNext();
      cancelExpiry();
    },
  };
}
