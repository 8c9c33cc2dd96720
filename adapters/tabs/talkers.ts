/**
 * The other pages in which the agent listens to a call, until they say that it is over, or are gone: each page holds a Web Lock of its own,
 * which the browser takes from one that crashes.
 */
import { whenAborted } from "../../src/platform.ts";
import type { Turn } from "../../src/ports/shared-telephone.ts";

export interface Talkers {
  /** This page can be heard of from now on. */
  enter(): void;
  /** What the agent does in that page. It may say so again. */
  turned(page: string, turn: Turn): void;
  /** Nothing is heard of any of them any more, nor of this one. */
  leave(): void;
}

/** @param lockOf the name of a page's lock. @param onTurned told once of each change. */
export function createTalkers(
  locks: Pick<LockManager, "request">,
  own: string,
  lockOf: (page: string) => string,
  onTurned: (page: string, turn: Turn) => void,
): Talkers {
  const talking = new Map<string, AbortController>();
  let presence = new AbortController();

  function request(page: string, signal: AbortSignal, granted: () => Promise<void> | undefined): void {
    const held = () => (signal.aborted ? undefined : granted());
    try {
      // Without locks pages are not one telephone either.
      locks.request(lockOf(page), { signal } as LockOptions, held as never).catch(() => {});
    } catch {
      // Nor then.
    }
  }

  function from(page: string): void {
    const waiting = talking.get(page);
    if (!waiting) return;
    talking.delete(page);
    waiting.abort();
    onTurned(page, "from");
  }

  return {
    enter() {
      const { signal } = (presence = new AbortController());
      request(own, signal, () => new Promise<void>((release) => void whenAborted(signal, release)));
    },
    turned(page, turn) {
      if (turn === "from") return from(page);
      if (talking.has(page)) return;
      const gone = new AbortController();
      talking.set(page, gone);
      request(page, gone.signal, () => void from(page));
      onTurned(page, turn);
    },
    leave() {
      presence.abort();
      for (const page of [...talking.keys()]) from(page);
    },
  };
}
