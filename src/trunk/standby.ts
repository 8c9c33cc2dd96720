/**
 * Trunks that are kept cold: registered only while no warm one is fit. Some carriers charge for each binding, or
 * could not hold a whole fleet's; the price is the registration when a call cannot wait.
 */
import type { CancelTimer, Clock, Random } from "../clock.ts";
import type { CommonMode } from "./common-mode.ts";
import type { Trunk } from "./trunk.ts";

export interface Standby {
  /** A trunk changed. */
  review(): void;
  close(): void;
}

interface StandbyPorts {
  readonly trunks: readonly Trunk[];
  readonly commonMode: CommonMode;
  readonly clock: Clock;
  readonly random: Random;
  /** Idle agents move within this time, so that the edge is not overrun. A call that waits moves at once, by `Trunk.wake()`. */
  readonly spreadMs: number;
  /** A warm trunk must have been fit for this long before the cold one is let go. */
  readonly calmMs: number;
  readonly whenIdle: (action: () => void) => CancelTimer;
}

/** A warm trunk that was only cut off for a moment, or that starts, has this long to come by itself, ms. */
const patienceMs = 2_000;

export function createStandby({ trunks, commonMode, clock, random, spreadMs, calmMs, whenIdle }: StandbyPorts): Standby | undefined {
  const cold = trunks.filter(({ isCold }) => isCold);
  if (cold.length === 0) return undefined;
  const warm = trunks.filter(({ isCold }) => !isCold);
  let direction: "rest" | "engage" | "release" = "rest";
  let closed = false;
  let cancel: CancelTimer = () => {};

  function turn(to: typeof direction, after: () => CancelTimer): void {
    if (closed || direction === to) return;
    direction = to;
    cancel();
    cancel = after();
  }

  return {
    review() {
      if (warm.some(({ isFit }) => isFit)) {
        if (cold.every(({ health }) => health.flow === "closed")) return turn("rest", () => () => {});
        return turn("release", () =>
          clock.setTimer(
            () => {
              cancel = whenIdle(() => {
                for (const { connection } of cold) void connection.rest();
              });
            },
            calmMs + random() * spreadMs,
          ),
        );
      }
      // One's own fault is not mended by another carrier.
      if (commonMode.suspected || cold.some(({ isFit }) => isFit)) return turn("rest", () => () => {});
      turn("engage", () =>
        clock.setTimer(() => cold.forEach((trunk) => trunk.wake()), patienceMs + random() * Math.max(0, spreadMs - patienceMs)),
      );
    },
    close() {
      closed = true;
      cancel();
    },
  };
}
