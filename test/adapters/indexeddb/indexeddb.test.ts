import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { indexedDb } from "../../../adapters/indexeddb/index.ts";
import { storeContract } from "../../support/store-contract.ts";

let databases = 0;

afterEach(() => void vi.unstubAllGlobals());

storeContract("IndexedDB", () => {
  const name = `contract-${++databases}`;
  return () => indexedDb({ name, locks: exclusiveLocks });
});

test("a page that is closed for a newer version opens the database again when it is free", async () => {
  const store = indexedDb({ locks: exclusiveLocks });
  await store.write("key", "text");
  await new Promise((resolve, reject) => {
    const deleted = indexedDB.deleteDatabase("linekeeper");
    deleted.onsuccess = resolve;
    deleted.onerror = deleted.onblocked = reject;
  });
  expect(await store.read("key")).toBeUndefined();
  await store.write("key", "again");
  expect(await store.read("key")).toBe("again");
});

test("a database that could not be opened is tried again at the next use", async () => {
  const factory = indexedDB;
  const store = indexedDb({ locks: exclusiveLocks });
  vi.stubGlobal("indexedDB", {
    open: () => {
      throw new DOMException("denied", "SecurityError");
    },
  });
  await expect(store.read("key")).rejects.toThrow("denied");
  vi.stubGlobal("indexedDB", factory);
  await store.write("key", "text");
  expect(await store.read("key")).toBe("text");
});

test("without Web Locks no name can be claimed", () => {
  vi.stubGlobal("navigator", {});
  expect(indexedDb()).not.toHaveProperty("claim");
});

/** Web Locks as far as they are used (https://w3c.github.io/web-locks): Node 24 has them, older ones do not. */
const taken = new Set<string>();
const exclusiveLocks = {
  async request(name: string, _: { ifAvailable: true }, held: (lock: object | null) => Promise<void> | undefined) {
    if (taken.has(name)) return held(null);
    taken.add(name);
    await held({ name });
    taken.delete(name);
  },
} as unknown as Pick<LockManager, "request">;
