/** How calls on one trunk and route fared, and what each change came with: a start of the CRM, or none. */
import { grouped, isFault, isTrunkFault, type AttemptSeen, type BootRun, type Observations, type Seen } from "./observations.ts";

/** Calls that had worked work no longer, or work again. */
export interface Turn {
  readonly to: "broken" | "well";
  /** The last call of before, and the first one that fared otherwise. */
  readonly last: AttemptSeen;
  readonly first: AttemptSeen;
  /** The last start of the CRM between the two; undefined where there was none. */
  readonly start: BootRun | undefined;
}

export interface Fortune {
  readonly trunkId: string;
  readonly carrier: string;
  readonly route: AttemptSeen["route"];
  /** All of them, those before the window too. */
  readonly attempts: readonly AttemptSeen[];
  /** What failed within the window. */
  readonly faults: readonly AttemptSeen[];
  /** From the beginning on: that it was not the first time counts. But for those that a loss of the trunk explains. */
  readonly turns: readonly Turn[];
  /** Failed before a start and after it. What lies more than one start back tells nothing of those between. */
  readonly despiteStarts: readonly AttemptSeen[];
  /** Not one had worked since the start under which the first of the faults was met. */
  readonly neverWorked: boolean;
}

export const startOf = ({ boots }: Observations, { atMs }: Seen): BootRun | undefined => boots.findLast((boot) => boot.atMs <= atMs);

/** Every trunk and route on which something failed. */
export function fortunesOf(seen: Observations): readonly Fortune[] {
  const all = [...seen.earlierAttempts, ...seen.attempts];
  return grouped(seen.attempts.filter(isTrunkFault), ({ way }) => way).map((faults) => {
    const [first] = faults as [AttemptSeen];
    const { trunkId, carrier, route, way } = first;
    const attempts = all.filter((attempt) => attempt.way === way);
    const trunk = seen.trunks.find(({ id }) => id === trunkId);
    const isLost = (last: Seen, next: Seen) => trunk?.outages.some(({ atMs, backMs }) => atMs < next.atMs && backMs > last.atMs) === true;
    const startsBetween = (last: Seen, next: Seen) => seen.boots.filter(({ atMs }) => atMs > last.atMs && atMs <= next.atMs);
    const turns: Turn[] = [];
    const despiteStarts: AttemptSeen[] = [];
    attempts.slice(1).forEach((next, index) => {
      const last = attempts[index] as AttemptSeen;
      if (isFault(last) === isFault(next)) {
        if (isFault(next) && startsBetween(last, next).length === 1) despiteStarts.push(next);
      } else if (!isLost(last, next))
        turns.push({ to: isFault(next) ? "broken" : "well", last, first: next, start: startsBetween(last, next).at(-1) });
    });
    const sinceMs = startOf(seen, first)?.atMs ?? 0;
    return {
      trunkId,
      carrier,
      route,
      attempts,
      faults,
      turns,
      despiteStarts,
      neverWorked: !attempts.some((attempt) => !isFault(attempt) && attempt.atMs < first.atMs && attempt.atMs >= sinceMs),
    };
  });
}
