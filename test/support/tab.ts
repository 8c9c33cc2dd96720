/** A browser's tab: its session storage and its locks outlive its pages, as a browser has it. */
import { vi } from "vitest";
import type { TabHost } from "../../adapters/tabs/resumption.ts";

/** The Web Locks of one origin, for all its pages. */
class Locks {
  readonly #queues = new Map<string, (() => Promise<void>)[]>();

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
  readonly #locks: Locks;
  #page = new EventTarget();
  #document = new EventTarget();
  #held: (() => void)[] = [];

  constructor(stored = new Map<string, string>(), locks = new Locks()) {
    this.stored = stored;
    this.#locks = locks;
  }

  /** A browser copies the session storage. */
  duplicate(): Tab {
    return new Tab(new Map(this.stored), this.#locks);
  }

  /** Another page of this tab, which is the one that the tests are in from now on. @returns what is used of it. */
  load({ hasLocks = true } = {}): TabHost {
    const [page, document] = [(this.#page = new EventTarget()), (this.#document = new EventTarget())];
    const held: (() => void)[] = (this.#held = []);
    const sessionStorage = {
      getItem: (key: string) => this.stored.get(key) ?? null,
      setItem: (key: string, value: string) => void this.stored.set(key, value),
      removeItem: (key: string) => void this.stored.delete(key),
    };
    vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
    vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
    vi.stubGlobal("document", document);
    vi.stubGlobal("sessionStorage", sessionStorage);
    const request = (name: string, { signal }: { signal?: AbortSignal }, use: () => Promise<unknown>) =>
      new Promise<void>((resolve, reject) => {
        let isHeld = false;
        const leave = this.#locks.ask(name, () => {
          isHeld = true;
          return use().then(() => resolve());
        });
        held.push(leave);
        signal?.addEventListener("abort", () => {
          if (isHeld) return;
          leave();
          reject(signal.reason as Error);
        });
      });
    const navigator = hasLocks ? { locks: { request } as unknown as Pick<LockManager, "request"> } : {};
    return { sessionStorage, navigator, crypto };
  }

  /** The browser tells the page; its promises have had their turn then. */
  async tell(type: "pagehide" | "pageshow" | "freeze" | "resume", persisted = false): Promise<void> {
    const target = type === "freeze" || type === "resume" ? this.#document : this.#page;
    target.dispatchEvent(Object.assign(new Event(type), { persisted }));
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }

  /** The page is gone, without another word: its locks are free. */
  drop(): void {
    for (const leave of this.#held.splice(0)) leave();
  }
}
