/** Judges one half of the corpus, or what was recorded in a browser. */
import type { Evaluated } from "./document.ts";
import { readBrowserJournal, readBrowserLabels, readJournal, readLabels, type Labels } from "./files.ts";
import { judge } from "./judge.ts";
import type { Entry } from "../../src/journal.ts";
import { caseOf, scoreOf } from "./score.ts";
import { failedCallsMs, spokenOf } from "./spoken.ts";

export function evaluate(half: Labels[string]["half"]): Evaluated {
  const labels = Object.entries(readLabels()).filter(([, label]) => label.half === half);
  return evaluated(labels, readJournal);
}

export const evaluateBrowser = (): Evaluated => evaluated(Object.entries(readBrowserLabels()), readBrowserJournal);

type Label = Pick<Labels[string], "kind" | "truth" | "isOpen">;

function evaluated(labels: readonly (readonly [string, Label])[], read: (id: string) => readonly Entry[]): Evaluated {
  const cases = labels.map(([id, { kind, truth, isOpen }]) => {
    const journal = read(id);
    return caseOf(id, kind, truth, judge(journal), spokenOf(journal), failedCallsMs(journal), isOpen);
  });
  return { cases, score: scoreOf(cases) };
}
