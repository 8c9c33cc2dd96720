/**
 * Is the edge alive? Only outbound traffic that is answered proves it; inbound bytes alone prove nothing,
 * and an open socket less.
 */
import { factOf } from "../answer-fact.ts";
import type { CancelTimer } from "../clock.ts";
import type { SipAnswer } from "../ports/sip-answer.ts";
import type { Proofs } from "./proofs.ts";
import type { TrunkShared } from "./shared.ts";

export interface Liveness {
  /** Smoothed round trip of this flow, ms; undefined until measured. */
  readonly rttMs: number | undefined;
  /** Something we sent was answered after `rttMs` (0 when not measured). */
  prove(rttMs?: number): void;
  /** Starts watching a new flow. */
  begin(): void;
  /**
   * Asks now: OPTIONS and a CRLF ping, or what an edge answers that ignores these. @returns whether anything came back within `withinMs`;
   * left out, as late as it may come: an edge that is known to be slow is not dead yet when another would be.
   */
  check(withinMs?: number): Promise<boolean>;
  /** The same, and once more with what else an edge may answer, where it has never answered a probe. */
  ask(): Promise<boolean>;
  /** While `isSo()`, a call waits on this flow and has nothing better: whoever asks the edge gives it time. @returns what ends that. */
  countOn(isSo: () => boolean): () => void;
  /** There is trouble somewhere: the idle probe is made now. Not where it would be a REGISTER. */
  hurry(): void;
  /** A CRLF pong came. */
  ponged(): void;
  end(): void;
}

interface LivenessPorts extends TrunkShared {
  readonly proofs: Proofs;
  readonly onProven: () => void;
  /** An idle probe was answered. */
  readonly onProbed: () => void;
  /** The idle probe went unanswered: once, then again (`dead`). */
  readonly onSilent: (dead: boolean) => void;
  /** What sends a request that also an edge answers which ignores probes; undefined while none may be sent. The answer comes as `prove()`. */
  readonly otherRequest: () => (() => void) | undefined;
}

/** An edge that ignores probes is asked what costs it more this many times more seldom (RFC 5626 §4.4.1 allows 120 s). */
const seldom = 4;
/** Weight of a new sample (RFC 6298 §2.3). */
const rttGain = 1 / 8;
const smoothed = (beforeMs: number | undefined, sampleMs: number): number =>
  beforeMs === undefined ? sampleMs : beforeMs + rttGain * (sampleMs - beforeMs);
/** Of the usual round trip, as a share: a probe that takes longer is late even there. */
const patienceShare = 2;

export function createLiveness(ports: LivenessPorts): Liveness {
  const { trunkId, edge, clock, random, limits, reasonText, journal, proofs, onProven, onSilent, otherRequest } = ports;
  let rttMs: number | undefined;
  /** Over all its flows. */
  let usualRttMs = 0;
  /** Of the last OPTIONS that was answered; one that came very late says no more than that. */
  let lastProbeMs = 0;
  let provenAtMs = 0;
  let pingedAtMs: number | undefined;
  let watching = false;
  let isProbing = false;
  /** When it was last asked because something fails: that the edge lives does not say that it serves. */
  let hurriedAtMs: number | undefined;
  /**
   * Of this edge, over all its flows. `answers`: it has answered a probe, so that silence means something. `compares`: it
   * never has, and something else is asked now. `ignores`: that was answered, as by an SBC that drops OPTIONS unread; probes
   * then say nothing of it, and silence to them is no reason to come back on another flow.
   */
  let habit: "unknown" | "answers" | "compares" | "ignores" = "unknown";
  let cancelIdle: CancelTimer = () => {};
  const countedOn = new Set<() => boolean>();
  /** Those who wait for any sign of life. */
  const waiting = new Set<(alive: boolean) => void>();

  const isCountedOn = () => [...countedOn].some((isSo) => isSo());
  // What a call waits for is given up as late as a registrar would be: slow is better than none.
  const patienceMs = () =>
    Math.max(limits.probeTimeoutMs, patienceShare * Math.max(usualRttMs, lastProbeMs), isCountedOn() ? limits.registerTimeoutMs : 0);
  const intervalMs = () => limits.probeIntervalMs * (habit === "ignores" ? seldom : 1);

  function prove(sampleMs = 0): void {
    if (habit === "compares") habit = "ignores";
    provenAtMs = clock.nowMs();
    if (sampleMs > 0) {
      rttMs = smoothed(rttMs, sampleMs);
      usualRttMs = smoothed(usualRttMs || undefined, sampleMs);
    }
    onProven();
    for (const settle of [...waiting]) settle(true);
  }

  /** A probe was answered. */
  function probed(method: "OPTIONS" | "CRLF", askedMs: number, answer?: SipAnswer): void {
    const tookMs = clock.nowMs() - askedMs;
    proofs.answered(method, Math.round(tookMs), answer && factOf(answer, reasonText));
    habit = "answers";
    if (method === "OPTIONS") lastProbeMs = Math.min(tookMs, limits.registerTimeoutMs);
    prove(tookMs);
    if (askedMs !== hurriedAtMs) ports.onProbed();
  }

  function check(withinMs?: number, isSecond = false): Promise<boolean> {
    // Without a flow there is nobody to ask.
    if (!watching) return Promise.resolve(false);
    const askedMs = clock.nowMs();
    pingedAtMs = askedMs;
    edge.ping();
    const other = habit === "ignores" || (isSecond && habit === "unknown") ? otherRequest() : undefined;
    const method = habit === "ignores" ? "REGISTER" : "OPTIONS";
    if (method === "OPTIONS") void edge.options().then((answer) => answered(answer, askedMs));
    if (other && habit === "unknown") habit = "compares";
    other?.();
    return new Promise((resolve) => {
      const settle = (alive: boolean) => {
        cancelTimer();
        waiting.delete(settle);
        resolve(alive);
      };
      let cancelTimer: CancelTimer = () => {};
      const expire = () => {
        // A call may count on the flow since.
        const leftMs = withinMs === undefined ? askedMs + patienceMs() - clock.nowMs() : 0;
        if (leftMs >= 1) return void (cancelTimer = clock.setTimer(expire, leftMs));
        proofs.write();
        journal.append("probe:unanswered", { trunkId, method, waitedMs: Math.round(clock.nowMs() - askedMs) });
        if (habit === "compares") habit = "unknown";
        settle(false);
      };
      cancelTimer = clock.setTimer(expire, withinMs ?? patienceMs());
      waiting.add(settle);
    });
  }

  function answered(answer: SipAnswer, askedMs: number): void {
    if (answer.said !== "inferred" && watching) probed("OPTIONS", askedMs, answer);
  }

  /** Looks again when the flow may have been idle for `probeIntervalMs`; up to a fifth earlier, so that tabs and agents spread. */
  function watch(sinceMs = provenAtMs): void {
    const idleMs = clock.nowMs() - sinceMs;
    const dueMs = intervalMs() * (1 - random() / 5) - idleMs;
    cancelIdle();
    cancelIdle = clock.setTimer(idle, Math.max(0, dueMs));
  }

  /** Asks, and once more where nobody answers. */
  async function probe(): Promise<void> {
    cancelIdle();
    isProbing = true;
    let isAlive = await check();
    if (!isAlive && watching) {
      onSilent(false);
      isAlive = await check(undefined, true);
      if (!isAlive && watching) onSilent(true);
    }
    isProbing = false;
    if (isAlive && watching) watch();
  }

  function idle(): void {
    // Nothing may be asked, so nothing can be concluded.
    if (habit === "ignores" && !otherRequest()) watch(clock.nowMs());
    else if (clock.nowMs() - provenAtMs < intervalMs() * 0.8) watch();
    else void probe();
  }

  return {
    get rttMs() {
      return rttMs;
    },
    prove,
    check: (withinMs) => check(withinMs),
    ask: async () => (await check()) || (habit === "unknown" && watching && check(undefined, true)),
    countOn(isSo) {
      countedOn.add(isSo);
      return () => countedOn.delete(isSo);
    },
    hurry() {
      if (!watching || isProbing || habit === "ignores") return;
      hurriedAtMs = clock.nowMs();
      void probe();
    },
    begin() {
      watching = true;
      rttMs = undefined;
      provenAtMs = clock.nowMs();
      cancelIdle();
      watch();
    },
    ponged() {
      if (pingedAtMs === undefined || !watching) return;
      const askedMs = pingedAtMs;
      pingedAtMs = undefined;
      probed("CRLF", askedMs);
    },
    end() {
      watching = false;
      cancelIdle();
      for (const settle of [...waiting]) settle(false);
    },
  };
}
