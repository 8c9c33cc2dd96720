/**
 * The socket to one edge: opens it, keeps it, comes back when it is lost (RFC 5626). Losses in a row back off, those of flows that were bound
 * too, until one has stood for a while: an edge that binds us and hangs up is knocked at no more often than one that refuses.
 */
import type { CancelTimer } from "../clock.ts";
import { step } from "../machine.ts";
import type { SocketEnd } from "../ports/sip-edge.ts";
import { flowTable, type FlowEvent, type FlowState } from "../states.ts";
import { backoffMs, longestBackoffMs, mayBeOverrun } from "./backoff.ts";
import type { TrunkShared } from "./shared.ts";

export interface Flow {
  readonly state: FlowState;
  /** When the socket opened that stands, ms on the clock; Infinity while there is none. */
  readonly openedMs: number;
  /** When one that stood was lost last, ms on the clock; -Infinity while none was. */
  readonly lostMs: number;
  /** Lost so seldom in a row that its edge may only be overrun, and take us the next moment. */
  readonly mayBeOverrun: boolean;
  /** Opens it now, whatever back-off was running. */
  connect(): void;
  /** The edge's own words. */
  opened(): void;
  /** @param end left out where there was no socket: nobody knew where to. */
  lost(end?: SocketEnd): void;
  /** Something sent on it was answered. */
  prove(): void;
  /** Something sent on it was not answered in time. */
  doubt(): void;
  /** Drops the socket: the flow is proven dead. */
  drop(): void;
  /** Registration was confirmed. Once it has stood as long after that as the longest back-off, its loss is the first again. */
  settle(): void;
  /** A call begins on it: whatever it was lost for before, that call's first loss is the first. */
  countAnew(): void;
  stop(): void;
}

interface FlowPorts extends TrunkShared {
  /** Gives the edge's URL anew at each connection; left out where the account has one that stands. Rejects when `signal` aborts. */
  readonly server: ((signal: AbortSignal) => Promise<string>) | undefined;
  /** It gave none. `lost` is to follow. */
  readonly onServerFailed: (error: unknown) => void;
  readonly onChange: (from: FlowState, to: FlowState) => void;
}

export function createFlow(ports: FlowPorts): Flow {
  const { trunkId, edge, clock, random, limits, spreadMs, journal, server, onViolation, onChange } = ports;
  let state: FlowState = "closed";
  let sinceMs = clock.nowMs();
  let openedMs = Infinity;
  let lostMs = -Infinity;
  /** When the socket that stands was first registered on, ms; Infinity while it was not. */
  let boundMs = Infinity;
  /** In a row. */
  let failures = 0;
  /** Somebody could not wait for the back-off: where nobody is let in, that makes it no longer. */
  let isOutOfTurn = false;
  let cancelRetry: CancelTimer = () => {};
  let asking = new AbortController();

  function change(event: FlowEvent, end?: SocketEnd): boolean {
    const next = step("flow", flowTable, state, event, onViolation);
    if (next === undefined) return false;
    const from = state;
    const nowMs = clock.nowMs();
    journal.append("flow:changed", { trunkId, from, to: next, tookMs: Math.round(nowMs - sinceMs), ...(end && { end }) });
    state = next;
    sinceMs = nowMs;
    onChange(from, next);
    return true;
  }

  function connect(isInTurn = state === "closed"): void {
    cancelRetry();
    if (!change("connect")) return;
    isOutOfTurn = !isInTurn;
    if (server) void connectBy(server);
    else edge.connect();
  }

  async function connectBy(ask: NonNullable<typeof server>): Promise<void> {
    asking = new AbortController();
    const { signal } = asking;
    try {
      const url = await ask(signal);
      if (!signal.aborted) edge.connect(url);
    } catch (error) {
      if (!signal.aborted) ports.onServerFailed(error);
    }
  }

  return {
    get state() {
      return state;
    },
    get openedMs() {
      return openedMs;
    },
    get lostMs() {
      return lostMs;
    },
    get mayBeOverrun() {
      return mayBeOverrun(failures);
    },
    connect: () => connect(),
    opened: () => void (change("open") && (openedMs = sinceMs)),
    lost(end) {
      if (!change("lose", end)) return;
      const wasOpen = openedMs < Infinity;
      if (wasOpen) lostMs = sinceMs;
      if (sinceMs - boundMs >= longestBackoffMs(limits, spreadMs)) failures = 0;
      if (wasOpen || !isOutOfTurn) failures += 1;
      openedMs = boundMs = Infinity;
      cancelRetry = clock.setTimer(() => connect(true), backoffMs(failures, limits, spreadMs, random));
    },
    prove: () => void (state === "doubted" && change("prove")),
    doubt: () => void (state === "open" && change("doubt")),
    drop: () => edge.disconnect(),
    settle: () => void (boundMs = Math.min(boundMs, clock.nowMs())),
    countAnew: () => void (failures = 0),
    stop() {
      cancelRetry();
      asking.abort();
      openedMs = boundMs = Infinity;
      change("stop");
    },
  };
}
