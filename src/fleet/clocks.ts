/** How far each agent's clock is off, told from what several of them saw at once. */
import type { ReportDocument } from "../report/document.ts";
import type { ClockProof } from "./model.ts";

export interface SetClock {
  /** > 0: the agent's clock is ahead. */
  readonly skewMs: number;
  readonly by: ClockProof;
}

/** Two moments as one event, when seen from two machines, ms. */
const togetherMs = 2_000;
/** One reset is like another: by one alone no clock is moved further than this, ms. By several, which keep their distances, any is. */
const furthestByOneMs = 5 * 60_000;

/** @param agents the reports of each. @returns one for each, in the same order. */
export function clocksOf(agents: readonly (readonly ReportDocument[])[]): readonly SetClock[] {
  const known = agents.map((reports): SetClock | undefined => {
    const offs = reports.flatMap(({ clockSkews }) => clockSkews.map(({ byMs }) => byMs)).sort((a, b) => a - b);
    const median = offs[Math.floor(offs.length / 2)];
    return median === undefined ? undefined : { skewMs: median, by: "date" };
  });
  const isAnchored = known.some(Boolean);
  const anchor = mostResets(agents);
  const set = known.map((clock, index) => clock ?? (isAnchored || index !== anchor ? undefined : ({ skewMs: 0, by: "reset" } as const)));
  // By a shared call as far as that leads, from one agent to the next; only then by resets, each of which may lead on to more.
  for (let found = true; found;) found = (["call-id", "reset"] as const).some((proof) => setNext(agents, set, proof));
  // Where no edge told its time, most clocks are right: the one in the middle is.
  const skews = set.flatMap((clock) => clock?.skewMs ?? []).sort((a, b) => a - b);
  const middleMs = isAnchored ? 0 : (skews[Math.floor((skews.length - 1) / 2)] ?? 0);
  return set.map((clock) => (clock ? { ...clock, skewMs: clock.skewMs - middleMs } : { skewMs: 0, by: "none" }));
}

/** Sets those clocks that this proves by one that is set. @returns whether there were any. */
function setNext(agents: readonly (readonly ReportDocument[])[], set: (SetClock | undefined)[], proof: keyof typeof offBetween): boolean {
  let isAny = false;
  for (const [index, reports] of agents.entries()) {
    if (set[index]) continue;
    for (const [other, others] of agents.entries()) {
      const clock = set[other];
      const offMs = clock && offBetween[proof](reports, others);
      if (!clock || offMs === undefined) continue;
      set[index] = { skewMs: Math.round(clock.skewMs + offMs), by: proof };
      isAny = true;
      break;
    }
  }
  return isAny;
}

function mostResets(agents: readonly (readonly ReportDocument[])[]): number {
  const counts = agents.map((reports) => resetsOf(reports).length);
  return counts.indexOf(Math.max(...counts));
}

type OffBetween = (own: readonly ReportDocument[], others: readonly ReportDocument[]) => number | undefined;

const offBetween: Readonly<Record<"call-id" | "reset", OffBetween>> = {
  /** The same INVITE, in two records. */
  "call-id": (own, others) => {
    const times = new Map(others.flatMap(({ attempts }) => attempts.map(({ sipCallId, time }) => [sipCallId, time] as const)));
    for (const { sipCallId, time } of own.flatMap(({ attempts }) => attempts)) {
      const other = sipCallId === undefined ? undefined : times.get(sipCallId);
      if (other !== undefined) return Date.parse(time) - Date.parse(other);
    }
    return undefined;
  },
  /** As many resets of the same trunks, at the same distances: the same resets. */
  reset: (own, others) => {
    const [mine, theirs] = [resetsOf(own), resetsOf(others)];
    if (mine.length === 0 || mine.length !== theirs.length) return undefined;
    const offs = mine.map(({ atMs }, index) => atMs - (theirs[index]?.atMs ?? 0));
    const isSame = mine.every(({ trunkId }, index) => trunkId === theirs[index]?.trunkId);
    const least = Math.min(...offs);
    const isNear = mine.length > 1 || Math.abs(least) <= furthestByOneMs;
    return isSame && isNear && Math.max(...offs) - least <= togetherMs ? least : undefined;
  },
};

/** Connections that ended without our having doubted them, in their order. */
function resetsOf(reports: readonly ReportDocument[]): readonly { readonly trunkId: string; readonly atMs: number }[] {
  const resets = reports.flatMap(({ timeline }) =>
    timeline.flatMap((moment) =>
      moment.type === "flow:changed" && moment.from === "open" && moment.end?.wasOpen
        ? [{ trunkId: moment.trunkId, atMs: Date.parse(moment.time) }]
        : [],
    ),
  );
  const distinct = new Map(resets.map((reset) => [`${reset.trunkId} ${reset.atMs}`, reset]));
  return [...distinct.values()].sort((a, b) => a.atMs - b.atMs || a.trunkId.localeCompare(b.trunkId));
}
