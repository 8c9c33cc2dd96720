/** What the carrier saw, for tests to ask about. */

export interface LogEntry {
  readonly atMs: number;
  /** Which connection, counted from 1. */
  readonly link: number;
  readonly what: "opened" | "closed" | "received" | "sent" | "swallowed" | "unreadable";
  readonly method?: string | undefined;
  readonly code?: number | undefined;
  readonly callId?: string | undefined;
  /** The called number, as far as one is meant. */
  readonly number?: string | undefined;
  /** The fault that was applied. */
  readonly fault?: string | undefined;
}

/** A stretch in which a phone alerted. */
export interface Ring {
  readonly number: string;
  readonly callId: string;
  readonly fromMs: number;
  /** Absent while it rings. */
  readonly untilMs?: number;
  readonly endedBy?: "answered" | "cancelled" | "rejected" | "given-up";
}

/** Entries kept; the oldest go first. */
const defaultLimit = 10_000;

export class TrunkLog {
  readonly #limit: number;
  readonly entries: LogEntry[] = [];
  readonly #rings: Ring[] = [];

  constructor(limit = defaultLimit) {
    this.#limit = limit;
  }

  write(entry: LogEntry): void {
    if (this.entries.push(entry) > this.#limit) this.entries.shift();
  }

  ringing(number: string, callId: string, fromMs: number): void {
    if (this.#rings.push({ number, callId, fromMs }) > this.#limit) this.#rings.shift();
  }

  silenced(callId: string, untilMs: number, endedBy: Ring["endedBy"] & string): void {
    const index = this.#rings.findIndex((ring) => ring.callId === callId && ring.untilMs === undefined);
    const ring = this.#rings[index];
    if (ring) this.#rings[index] = { ...ring, untilMs, endedBy };
  }

  /** Every time that the phone of `number` alerted here; of every phone when left out. */
  rings(number?: string): readonly Ring[] {
    return number === undefined ? [...this.#rings] : this.#rings.filter((ring) => ring.number === number);
  }
}

/** The numbers whose phone alerted more than once, over all these trunks together. */
export function rungTwice(trunks: readonly { rings(): readonly Ring[] }[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { number } of trunks.flatMap((trunk) => trunk.rings())) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([number]) => number);
}
