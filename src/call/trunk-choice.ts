/** Which trunk carries the next attempt of one call: the best that was not tried, or the first that comes up. */
import type { Settings } from "../config.ts";
import type { Destination } from "../routing/destination.ts";
import { plan } from "../routing/plan.ts";
import type { Trunk } from "../trunk/trunk.ts";

export interface TrunkChoice {
  /** Trunks that this call has not tried, usable or not. */
  readonly left: number;
  /** The best one now, else the first that comes in time; undefined when there is none. Counts as tried from here on. */
  take(): Promise<Trunk | undefined>;
}

interface TrunkChoicePorts {
  readonly destination: Destination;
  readonly settings: Settings;
  readonly trunks: readonly Trunk[];
  /** Calls `changed` whenever a trunk's readiness may have changed. @returns what stops it. */
  readonly onTrunkChange: (changed: () => void) => () => void;
  /** The call is over: nobody waits any more. */
  readonly over: AbortSignal;
}

export function createTrunkChoice({ destination, settings, trunks, onTrunkChange, over }: TrunkChoicePorts): TrunkChoice {
  const { clock, limits, random } = settings;
  const tried = new Set<string>();

  const candidates = () =>
    plan(
      trunks.map((trunk) => trunk.candidate(destination.route)),
      tried,
      random,
    );

  function best(): Trunk | undefined {
    const usable = candidates().find(({ flow }) => flow !== "unready");
    return usable && trunks.find(({ id }) => id === usable.trunkId);
  }

  /** None is ready: all are woken, and the first that comes is taken. */
  function inTime(): Promise<Trunk | undefined> {
    return new Promise((resolve) => {
      const settle = (trunk?: Trunk) => {
        cancelWait();
        unsubscribe();
        resolve(trunk);
      };
      const unsubscribe = onTrunkChange(() => {
        const trunk = best();
        if (trunk) settle(trunk);
      });
      const cancelWait = clock.setTimer(settle, destination.emergency ? limits.emergencyWaitMs : limits.trunkWaitMs);
      over.addEventListener("abort", () => settle(), { once: true });
      for (const trunk of trunks) trunk.wake();
    });
  }

  return {
    get left() {
      return candidates().length;
    },
    async take() {
      const trunk = best() ?? (candidates().length > 0 ? await inTime() : undefined);
      if (trunk) tried.add(trunk.id);
      return trunk;
    },
  };
}
