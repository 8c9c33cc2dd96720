/** Judges one half of the corpus. */
import type { Evaluated } from "./document.ts";
import { readJournal, readLabels, type Labels } from "./files.ts";
import { judge } from "./judge.ts";
import { caseOf, scoreOf } from "./score.ts";
import { failedCallsMs, spokenOf } from "./spoken.ts";

export function evaluate(half: Labels[string]["half"]): Evaluated {
  const cases = Object.entries(readLabels())
    .filter(([, label]) => label.half === half)
    .map(([id, { kind, truth, isOpen }]) => {
      const journal = readJournal(id);
      return caseOf(id, kind, truth, judge(journal), spokenOf(journal), failedCallsMs(journal), isOpen);
    });
  return { cases, score: scoreOf(cases) };
}
