import { afterEach, describe, expect, it, vi } from "vitest";
import { keptIn } from "../../../adapters/tabs/resumption.ts";
import { systemClock } from "../../../src/clock.ts";
import { Tab } from "../../support/tab.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const settle = () => vi.waitFor(() => Promise.resolve());
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
    expect(tab.stored.size).toBe(0);
    page.keep("another", false);
    await settle();
    expect(tab.stored.size).toBe(1);
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
    expect(await pageOf(tab, { hasLocks: false }).take(systemClock)).toBe("two");
  });

  it("is nothing where the browser forbids storage and locks, and nothing is thrown", async () => {
    const host = {
      get sessionStorage(): never {
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
  });

  it.each(["{", "null", "[]", '["lock"]', '["lock",7]'])("is nothing where somebody else wrote there: %s", async (text) => {
    const tab = new Tab(new Map([["crm/calls/1", text]]));
    expect([await pageOf(tab).take(systemClock), tab.stored.size]).toEqual([undefined, 0]);
  });
});
