/**
 * Answered calls, kept for the page that follows a reload; and, should none follow, for whoever of the browser's pages ends them.
 *
 * What is kept lies in the storage that all tabs share, the tab's own says under which name: a tab that is closed takes that with it.
 * A browser copies a tab's storage into one that is duplicated, and two pages must never speak in one dialog. So whoever keeps calls
 * holds a Web Lock of that name, and whoever takes or ends them must get it first: it is free once the page is gone, crashed ones too.
 * Where tabs share no storage all of it lies in the tab's own. Where there are no locks calls are kept at the page's end only, when
 * there is nothing yet to be copied, and for that tab alone.
 */
import { sleep } from "../../src/clock.ts";
import type { Heir, Resumption } from "../../src/ports/resumption.ts";

/** What is used of a page; missing elsewhere, and blocked where a browser blocks storage. */
export interface TabHost {
  readonly sessionStorage?: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly localStorage?: Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;
  readonly navigator?: { readonly locks?: Pick<LockManager, "request"> };
  readonly crypto?: Pick<Crypto, "getRandomValues">;
}

/** How long the page before may take to be gone, ms. */
const goneMs = 2_000;

/** How often it is looked what other pages have left, ms; when one may be due to be ended, then. */
const lookMs = 10_000;

export function keptIn(host: TabHost, name: string): Resumption {
  const key = `${name}/calls/1`;
  /** Of the lock that we have asked for, or have. */
  let lock: string | undefined;
  /** Lets go of it; undefined until we have it. */
  let release: (() => void) | undefined;
  /** Kept once the lock is ours. */
  let waiting: string | undefined;

  const locksOf = () => attempt(() => host.navigator?.locks);
  const read = (shared: string) =>
    shared.startsWith(`${key}/`) ? (attempt(() => host.localStorage?.getItem(shared)) ?? undefined) : undefined;
  const remove = (shared: string) => void attempt(() => host.localStorage?.removeItem(shared));

  function write(text: string): void {
    const isShared = lock !== undefined && share(lock, text);
    attempt(() => host.sessionStorage?.setItem(key, JSON.stringify(isShared ? [lock] : [lock, text])));
  }

  /** @returns whether all tabs can read it. */
  function share(shared: string, text: string): boolean {
    const storage = locksOf() && attempt(() => host.localStorage);
    if (storage && attempt(() => (storage.setItem(shared, text), true))) return true;
    remove(shared);
    return false;
  }

  /** What all pages of this name have kept there. */
  function shared(): readonly string[] {
    const names = attempt(() => Array.from({ length: host.localStorage?.length ?? 0 }, (_, at) => host.localStorage?.key(at) ?? ""));
    return (names ?? []).filter((each) => each.startsWith(`${key}/`));
  }

  /** Ends what its page has left, if that is gone, and no other is about it. The lock is ours until it is ended, or we are gone too. */
  function end(left: string, heir: Heir, signal: AbortSignal): void {
    const use = async (held: unknown) => {
      const text = held ? read(left) : undefined;
      // Its page may have come and gone again before the lock was ours.
      if (text === undefined || signal.aborted || (heir.dueMs(text) ?? 1) > 0) return;
      await heir.end(text);
      remove(left);
    };
    attempt(() => locksOf()?.request(left, { ifAvailable: true }, use))?.catch(() => {});
  }

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
        if (lock !== undefined) remove(lock);
        release?.();
        release = lock = undefined;
      } else if (release || isLeaving) write(text);
      else if (lock === undefined && locksOf()) void claim();
    },
    async take(clock) {
      const kept = attempt(() => JSON.parse(host.sessionStorage?.getItem(key) ?? "null") as unknown);
      attempt(() => host.sessionStorage?.removeItem(key));
      if (!Array.isArray(kept)) return undefined;
      const [theirs, own] = kept as readonly unknown[];
      // Without locks it was written at its page's end.
      if (typeof theirs !== "string" || !locksOf()) return typeof own === "string" ? own : undefined;
      const bound = new AbortController();
      const answered = new AbortController();
      void sleep(clock, goneMs, answered.signal).then(
        () => bound.abort(),
        () => {},
      );
      const held = await hold(theirs, bound.signal);
      answered.abort();
      // Shared, and there no more: another page has ended it.
      const text = own === undefined && held ? read(theirs) : own;
      if (typeof text !== "string" || !held) return void held?.();
      [lock, release] = [theirs, held];
      return text;
    },
    inherit(heir, clock) {
      const closing = new AbortController();
      let cancel = () => {};
      function look(): void {
        let nextMs = lookMs;
        for (const each of shared()) {
          const dueMs = heir.dueMs(read(each) ?? "");
          if (dueMs !== undefined && dueMs > 0) nextMs = Math.min(nextMs, dueMs);
          else if (dueMs !== undefined) end(each, heir, closing.signal);
        }
        cancel = clock.setTimer(look, nextMs);
      }
      look();
      return () => {
        closing.abort();
        cancel();
      };
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
