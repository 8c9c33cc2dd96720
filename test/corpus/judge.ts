/** The verdict that a support engineer would open first. */
import { explain } from "../../src/diagnosis/explain.ts";
import type { Verdict } from "../../src/diagnosis/model.ts";
import type { Entry } from "../../src/journal.ts";

/** Of the incident that met most calls, the longer one where they are even; of the whole journal where there was none. */
export function judge(entries: readonly Entry[]): Verdict {
  const endMs = entries.at(-1)?.atMs ?? 0;
  const { incidents, verdict } = explain(entries);
  const weight = ({ callsAffected, callsRefused }: (typeof incidents)[number]) => callsAffected + callsRefused;
  const lastedMs = ({ openedMs, closedMs = endMs }: (typeof incidents)[number]) => closedMs - openedMs;
  const [worst] = [...incidents].sort((a, b) => weight(b) - weight(a) || lastedMs(b) - lastedMs(a));
  return worst?.verdict ?? verdict;
}
