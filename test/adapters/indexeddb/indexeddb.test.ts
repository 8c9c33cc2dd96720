import "fake-indexeddb/auto";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
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

describe("harms nothing else, and goes on where it can", () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => void unhandled.push(error);
  /** The database's own connections, as the browser sees them. */
  const connections = () => {
    const made: IDBDatabase[] = [];
    const open = IDBFactory.prototype.open;
    vi.spyOn(IDBFactory.prototype, "open").mockImplementation(function (this: IDBFactory, ...given) {
      const request = open.apply(this, given);
      request.addEventListener("success", () => made.push(request.result));
      return request;
    });
    return made;
  };
  const fresh = () => ({ name: `broken-${++databases}`, locks: exclusiveLocks });

  beforeEach(() => void process.on("unhandledRejection", onUnhandled));
  afterEach(async () => {
    vi.restoreAllMocks();
    await setImmediate();
    process.off("unhandledRejection", onUnhandled);
    expect(unhandled.splice(0)).toEqual([]);
  });

  test("a connection that the browser has closed and not told of is replaced within the same use", async () => {
    const made = connections();
    const store = indexedDb(fresh());
    await store.write("key", "text");
    made[0]?.close();
    expect(await store.read("key")).toBe("text");
    made[1]?.close();
    await store.write("key", "again");
    expect([await store.read("key"), made.length]).toEqual(["again", 3]);
  });

  test.each(["get", "getAllKeys", "put", "delete"] as const)("a transaction that is aborted under %s is made once more", async (method) => {
    const store = indexedDb(fresh());
    await store.write("key", "text");
    const own = IDBObjectStore.prototype[method] as (...given: unknown[]) => IDBRequest;
    vi.spyOn(IDBObjectStore.prototype, method).mockImplementationOnce(function (this: IDBObjectStore, ...given: unknown[]) {
      const request = own.apply(this, given);
      this.transaction.abort();
      return request;
    } as never);
    const uses = {
      get: () => store.read("key"),
      getAllKeys: () => store.keys("k"),
      put: () => store.write("key", "again"),
      delete: () => store.remove("key"),
    };
    await uses[method]();
    expect(await store.read("key")).toBe({ get: "text", getAllKeys: "text", put: "again", delete: undefined }[method]);
  });

  test("a disk that is full is told by the use that met it, at the first open and later, and costs no other", async () => {
    const full = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const created = vi.spyOn(IDBDatabase.prototype, "createObjectStore").mockImplementation(full);
    const store = indexedDb(fresh());
    await expect(store.write("key", "text")).rejects.toMatchObject({ name: "AbortError" });
    created.mockRestore();
    await store.write("key", "text");
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(full);
    await expect(store.write("key", "again")).rejects.toMatchObject({ name: "QuotaExceededError" });
    // Once on the connection from before, once on a new one.
    expect(put).toHaveBeenCalledTimes(2);
    expect(await store.read("key")).toBe("text");
  });

  test("a database of a newer version is left as it is, and its page not blocked", async () => {
    const options = fresh();
    const store = indexedDb(options);
    await store.write("key", "text");
    const newer = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(options.name, 2);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = opening.onblocked = reject;
    });
    await expect(store.read("key")).rejects.toMatchObject({ name: "VersionError" });
    expect(newer.version).toBe(2);
    newer.close();
  });
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
