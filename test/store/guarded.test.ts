import { describe, expect, test, vi } from "vitest";
import type { Store } from "../../src/ports/store.ts";
import { guardStore } from "../../src/store/guarded.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";

function guarded(store: Store) {
  const clock = createVirtualClock();
  const onFailed = vi.fn();
  const closing = new AbortController();
  return { clock, onFailed, closing, store: guardStore(store, { clock, signal: closing.signal, onFailed }) };
}

const full = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a store that works", () => {
  test("is what is used, and no timer is left", async () => {
    const inner = memoryStore();
    const { store, clock, onFailed } = guarded(inner);
    await store.write("a/1", "text");
    expect(await inner.read("a/1")).toBe("text");
    expect(await store.read("a/1")).toBe("text");
    expect(await store.keys("a/")).toEqual(["a/1"]);
    await store.remove("a/1");
    expect(await inner.keys("")).toEqual([]);
    expect([clock.pending, onFailed.mock.calls.length]).toEqual([0, 0]);
  });
});

describe("a store that fails", () => {
  test.each<[string, Partial<Store>]>([
    ["is full", { write: full }],
    [
      "throws instead of rejecting",
      {
        write: () => {
          throw new TypeError("no disk");
        },
      },
    ],
    ["fails at everything", { read: full, write: full, remove: full, keys: full, claim: full }],
  ])("%s: told once, and the page goes on in memory", async (_, broken) => {
    const { store, onFailed } = guarded({ ...memoryStore(), ...broken });
    await store.write("a/1", "one");
    await store.write("a/2", "two");
    await store.remove("a/1");
    expect(await store.read("a/1")).toBeUndefined();
    expect(await store.read("a/2")).toBe("two");
    expect(await store.keys("a/")).toEqual(["a/2"]);
    expect(onFailed).toHaveBeenCalledOnce();
  });

  test.each<[string, () => void]>([
    [
      "throws",
      () => {
        throw new TypeError("no lock");
      },
    ],
    ["rejects", () => Promise.reject(new TypeError("no lock")) as unknown as void],
  ])("a claim whose release %s: told, and nobody else hears of it", async (_, release) => {
    const { store, onFailed } = guarded({ ...memoryStore(), claim: () => Promise.resolve(release) });
    expect((await store.claim("a", "granted"))?.()).toBeUndefined();
    await settle();
    expect(onFailed).toHaveBeenCalledExactlyOnceWith(expect.any(TypeError));
  });

  test("what it did not let go of is not there any more, for this page", async () => {
    const { store } = guarded({ ...memoryStore(), remove: full });
    await store.write("a/1", "one");
    await store.remove("a/1");
    expect([await store.read("a/1"), await store.keys("a/")]).toEqual([undefined, []]);
  });

  test("takes over again what is written once it has room", async () => {
    const inner = memoryStore();
    let isFull = true;
    const { store } = guarded({ ...inner, write: (key, text) => (isFull ? full() : inner.write(key, text)) });
    await store.write("key", "old");
    isFull = false;
    await store.write("key", "new");
    expect([await inner.read("key"), await store.read("key")]).toEqual(["new", "new"]);
  });

  test("rubbish is not taken for a text", async () => {
    const { store } = guarded({
      ...memoryStore(),
      read: () => Promise.resolve(7 as never),
      keys: () => Promise.resolve(["b", 7] as never),
    });
    expect([await store.read("a"), await store.keys("a")]).toEqual([undefined, []]);
  });
});

describe("a store that hangs", () => {
  test("is waited for once, then left alone until it answers", async () => {
    const inner = memoryStore();
    let answer = () => {};
    const write = vi.fn(
      (key: string, text: string) => new Promise<void>((resolve) => (answer = () => void inner.write(key, text).then(resolve))),
    );
    const { store, clock, onFailed } = guarded({ ...inner, write });
    const written = store.write("a", "1");
    await settle();
    clock.advance(5_000);
    await written;
    await store.write("b", "2");
    expect([await store.read("a"), await store.read("b"), write.mock.calls.length]).toEqual(["1", "2", 1]);
    expect(onFailed).toHaveBeenCalledOnce();
    answer();
    await settle();
    await inner.write("c", "3");
    expect(await store.read("c")).toBe("3");
    expect(clock.pending).toBe(0);
  });

  test("at the end nobody waits for it, and that is no failure", async () => {
    const { store, clock, closing, onFailed } = guarded({ ...memoryStore(), read: () => new Promise(() => {}) });
    const read = store.read("a");
    closing.abort();
    expect(await read).toBeUndefined();
    expect([clock.pending, onFailed.mock.calls.length]).toEqual([0, 0]);
  });
});

describe("a claim", () => {
  test("is granted or refused as the caller says where the store cannot tell", async () => {
    const { claim: _, ...simple } = memoryStore();
    for (const inner of [simple, { ...simple, claim: full }]) {
      const { store } = guarded(inner);
      expect(await store.claim("name", "granted")).toBeTypeOf("function");
      expect(await store.claim("name", "refused")).toBeUndefined();
    }
  });

  test("that comes too late is given back", async () => {
    const release = vi.fn();
    let grant = (_: () => void) => {};
    const { store, clock } = guarded({ ...memoryStore(), claim: () => new Promise((resolve) => (grant = resolve)) });
    const claimed = store.claim("name", "refused");
    await settle();
    clock.advance(5_000);
    expect(await claimed).toBeUndefined();
    grant(release);
    await settle();
    expect(release).toHaveBeenCalledOnce();
  });
});
