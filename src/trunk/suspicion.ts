/** A flow on which somebody may be gone: the edge is asked, and where nothing comes back the flow is dropped, for the next to follow. */
import type { Flow } from "./flow.ts";
import type { Liveness } from "./liveness.ts";

export interface Suspicion {
  /** A flow has come up. */
  opened(): void;
  /** @returns whether the edge lives. */
  verify(): Promise<boolean>;
  /** The same where a flow may not deserve it: an edge that never answered a probe is asked something else before it is dropped. */
  rollCall(): Promise<void>;
  /** A REGISTER fell silent: is it the registrar, or the whole edge? */
  unanswered(): void;
}

interface SuspicionPorts {
  readonly flow: Pick<Flow, "doubt" | "drop">;
  readonly liveness: Pick<Liveness, "ask" | "check">;
  readonly isOpen: () => boolean;
}

export function createSuspicion({ flow, liveness, isOpen }: SuspicionPorts): Suspicion {
  /** How many there were: a question about one tells nothing of the next. */
  let flows = 0;
  let asking: Promise<void> | undefined;

  async function dropUnless(asked: () => Promise<boolean>): Promise<boolean> {
    const suspected = flows;
    if (await asked()) return true;
    // It may have been lost meanwhile, and another be on its way.
    if (suspected === flows && isOpen()) flow.drop();
    return false;
  }

  const verify = () => dropUnless(liveness.check);

  return {
    opened: () => void (flows += 1),
    verify,
    rollCall() {
      if (!isOpen()) return Promise.resolve();
      // One question at a time, however many suspect it.
      asking ??= dropUnless(liveness.ask).then(() => void (asking = undefined));
      return asking;
    },
    unanswered() {
      flow.doubt();
      void verify();
    },
  };
}
