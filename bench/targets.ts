/** What Linekeeper promises, held against what was measured. A promise is for every call: a median that keeps it is not enough. */
import type { Contender } from "./contender.ts";
import { linekeeper } from "./contenders/linekeeper.ts";
import { plainSipJs } from "./contenders/plain-sipjs.ts";
import { busy, faults, healthy } from "./faults.ts";
import type { CallFigures, Figures } from "./figures.ts";
import { median, worst } from "./statistics.ts";

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
const promises: readonly { readonly fault: string; readonly says: string; readonly withinMs: number }[] = [
  { fault: "503", says: "503 → next INVITE within 5 ms of the answer", withinMs: 5 },
  { fault: "503 with Retry-After: 30", says: "503 with Retry-After → next INVITE within 5 ms of the answer", withinMs: 5 },
  { fault: "socket reset on INVITE", says: "socket reset → next INVITE within 50 ms", withinMs: 50 },
  { fault: "silence to INVITE, OPTIONS answered", says: "silence, edge alive → next INVITE within RTT + 0.8 s", withinMs: 800 + grainMs },
  {
    fault: "edge frozen: sockets stay open, nothing is read",
    says: "silence, edge frozen → next INVITE within RTT + 0.8 s",
    withinMs: 800 + grainMs,
  },
];

export function verdictsOf(figuresOf: (fault: string, contender: Contender) => Figures): Verdict[] {
  const ours = (fault: string) => figuresOf(fault, linekeeper);
  const loops = (fault: string) => figuresOf(fault, plainSipJs);
  const outages = faults.filter(({ isOnlyLate }) => !isOnlyLate).map(({ name }) => ours(name));
  const both = outages.flatMap(({ first, second }) => [first, second]);
  const loopsBoth = outages.map(({ fault }) => loops(fault)).flatMap(({ first, second }) => [first, second]);
  return [
    ...promises.map(({ fault, says, withinMs }): Verdict => ({
      target: says,
      measured: nextInvite(ours(fault).first),
      beside: nextInvite(loops(fault).first),
      kept: keptBy(ours(fault).first.nextInviteMs, withinMs),
    })),
    ...outages.map(({ fault, second }): Verdict => ({
      target: `next call adds 0 ms: ${fault}`,
      measured: added(second, ours(healthy.name).second),
      beside: added(loops(fault).second, loops(healthy.name).second),
      kept: addedMs(second, ours(healthy.name).second) <= grainMs && second.askedA === 0 ? "always" : "not",
    })),
    none("0 calls lost", "lost", both, loopsBoth),
    none("0 phones rung twice", "rungTwice", both, loopsBoth),
    none("0 busy callees dialled again", "askedB", [ours(busy.name).first], [loops(busy.name).first]),
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
