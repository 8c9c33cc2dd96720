import type { Clock, Random } from "../clock.ts";
import type { Journal } from "../journal.ts";
import type { Limits } from "../limits.ts";
import type { OnViolation } from "../machine.ts";
import type { SipEdge } from "../ports/sip-edge.ts";

/** What the rooms of one trunk share. */
export interface TrunkShared {
  readonly trunkId: string;
  readonly edge: SipEdge;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  /** Over how long a fleet's first moves are spread, ms; 0 for an agent alone. */
  readonly spreadMs: number;
  /** Whether the integrator allowed the peer's free text in the journal. */
  readonly reasonText: boolean;
  readonly journal: Journal;
  readonly onViolation: OnViolation;
}
