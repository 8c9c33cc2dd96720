/** What was measured, as the page `docs/benchmarks.md`. */
import type { BrownOut } from "./brown-out.ts";
import type { Cost } from "./cost.ts";
import type { AudioTimes } from "./media.ts";
import type { FalseAlarms, Sooner } from "./silence.ts";
import { slowEdgePaceS, type SlowEdge } from "./slow-edge.ts";
import { offerMs, type Verdict } from "./targets.ts";
import { busy } from "./faults.ts";
import type { CallFigures, Figures } from "./figures.ts";
import { median, worst } from "./statistics.ts";
import { table } from "./table.ts";

export interface Measured {
  readonly machine: string;
  readonly date: string;
  readonly calls: number;
  readonly seed: number;
  readonly tookS: number;
  /** By fault, then by softphone; Linekeeper first. */
  readonly figures: readonly (readonly Figures[])[];
  /** The same with carrier A only: Linekeeper, and sip.js. */
  readonly alone: readonly (readonly Figures[])[];
  readonly verdicts: readonly Verdict[];
  readonly cost: Cost;
  readonly brownOuts: readonly BrownOut[];
  readonly slowEdges: readonly SlowEdge[];
  readonly sooner: readonly Sooner[];
  readonly falseAlarms: readonly FalseAlarms[];
  /** Or why there is none. */
  readonly audio: readonly AudioTimes[] | string;
}

export function documentOf(measured: Measured): string {
  const { machine, date, calls, seed, tookS, figures, alone, verdicts, cost, brownOuts, slowEdges, sooner, falseAlarms, audio } = measured;
  return `# Benchmarks

Written by \`npm run bench\`; do not edit. ${date}, ${machine}. ${calls} trials of two calls for each fault and softphone, seed ${seed},
${tookS} s for all, side by side in one run.

## Promises

${table(
  ["", "promise", "Linekeeper", "sip.js + loop"],
  verdicts.map(({ kept, target, measured, beside }) => [marks[kept], target, measured, beside]),
)}

✓ kept, ✗ broken, (✓) kept by the median and broken by the worst. "Next INVITE" is read in the carriers' logs, from the fault's first sign at A to the INVITE at B.
"Next call" compares medians with a call when both carriers are well, and "0 ms" allows 10 ms for the timers' grain.

- **After a 503** there is nothing to wait for: what it takes is work, on this machine, of both ends. So the promise is a ratio, to a loop that does no more
  than dial again.
- **One 503, or one socket that a call's INVITE took with it,** is soft evidence: 2 % of a good carrier's calls may end so, and whoever leaves for one
  leaves good carriers all day ([limits](limits.md#how-few-calls-tell-a-brown-out)). So the next call may go to A again, and then pays one failover. The
  second failure in a row sets A aside.

## The first call that meets a fault

Carrier A is broken, carrier B is well. Times are from dial to answered: median / worst.

${faultTable(figures, ({ first }) => first)}

## The next call, two seconds later

The same outage goes on.

${faultTable(figures, ({ second }) => second)}

## One carrier

The same with no carrier B. Nothing is given up, for there is nothing better: what a plain softphone completes goes through.

${aloneTable(alone)}

## A slow edge, again and again

Carrier A is slow from the first of ${slowEdges[0]?.placed ?? 0} calls to the last, one every ${slowEdgePaceS} s, and carrier B well. A call pays that was sent to A and had to go on from there.

${table(
  ["fault at A", "paid before A was set aside", "each took", "paid later", "lost", "rung twice"],
  slowEdges.map(({ name, paidBeforeAside, paidMs, placed, lost, rungTwice }) => [
    name,
    String(paidBeforeAside),
    paidMs.slice(0, paidBeforeAside).map(time).join(", "),
    `${paidMs.length - paidBeforeAside} of ${placed - paidBeforeAside}`,
    String(lost),
    String(rungTwice),
  ]),
)}

To be set aside is what costs two calls at most. An edge that stays slow is tried again after each rest (30 s at first, then longer) with one call in six,
and the first of them that pays sets it aside anew: those are the calls that paid later.

## Silence, sooner: left out

An edge that has answered each INVITE within tens of milliseconds could be given less than RTT + 500 ms. Simulated: an edge 20 ms away that answers 5 to
30 ms after the INVITE came, but for one answer in a hundred, which is late. False alarms are calls given up though the edge is well.

${table(
  [
    "deadline",
    "a silent call waits",
    ...(sooner[0]?.falseAlarms ?? []).map(({ because }) => `false alarms per 1000 calls: 1 % ${because}`),
  ],
  sooner.map(({ deadline, waitsMs, falseAlarms: each }) => [
    deadline,
    time(waitsMs),
    ...each.map(({ perThousand }) => perThousand.toFixed(perThousand < 1 ? 2 : 1)),
  ]),
)}

What a false alarm costs, measured with a whole Linekeeper: its edge reads the INVITE 260 ms to 1 s late, and the phone rings in the same breath.

${table(
  ["deadline", "calls", "false alarms", "rung at both carriers", "of these unmarked", "A set aside"],
  falseAlarms.map(({ waitedMs, placed, failedOver, rungTwice, unmarked, setAside }) => [
    time(waitedMs),
    ...[placed, failedOver, rungTwice, unmarked, setAside].map(String),
  ]),
)}

Nobody rings unmarked. But silence on an edge that answers OPTIONS is hard evidence, so each false alarm sets a carrier aside that is well, and blames it in
a report; and it comes with every few hundred calls, where the sooner deadline helps one call in an outage: the next one does not go to A. A fifth of a
second or a third, once, is not worth that. What is late by one lost segment, which TCP sends again after RTT + 200 ms or more, stays within RTT + 500 ms
up to a round trip of some 270 ms.

## Audio

A page in Chromium, two carriers with media relays, a real phone ([what was heard](audio.md)). After the answer there is nothing to wait for but ICE and DTLS,
over B as over A: each attempt has an offer of its own, made before it was needed. Median / worst.

${audioTable(audio)}

## What the SDK costs

${costTable(cost, brownOuts)}

## How it is measured

- Every trial has two mock carriers of its own ([mock trunk](mock-trunk.md)) on loopback ports and one softphone, registered where it
  can be. The customer's phone rings 20 ms after the INVITE and is answered 60 ms later. Then A is broken, and 50 ms later a call is dialled;
  when it has ended, and 2 s have passed, another one. All run in one process on Node: one trial at a time is busy, the rest wait for their
  timers. Single milliseconds hold the work of both ends (a message costs more than one to parse): read them as upper bounds.
- The witness is the carriers: which phones alerted, and when an INVITE came to an edge. Of the softphone only the moment counts at
  which it tells the agent. "never" means not within 35 s; then the agent gives up. Phones rung twice are counted over both carriers.
- Audio is left out: all offer the same inactive line at once, so nobody waits for ICE. In the promises on offers each takes ${offerMs} ms to be made.
- **Linekeeper**: default settings. **sip.js + loop**: a user agent and a registration for each carrier, and a loop that catches any failure and
  tries the next. **SessionManager**: of sip.js, with its own reconnection, re-registration and OPTIONS every 15 s; it knows one server.
  **JsSIP, 2 sockets**: weights 10 and 5, one account, which both carriers accept.
- The last two faults are no outage: A is late. Whoever moves on early has the call sooner, and may make a phone ring for nothing; no promise is
  made of them but that this table says so.
- Cost: two processes with in-memory sockets, in turns. The CPU of the mock carrier, which parses as much as the softphone, is in the bare
  figure and cancels out of the difference. Retained bytes are the journal's entries; it stops growing at \`limits.journalEntries\`.
- A journal diagnosed: this thread's own time, the best of several runs. It is of one incident that never ends, on a trunk that refuses most calls.
- Brown-out: one agent, a call every two minutes, virtual time, default settings, until a breaker of A's opens. Slow edge and false alarms: virtual time
  too.
`;
}

const marks = { always: "✓", median: "(✓)", not: "✗" } as const;

function faultTable(figures: readonly (readonly Figures[])[], which: (figures: Figures) => CallFigures): string {
  const rows = figures.flatMap((group) => {
    const oursMs = group[0] ? which(group[0]).medianMs : NaN;
    return group.map((each, place) => {
      const { medianMs, worstMs, through, lost, toldMs, rungTwice, placed, askedB } = which(each);
      return [
        place === 0 ? each.fault : "",
        each.contender,
        Number.isNaN(medianMs) ? "–" : `${time(medianMs)} / ${time(worstMs)}`,
        place === 0 || Number.isNaN(medianMs) || Number.isNaN(oursMs) ? "" : `× ${ratio(medianMs / oursMs)}`,
        through,
        each.fault === busy.name
          ? askedB > 0
            ? `${askedB} dialled again`
            : "none dialled again"
          : lost > 0
            ? `${lost} of ${placed}`
            : "0",
        lost > 0 ? (Number.isNaN(toldMs) ? "never" : time(toldMs)) : "",
        String(rungTwice),
      ];
    });
  });
  return table(["fault at A", "softphone", "answered after", "to ours", "through", "lost", "told after", "rung twice"], rows);
}

function aloneTable(figures: readonly (readonly Figures[])[]): string {
  const cells = ({ answered, placed, medianMs, worstMs, toldMs }: CallFigures) =>
    answered > 0
      ? [`${time(medianMs)} / ${time(worstMs)}`, answered < placed ? `${placed - answered} of ${placed}` : "0"]
      : ["–", Number.isNaN(toldMs) ? `${placed} of ${placed}, never told` : `${placed} of ${placed}, told after ${time(toldMs)}`];
  return table(
    ["fault", "softphone", "answered after", "lost", "next call: answered after", "lost"],
    figures.flatMap((group) =>
      group.map(({ fault, contender, first, second }, place) => [
        place === 0 ? fault : "",
        contender === "Linekeeper" ? contender : "sip.js",
        ...cells(first),
        ...cells(second),
      ]),
    ),
  );
}

function audioTable(audio: readonly AudioTimes[] | string): string {
  if (typeof audio === "string") return `Not measured: ${audio}.`;
  const spread = (times: readonly (number | undefined)[]) => {
    const came = times.filter((ms) => ms !== undefined);
    return came.length < times.length
      ? `${times.length - came.length} of ${times.length} never`
      : `${time(median(came))} / ${time(worst(came))}`;
  };
  const kinds = new Map<string, AudioTimes[]>();
  for (const times of audio) kinds.set(times.what, [...(kinds.get(times.what) ?? []), times]);
  return table(
    ["call", "calls", "answered after", "first packet, from the answer", "first sound, from the answer"],
    [...kinds].map(([what, of]) => [
      what,
      String(of.length),
      ...[of.map(({ setupMs }) => setupMs), of.map(({ firstPacketMs }) => firstPacketMs), of.map(({ audibleMs }) => audibleMs)].map(spread),
    ]),
  );
}

function costTable({ bareCpuUs, overCpuUs, ours, bare }: Cost, brownOuts: readonly BrownOut[]): string {
  return table(
    ["", "bare sip.js", "Linekeeper"],
    [
      [
        "CPU per call, µs",
        whole(bareCpuUs),
        `${signed(overCpuUs.middle)} (× ${ratio(1 + overCpuUs.middle / bareCpuUs)}; quartiles ${signed(overCpuUs.low)} to ${signed(overCpuUs.high)})`,
      ],
      ["heap kept per call, bytes", whole(bare.heapBytes), whole(ours.heapBytes)],
      ["timers held while idle, two trunks", String(bare.timers), String(ours.timers)],
      ...brownOuts.map((brownOut) => [
        `calls until it is seen that A fails ${Math.round(brownOut.share * 100)} %`,
        "never",
        detection(brownOut),
      ]),
    ],
  );
}

function detection({ callsUntilOpen, limit }: BrownOut): string {
  const seen = callsUntilOpen.map((calls) => calls ?? Infinity);
  const count = seen.filter(Number.isFinite).length;
  if (count === 0) return `not within ${limit}, in none of ${seen.length} runs`;
  const text = (calls: number) => (Number.isFinite(calls) ? String(calls) : `more than ${limit}`);
  return `median ${text(median(seen))}, worst ${text(worst(seen))}; seen in ${count} of ${seen.length} runs`;
}

const time = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
const ratio = (value: number) => (value < 10 ? value.toFixed(2) : String(Math.round(value)));
const whole = (value: number) => String(Math.round(value));
const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(Math.round(value))}`;
