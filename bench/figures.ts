/** What the trials of one softphone under one fault come to. */
import { median, worst } from "./statistics.ts";
import type { CallResult, Trial } from "./trial.ts";

export interface CallFigures {
  readonly placed: number;
  readonly answered: number;
  /** Carriers through which calls were answered. */
  readonly through: string;
  /** From dial to answered, ms; NaN when none was. */
  readonly medianMs: number;
  readonly worstMs: number;
  readonly lost: number;
  /** Of the lost: from dial to the moment the agent is told, ms, median; NaN when never told. */
  readonly toldMs: number;
  readonly rungTwice: number;
  /** Calls for which carrier A, and carrier B, got an INVITE. */
  readonly askedA: number;
  readonly askedB: number;
  /** From the fault's first sign to the INVITE at B, ms. */
  readonly nextInviteMs: readonly number[];
}

export interface Figures {
  readonly contender: string;
  readonly fault: string;
  /** The first call that meets the fault. */
  readonly first: CallFigures;
  /** The next, two seconds later. */
  readonly second: CallFigures;
}

export function figuresOf(trials: readonly Trial[], fault: string, contender: string): Figures {
  const mine = trials.filter((trial) => trial.fault === fault && trial.contender === contender);
  return { contender, fault, first: figures(mine.map(({ calls }) => calls[0])), second: figures(mine.map(({ calls }) => calls[1])) };
}

function figures(calls: readonly CallResult[]): CallFigures {
  const answered = calls.filter(({ end }) => end === "answered");
  const lost = calls.filter(({ end }) => end !== "answered");
  const tookMs = answered.flatMap(({ toldMs }) => toldMs ?? []);
  return {
    placed: calls.length,
    answered: answered.length,
    through: [...new Set(answered.flatMap(({ answeredBy }) => answeredBy ?? []))].sort().join("/"),
    medianMs: median(tookMs),
    worstMs: worst(tookMs),
    lost: lost.length,
    toldMs: median(lost.flatMap(({ toldMs }) => toldMs ?? [])),
    rungTwice: calls.filter((call) => call.rungTwice).length,
    askedA: calls.filter(({ askedA }) => askedA).length,
    askedB: calls.filter(({ askedB }) => askedB).length,
    nextInviteMs: calls.flatMap(({ nextInviteMs }) => nextInviteMs ?? []),
  };
}
