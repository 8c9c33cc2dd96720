/** A socket beside the flow that stands: whether the way to the edge lets new ones through. It is let go as soon as that is known. */
import { whenAborted } from "../../src/platform.ts";
import { Flow, type FlowOptions } from "./flow.ts";

/** @returns whether it opened, within the time for a connection; false too once `signal` has aborted. Never rejects. */
export function openAnother(options: FlowOptions, server: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (opened: boolean) => {
      stopListening();
      flow.dispose();
      resolve(opened);
    };
    // Nothing is asked on it, so nothing is heard.
    const unheard = { ponged() {}, discarded() {}, received() {} };
    const flow = new Flow(options, { ...unheard, opened: () => end(true), closed: () => end(false) });
    const stopListening = whenAborted(signal, () => end(false));
    flow.connect(server);
  });
}
