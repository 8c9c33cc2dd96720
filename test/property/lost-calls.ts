/** No call is lost while a trunk that is fit remains: what holds whatever carriers are on the other side. */
import type { Linekeeper } from "../../src/line.ts";

/** @param lost told of each call that was given up, or not tried at all, with a trunk left that was fit. */
export function watchLostCalls(line: Linekeeper, lost: (callId: string, how: string) => void): void {
  /** Calls that asked the agent: since then the choice is not the line's. */
  const asked = new Set<string>();

  line.on("call:placed", (call) => call.on("choice-needed", () => asked.add(call.id)));
  line.on("journal:written", (entry) => {
    const isGivenUp = entry.type === "call:ended" && entry.end === "failed" && entry.outcome?.retry === "yes" && !asked.has(entry.callId);
    if (isGivenUp && isLeft(line, entry.callId)) lost(entry.callId, "given up for a fault of the line's");
    if (entry.type === "call:refused" && entry.because === "no-trunk" && isLeft(line, entry.callId)) lost(entry.callId, "refused");
  });
}

/** A trunk that is fit, and was not asked for this call. */
function isLeft({ journal, trunks }: Linekeeper, callId: string): boolean {
  const tried = new Set(journal.flatMap((entry) => (entry.type === "attempt:started" && entry.callId === callId ? [entry.trunkId] : [])));
  return trunks.some(
    ({ trunkId, ready, flow, isolated, breakers }) =>
      !tried.has(trunkId) && ready && flow === "open" && !isolated && breakers.every(({ state }) => state === "closed"),
  );
}
