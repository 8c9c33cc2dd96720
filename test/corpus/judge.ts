/** The verdict that a support engineer would open first. */
import { explain } from "../../src/diagnosis/explain.ts";
import type { Incident, Verdict } from "../../src/diagnosis/model.ts";
import type { Entry } from "../../src/journal.ts";

/** Of the incident that met most calls, the longer one where they are even; of the whole journal where there was none. */
export function judge(entries: readonly Entry[]): Verdict {
  const { incidents, verdict } = explain(entries);
  return worstOf(incidents, entries)?.verdict ?? verdict;
}

/** @param incidents of the journal; undefined where there was none. */
export function worstOf(incidents: readonly Incident[], entries: readonly Entry[]): Incident | undefined {
  const endMs = entries.at(-1)?.atMs ?? 0;
  const weight = ({ callsAffected, callsRefused }: Incident) => callsAffected + callsRefused;
  const lastedMs = ({ openedMs, closedMs = endMs }: Incident) => closedMs - openedMs;
  const [worst] = [...incidents].sort((a, b) => weight(b) - weight(a) || lastedMs(b) - lastedMs(a));
  return worst;
}
