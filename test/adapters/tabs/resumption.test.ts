import { afterEach, describe, expect, it, vi } from "vitest";
import { keptIn } from "../../../adapters/tabs/resumption.ts";
import { systemClock } from "../../../src/clock.ts";
import { Tab } from "../../support/tab.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const settle = () => vi.waitFor(() => Promise.resolve());
const storage = () => ({ getItem: () => null, setItem() {}, removeItem() {}, key: () => null, length: 0 });
const pageOf = (tab: Tab, options?: Parameters<Tab["load"]>[0]) => keptIn(tab.load(options), "crm");

describe("what a page keeps", () => {
  it("is for the next page of the tab, once", async () => {
    const tab = new Tab();
    const first = pageOf(tab);
    first.keep("one", false);
    first.keep("two", false);
    await settle();
    tab.drop();
    const next = pageOf(tab);
    expect([await next.take(systemClock), await next.take(systemClock), tab.stored.size]).toEqual(["two", undefined, 0]);
    next.keep(undefined, false);
    expect(tab.shared.size).toBe(0);
  });

  it("is written at its end though the lock is not ours yet", async () => {
    const tab = new Tab();
    const first = pageOf(tab);
    first.keep("one", false);
    first.keep("at the end", true);
    tab.drop();
    expect(await pageOf(tab).take(systemClock)).toBe("at the end");
  });

  it("is gone with what was kept", async () => {
    const tab = new Tab();
    const page = pageOf(tab);
    page.keep("one", false);
    await settle();
    page.keep(undefined, false);
    expect([tab.stored.size, tab.shared.size]).toEqual([0, 0]);
    page.keep("another", false);
    await settle();
    expect([tab.stored.size, [...tab.shared.values()]]).toEqual([1, ["another"]]);
  });

  it("lies in the tab alone where tabs share no storage, or it is full", async () => {
    const tab = new Tab();
    const host = tab.load();
    const full = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const page = keptIn({ ...host, localStorage: { ...storage(), setItem: full } }, "crm");
    page.keep("one", false);
    await settle();
    tab.drop();
    expect(await pageOf(tab).take(systemClock)).toBe("one");
  });

  it("is nobody's while its page, or who took it, lives; and the copy is thrown away", async () => {
    vi.useFakeTimers();
    const tab = new Tab();
    pageOf(tab).keep("one", false);
    await vi.advanceTimersByTimeAsync(1);
    const copy = tab.duplicate();
    const taken = pageOf(copy).take(systemClock);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([await taken, copy.stored.size, tab.stored.size]).toEqual([undefined, 0, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is taken when the page before is gone at last", async () => {
    vi.useFakeTimers();
    const tab = new Tab();
    pageOf(tab).keep("one", false);
    await vi.advanceTimersByTimeAsync(1);
    const copy = tab.duplicate();
    const taken = pageOf(copy).take(systemClock);
    await vi.advanceTimersByTimeAsync(500);
    tab.drop();
    await vi.advanceTimersByTimeAsync(1);
    expect(await taken).toBe("one");
  });

  it("lies in the tab without locks only from the page's end on", async () => {
    const tab = new Tab();
    const page = pageOf(tab, { hasLocks: false });
    page.keep("one", false);
    await settle();
    expect(tab.stored.size).toBe(0);
    page.keep("two", true);
    expect(tab.shared.size).toBe(0);
    expect(await pageOf(tab, { hasLocks: false }).take(systemClock)).toBe("two");
  });

  it("is nothing where the browser forbids storage and locks, and nothing is thrown", async () => {
    const host = {
      get sessionStorage(): never {
        throw new DOMException("no", "SecurityError");
      },
      get localStorage(): never {
        throw new DOMException("no", "SecurityError");
      },
      get navigator(): never {
        throw new DOMException("no", "SecurityError");
      },
    };
    const page = keptIn(host, "crm");
    page.keep("one", false);
    page.keep("two", true);
    expect(await page.take(systemClock)).toBeUndefined();
    page.inherit?.({ dueMs: () => 0, end: () => Promise.reject(new Error("there is nothing")) }, systemClock)();
  });

  it.each(["{", "null", "[]", '["lock"]', '["lock",7]'])("is nothing where somebody else wrote there: %s", async (text) => {
    const tab = new Tab(new Map([["crm/calls/1", text]]));
    expect([await pageOf(tab).take(systemClock), tab.stored.size]).toEqual([undefined, 0]);
  });
});

describe("what a page leaves that never comes back", () => {
  /** A tab that is gone, with `one` kept. */
  async function gone(): Promise<Tab> {
    vi.useFakeTimers();
    const tab = new Tab();
    pageOf(tab).keep("one", false);
    await vi.advanceTimersByTimeAsync(1);
    tab.drop();
    await vi.advanceTimersByTimeAsync(1);
    return tab;
  }

  /** Another tab's page, to which all is due that `dueMs` says. @returns what it has ended. */
  function heirOf(tab: Tab, dueMs: (text: string) => number | undefined, end = () => Promise.resolve()) {
    const ended: string[] = [];
    const heir = { dueMs, end: (text: string) => (ended.push(text), end()) };
    return { ended, stop: pageOf(tab).inherit?.(heir, systemClock) };
  }

  it("is ended when it is due, by one page alone", async () => {
    const tab = await gone();
    const dueMs = Date.now() + 3_000;
    const heirs = [1, 2, 3].map(() => heirOf(tab.another(), () => Math.max(0, dueMs - Date.now())));
    await vi.advanceTimersByTimeAsync(2_999);
    expect(heirs.flatMap(({ ended }) => ended)).toEqual([]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect([heirs.flatMap(({ ended }) => ended), tab.shared.size]).toEqual([["one"], 0]);
    for (const { stop } of heirs) stop?.();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is looked at again while it is not this page's to end", async () => {
    const tab = await gone();
    let isOurs = false;
    const { ended, stop } = heirOf(tab.another(), () => (isOurs ? 0 : undefined));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).toEqual([]);
    isOurs = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ended).toEqual(["one"]);
    stop?.();
  });

  it("is not touched while its page lives, or is back", async () => {
    const tab = await gone();
    const back = pageOf(tab);
    expect(await back.take(systemClock)).toBe("one");
    const { ended, stop } = heirOf(tab.another(), () => 0);
    await vi.advanceTimersByTimeAsync(60_000);
    back.keep("two", false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([ended, [...tab.shared.values()]]).toEqual([[], ["two"]]);
    tab.drop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ended).toEqual(["two"]);
    stop?.();
  });

  it("is another's when who was about it is gone before the end; and its tab takes nothing meanwhile, nor afterwards", async () => {
    const tab = await gone();
    const first = tab.another();
    const { ended } = heirOf(
      first,
      () => 0,
      () => new Promise(() => {}),
    );
    await vi.advanceTimersByTimeAsync(1);
    const restored = tab.duplicate();
    const taken = pageOf(restored).take(systemClock);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([await taken, ended, tab.shared.size]).toEqual([undefined, ["one"], 1]);
    first.drop();
    await vi.advanceTimersByTimeAsync(1);
    const second = heirOf(tab.another(), () => 0);
    await vi.advanceTimersByTimeAsync(1);
    expect([second.ended, tab.shared.size]).toEqual([["one"], 0]);
    expect(await pageOf(tab).take(systemClock)).toBeUndefined();
    second.stop?.();
  });
});
