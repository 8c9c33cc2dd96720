/**
 * What a start of the CRM breaks on more than one route: all of a trunk's calls, or all there are. Each route shows but a part of
 * that, for none of them need have been tried before the start, or each time.
 */
import type { AttemptSeen, BootRun, Observations, Seen } from "./observations.ts";
import { isFault, isTrunkFault, soonMs } from "./questions.ts";

/** A start soon after a call that was well, from which on none was until `untilMs`. */
export type Break = Seen & { readonly untilMs: number };

/** Each time that they broke; none where one of those came without a start, or long after the last call that was well. */
function breaksOf(attempts: readonly AttemptSeen[], boots: readonly BootRun[]): readonly Break[] {
  const breaks: Break[] = [];
  const routes = new Set<string>();
  for (const [index, next] of attempts.entries()) {
    const last = attempts[index - 1];
    if (!last || !isTrunkFault(next)) continue;
    routes.add(next.route);
    if (isFault(last)) {
      const current = breaks.pop();
      if (current) breaks.push({ ...current, untilMs: next.atMs });
      continue;
    }
    const start = boots.findLast(({ atMs }) => atMs > last.startedMs && atMs <= next.startedMs);
    if (!start || next.atMs - last.atMs > soonMs) return [];
    breaks.push({ seq: start.seq, atMs: start.atMs, untilMs: next.atMs });
  }
  return routes.size > 1 ? breaks : [];
}

/** By trunk, the breaks of all its calls; where it has none of its own, those of all calls. */
export function widerBreaksOf({ attempts, earlierAttempts, boots }: Observations): (trunkId: string) => readonly Break[] {
  const all = [...earlierAttempts, ...attempts].sort((a, b) => a.startedMs - b.startedMs);
  const carriers = new Set(all.filter(isTrunkFault).map(({ carrier }) => carrier));
  const everywhere = carriers.size > 1 ? breaksOf(all, boots) : [];
  const known = new Map<string, readonly Break[]>();
  return (trunkId) => {
    const own =
      known.get(trunkId) ??
      breaksOf(
        all.filter((attempt) => attempt.trunkId === trunkId),
        boots,
      );
    known.set(trunkId, own);
    return own.length >= everywhere.length ? own : everywhere;
  };
}
