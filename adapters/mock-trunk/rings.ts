/** What the customers' phones heard. */
import { remember } from "./log.ts";

/** A stretch of time in which a phone alerted. */
export interface Ring {
  /** The customer's, without spaces, dots, hyphens and brackets. */
  readonly number: string;
  /** SIP Call-ID of the INVITE that made it ring. */
  readonly callId: string;
  /** On the trunk's clock. */
  readonly fromMs: number;
  /** Absent while it goes on. A phone that is answered without having rung alerted for 0 ms. */
  readonly untilMs?: number;
  /** `rejected`: the customer refused. `given-up`: nothing ended it, the phone stopped by itself. Absent while it goes on. */
  readonly endedBy?: "answered" | "cancelled" | "rejected" | "given-up";
}

export class Rings {
  readonly #rings: Ring[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  begin(number: string, callId: string, fromMs: number): void {
    remember(this.#rings, { number, callId, fromMs }, this.#limit);
  }

  end(callId: string, untilMs: number, endedBy: Ring["endedBy"] & string): void {
    const index = this.#rings.findLastIndex((ring) => ring.callId === callId && ring.untilMs === undefined);
    const ring = this.#rings[index];
    if (ring) this.#rings[index] = { ...ring, untilMs, endedBy };
  }

  of(number?: string): readonly Ring[] {
    return this.#rings.filter((ring) => number === undefined || ring.number === number);
  }
}

/** Which alerts are meant. */
export interface RingScope {
  /** One customer's; all when left out. */
  readonly number?: string;
  /** The window of one call attempt, on the trunks' clock: alerts that lie in it at least in part. */
  readonly fromMs?: number;
  /** The window's end; open when left out. */
  readonly untilMs?: number;
}

/** Something that keeps which phones it rang: a trunk. */
type Ringing = { rings(number?: string): readonly Ring[] };

/** A phone and the alerts that it heard, in order of time. */
export interface RungPhone {
  /** The customer's, without spaces, dots, hyphens and brackets. */
  readonly number: string;
  /** Two at least, of whichever trunks. */
  readonly rings: readonly Ring[];
}

/**
 * The phones that alerted more than once, over all these trunks together. With a number for each call, or a
 * window around one call, an empty list says that no customer's phone rang twice for it.
 * @param trunks must share a clock.
 */
export function rungTwice(trunks: readonly Ringing[], { number, fromMs = -Infinity, untilMs = Infinity }: RingScope = {}): RungPhone[] {
  const rings = trunks
    .flatMap((trunk) => trunk.rings(number))
    .filter((ring) => ring.fromMs <= untilMs && (ring.untilMs ?? Infinity) >= fromMs);
  const phones = new Map<string, Ring[]>();
  for (const ring of rings.sort((a, b) => a.fromMs - b.fromMs)) phones.set(ring.number, [...(phones.get(ring.number) ?? []), ring]);
  return [...phones].filter(([, heard]) => heard.length > 1).map(([called, heard]) => ({ number: called, rings: heard }));
}

/**
 * Pairs of alerts of one phone that went on at the same time, over all these trunks together: wrong whichever
 * calls they belong to.
 * @param trunks must share a clock.
 */
export function alertingOverlap(trunks: readonly Ringing[], scope: RingScope = {}): (readonly [Ring, Ring])[] {
  return rungTwice(trunks, scope).flatMap(({ rings }) =>
    rings.flatMap((first, index) =>
      rings
        .slice(index + 1)
        .filter((second) => second.fromMs < (first.untilMs ?? Infinity))
        .map((second) => [first, second] as const),
    ),
  );
}
