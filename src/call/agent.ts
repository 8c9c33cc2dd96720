/** What holds of the agent, in whichever page they said or did it: available or on a break, on a call elsewhere, and whether the emergency services may call back. */
import type { Clock } from "../clock.ts";
import type { SharedAgent, Turn } from "../ports/shared-telephone.ts";

/** What the agent does in another page; `unseen`: nothing is heard of it any more, which says nothing of its calls. */
export type TurnElsewhere = Turn | "unseen";

export interface Agent {
  /** As `setAvailable()` has it; true at the start. */
  readonly isAvailable: boolean;
  setAvailable(is: boolean): void;
  /** For the other pages. */
  readonly shared: SharedAgent;
  /** The agent did this in another page. */
  learn(agent: SharedAgent): void;
  /** The agent did this in that page. */
  turned(page: string, turn: TurnElsewhere): void;
  /** The agent listens to a call of another page. */
  readonly talksElsewhere: boolean;
  /** The agent is on a call with the emergency services. */
  helped(): void;
  /** They may call back yet (RFC 7090): the last call with them was not longer ago than `withinMs`. */
  mayBeCalledBack(withinMs: number): boolean;
}

export function createAgent(clock: Clock): Agent {
  let isAvailable = true;
  let helpedMs = -Infinity;
  /** The same by the wall clock, which all pages have. */
  let helpedDateMs: number | undefined;
  const talking = new Set<string>();

  return {
    get isAvailable() {
      return isAvailable;
    },
    setAvailable: (is) => void (isAvailable = Boolean(is)),
    get shared() {
      return { available: isAvailable, ...(helpedDateMs !== undefined && { emergencyDateMs: helpedDateMs }) };
    },
    learn({ available, emergencyDateMs: dateMs = -Infinity }) {
      isAvailable = available;
      if (dateMs <= (helpedDateMs ?? -Infinity)) return;
      helpedDateMs = dateMs;
      helpedMs = clock.nowMs() - Math.max(0, clock.dateMs() - dateMs);
    },
    turned(page, turn) {
      if (turn === "to" || turn === "before") talking.add(page);
      else talking.delete(page);
    },
    get talksElsewhere() {
      return talking.size > 0;
    },
    helped() {
      helpedMs = clock.nowMs();
      helpedDateMs = Math.round(clock.dateMs());
    },
    mayBeCalledBack: (withinMs) => clock.nowMs() - helpedMs <= withinMs,
  };
}
