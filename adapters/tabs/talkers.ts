/**
 * The pages of an account in which the agent listens to a call. This one says so of itself; the others are listened to there until they
 * say that it is over, or are gone: each page holds a Web Lock of its own, which the browser takes from one that crashes.
 */
import { whenAborted } from "../../src/platform.ts";
import type { Turn } from "../../src/ports/shared-telephone.ts";
import type { Turns } from "./turns.ts";
import type { TurnWord } from "./words.ts";

export interface Talkers {
  /** This page can be heard of from now on. */
  enter(): void;
  /** The agent listens to a call of this page, or to none any more: the others are told of each change. */
  listened(isHeard: boolean): void;
  /** A page may have come after they were told. */
  tellAgain(): void;
  /** What another page says. It may say so again. */
  heard(page: string, word: TurnWord): void;
  /** Nothing is heard of any of them any more, nor of this one. */
  leave(): void;
}

interface TalkersPorts {
  readonly locks: Pick<LockManager, "request">;
  readonly turns: Turns;
  /** The name of a page's lock. */
  readonly lockOf: (page: string) => string;
  readonly say: (word: TurnWord) => void;
  /** Called once for each change in another page. */
  readonly onTurned: (page: string, turn: Turn) => void;
}

export function createTalkers({ locks, turns, lockOf, say, onTurned }: TalkersPorts): Talkers {
  const talking = new Map<string, AbortController>();
  let presence = new AbortController();
  let isHere = false;

  function request(page: string, signal: AbortSignal, granted: () => Promise<void> | undefined): void {
    const held = () => (signal.aborted ? undefined : granted());
    try {
      // Without locks pages are not one telephone either.
      locks.request(lockOf(page), { signal } as LockOptions, held as never).catch(() => {});
    } catch {
      // Nor then.
    }
  }

  function tell(): void {
    const turn = turns.hear(isHere);
    say(isHere ? { kind: "turned-to", turn } : { kind: "turned-from" });
  }

  function to(page: string, turn: Turn): void {
    if (talking.has(page)) return;
    const gone = new AbortController();
    talking.set(page, gone);
    request(page, gone.signal, () => void from(page));
    onTurned(page, turn);
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
      request(turns.page, signal, () => new Promise<void>((release) => void whenAborted(signal, release)));
    },
    listened(isHeard) {
      if (isHeard === isHere) return;
      isHere = isHeard;
      tell();
    },
    tellAgain: () => void (isHere && tell()),
    heard(page, word) {
      if (word.kind === "turned-from") from(page);
      else to(page, turns.turned(page, word.turn));
    },
    leave() {
      presence.abort();
      for (const page of [...talking.keys()]) from(page);
    },
  };
}
