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
  /** And the one after that, where one failure proves nothing. */
  readonly third: CallFigures;
}

export function figuresOf(trials: readonly Trial[], fault: string, contender: string): Figures {
  const mine = trials.filter((trial) => trial.fault === fault && trial.contender === contender);
  const nth = (place: number) => figures(mine.flatMap(({ calls }) => calls[place] ?? []));
  return { contender, fault, first: nth(0), second: nth(1), third: nth(2) };
}

/** Calls that `ours` lost where `theirs`, in the same trial, had the customer on the line. */
export function lostWhereAnswered(
  trials: readonly Trial[],
  ours: string,
  theirs: string,
): { readonly lost: number; readonly placed: number } {
  const pairs = trials
    .filter(({ contender }) => contender === ours)
    .flatMap(({ fault, seed, calls }) => {
      const beside = trials.find((trial) => trial.contender === theirs && trial.fault === fault && trial.seed === seed);
      return calls.map((call, place) => ({ call, theirs: beside?.calls[place] }));
    });
  return {
    lost: pairs.filter(({ call, theirs: other }) => call.end !== "answered" && other?.end === "answered").length,
    placed: pairs.length,
  };
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
