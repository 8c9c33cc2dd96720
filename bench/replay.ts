/** How long a journal takes to be read again, and a verdict to be told on it as it is written: at its longest, in an incident that never ends. */
import { createJournal } from "../src/book.ts";
import { createDiagnostician } from "../src/diagnosis/diagnostician.ts";
import { explain } from "../src/diagnosis/index.ts";
import type { Facts, FactType } from "../src/journal.ts";
import { defaultLimits } from "../src/limits.ts";
import { createVirtualClock } from "../test/support/virtual-clock.ts";
import { bestMsOf, cpuMsOf, dayOf } from "./day.ts";

export interface Replay {
  readonly entries: number;
  /** Of all its incidents, and of the whole. */
  readonly replayMs: number;
  /** Of an entry at the journal's end, and a verdict asked for after it. */
  readonly verdictMs: number;
}

/** A verdict is asked for after each of so many entries, the last ones. */
const asked = 1_000;
const rounds = 10;

export function measureReplay(length: number): Replay {
  const entries = dayOf(length / 10).slice(0, length);
  return { entries: entries.length, replayMs: bestMsOf(() => explain(entries)), verdictMs: verdictMs(entries) };
}

/** The best of several rounds, each of them at the end of the journal. */
function verdictMs(entries: ReturnType<typeof dayOf>): number {
  const clock = createVirtualClock();
  const journal = createJournal(clock, entries.length + 1);
  const { calmMs } = defaultLimits;
  const line = createDiagnostician({ journal, clock, calmMs, priors: {}, on: () => {}, onReinitialised: () => {} });
  const append = ({ seq: _, atMs, type, ...fact }: (typeof entries)[number]) => {
    clock.advance(Math.max(0, atMs - clock.nowMs()));
    journal.append(type as FactType, fact as unknown as Facts[FactType]);
  };
  entries.slice(0, -asked).forEach(append);
  const perRound = asked / rounds;
  const last = entries.slice(-asked);
  const took = Array.from({ length: rounds }, (_, round) =>
    cpuMsOf(() =>
      last.slice(round * perRound, (round + 1) * perRound).forEach((entry) => {
        append(entry);
        if (line.verdict.leader === undefined) throw new Error("nothing is at fault, though most calls fail");
      }),
    ),
  );
  line.close();
  return Math.min(...took) / perRound;
}
