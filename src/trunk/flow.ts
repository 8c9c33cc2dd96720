/** The socket to one edge: opens it, keeps it, comes back when it is lost (RFC 5626). */
import { step } from "../machine.ts";
import type { CancelTimer, SocketEnd } from "../ports.ts";
import { flowTable, type FlowEvent, type FlowState } from "../states.ts";
import { backoffMs } from "./backoff.ts";
import type { TrunkShared } from "./shared.ts";

export interface Flow {
  readonly state: FlowState;
  /** Opens it now, whatever back-off was running. */
  connect(): void;
  /** The edge's own words. */
  opened(): void;
  lost(end: SocketEnd): void;
  /** Something sent on it was answered. */
  prove(): void;
  /** Something sent on it was not answered in time. */
  doubt(): void;
  /** Drops the socket: the flow is proven dead. */
  drop(): void;
  /** Registration was confirmed: only this resets the back-off, an open socket proves little. */
  settle(): void;
  stop(): void;
}

interface FlowPorts extends TrunkShared {
  readonly onChange: (from: FlowState, to: FlowState) => void;
}

export function createFlow({ trunkId, edge, clock, random, limits, spreadMs, journal, onViolation, onChange }: FlowPorts): Flow {
  let state: FlowState = "closed";
  let sinceMs = clock.nowMs();
  let failures = 0;
  let cancelRetry: CancelTimer = () => {};

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

  function connect(): void {
    cancelRetry();
    if (change("connect")) edge.connect();
  }

  return {
    get state() {
      return state;
    },
    connect,
    opened: () => void change("open"),
    lost(end) {
      if (!change("lose", end)) return;
      failures += 1;
      cancelRetry = clock.setTimer(connect, backoffMs(failures, limits, spreadMs, random));
    },
    prove: () => void (state === "doubted" && change("prove")),
    doubt: () => void (state === "open" && change("doubt")),
    drop: () => edge.disconnect(),
    settle: () => void (failures = 0),
    stop() {
      cancelRetry();
      change("stop");
    },
  };
}
