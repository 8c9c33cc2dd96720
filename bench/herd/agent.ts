import type { Clock, Random } from "../../src/clock.ts";
import type { SipStack } from "../../src/ports/sip-edge.ts";

/** One agent's softphone. */
export interface Agent {
  /** Registers. */
  start(): void;
  /**
   * Places a call, talks for `talkMs` once it is answered, and hangs up.
   * @returns when it was answered, once it is over; undefined when it was lost.
   */
  call(talkMs: number): Promise<number | undefined>;
  /** Leaves nothing running. */
  close(): Promise<void>;
}

/** What a softphone is made of. */
export interface AgentPorts {
  /** Its trunks are `main` and `backup`. */
  readonly stack: SipStack;
  readonly clock: Clock;
  readonly random: Random;
}

/** How long a call waits for a line before the agent is told that there is none, ms: Linekeeper's `trunkWaitMs`. */
export const patienceMs = 5_000;
