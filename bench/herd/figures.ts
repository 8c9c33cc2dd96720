/** What one fleet's course comes to. */
import { outageAtS, type Course, type PlacedCall } from "./drill.ts";
import type { Demand, ModelCarrier } from "./carrier.ts";

/** Registrations at one carrier, and how soon the agents were bound there. */
export interface Rush {
  /** REGISTERs (or connections refused in their place) in each second. */
  readonly perSecond: readonly number[];
  readonly peakPerS: number;
  readonly attemptsPerAgent: number;
  /** Of the attempts, in percent. */
  readonly turnedAwayPercent: number;
  /** From the beginning until half, and 95 %, of the agents were bound, in s; Infinity when they were not by the end. */
  readonly p50S: number;
  readonly p95S: number;
  /** For how long it was watched. */
  readonly spanS: number;
  /** Of the agents, who were bound by then, in percent. */
  readonly boundPercent: number;
}

export interface CallFigures {
  /** Placed, and over by the end. */
  readonly placed: number;
  readonly lost: number;
  /** Answered later than through a line that is ready. */
  readonly late: number;
  /** Of the late ones: how much, in ms; NaN when there is none. */
  readonly lateP95Ms: number;
  readonly lateMaxMs: number;
}

export interface Figures {
  readonly id: string;
  /** At the backup, from the outage to the main carrier's return. */
  readonly away: Rush;
  /** At the main carrier, from its return on. */
  readonly home: Rush;
  /** Connections to the dead main carrier. */
  readonly knocksPeakPerS: number;
  readonly knocksPerAgent: number;
  /** Bindings removed at the backup after the return. */
  readonly removalsPeakPerS: number;
  /** OPTIONS at the backup during the outage. */
  readonly optionsPeakPerS: number;
  readonly callsAway: CallFigures;
  readonly callsHome: CallFigures;
  readonly tookMs: number;
}

const asksForBinding: readonly Demand[] = ["admitted", "rejected"];

export function figuresOf(id: string, { drill, main, backup, calls, tookMs }: Course): Figures {
  const backAtS = outageAtS + drill.outageS;
  const endS = backAtS + drill.returnS;
  const knocks = main.perSecond(["knocked"], outageAtS, backAtS);
  const over = calls.filter(({ isOver }) => isOver);
  return {
    id,
    away: rush(backup, outageAtS, backAtS),
    home: rush(main, backAtS, endS),
    knocksPeakPerS: Math.max(...knocks),
    knocksPerAgent: sum(knocks) / drill.agents,
    removalsPeakPerS: Math.max(...backup.perSecond(["removed"], backAtS, endS)),
    optionsPeakPerS: Math.max(...backup.perSecond(["options"], outageAtS, backAtS)),
    callsAway: callFigures(over.filter(({ placedMs }) => placedMs < backAtS * 1_000)),
    callsHome: callFigures(over.filter(({ placedMs }) => placedMs >= backAtS * 1_000)),
    tookMs,
  };
}

function rush(carrier: ModelCarrier, fromS: number, untilS: number): Rush {
  const perSecond = carrier.perSecond(asksForBinding, fromS, untilS);
  const boundS = Array.from(carrier.firstBoundMs, (ms) => (ms < untilS * 1_000 ? ms / 1_000 - fromS : Infinity));
  return {
    perSecond,
    peakPerS: Math.max(...perSecond),
    attemptsPerAgent: sum(perSecond) / boundS.length,
    turnedAwayPercent: (100 * sum(carrier.perSecond(["rejected"], fromS, untilS))) / Math.max(1, sum(perSecond)),
    spanS: untilS - fromS,
    p50S: quantile(boundS, 0.5),
    p95S: quantile(boundS, 0.95),
    boundPercent: (100 * boundS.filter(Number.isFinite).length) / boundS.length,
  };
}

function callFigures(calls: readonly PlacedCall[]): CallFigures {
  const late = calls.flatMap(({ lateMs }) => (lateMs !== undefined && lateMs > 0 ? lateMs : []));
  return {
    placed: calls.length,
    lost: calls.filter(({ lateMs }) => lateMs === undefined).length,
    late: late.length,
    lateP95Ms: quantile(late, 0.95),
    lateMaxMs: quantile(late, 1),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The least value that `share` of all do not exceed; NaN of nothing. */
function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
