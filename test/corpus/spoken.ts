/** What a live session would have said while it went on, each time that it had something new to say: the first words included. */
import { createDiagnostician } from "../../src/diagnosis/diagnostician.ts";
import type { Verdict } from "../../src/diagnosis/model.ts";
import { createJournal, type Entry, type Facts, type FactType } from "../../src/journal.ts";
import { defaultLimits } from "../../src/limits.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

/** @param entries a whole journal, oldest first. */
export function spokenOf(entries: readonly Entry[]): readonly Verdict[] {
  const clock = createVirtualClock();
  const journal = createJournal(clock, entries.length + 1);
  const spoken: Verdict[] = [];
  const diagnostician = createDiagnostician({
    journal,
    clock,
    calmMs: defaultLimits.calmMs,
    priors: {},
    on: (_, { verdict }) => spoken.push(verdict),
    onReinitialised: () => {},
  });
  for (const { seq: _, atMs, type, ...fact } of entries) {
    clock.advance(Math.max(0, atMs - clock.nowMs()));
    journal.append(type as FactType, fact as unknown as Facts[FactType]);
  }
  diagnostician.close();
  return spoken;
}
