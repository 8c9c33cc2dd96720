/** Our binding at one registrar: made when the flow opens, refreshed before it runs out (RFC 3261 §10.2). */
import { factOf } from "../answer-fact.ts";
import { sleep, type CancelTimer } from "../clock.ts";
import { step } from "../machine.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";
import { registrationTable, type RegistrationEvent, type RegistrationState } from "../states.ts";
import type { Account } from "./account.ts";
import { backoffMs, mayBeOverrun, refusalRestMs, retryAfterMs } from "./backoff.ts";
import { refusalBy, type RestCause } from "./refusal.ts";
import type { TrunkShared } from "./shared.ts";

export interface Registration {
  readonly state: RegistrationState;
  /** The registrar has refused our account or what we ask, or wants to be asked later, and is not asked for a while. */
  readonly isLeftAlone: boolean;
  /** The registrar took our last REGISTER, and lists no binding of ours: nobody can ring us, and calls may go out all the same. */
  readonly isUnlisted: boolean;
  /** The flow of a binding is gone, and the registrar may keep it yet: whoever is rung by it is not heard. */
  readonly isLeftBehind: boolean;
  /** How long it wants not to be asked by anybody, ms. */
  readonly restMs: number;
  /** Another page was told so: holds for whatever is asked here from now on. @returns whether that makes a difference. */
  leaveAlone(because: RestCause, restMs: number): boolean;
  /** The flow is open: registers, unless the registrar is left alone: what it said on the flow before holds on this one. */
  begin(): void;
  /** Sends REGISTER now, unless one is under way, or the registrar wants to be asked later. */
  request(): void;
  /** After a refusal: sends it now instead of after the back-off, but not while the registrar is to be left alone; so often at most, whoever waits. */
  hurry(): void;
  /** Whatever was refused, it is worth another try: somebody asks, or we stand in another network. It comes after a fleet's jitter, or by `hurry()`. */
  forgive(): void;
  /** The flow is gone, and the binding's usefulness with it. */
  lose(): void;
  /**
   * Unregisters, also what may yet be bound by a REGISTER that has no answer. Resolves when that was answered or `withinMs` have passed,
   * with whether there was anything to take away.
   */
  remove(withinMs: number): Promise<boolean>;
  close(): void;
}

interface RegistrationPorts extends TrunkShared {
  readonly account: Account;
  /** Any real answer proves the flow; `rttMs` is its round trip. */
  readonly onAnswered: (rttMs: number) => void;
  readonly onUnanswered: () => void;
  /** The registrar refused us, or did not answer. */
  readonly onRefused: (answer: SipAnswer) => void;
  /** The registrar is left alone for so long; or is not any more. */
  readonly onRest: (because: RestCause, restMs: number) => void;
  readonly onChange: (isConfirmed: boolean) => void;
}

/** A `Date` header has whole seconds (RFC 3261 §20.17), and half a round trip is a guess: less than this is no skew, ms. */
const skewMs = 2_000;

/** How often the credentials source is asked for others while a registrar that refused them is left alone. */
const looksPerRest = 16;

/**
 * A registrar that grants less again and again is asked as if it had granted this, s. RFC 3261 §10.2.4 leaves the moment to us, and who grants a second would
 * be asked each second, by each agent, for ever. None who means it grants so little: a keep-alive by REGISTER comes every half
 * minute or so. What is refreshed too late costs calls to the agent only, and the registrar chose that.
 */
const shortestLifeS = 20;
/** So often in a row it is taken at its word: it may be on its way down, or up. */
const briefLives = 8;

/** Who is waited for is asked this often at most, ms, however many wait. */
const hurryMs = 1_000;
/** The same of one that may only be overrun, and did not refuse what is asked of it: more seldom, and calls are lost there by chance (docs/herd.md). */
const overrunHurryMs = 250;

export function createRegistration(ports: RegistrationPorts): Registration {
  const { trunkId, edge, account, clock, random, limits, spreadMs, reasonText, journal, onViolation } = ports;
  let state: RegistrationState = "none";
  /** In a row. */
  let failures = 0;
  /** Somebody could not wait for the back-off: a refusal of that makes it no longer. */
  let isOutOfTurn = false;
  /** As last put on record, ms. */
  let knownSkewMs = 0;
  /** Of the REGISTER under way; an answer to an older one is ignored. */
  let round = 0;
  /** Until when the registrar is to be left alone, on whatever flow: it asked for that (RFC 3261 §20.33). */
  let restsUntilMs = 0;
  let hurriesFromMs = 0;
  /** In a row, of the account itself; and until when it is left alone for that, on whatever flow. */
  let refusals = 0;
  let refusedUntilMs = 0;
  /** The same of the request, whoever sends it: a call may ask all the same, for the registrar may have been started anew, or mended. */
  let repeats = 0;
  let repeatedUntilMs = 0;
  let isLeftAlone = false;
  /** Some page has said that it is to be left alone; whoever is bound takes that back. */
  let isRestTold = false;
  /** Others would not be refused for what these were. */
  let mayOthersHelp = false;
  let isUnlisted = false;
  /** The last REGISTER, on the flow that is there: what the registrar makes of it nobody knows. */
  let isUnanswered = false;
  /** By what the registrar granted; whatever becomes of the flow. */
  let boundUntilMs = 0;
  /** In a row. */
  let brief = 0;
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

  const restMs = () => Math.max(0, restsUntilMs - clock.nowMs());

  function request(isInTurn = true): void {
    if (state === "registering" || state === "refreshing") return;
    cancelNext();
    isOutOfTurn = !isInTurn;
    isLeftAlone = false;
    change("request");
    void exchange(++round);
  }

  async function exchange(mine: number): Promise<void> {
    const startedMs = clock.nowMs();
    isUnanswered = true;
    const answer = await edge.register(limits.registerExpiresS, {
      answerMs: limits.registerTimeoutMs,
      credentialsMs: limits.credentialsMs,
    });
    if (mine !== round) return;
    isUnanswered = answer.said === "inferred";
    const tookMs = Math.round(clock.nowMs() - startedMs);
    if (answer.said === "peer") ports.onAnswered(tookMs);
    if (answer.dateMs !== undefined) compareClocks(clock.dateMs() - tookMs / 2 - answer.dateMs);
    // A 200 that does not list our Contact bound nobody (RFC 3261 §10.2.4).
    if (answer.code < 300 && answer.expiresS !== undefined && answer.expiresS > 0) confirmed(answer, tookMs, answer.expiresS);
    else refused(answer, tookMs);
  }

  /** It is time to ask; unless another page has heard meanwhile that it is not. */
  function due(): void {
    if (clock.nowMs() < refusedUntilMs) leaveAlone();
    else if (restMs() > 0) cancelNext = clock.setTimer(due, restMs() + backoffMs(failures, limits, spreadMs, random));
    else request();
  }

  function tellRest(because: RestCause, forMs: number): void {
    isRestTold = forMs > 0;
    ports.onRest(because, forMs);
  }

  function compareClocks(byMs: number): void {
    if (Math.abs(byMs - knownSkewMs) <= skewMs) return;
    knownSkewMs = byMs;
    journal.append("clock:skewed", { by: trunkId, byMs: Math.round(byMs) });
  }

  function confirmed(answer: SipAnswer, tookMs: number, expiresS: number): void {
    failures = restsUntilMs = hurriesFromMs = 0;
    pardon();
    if (isRestTold) tellRest("registered", 0);
    isUnlisted = false;
    boundUntilMs = clock.nowMs() + expiresS * 1_000;
    cancelExpiry();
    brief = expiresS < shortestLifeS ? brief + 1 : 0;
    const lifeMs = (brief > briefLives ? shortestLifeS : expiresS) * 1_000;
    cancelExpiry = clock.setTimer(() => change("expire"), lifeMs);
    // Between 75 and 90 % of its life, so that a fleet that registered together does not refresh together.
    cancelNext = clock.setTimer(due, lifeMs * (0.75 + 0.15 * random()));
    change("confirm", { answer, tookMs, expiresS });
  }

  function pardon(): void {
    refusals = repeats = 0;
    refusedUntilMs = repeatedUntilMs = 0;
  }

  function refused(answer: SipAnswer, tookMs: number): void {
    if (!isOutOfTurn) failures += 1;
    isUnlisted = answer.said === "peer" && answer.code < 300;
    const refusal = refusalBy(answer);
    // The registrar's trouble is not our account's: what it granted before holds until it runs out.
    const isBound = state === "refreshing" && refusal === "passing";
    if (!isBound) cancelExpiry();
    restsUntilMs = clock.nowMs() + retryAfterMs(answer.retryAfterS, limits.retryAfterMaxMs);
    if (restMs() > 0) tellRest("retry-after", restMs());
    const waitMs = backoffMs(failures, limits, spreadMs, random) + restMs();
    if (refusal === "account") {
      mayOthersHelp = answer.unanswerable !== true;
      account.refused();
      refusedUntilMs = clock.nowMs() + Math.max(waitMs, refusalRestMs(++refusals, limits, random));
      tellRest("account-refused", refusedUntilMs - clock.nowMs());
      leaveAlone();
    } else if (refusal === "request") {
      mayOthersHelp = false;
      // As after any failure at first, so that a registrar that was started anew has us back at once; then without an end to its growth.
      const restsMs = backoffMs(++repeats, { ...limits, reconnectMaxMs: limits.refusalRestMaxMs }, spreadMs, random);
      repeatedUntilMs = clock.nowMs() + restsMs + restMs();
      leaveAlone();
    } else cancelNext = clock.setTimer(due, waitMs);
    ports.onRefused(answer);
    change(isBound ? "defer" : "refuse", { answer, tookMs });
    if (answer.said === "inferred") ports.onUnanswered();
  }

  /** The account or the request was refused: the registrar is not asked; its credentials source, which is ours, is, for others than those. */
  function leaveAlone(): void {
    isLeftAlone = true;
    const mine = ++round;
    const untilMs = Math.max(refusedUntilMs, repeatedUntilMs);
    const look = async () => {
      const isOver = clock.nowMs() >= untilMs || (mayOthersHelp && restMs() === 0 && (await account.hasOthers()));
      if (mine !== round) return;
      if (!isOver) return leaveAlone();
      // Others were not refused yet.
      refusedUntilMs = 0;
      request();
    };
    // Seldom enough for a source that makes up new ones each time, and they are refused like those before.
    const lookMs = refusalRestMs(refusals, limits, random) / looksPerRest;
    // Whole milliseconds, as a timer counts them: one that is cut short looks a fraction too soon, and again and again until that has passed.
    cancelNext = clock.setTimer(() => void look(), Math.ceil(Math.min(untilMs - clock.nowMs(), lookMs)));
  }

  function end(event: "lose" | "remove"): void {
    round += 1;
    cancelNext();
    cancelExpiry();
    isLeftAlone = false;
    isUnlisted = false;
    isUnanswered = false;
    change(event);
  }

  return {
    get state() {
      return state;
    },
    get isLeftAlone() {
      return isLeftAlone || restMs() > 0;
    },
    get isUnlisted() {
      return isUnlisted;
    },
    get isLeftBehind() {
      return state === "none" && clock.nowMs() < boundUntilMs;
    },
    get restMs() {
      return restMs();
    },
    leaveAlone(because, forMs) {
      const isBound = state === "registered" || state === "refreshing";
      if (because === "registered") {
        isRestTold = false;
        restsUntilMs = 0;
        // Credentials that are good there need not be ours.
        if (refusals === 0) refusedUntilMs = 0;
        return true;
      }
      // An account that is good here will not be bad for what another page was given; what was refused here already has its own rest.
      if (!(forMs > 0) || (because === "account-refused" && (isBound || refusals > 0))) return false;
      isRestTold = true;
      if (because === "retry-after") restsUntilMs = Math.max(restsUntilMs, clock.nowMs() + Math.min(forMs, limits.retryAfterMaxMs));
      else {
        refusedUntilMs = Math.max(refusedUntilMs, clock.nowMs() + Math.min(forMs, limits.refusalRestBaseMs));
        mayOthersHelp = true;
        account.refusedElsewhere();
      }
      return true;
    },
    begin() {
      cancelNext();
      if (clock.nowMs() < repeatedUntilMs) leaveAlone();
      else due();
    },
    request: () => void (restMs() === 0 && request()),
    hurry() {
      if ((state !== "refused" && state !== "none") || clock.nowMs() < Math.max(restsUntilMs, refusedUntilMs, hurriesFromMs)) return;
      hurriesFromMs = clock.nowMs() + (repeats === 0 && mayBeOverrun(failures) ? overrunHurryMs : hurryMs);
      request(false);
    },
    forgive() {
      pardon();
      if (!isLeftAlone) return;
      cancelNext();
      cancelNext = clock.setTimer(() => request(), restMs() + random() * spreadMs);
    },
    lose: () => end("lose"),
    async remove(withinMs) {
      const mayBeBound = state === "registered" || isUnanswered || clock.nowMs() < boundUntilMs;
      boundUntilMs = 0;
      end("remove");
      if (!mayBeBound) return false;
      const giveUp = new AbortController();
      // Half of it for the answer to what is under way, half for this one's.
      await Promise.race([edge.register(0, { turnMs: withinMs / 2 }), sleep(clock, withinMs, giveUp.signal).catch(() => {})]);
      giveUp.abort();
      return true;
    },
    close() {
      round += 1;
      cancelNext();
      cancelExpiry();
    },
  };
}
