/**
 * Answered calls, kept in the tab's session storage for the page that follows a reload.
 *
 * A browser copies that storage into a tab that is duplicated, and two pages must never speak in one dialog. So whoever keeps calls
 * holds a Web Lock, whose name is kept with them, and whoever takes them must get it first: it is free once the page is gone, crashed
 * ones too. Where there are no locks calls are kept at the page's end only, when there is nothing yet to be copied.
 */
import { sleep } from "../../src/clock.ts";
import type { Resumption } from "../../src/ports.ts";

/** What is used of a page; missing elsewhere, and blocked where a browser blocks storage. */
export interface TabHost {
  readonly sessionStorage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly navigator?: { readonly locks?: Pick<LockManager, "request"> };
  readonly crypto?: Pick<Crypto, "getRandomValues">;
}

/** How long the page before may take to be gone, ms. */
const goneMs = 2_000;

export function keptIn(host: TabHost, name: string): Resumption {
  const key = `${name}/calls/1`;
  /** Of the lock that we have asked for, or have. */
  let lock: string | undefined;
  /** Lets go of it; undefined until we have it. */
  let release: (() => void) | undefined;
  /** Kept once the lock is ours. */
  let waiting: string | undefined;

  const locksOf = () => attempt(() => host.navigator?.locks);
  const write = (text: string) => void attempt(() => host.sessionStorage?.setItem(key, JSON.stringify([lock, text])));

  /** Resolves when nobody else has it, with what lets go of it; undefined where it cannot be had before `signal` aborts. */
  function hold(wanted: string, signal?: AbortSignal): Promise<(() => void) | undefined> {
    return new Promise((resolve) => {
      const held = () => new Promise<void>((end) => resolve(() => end()));
      const asked = attempt(() => locksOf()?.request(wanted, signal ? { signal } : {}, held));
      if (asked) asked.catch(() => resolve(undefined));
      else resolve(undefined);
    });
  }

  async function claim(): Promise<void> {
    const mine = (lock = `${key}/${attempt(() => host.crypto?.getRandomValues(new Uint32Array(4)).join("-")) ?? ""}`);
    const held = await hold(mine);
    if (lock !== mine) return held?.();
    release = held;
    if (held && waiting !== undefined) write(waiting);
  }

  return {
    keep(text, isLeaving) {
      waiting = text;
      if (text === undefined) {
        attempt(() => host.sessionStorage?.removeItem(key));
        release?.();
        release = lock = undefined;
      } else if (release || isLeaving) write(text);
      else if (lock === undefined && locksOf()) void claim();
    },
    async take(clock) {
      const kept = attempt(() => JSON.parse(host.sessionStorage?.getItem(key) ?? "null") as unknown);
      attempt(() => host.sessionStorage?.removeItem(key));
      if (!Array.isArray(kept) || typeof kept[1] !== "string") return undefined;
      const [theirs, text] = kept as [unknown, string];
      // Without locks it was written at its page's end.
      if (typeof theirs !== "string" || !locksOf()) return text;
      const bound = new AbortController();
      const answered = new AbortController();
      void sleep(clock, goneMs, answered.signal).then(
        () => bound.abort(),
        () => {},
      );
      const held = await hold(theirs, bound.signal);
      answered.abort();
      if (!held) return undefined;
      [lock, release] = [theirs, held];
      return text;
    },
  };
}

/** What a browser refuses here costs the resumption, nothing else. */
function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
