/** A page with an outbox, which can be killed at any step, and an endpoint that misbehaves. */
import type { Random } from "../../src/clock.ts";
import type { Entry, FactType, Facts } from "../../src/journal.ts";
import { createOutbox } from "../../src/outbox/outbox.ts";
import type { Parcel, ReportTransport, TransportAnswer } from "../../src/ports/reports.ts";
import type { Store } from "../../src/ports/store.ts";
import { guardStore } from "../../src/store/guarded.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";

/** Lets promises go on; none of what is tested here waits for the host. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** Time passes in steps, and promises go on in between. */
export async function passing(clock: VirtualClock, ms: number, done = () => false): Promise<void> {
  await settle();
  for (let leftMs = ms; leftMs > 0 && !done();) {
    const stepMs = Math.max(1, Math.min(leftMs, clock.dueInMs));
    clock.advance(stepMs);
    leftMs -= stepMs;
    await settle();
  }
}

interface PagePorts {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly send: (parcel: Parcel, how: { readonly signal: AbortSignal; readonly atPageEnd: boolean }) => Promise<TransportAnswer>;
  readonly random?: Random;
  readonly spreadMs?: number;
  /** Things that the page does to the world before it is killed. */
  readonly stepsToLive?: number;
}

export function openPage({ clock, store, send, random = () => 0.5, spreadMs = 0, stepsToLive = Infinity }: PagePorts) {
  const written: { type: FactType }[] = [];
  const closing = new AbortController();
  const claims = new Set<() => void>();
  let steps = 0;
  let isDead = false;

  function die(): void {
    isDead = true;
    // A browser takes back the locks of a page that is gone; its timers never fire.
    for (const release of claims) release();
    closing.abort();
  }

  /** Before and after each effect the page may die; then nobody ever hears what came of it. */
  async function step<T>(effect: () => Promise<T>): Promise<T> {
    if (!isDead && steps++ >= stepsToLive) die();
    if (isDead) return new Promise(() => {});
    const value = await effect();
    if (!isDead && steps++ >= stepsToLive) die();
    return isDead ? new Promise(() => {}) : value;
  }

  const mortal: Store = {
    name: store.name,
    read: (key) => step(() => store.read(key)),
    write: (key, text) => step(() => store.write(key, text)),
    remove: (key) => step(() => store.remove(key)),
    keys: (prefix) => step(() => store.keys(prefix)),
    ...(store.claim && {
      claim: (name: string) =>
        step(async () => {
          const release = await store.claim?.(name);
          if (release) claims.add(release);
          return release;
        }),
    }),
  };
  const journal = {
    append: <T extends FactType>(type: T, fact: Facts[T]) => {
      const entry = { type, ...fact };
      written.push(entry);
      return entry as unknown as Entry<T>;
    },
  };
  const transport: ReportTransport = { name: "crm/desk", send: (parcel, how) => step(() => send(parcel, how)) };
  const guarded = guardStore(mortal, {
    clock,
    signal: closing.signal,
    onFailed: (error) => void written.push({ type: "store:failed", error } as never),
  });
  const outbox = createOutbox({ transport, store: guarded, clock, random, journal, spreadMs, signal: closing.signal });
  return {
    ...outbox,
    journal: written as readonly ({ type: FactType } & Record<string, unknown>)[],
    get isDead() {
      return isDead;
    },
    close: () => closing.abort(),
    die,
  };
}
