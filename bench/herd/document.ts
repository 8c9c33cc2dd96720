/** docs/herd.md. */
import { table } from "../table.ts";
import { patienceMs } from "./agent.ts";
import type { Contender } from "./contenders.ts";
import type { Drill } from "./drill.ts";
import { meanTalkMs, resetWithinMs } from "./drill.ts";
import type { CallFigures, Figures, Rush } from "./figures.ts";
import { journalEntries } from "./linekeeper-agent.ts";
import { handshakeMs, rttMs } from "./model-stack.ts";
import type { Target } from "./targets.ts";

interface Findings {
  readonly drill: Drill;
  readonly rows: readonly { readonly contender: Contender; readonly figures: Figures }[];
  readonly targets: readonly Target[];
  readonly machine: string;
  readonly date: string;
  readonly tookS: number;
}

const count = (value: number) => value.toLocaleString("en");
const seconds = (rush: Rush, value: number) =>
  Number.isFinite(value) ? `${value.toFixed(1)} s` : `> ${rush.spanS} s (${rush.boundPercent.toFixed(0)} % were)`;
const ms = (value: number) => (Number.isNaN(value) ? "–" : `${Math.round(value)} ms`);

export function documentOf({ drill, rows, targets, machine, date, tookS }: Findings): string {
  const { agents, capacityPerS, outageS, returnS, callsPerHour, seed, excess } = drill;
  const withCalls = rows.filter(({ contender }) => !contender.isIdle);
  const calls = (title: string, of: (figures: Figures) => CallFigures) =>
    table(
      [title, "calls", "lost", "lost, %", "answered late", "late by, p95", "most"],
      withCalls.map(({ contender, figures }) => {
        const { placed, lost, late, lateP95Ms, lateMaxMs } = of(figures);
        return [contender.name, count(placed), count(lost), ((100 * lost) / placed).toFixed(2), count(late), ms(lateP95Ms), ms(lateMaxMs)];
      }),
    );
  return `# The herd

Written by \`npm run simulate\`; do not edit. ${date}, ${machine}. ${count(agents)} agents, ${capacityPerS} registrations/s, seed ${seed}, ${tookS} s for all.

![Registrations per second at both carriers](herd.svg)

## Promises

${table(
  ["", "promise", "measured"],
  targets.map(({ promise, measured, isKept }) => [isKept ? "✓" : "✗", promise, measured]),
)}

## The main carrier dies: registrations at the backup

${table(
  ["softphone", "peak /s", "per agent", "turned away, %", "home, p50", "home, p95", "knocks at the dead edge, per agent", "peak /s"],
  rows.map(({ contender, figures: { away, knocksPerAgent, knocksPeakPerS } }) => [
    contender.name,
    count(away.peakPerS),
    away.attemptsPerAgent.toFixed(2),
    away.turnedAwayPercent.toFixed(1),
    seconds(away, away.p50S),
    seconds(away, away.p95S),
    knocksPerAgent.toFixed(1),
    count(knocksPeakPerS),
  ]),
)}

Idle agents alone ask for about C / 1.2 = ${count(Math.round(capacityPerS / 1.2))}/s. Agents with a call to place do not wait their turn: at first ${count(Math.round((agents * callsPerHour) / 3_600))}/s more.

"Home": from the outage, not from its detection, to a binding at a carrier that lives. Calls go on all the while:

${calls("softphone", ({ callsAway }) => callsAway)}

## It comes back: registrations at the main carrier

${table(
  ["softphone", "peak /s", "per agent", "turned away, %", "back, p50", "back, p95", "removals at the backup, peak /s"],
  rows.map(({ contender, figures: { home, removalsPeakPerS } }) => [
    contender.name,
    count(home.peakPerS),
    home.attemptsPerAgent.toFixed(2),
    home.turnedAwayPercent.toFixed(1),
    seconds(home, home.p50S),
    seconds(home, home.p95S),
    count(removalsPeakPerS),
  ]),
)}

${calls("softphone", ({ callsHome }) => callsHome)}

## Method

- **Who.** ${count(agents)} softphones in one process, on one virtual clock to the millisecond. Linekeeper is the facade as it ships (\`createLinekeeper\` with
  \`fleet: { agents: ${agents}, registrationsPerS: ${capacityPerS} }\`), with its own flows, registrations, breakers, planner and calls; only its diagnosis, which reads and
  decides nothing, is left out, and journals keep ${journalEntries} entries. The others are two trunks kept registered by a strategy:
${rows.map(({ contender }) => `  - ${contender.name}: ${contender.about}.`).join("\n")}
- **The network.** A model, no SIP: ${rttMs} ms a round trip, ${handshakeMs} ms for a WebSocket. An edge takes ${capacityPerS} registrations a second (a token bucket, one second
  deep) and ${excess === "503" ? "says 503 to the REGISTER, without Retry-After," : "refuses the connection"} beyond. Turning away costs it nothing, which favours those who ask often.
- **The outage.** All agents are registered, nobody is on a call. The main carrier reads nothing more, refuses connections, and each of its sockets is reset
  within ${resetWithinMs / 1_000} s (uniform). ${outageS} s later it is back, with the same capacity, and is watched for ${returnS} s.
- **Calls.** ${callsPerHour} an hour and agent at Poisson moments, from the outage on; who falls due during a call is called right after it. Rings after 1 s, is
  answered after 4 s, lasts ${meanTalkMs / 1_000} s on average (exponential). Every softphone lets a call wait ${patienceMs / 1_000} s for a line, and none gives up a call for having lost one trunk.
  Only Linekeeper's registers sooner for it; with the others it waits for their next try.
  A call is late by what it was answered after that moment. The calls, and the moments of the resets, are the same for all.
- **Not in it.** OPTIONS load the model with nothing (at the backup: at most ${count(Math.max(...rows.map(({ figures }) => figures.optionsPeakPerS)))}/s). No customer calls in; no
  agent hangs up for impatience or dials again; nobody closes the page. Each softphone knows N and C rightly.
- \`npm run simulate -- [--agents N] [--capacity N] [--seed N] [--excess 503|refused]\` repeats it; the same seed gives the same figures.
`;
}
