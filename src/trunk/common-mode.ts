/**
 * When unrelated carriers fail together, the fault is sooner ours (the agent's network, the CRM) than theirs:
 * then no breaker opens and no standby is woken, and calls try the trunks in their order.
 */
import type { Journal } from "../journal.ts";
import type { Clock } from "../ports.ts";

export interface CommonMode {
  readonly suspected: boolean;
  /** Something failed on this carrier that was not the callee's doing. */
  failed(carrier: string): void;
  /** This carrier served us. */
  served(carrier: string): void;
}

interface CommonModePorts {
  /** Of all trunks in use. */
  readonly carriers: () => ReadonlySet<string>;
  readonly windowMs: number;
  readonly clock: Clock;
  readonly journal: Journal;
  /** All have failed since `sinceMs`. */
  readonly onSuspected: (sinceMs: number) => void;
}

export function createCommonMode({ carriers, windowMs, clock, journal, onSuspected }: CommonModePorts): CommonMode {
  const failedAtMs = new Map<string, number>();
  let suspected = false;
  return {
    get suspected() {
      return suspected;
    },
    failed(carrier) {
      const sinceMs = clock.nowMs() - windowMs;
      failedAtMs.set(carrier, clock.nowMs());
      const all = [...carriers()];
      if (suspected || all.length < 2 || !all.every((each) => (failedAtMs.get(each) ?? -Infinity) >= sinceMs)) return;
      suspected = true;
      journal.append("common-mode:suspected", { carriers: all });
      onSuspected(sinceMs);
    },
    served(carrier) {
      failedAtMs.delete(carrier);
      if (!suspected) return;
      suspected = false;
      journal.append("common-mode:ended", { by: carrier });
    },
  };
}
