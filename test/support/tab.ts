/** A browser's tab: its session storage outlives its pages, locks and local storage are those of all tabs, as a browser has it. */
import { vi } from "vitest";
import type { TabHost } from "../../adapters/tabs/resumption.ts";

/** The Web Locks of one origin, for all its pages. */
class Locks {
  readonly #queues = new Map<string, (() => Promise<void>)[]>();

  isFree(name: string): boolean {
    return !this.#queues.get(name)?.length;
  }

  /** @returns what leaves the queue, or lets go. */
  ask(name: string, grant: () => Promise<unknown>): () => void {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    let leave = () => {};
    const turn = async () => {
      const left = new Promise<void>((resolve) => (leave = resolve));
      await Promise.race([grant(), left]);
      queue.splice(queue.indexOf(turn), 1);
      void queue[0]?.();
    };
    leave = () => queue.splice(queue.indexOf(turn), 1);
    queue.push(turn);
    if (queue[0] === turn) void turn();
    return () => leave();
  }
}

export class Tab {
  readonly stored: Map<string, string>;
  /** Of all tabs. */
  readonly shared: Map<string, string>;
  readonly #locks: Locks;
  #page = new EventTarget();
  #document = new EventTarget();
  #held: (() => void)[] = [];
  #end = () => {};

  constructor(stored = new Map<string, string>(), locks = new Locks(), shared = new Map<string, string>()) {
    this.stored = stored;
    this.shared = shared;
    this.#locks = locks;
  }

  /** A browser copies the session storage. */
  duplicate(): Tab {
    return new Tab(new Map(this.stored), this.#locks, this.shared);
  }

  /** Another tab of the same browser. */
  another(): Tab {
    return new Tab(undefined, this.#locks, this.shared);
  }

  /** Another page of this tab, which is the one that the tests are in from now on. @returns what is used of it. */
  load({ hasLocks = true } = {}): TabHost {
    const [page, document] = [(this.#page = new EventTarget()), (this.#document = new EventTarget())];
    const held: (() => void)[] = (this.#held = []);
    const life = new AbortController();
    this.#end = () => life.abort();
    const [sessionStorage, localStorage] = [storageOf(this.stored, life.signal), storageOf(this.shared, life.signal)];
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    vi.stubGlobal("document", document);
    vi.stubGlobal("sessionStorage", sessionStorage);
    const request = (name: string, { signal, ifAvailable }: LockOptions, use: (held: unknown) => Promise<unknown>) =>
      new Promise<unknown>((resolve, reject) => {
        if (ifAvailable && !this.#locks.isFree(name)) return resolve(use(null));
        let isHeld = false;
        const leave = this.#locks.ask(name, () => {
          isHeld = true;
          return use({ name }).then(resolve);
        });
        held.push(leave);
        signal?.addEventListener("abort", () => {
          if (isHeld) return;
          leave();
          reject(signal.reason as Error);
        });
      });
    const navigator = hasLocks ? { locks: { request } as unknown as Pick<LockManager, "request"> } : {};
    return { sessionStorage, localStorage, navigator, crypto };
  }

  /** The browser tells the page; its promises have had their turn then. */
  async tell(type: "pagehide" | "pageshow" | "freeze" | "resume", persisted = false): Promise<void> {
    const target = type === "freeze" || type === "resume" ? this.#document : this.#page;
    target.dispatchEvent(Object.assign(new Event(type), { persisted }));
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  /** The page is gone, without another word: its locks are free, and whatever of it the test has still running reads and writes nothing. */
  drop(): void {
    this.#end();
    for (const leave of this.#held.splice(0)) leave();
  }
}

const storageOf = (stored: Map<string, string>, gone: AbortSignal) => ({
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => void (gone.aborted || stored.set(key, value)),
  removeItem: (key: string) => void (gone.aborted || stored.delete(key)),
  key: (at: number) => [...stored.keys()][at] ?? null,
  get length() {
    return gone.aborted ? 0 : stored.size;
  },
});
