/**
 * An account that its carrier takes, refuses and takes again, while nobody here changes anything: what is wrong is put right by somebody, and does
 * not go wrong again of itself. Once, it may have been a token that ran out and was renewed, or somebody at the carrier; and a start or a change of
 * the settings may be what it turned on.
 */
import type { AttemptSeen, Observations, Outage, TrunkSeen } from "./observations.ts";
import { grouped, isCarried, isOfAccount, isUnchanged, togetherMs } from "./questions.ts";

type Refusal = TrunkSeen["refusals"][number];

/** Refusals of one account with no grant between. */
interface Stretch {
  readonly carrier: string;
  readonly refusals: readonly Refusal[];
  readonly fromMs: number;
  readonly toMs: number;
  /** It had been taken before, and has been since: nothing of ours came between; undefined where it was not taken. */
  readonly cameAlone: boolean | undefined;
  readonly wentAlone: boolean | undefined;
}

function stretchesOf(seen: Observations, { id, carrier, boundMs, refusals }: TrunkSeen): readonly Stretch[] {
  const grants = (atMs: number) => boundMs.filter((ms) => ms < atMs).length;
  const of = new Map<number, Refusal[]>();
  for (const refusal of refusals.filter(isOfAccount)) {
    const granted = grants(refusal.atMs);
    of.set(granted, [...(of.get(granted) ?? []), refusal]);
  }
  return [...of].map(([granted, all]) => {
    const [fromMs, toMs] = [all[0]?.atMs ?? 0, all.at(-1)?.atMs ?? 0];
    const [takenMs, againMs] = [boundMs[granted - 1], boundMs[granted]];
    return {
      carrier,
      refusals: all,
      fromMs,
      toMs,
      cameAlone: takenMs === undefined ? undefined : isUnchanged(seen, id, takenMs, fromMs),
      wentAlone: againMs === undefined ? undefined : isUnchanged(seen, id, toMs, againMs),
    };
  });
}

/** One carrier refuses its other accounts in the same minutes: what one of them shows of how it came and went is true of all. */
function together(stretch: Stretch, all: readonly Stretch[]): Pick<Stretch, "cameAlone" | "wentAlone"> {
  const same = all.filter((other) => other.carrier === stretch.carrier && other.fromMs <= stretch.toMs && other.toMs >= stretch.fromMs);
  const any = (how: "cameAlone" | "wentAlone") => same.some((one) => one[how] === true) || stretch[how];
  return { cameAlone: any("cameAlone"), wentAlone: any("wentAlone") };
}

/** What holds accounts of several carriers, as a store of tokens, brings trouble to all within so long, ms. */
const nearMs = 600_000;

/** Refusals of a trunk's account by its registrar, where it took the same account before and after, twice over, and at one turn at most with a start. */
export function refusedByTurns(seen: Observations, trunk: TrunkSeen): readonly Refusal[] {
  const all = seen.trunks.flatMap((one) => stretchesOf(seen, one));
  const own = stretchesOf(seen, trunk).map((stretch) => ({ ...stretch, ...together(stretch, all) }));
  const turns = own.flatMap(({ cameAlone, wentAlone }) => [cameAlone, wentAlone]).filter((alone) => alone !== undefined);
  const isBoth = ({ cameAlone, wentAlone }: Stretch) => cameAlone !== undefined && wentAlone !== undefined;
  const isShared = own.some((one) => all.some((other) => other.carrier !== one.carrier && other.fromMs <= one.toMs + nearMs && other.toMs >= one.fromMs - nearMs));
  const isTwice = !isShared && own.filter(isBoth).length > 1 && turns.filter((alone) => !alone).length <= 1;
  return isTwice ? own.flatMap(({ refusals }) => refusals) : [];
}

/** Going away, or to start anew (RFC 6455 §7.4.1, and what IANA lists): an edge says so of itself. */
const isGoodbye = ({ how, code }: Outage) => how === "closed" && (code === 1001 || code === 1012);

/** Of that carrier alone. */
function goodbyesOf({ trunks }: Observations, { carrier, outages, blips }: TrunkSeen): readonly Outage[] {
  const ofOthers = trunks.flatMap((other) => (other.carrier === carrier ? [] : [...other.outages, ...other.blips]));
  return [...outages, ...blips]
    .filter((one) => isGoodbye(one) && !ofOthers.some(({ atMs }) => Math.abs(atMs - one.atMs) <= togetherMs))
    .sort((a, b) => a.atMs - b.atMs);
}

/** The edge, and no callee, says that it does not know who calls. */
const isStranger = ({ code, cause, byCallee, hadRung }: AttemptSeen) =>
  code !== undefined && [401, 403, 404, 407].includes(code) && cause === undefined && !byCallee && !hadRung;

/** One that was refused may be about its number. */
const leastCalls = 2;

function strangersOf(seen: Observations, trunk: TrunkSeen, calls: readonly AttemptSeen[]): readonly AttemptSeen[] {
  const goodbyes = goodbyesOf(seen, trunk);
  const runs = goodbyes.flatMap(({ atMs }, index) => {
    const boundMs = trunk.boundMs.find((ms) => ms > atMs) ?? Infinity;
    const nextMs = goodbyes[index + 1]?.atMs ?? Infinity;
    const last = calls.findLast(({ startedMs }) => startedMs < atMs);
    const since = calls.filter(({ startedMs }) => startedMs > boundMs && startedMs < nextMs);
    const [first] = since;
    if (!last || !first || !isCarried(last)) return [];
    const end = since.findIndex((call) => !isStranger(call) || call.code !== first.code);
    const run = since.slice(0, end < 0 ? since.length : end);
    if (new Set(run.map(({ callId }) => callId)).size < leastCalls) return [];
    return [{ run, isAlone: isUnchanged(seen, trunk.id, last.startedMs, first.startedMs) }];
  });
  const alone = runs.filter(({ isAlone }) => isAlone);
  const told = runs.length - alone.length <= alone.length ? runs : alone;
  return told.flatMap(({ run }) => run);
}

/**
 * Calls to which an edge is a stranger from the first on that it gets after it said goodbye and its registrar took the account anew: it had carried
 * them until then. As often as not a start may have come between as well.
 */
export function strangersSinceGoodbye(seen: Observations): ReadonlySet<AttemptSeen> {
  const all = [...seen.earlierAttempts, ...seen.attempts];
  if (!all.some(isStranger)) return new Set();
  const ofTrunk = new Map(grouped(all, ({ trunkId }) => trunkId).map((calls) => [calls[0]?.trunkId, calls]));
  return new Set(
    seen.trunks.flatMap((trunk) =>
      strangersOf(
        seen,
        trunk,
        [...(ofTrunk.get(trunk.id) ?? [])].sort((a, b) => a.startedMs - b.startedMs),
      ),
    ),
  );
}
