/** What a live session would have said while it went on, each time that it had something new to say: the first words included. */
import { createDiagnostician } from "../../src/diagnosis/diagnostician.ts";
import { isLost } from "../../src/diagnosis/impairments.ts";
import type { Verdict } from "../../src/diagnosis/model.ts";
import { createJournal } from "../../src/book.ts";
import type { Entry, Facts, FactType } from "../../src/journal.ts";
import { defaultLimits } from "../../src/limits.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

export interface Word {
  /** When it was told, ms since the session's start. */
  readonly atMs: number;
  readonly verdict: Verdict;
}

/** @param entries a whole journal, oldest first. */
export function spokenOf(entries: readonly Entry[]): readonly Word[] {
  const clock = createVirtualClock();
  const journal = createJournal(clock, entries.length + 1);
  const spoken: Word[] = [];
  const diagnostician = createDiagnostician({
    journal,
    clock,
    calmMs: defaultLimits.calmMs,
    priors: {},
    on: (_, { verdict }) => spoken.push({ atMs: journal.nowMs(), verdict }),
    onReinitialised: () => {},
  });
  for (const { seq: _, atMs, type, ...fact } of entries) {
    clock.advance(Math.max(0, atMs - clock.nowMs()));
    journal.append(type as FactType, fact as unknown as Facts[FactType]);
  }
  diagnostician.close();
  return spoken;
}

/** When each call failed that failed, in order, ms: it went on over another trunk, could not be placed, was lost, or had no audio. */
export function failedCallsMs(entries: readonly Entry[]): readonly number[] {
  const failed = new Map<string, number>();
  for (const entry of entries) if (isFailedCall(entry) && !failed.has(entry.callId)) failed.set(entry.callId, entry.atMs);
  return [...failed.values()];
}

function isFailedCall(entry: Entry): entry is Entry<"call:failed-over" | "call:ended" | "call:refused" | "audio:given-up"> {
  if (entry.type === "call:ended") return entry.error !== undefined || isLost(entry);
  if (entry.type === "call:refused") return !["bad-number", "bad-options", "closed"].includes(entry.because);
  return entry.type === "call:failed-over" || entry.type === "audio:given-up";
}
