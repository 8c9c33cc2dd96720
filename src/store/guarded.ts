/** Between us and somebody's store: whatever it does wrong is written down once, and this page goes on in memory. */
import { within, type Clock } from "../clock.ts";
import type { Store } from "../ports/store.ts";

/** How long a store may take for one thing, ms. A browser's that waits for another tab may take for ever. */
const boundMs = 5_000;

interface GuardedStorePorts {
  readonly clock: Clock;
  /** Once it aborts nobody waits for the store any more. */
  readonly signal: AbortSignal;
  /** Told of the first failure only. */
  readonly onFailed: (error: unknown) => void;
}

/** None of it rejects or hangs. */
export interface GuardedStore extends Omit<Store, "name" | "claim"> {
  /** @param inDoubt what is taken to be so where the store cannot tell whether another has it. */
  claim(name: string, inDoubt: "granted" | "refused"): Promise<(() => void) | undefined>;
}

export function guardStore(store: Store, { clock, signal, onFailed }: GuardedStorePorts): GuardedStore {
  /** What the store did not take; undefined: it did not let go of it. */
  const instead = new Map<string, string | undefined>();
  /** What was asked of it and not answered in time: while there is any, nothing else is asked. */
  let overdue = 0;
  let isTold = false;

  /** @param fallback what holds when the store fails. */
  async function ask<T>(use: () => Promise<T>, fallback: () => T, late: (value: T) => void = () => {}): Promise<T> {
    if (overdue > 0) return fallback();
    let isAnswered = false;
    const asked = (async () => use())().finally(() => (isAnswered = true));
    try {
      return await within(clock, asked, boundMs, signal);
    } catch (error) {
      if (!isAnswered) {
        overdue++;
        asked
          .then(late, () => {})
          .finally(() => overdue--)
          .catch(() => {});
      }
      told(error);
      return fallback();
    }
  }

  function told(error: unknown): void {
    if (isTold || signal.aborted) return;
    isTold = true;
    onFailed(error);
  }

  /** Somebody's code too. */
  const guardedRelease = (release: () => unknown) => (): void => {
    (async () => release())().catch(told);
  };

  async function put(key: string, text: string | undefined): Promise<void> {
    const isTaken = await ask(
      async () => {
        await (text === undefined ? store.remove(key) : store.write(key, text));
        return true;
      },
      () => false,
    );
    if (isTaken) instead.delete(key);
    else instead.set(key, text);
  }

  return {
    async read(key) {
      if (instead.has(key)) return instead.get(key);
      const text: unknown = await ask(
        () => store.read(key),
        () => undefined,
      );
      return typeof text === "string" ? text : undefined;
    },
    write: put,
    remove: (key) => put(key, undefined),
    async keys(prefix) {
      const kept = await ask(
        async () => [...(await store.keys(prefix))],
        () => [],
      );
      const all = new Set(kept.filter((key) => typeof key === "string" && key.startsWith(prefix)));
      for (const [key, text] of instead) if (text === undefined) all.delete(key);
      for (const [key, text] of instead) if (text !== undefined && key.startsWith(prefix)) all.add(key);
      return [...all].sort();
    },
    claim(name, inDoubt) {
      const unknown = () => (inDoubt === "granted" ? () => {} : undefined);
      if (!store.claim) return Promise.resolve(unknown());
      const claim = async () => {
        const release = await store.claim?.(name);
        return release && guardedRelease(release);
      };
      return ask(claim, unknown, (release) => release?.());
    },
  };
}
