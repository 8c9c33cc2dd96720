/** The trunks, as the line itself finds them. Their own entries in the journal tell why. */
import type { Clock } from "../../src/clock.ts";
import type { Linekeeper } from "../../src/index.ts";
import { whenAborted } from "../../src/platform.ts";
import { Finding, type Check, type Remark } from "./check.ts";

/** A clock that is off by more makes tokens and certificates look expired, ms. */
const skewMs = 60_000;

/** A conversation over a longer round trip is one of people who talk at once (ITU-T G.114: 150 ms each way), ms. */
const slowMs = 300;

const forbidden = new Finding("SecurityError", "the page's Content-Security-Policy forbids the connection: add it to connect-src");

/** A cold standby (`standby`) is not connected while others serve. */
const resting: Remark = { outcome: "skipped", code: "StandbyTrunk" };

type Health = Linekeeper["trunks"][number];

interface TrunkOptions {
  readonly trunkIds: readonly string[];
  readonly withinMs: number;
  readonly clock: Clock;
}

/** So much later a stage is overdue: whatever it waits for has spoken by then. */
const marginMs = 1_000;

/** Resolves once `is` holds for the trunks' health. @throws the signal's reason. */
export function until(linekeeper: Linekeeper, is: (all: readonly Health[]) => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let stopWaiting = () => {};
    const look = () => is(linekeeper.trunks) && finish(resolve);
    const finish = (settle: () => void) => {
      stop();
      stopWaiting();
      settle();
    };
    const stop = linekeeper.on("trunk:changed", look);
    stopWaiting = whenAborted(signal, () => finish(() => reject(signal.reason as Error)));
    look();
  });
}

export function trunkChecks(linekeeper: Linekeeper, { trunkIds, withinMs, clock }: TrunkOptions): Check[] {
  /** @throws TimeoutError, SecurityError. */
  async function reach(trunkId: string, is: (health: Health) => boolean, signal: AbortSignal): Promise<Remark | undefined> {
    const over = new AbortController();
    const stopWaiting = whenAborted(signal, () => over.abort(signal.reason));
    const cancel = clock.setTimer(() => over.abort(new DOMException("not ready in time", "TimeoutError")), withinMs);
    const healthOf = () => linekeeper.trunks.find((trunk) => trunk.trunkId === trunkId);
    const isForbidden = () => healthOf()?.lastError?.name === "SecurityError";
    try {
      // No waiting helps where the page forbids it.
      await until(
        linekeeper,
        () => {
          const health = healthOf();
          return (health !== undefined && is(health)) || isForbidden();
        },
        over.signal,
      );
    } catch (error) {
      const rests = healthOf()?.flow === "closed" && linekeeper.trunks.some(({ ready }) => ready);
      if (rests && !signal.aborted) return resting;
      throw error;
    } finally {
      cancel();
      stopWaiting();
    }
    if (isForbidden()) throw forbidden;
    return undefined;
  }

  async function options(trunkId: string): Promise<Remark> {
    if (linekeeper.trunks.find((trunk) => trunk.trunkId === trunkId)?.flow === "closed") return resting;
    const askedMs = clock.nowMs();
    const isAlive = await linekeeper.probe(trunkId);
    if (!isAlive) throw new Finding("TimeoutError", "the edge answered nothing that was asked");
    const rttMs = Math.round(clock.nowMs() - askedMs);
    return { ...(rttMs > slowMs && { outcome: "warn", code: "SlowRoundTrip" }), measured: { rttMs } };
  }

  const isOpen = ({ flow }: Health) => flow === "open" || flow === "doubted";
  const isBound = ({ registration }: Health) => registration === "registered" || registration === "refreshing";
  const timeoutMs = withinMs + marginMs;
  return [
    ...trunkIds.flatMap((trunkId): Check[] => [
      { name: "socket", trunkId, timeoutMs, run: (signal) => reach(trunkId, isOpen, signal) },
      {
        name: "registration",
        trunkId,
        timeoutMs,
        needs: [`socket ${trunkId}`],
        run: (signal) => reach(trunkId, isBound, signal),
      },
      { name: "options", trunkId, needs: [`registration ${trunkId}`], run: () => options(trunkId) },
    ]),
    {
      // The registrars say what time it is (RFC 3261 §20.17).
      name: "clock",
      needs: trunkIds.map((trunkId) => `registration ${trunkId}`),
      run() {
        const off = linekeeper.journal.findLast((entry) => entry.type === "clock:skewed");
        if (off && Math.abs(off.byMs) > skewMs)
          throw new Finding("ClockSkewError", `the device's clock is off by ${Math.round(off.byMs / 1_000)} s`, { byMs: off.byMs });
      },
    },
  ];
}
