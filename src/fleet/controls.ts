/** The strongest kind of evidence: what worked for one agent at the minute at which it failed for another. */
import type { AttemptRecord } from "../report/attempts.ts";
import type { Control } from "./model.ts";

const sameMinuteMs = 60_000;

/** Went out, and the line is to blame. */
export const isFailed = ({ sent, class: class_ }: AttemptRecord): boolean =>
  sent && (class_ === "carrier" || class_ === "ambiguous" || class_ === "network");

/** Somebody's phone rang, or somebody answered. */
export const isThrough = ({ class: class_, codes }: AttemptRecord): boolean =>
  class_ === "answered" || class_ === "callee" || codes.includes(180);

/** The number before the slash is the agent's. */
const agentOf = ({ callId }: Pick<AttemptRecord, "callId">): number => Number(callId.split("/")[0]);

/** @param attempts of all agents, the oldest first. */
export function controlsOf(attempts: readonly AttemptRecord[], originMs: number): readonly Control[] {
  const failed = attempts.filter(isFailed);
  const found = new Map<string, Control>();
  for (const attempt of attempts.filter(isThrough)) {
    const meanwhile = failed.filter(({ startedMs }) => Math.abs(startedMs - attempt.startedMs) <= sameMinuteMs);
    const agent = agentOf(attempt);
    const same = meanwhile.find((other) => other.trunkId === attempt.trunkId && other.route === attempt.route && agentOf(other) !== agent);
    const beside = same ?? meanwhile.find((other) => other.trunkId !== attempt.trunkId);
    if (!beside) continue;
    const kind = same ? "same-trunk" : "other-trunk";
    const key = JSON.stringify([agent, kind, beside.trunkId, attempt.trunkId, attempt.route]);
    const { trunkId, route } = attempt;
    const time = new Date(originMs + attempt.startedMs).toISOString();
    const before = found.get(key) ?? { agent, kind, failedTrunkId: beside.trunkId, trunkId, route, calls: 0, time };
    found.set(key, { ...before, calls: before.calls + 1 });
  }
  return [...found.values()];
}
