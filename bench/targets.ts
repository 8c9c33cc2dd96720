/** What Linekeeper promises, held against what was measured. A promise is for every call: a median that keeps it is not enough. */
import type { Contender } from "./contender.ts";
import { linekeeper } from "./contenders/linekeeper.ts";
import { plainSipJs } from "./contenders/plain-sipjs.ts";
import { busy, faults, healthy, refused, refusedLater, silent, type BenchFault } from "./faults.ts";
import { lostWhereAnswered, type CallFigures, type Figures } from "./figures.ts";
import type { Replay } from "./replay.ts";
import type { SlowEdge } from "./slow-edge.ts";
import { median, worst } from "./statistics.ts";
import type { Trial } from "./trial.ts";

export interface Verdict {
  readonly target: string;
  readonly measured: string;
  /** The same of SIP.js and a loop, on the same machine. */
  readonly beside: string;
  /** `median`: kept by the median, broken by the worst. */
  readonly kept: "always" | "median" | "not";
}

/** The loopback's round trip and a timer's grain, ms: what "within RTT + 0.8 s" and "0 ms" may be over. */
const grainMs = 10;
/** What is work, not waiting, takes the machine's milliseconds: as long as the loop beside it takes, give or take a garbage collection. */
const asTheLoop = 2;
const promises: readonly {
  readonly fault: string;
  readonly says: string;
  readonly withinMs: number;
  /** The median takes no longer than this many times the loop's. */
  readonly timesTheLoop?: number;
}[] = [
  {
    fault: refused.name,
    says: "503 → next INVITE within 50 ms, and twice what sip.js + loop takes",
    withinMs: 50,
    timesTheLoop: asTheLoop,
  },
  {
    fault: "503 with Retry-After: 30",
    says: "503 with Retry-After → next INVITE within 50 ms, and twice what sip.js + loop takes",
    withinMs: 50,
    timesTheLoop: asTheLoop,
  },
  { fault: "socket reset on INVITE", says: "socket reset → next INVITE within 50 ms", withinMs: 50 },
  { fault: silent.name, says: "silence, edge alive → next INVITE within RTT + 0.8 s", withinMs: 800 + grainMs },
  {
    fault: "edge frozen: sockets stay open, nothing is read",
    says: "silence, edge frozen → next INVITE within RTT + 0.8 s",
    withinMs: 800 + grainMs,
  },
];

/** What a failover may add to a call that is answered at once. */
const failoverMs = 50;

/** What an offer takes in the trials with media, ms: candidates of a host on a quick network. */
export const offerMs = 250;

/** The next offer is begun when an INVITE goes out, so a failover waits for what is left of it, and after that for nothing. */
export const mediaPromises: readonly { readonly fault: BenchFault; readonly says: string; readonly withinMs: number }[] = [
  {
    fault: refused,
    says: `offers take ${offerMs} ms, 503 at once → next INVITE as soon as the next offer is made`,
    withinMs: offerMs + grainMs,
  },
  { fault: refusedLater, says: `offers take ${offerMs} ms, 503 after 400 ms → next INVITE within 50 ms`, withinMs: 50 },
  { fault: silent, says: `offers take ${offerMs} ms, silence → next INVITE within RTT + 0.8 s`, withinMs: 800 + grainMs },
];

/** How many calls a slow edge may cost until it is set aside. */
const slowCalls = 2;

/** What was measured, by kind of trial. */
export interface Results {
  /** With both carriers. */
  readonly figuresOf: (fault: string, contender: Contender) => Figures;
  /** The same, where each offer takes `offerMs`. */
  readonly mediaOf: (fault: string, contender: Contender) => Figures;
  /** With carrier A only. */
  readonly alone: readonly Trial[];
  readonly slowEdges: readonly SlowEdge[];
  readonly replay: Replay;
}

export function verdictsOf({ figuresOf, mediaOf, alone, slowEdges, replay }: Results): Verdict[] {
  const ours = (fault: string) => figuresOf(fault, linekeeper);
  const loops = (fault: string) => figuresOf(fault, plainSipJs);
  const outages = faults.filter(({ isOnlyLate }) => !isOnlyLate).map(({ name }) => ours(name));
  const all = ({ first, second, third }: Figures) => [first, second, third];
  const ofAll = outages.flatMap(all);
  const loopsOfAll = outages.map(({ fault }) => loops(fault)).flatMap(all);
  const hard = outages.filter(({ fault }) => !softFaults.includes(fault));
  const [well, loopsWell] = [ours(healthy.name).second, loops(healthy.name).second];

  function nextCall(target: string, [mine, theirs]: readonly CallFigures[], { mayAskA = false, withinMs = grainMs } = {}): Verdict {
    if (!mine || !theirs) throw new TypeError("there is nothing to compare");
    const isKept = addedMs(mine, well) <= withinMs && (mayAskA || mine.askedA === 0);
    return { target, measured: added(mine, well), beside: added(theirs, loopsWell), kept: isKept ? "always" : "not" };
  }

  return [
    ...promises.map(({ fault, says, withinMs, timesTheLoop = Infinity }): Verdict => {
      const [mine, theirs] = [ours(fault).first, loops(fault).first];
      const isAsQuick = median(mine.nextInviteMs) <= timesTheLoop * median(theirs.nextInviteMs);
      return {
        target: says,
        measured: nextInvite(mine),
        beside: nextInvite(theirs),
        kept: timesTheLoop === Infinity || isAsQuick ? keptBy(mine.nextInviteMs, withinMs) : "not",
      };
    }),
    ...mediaPromises.map(({ fault: { name }, says, withinMs }): Verdict => {
      const [mine, theirs] = [mediaOf(name, linekeeper).first, mediaOf(name, plainSipJs).first];
      return { target: says, measured: nextInvite(mine), beside: nextInvite(theirs), kept: keptBy(mine.nextInviteMs, withinMs) };
    }),
    ...hard.map(({ fault, second }) => nextCall(`next call adds 0 ms: ${fault}`, [second, loops(fault).second])),
    ...softFaults.flatMap((fault) => {
      const [mine, theirs] = [ours(fault), loops(fault)];
      const failsOver = { mayAskA: true, withinMs: failoverMs };
      return [
        nextCall(`next call adds ${failoverMs} ms at most: ${fault}`, [mine.second, theirs.second], failsOver),
        nextCall(`call after the second failure in a row adds 0 ms: ${fault}`, [mine.third, theirs.third]),
      ];
    }),
    none("0 calls lost", "lost", ofAll, loopsOfAll),
    none("0 phones rung twice", "rungTwice", ofAll, loopsOfAll),
    none("0 busy callees dialled again", "askedB", [ours(busy.name).first], [loops(busy.name).first]),
    lostAlone(alone),
    slow(slowEdges),
    ...replayed(replay),
  ];
}

const softFaults = faults.filter(({ isSoft }) => isSoft).map(({ name }) => name);

function lostAlone(alone: readonly Trial[]): Verdict {
  const text = ({ lost, placed }: { lost: number; placed: number }) => `${lost} of ${placed}`;
  const mine = lostWhereAnswered(alone, linekeeper.name, plainSipJs.name);
  return {
    target: "with one carrier: 0 calls lost that the other completes",
    measured: text(mine),
    beside: text(lostWhereAnswered(alone, plainSipJs.name, linekeeper.name)),
    kept: mine.lost === 0 ? "always" : "not",
  };
}

function slow(edges: readonly SlowEdge[]): Verdict {
  return {
    target: "a slow edge costs two calls at most, none of them lost, before it is set aside",
    measured: edges.map(({ paidBeforeAside, lost }) => `${paidBeforeAside}, ${lost} lost`).join("; "),
    beside: "–",
    kept: edges.every(({ paidBeforeAside, lost }) => paidBeforeAside <= slowCalls && lost === 0) ? "always" : "not",
  };
}

function replayed({ entries, replayMs, verdictMs }: Replay): readonly Verdict[] {
  const within = (target: string, tookMs: number, withinMs: number): Verdict => ({
    target,
    measured: `${tookMs.toFixed(1)} ms`,
    beside: "–",
    kept: tookMs < withinMs ? "always" : "not",
  });
  return [
    within(`a journal of ${entries} entries is diagnosed again in less than 100 ms`, replayMs, 100),
    within("at its end an entry, and the verdict after it, take less than 1 ms", verdictMs, 1),
  ];
}

function keptBy(tookMs: readonly number[], withinMs: number): Verdict["kept"] {
  if (worst(tookMs) <= withinMs) return "always";
  return median(tookMs) <= withinMs ? "median" : "not";
}

function nextInvite({ nextInviteMs }: CallFigures): string {
  return nextInviteMs.length > 0 ? `${ms(median(nextInviteMs))}, worst ${ms(worst(nextInviteMs))}` : "never";
}

const addedMs = (second: CallFigures, well: CallFigures) => second.medianMs - well.medianMs;

/** The second call of an outage must not meet it. */
function added(second: CallFigures, well: CallFigures): string {
  if (second.answered === 0) return "lost";
  const byMs = addedMs(second, well);
  return `${byMs >= 0 ? "+" : "−"}${ms(Math.abs(byMs))}; ${second.askedA} of ${second.placed} went to A again`;
}

function none(target: string, key: "lost" | "rungTwice" | "askedB", ours: readonly CallFigures[], beside: readonly CallFigures[]): Verdict {
  const count = (all: readonly CallFigures[]) => all.reduce((sum, figures) => sum + figures[key], 0);
  const text = (all: readonly CallFigures[]) => `${count(all)} of ${all.reduce((sum, { placed }) => sum + placed, 0)}`;
  return { target, measured: text(ours), beside: text(beside), kept: count(ours) === 0 ? "always" : "not" };
}

const ms = (value: number) =>
  value < 10 ? `${value.toFixed(1)} ms` : value < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
