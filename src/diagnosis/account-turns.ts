/**
 * An account that its carrier takes, refuses and takes again, while nobody here changes anything: what is wrong is put right by somebody, and does
 * not go wrong again of itself. Once, it may have been a token that ran out and was renewed, or somebody at the carrier; and a start or a change of
 * the settings may be what it turned on.
 */
import type { AttemptSeen, Observations, Outage, TrunkSeen } from "./observations.ts";
import { firstAfter, isCarried, isOfAccount, isUnchanged, togetherMs } from "./questions.ts";

type Refusal = TrunkSeen["refusals"][number] | AttemptSeen;

/** Refusals of one account with no grant between. */
interface Stretch {
  readonly carrier: string;
  readonly refusals: readonly Refusal[];
  readonly fromMs: number;
  readonly toMs: number;
  /** When it was taken again; Infinity while it is not. */
  readonly againMs: number;
  /** It had been taken before, and has been since: nothing of ours came between; undefined where it was not taken. */
  readonly cameAlone: boolean | undefined;
  readonly wentAlone: boolean | undefined;
}

/** By the registrar; and of calls by the same word, which it says of the account as well. */
function refusalsOf({ attempts }: Observations, { id, refusals }: TrunkSeen): readonly Refusal[] {
  const ofRegistrar = refusals.filter(isOfAccount);
  if (ofRegistrar.length === 0) return [];
  const codes = new Set(ofRegistrar.map(({ code }) => code));
  const calls = attempts.filter(({ trunkId, end, code }) => trunkId === id && end === "account-refused" && codes.has(code));
  return [...ofRegistrar, ...calls].sort((a, b) => a.atMs - b.atMs);
}

function stretchesOf(seen: Observations, trunk: TrunkSeen): readonly Stretch[] {
  const { id, carrier, boundMs } = trunk;
  const ofGrant = new Map<number, Refusal[]>();
  for (const refusal of refusalsOf(seen, trunk)) {
    const grants = firstAfter(boundMs, refusal.atMs, (ms, limitMs) => ms < limitMs);
    const known = ofGrant.get(grants);
    if (known) known.push(refusal);
    else ofGrant.set(grants, [refusal]);
  }
  return [...ofGrant].map(([grants, refusals]) => {
    const [fromMs, toMs] = [refusals[0]?.atMs ?? 0, refusals.at(-1)?.atMs ?? 0];
    const [takenMs, againMs] = [boundMs[grants - 1], boundMs[grants]];
    return {
      carrier,
      refusals,
      fromMs,
      toMs,
      againMs: againMs ?? Infinity,
      cameAlone: takenMs === undefined ? undefined : isUnchanged(seen, id, takenMs, fromMs),
      wentAlone: againMs === undefined ? undefined : isUnchanged(seen, id, toMs, againMs),
    };
  });
}

/** One carrier refuses its other accounts in the same minutes: what one of them shows of how it came and went is true of all. */
function asTogether(stretch: Stretch, all: readonly Stretch[]): Stretch {
  const same = all.filter(({ carrier, fromMs, toMs }) => carrier === stretch.carrier && fromMs <= stretch.toMs && toMs >= stretch.fromMs);
  const of = (how: "cameAlone" | "wentAlone") => same.some((one) => one[how]) || stretch[how];
  return { ...stretch, cameAlone: of("cameAlone"), wentAlone: of("wentAlone") };
}

/** Tokens of one store run out on each carrier's trunk, and a registrar hears of it when the registration is to be renewed, ms. */
const nearMs = 600_000;

const isNear = (one: Stretch, other: Stretch) => other.fromMs <= one.toMs + nearMs && other.toMs >= one.fromMs - nearMs;

/**
 * Refusals of a trunk's account, where its registrar took it before and after, twice over, and once at least when the edge had said goodbye and come
 * back: of that no token runs out, and none is renewed. At one turn at most a start came between, and no other carrier refused an account then.
 * Where it is refused the second time, those of the first that were over so.
 */
export function refusedByTurns(seen: Observations, trunk: TrunkSeen): readonly Refusal[] {
  if (!trunk.refusals.some(isOfAccount)) return [];
  const all = seen.trunks.flatMap((one) => stretchesOf(seen, one));
  const own = stretchesOf(seen, trunk).map((stretch) => asTogether(stretch, all));
  if (own.some((one) => all.some((other) => other.carrier !== trunk.carrier && isNear(one, other)))) return [];
  const goodbyes = goodbyesOf(seen, trunk);
  const byGoodbye = own.filter(({ toMs, againMs, wentAlone }) => wentAlone && goodbyes.some(({ atMs }) => atMs > toMs && atMs < againMs));
  if (byGoodbye.length === 0) return [];
  const turns = own.flatMap(({ cameAlone, wentAlone }) => [cameAlone, wentAlone]);
  const isOver = ({ cameAlone, wentAlone }: Stretch) => cameAlone !== undefined && wentAlone !== undefined;
  const isTwice = own.filter(isOver).length > 1 && turns.filter((alone) => alone === false).length <= 1;
  const isAgain = ({ againMs }: Stretch) => own.some(({ fromMs, cameAlone }) => fromMs > againMs && cameAlone);
  return (isTwice ? own : byGoodbye.filter(isAgain)).flatMap(({ refusals }) => refusals);
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
    if (run.length === 0) return [];
    const isEnough = new Set(run.map(({ callId }) => callId)).size >= leastCalls;
    return [{ run, isEnough, isAlone: isUnchanged(seen, trunk.id, last.startedMs, first.startedMs) }];
  });
  const alone = runs.filter(({ isAlone }) => isAlone);
  if (!alone.some(({ isEnough }) => isEnough)) return [];
  const told = runs.length - alone.length <= alone.length ? runs : alone;
  return told.flatMap(({ run }) => run);
}

/**
 * Calls to which an edge is a stranger from the first on that it gets after it said goodbye and its registrar took the account anew: it had carried
 * them until then. As often as not a start may have come between as well.
 */
export function strangersSinceGoodbye(seen: Observations): ReadonlySet<AttemptSeen> {
  const all = [...seen.earlierAttempts, ...seen.attempts].sort((a, b) => a.startedMs - b.startedMs);
  if (!all.some(isStranger)) return new Set();
  return new Set(
    seen.trunks.flatMap((trunk) =>
      strangersOf(
        seen,
        trunk,
        all.filter(({ trunkId }) => trunkId === trunk.id),
      ),
    ),
  );
}
