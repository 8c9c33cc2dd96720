/**
 * How calls fare from one start of the CRM to the next, where a start breaks a share of them, or brings answers that some callees give anyway: between two
 * starts few fail, between two others many do. One by one such calls tell nothing; where the share changes with starts, and nowhere else, again and
 * again, the starts change it. A change point could lie at any call as well: how much likelier it lies at the start is what the calls around it say.
 */
import type { AttemptSeen, BootRun } from "./observations.ts";
import { startOf } from "./questions.ts";
import type { Start, Turn } from "./turns.ts";

/** What went out from one start to the next. */
interface Run {
  readonly start: Start | undefined;
  readonly attempts: readonly AttemptSeen[];
  readonly struck: readonly AttemptSeen[];
}

/** Broken or mended by a start so often: less may be chance, whatever the calls say. */
export const turnsAtLeast = 3;

/** So many are struck in all. */
const struckAtLeast = 6;

/** Many: this share, and half of the highest. */
const manyFrom = 0.25;

/** The two shares are so far apart. */
const apartBy = 2.5;

/** So much likelier they changed with the starts than anywhere. */
const likelierBy = 50;

function runsOf(attempts: readonly AttemptSeen[], boots: readonly BootRun[], isStruck: (attempt: AttemptSeen) => boolean): readonly Run[] {
  const runs = new Map<BootRun | undefined, AttemptSeen[]>();
  for (const attempt of attempts) {
    const start = startOf({ boots }, attempt);
    const run = runs.get(start) ?? [];
    runs.set(start, run);
    run.push(attempt);
  }
  return [...runs].map(([start, of]) => ({ start, attempts: of, struck: of.filter(isStruck) }));
}

const shareOf = ({ attempts, struck }: Run) => struck.length / attempts.length;

/** Of all calls in these runs, as few calls tell it (Laplace's rule of succession). */
function pooledShareOf(runs: readonly Run[]): number {
  const count = (of: (run: Run) => readonly AttemptSeen[]) => runs.reduce((sum, run) => sum + of(run).length, 0);
  return (count(({ struck }) => struck) + 1) / (count(({ attempts }) => attempts) + 2);
}

/** How much likelier the share changed between the two runs than after any other call of theirs. */
function likelierWithStart(one: Run, next: Run, before: number, after: number): number {
  const struck = new Set([...one.struck, ...next.struck]);
  const both = [...one.attempts, ...next.attempts];
  const oddsOf = (attempt: AttemptSeen) => Math.log(struck.has(attempt) ? after / before : (1 - after) / (1 - before));
  // By how many of the last calls came after it changed, against that it never did.
  const odds = [0];
  for (const attempt of both.reverse()) odds.push((odds.at(-1) ?? 0) + oddsOf(attempt));
  const highest = Math.max(...odds);
  const likely = odds.map((each) => Math.exp(each - highest));
  return ((likely[next.attempts.length] ?? 0) * likely.length) / likely.reduce((sum, each) => sum + each, 0);
}

/** @returns the starts that changed the share, each with the calls around it; none where it is not known to be they. */
export function turnsByStarts(
  attempts: readonly AttemptSeen[],
  boots: readonly BootRun[],
  isStruck: (attempt: AttemptSeen) => boolean,
): readonly Turn[] {
  if (attempts.filter(isStruck).length < struckAtLeast) return [];
  const runs = runsOf(attempts, boots, isStruck);
  const many = Math.max(manyFrom, Math.max(...runs.filter(({ struck }) => struck.length > 1).map(shareOf)) / 2);
  const isBroken = (run: Run) => shareOf(run) >= many;
  const [broken, well] = [pooledShareOf(runs.filter(isBroken)), pooledShareOf(runs.filter((run) => !isBroken(run)))];
  if (broken < apartBy * well) return [];
  let likelier = 1;
  const turns = runs.slice(1).flatMap((next, index): readonly Turn[] => {
    const one = runs[index];
    const [last, first] = [one?.attempts.at(-1), next.attempts.find((attempt) => next.struck.includes(attempt) === isBroken(next))];
    if (!one || !last || !first || isBroken(one) === isBroken(next)) return [];
    likelier *= isBroken(next) ? likelierWithStart(one, next, well, broken) : likelierWithStart(one, next, broken, well);
    return [{ to: isBroken(next) ? "broken" : "well", last, first, start: next.start, change: undefined }];
  });
  return turns.length >= turnsAtLeast && likelier >= likelierBy ? turns : [];
}
