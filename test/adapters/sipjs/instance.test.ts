import { describe, expect, it } from "vitest";
import { type InstanceHost, takeInstance } from "../../../adapters/sipjs/instance.ts";
import { systemRandom } from "../../../src/clock.ts";

/** A browser's tab: its storage outlives its pages. */
class Tab {
  readonly stored: Map<string, string>;
  #listeners = new Map<string, Set<() => void>>();

  constructor(stored = new Map<string, string>()) {
    this.stored = stored;
  }

  readonly page: InstanceHost = {
    sessionStorage: {
      getItem: (key) => this.stored.get(key) ?? null,
      setItem: (key, value) => void this.stored.set(key, value),
      removeItem: (key) => void this.stored.delete(key),
    },
    addEventListener: (type, listener) => void this.#of(type).add(listener),
    removeEventListener: (type, listener) => void this.#of(type).delete(listener),
  };

  #of(type: string): Set<() => void> {
    const known = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, known);
    return known;
  }

  tell(type: "pagehide" | "pageshow"): void {
    for (const listener of this.#of(type)) listener();
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** What stands in the address bar is loaded again. */
  reload(): void {
    this.tell("pagehide");
    this.#listeners = new Map();
  }

  take = (trunkId = "A") => takeInstance(trunkId, systemRandom, this.page);
}

describe("the instance-id", () => {
  it("is the same after a reload, and after a Linekeeper that was closed", () => {
    const tab = new Tab();
    const { id } = tab.take();
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    tab.reload();
    const again = tab.take();
    again.release();
    expect([again.id, tab.take().id]).toEqual([id, id]);
  });

  it("is another in every tab, also in one that is a copy", () => {
    const tab = new Tab();
    const { id } = tab.take();
    const copy = new Tab(new Map(tab.stored));
    expect(copy.take().id).not.toBe(id);
    tab.reload();
    expect(tab.take().id).toBe(id);
  });

  it("is another for each account, and for a second softphone on the same page", () => {
    const tab = new Tab();
    expect(new Set([tab.take("A").id, tab.take("A").id, tab.take("B").id]).size).toBe(3);
  });

  it("stays with a page that comes back from the browser's cache", () => {
    const tab = new Tab();
    const { id } = tab.take();
    tab.tell("pagehide");
    tab.tell("pageshow");
    expect(new Tab(new Map(tab.stored)).take().id).not.toBe(id);
  });

  it("leaves no listener behind", () => {
    const tab = new Tab();
    tab.take().release();
    expect(tab.listeners).toBe(0);
  });

  it("is random where there is no storage, where it is blocked, and where something else lies in it", () => {
    const blocked: InstanceHost = {
      get sessionStorage(): never {
        throw new DOMException("blocked", "SecurityError");
      },
    };
    const odd = new Tab(new Map([["linekeeper/instance/A", 'x">\r\nX: y']]));
    const ids = [{}, blocked, odd.page].map((host) => takeInstance("A", systemRandom, host).id);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[\da-f-]{36}$/);
  });
});
