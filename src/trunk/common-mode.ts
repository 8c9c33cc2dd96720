/**
 * When unrelated carriers fail together, the fault is sooner ours (the agent's network, the CRM) than theirs:
 * then no breaker opens and no standby is woken, and calls try the trunks in their order.
 *
 * It takes a witness against each carrier that no other needs. A number that each of them refuses is one witness, and
 * speaks of that number; a flow that is lost, a probe that nobody answers, a call to somebody else are others.
 */
import type { Clock } from "../clock.ts";
import type { Journal } from "../journal.ts";

export interface CommonMode {
  readonly suspected: boolean;
  /**
   * Something failed on this carrier that was not the callee's doing.
   * @param callee whose call failed; left out where the carrier's own flow or probe did, which is a witness of its own.
   */
  failed(carrier: string, callee?: string): void;
  /** This carrier served us, or answered a probe. */
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

/** By witness: when it last saw this carrier fail, ms. */
type Witnesses = Map<string, number>;

export function createCommonMode({ carriers, windowMs, clock, journal, onSuspected }: CommonModePorts): CommonMode {
  const against = new Map<string, Witnesses>();
  let suspected = false;

  function recent(carrier: string, sinceMs: number): readonly string[] {
    const witnesses = against.get(carrier) ?? new Map<string, number>();
    for (const [witness, atMs] of witnesses) if (atMs < sinceMs) witnesses.delete(witness);
    return [...witnesses.keys()];
  }

  return {
    get suspected() {
      return suspected;
    },
    failed(carrier, callee) {
      const sinceMs = clock.nowMs() - windowMs;
      const witnesses: Witnesses = against.get(carrier) ?? new Map<string, number>();
      against.set(carrier, witnesses.set(callee === undefined ? `flow ${carrier}` : `call ${callee}`, clock.nowMs()));
      const all = [...carriers()];
      if (suspected || all.length < 2 || !areIndependent(all.map((each) => recent(each, sinceMs)))) return;
      suspected = true;
      journal.append("common-mode:suspected", { carriers: all });
      onSuspected(sinceMs);
    },
    served(carrier) {
      against.delete(carrier);
      if (!suspected) return;
      suspected = false;
      journal.append("common-mode:ended", { by: carrier });
    },
  };
}

/** Whether each carrier can be given a witness of its own. */
function areIndependent([first, ...others]: readonly (readonly string[])[], taken: readonly string[] = []): boolean {
  return first === undefined || first.some((witness) => !taken.includes(witness) && areIndependent(others, [...taken, witness]));
}
