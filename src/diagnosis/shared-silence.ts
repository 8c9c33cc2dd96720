/** Silence that unrelated carriers share: what is slow near the agent, or loses a part of all that passes, is silent now here, now there. */
import type { AttemptSeen, Observations, Outage, Seen } from "./observations.ts";

/** Silences of unrelated carriers this close together may be of one cause, ms. */
const nearMs = 120_000;

interface Silence {
  readonly atMs: number;
  readonly carrier: string;
  /** Of an INVITE: the route; of the edge itself: none. */
  readonly route?: string;
}

const isSilent = ({ end }: AttemptSeen) => end === "swallowed" || end === "stalled";

/** Those that followed on one another, however long it went on. */
function stretchesOf(all: readonly Silence[]): readonly (readonly Silence[])[] {
  const stretches: Silence[][] = [];
  for (const one of [...all].sort((a, b) => a.atMs - b.atMs)) {
    const last = stretches.at(-1);
    if (last && one.atMs - (last.at(-1)?.atMs ?? 0) <= nearMs) last.push(one);
    else stretches.push([one]);
  }
  return stretches;
}

/** One route that is silent everywhere is the route's, or the start-up's: more than that, or the edges themselves, is of what all share. */
const isShared = (stretch: readonly Silence[]): boolean =>
  new Set(stretch.map(({ carrier }) => carrier)).size > 1 &&
  !stretch.every(({ route }) => route !== undefined && route === stretch[0]?.route);

export interface SharedSilence {
  readonly attempts: ReadonlySet<AttemptSeen>;
  readonly outages: ReadonlySet<Outage>;
  /** INVITEs that were not answered yet, as nothing else was. */
  readonly lateAnswers: ReadonlySet<Seen>;
  /** Registrations to which nothing was answered. */
  readonly refusals: ReadonlySet<Seen>;
}

/** INVITEs and edges that were silent on unrelated carriers, in turn or at once, whatever was dialled. */
export function sharedSilence({ attempts, trunks }: Observations): SharedSilence {
  const silentAttempts = attempts.filter(isSilent);
  const silentOutages = trunks.flatMap(({ outages, blips }) => [...outages, ...blips]).filter(({ how }) => how === "silent");
  const refusals = trunks.flatMap((trunk) =>
    trunk.refusals.filter(({ code }) => code === undefined).map((refusal) => ({ refusal, atMs: refusal.atMs, carrier: trunk.carrier })),
  );
  const probes = trunks.flatMap(({ carrier, lateProbes }) => lateProbes.map(({ atMs }) => ({ atMs, carrier })));
  const late = trunks.flatMap(({ carrier, lateAnswers }) => lateAnswers.map((answer) => ({ answer, atMs: answer.atMs, carrier })));
  const shared = new Set<unknown>(
    stretchesOf([...silentAttempts, ...silentOutages, ...refusals, ...probes, ...late])
      .filter(isShared)
      .flat(),
  );
  return {
    attempts: new Set(silentAttempts.filter((one) => shared.has(one))),
    outages: new Set(silentOutages.filter((one) => shared.has(one))),
    lateAnswers: new Set(late.filter((one) => shared.has(one)).map(({ answer }) => answer)),
    refusals: new Set(refusals.filter((one) => shared.has(one)).map(({ refusal }) => refusal)),
  };
}
