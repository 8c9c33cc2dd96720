/** `linekeeper/indexeddb`: what outlives the page, in the browser's IndexedDB. The only place that knows idb. */
import { openDB, type IDBPDatabase, type IDBPObjectStore } from "idb";
import { methods, shape, text } from "../../src/checks.ts";
import type { Store } from "../../src/ports/store.ts";

/** Under which name journals and waiting reports are kept, and how a page's life is told. */
export interface IndexedDbOptions {
  /** Pages with the same name, of the same origin, share it. Default `linekeeper`. */
  readonly name?: string;
  /** The browser's Web Locks, looked up at once, when left out. Without them no page can tell whether another lives. */
  readonly locks?: Pick<LockManager, "request">;
}

const check = shape<IndexedDbOptions>({ name: text, locks: methods("Web Locks have request()", "request") });

const objectStore = "kept";

type Mode = "readonly" | "readwrite";
type Kept = IDBPObjectStore<unknown, [typeof objectStore], typeof objectStore, Mode>;

/**
 * The database is opened at the first use, and anew when the browser has closed it. Names are claimed by Web Locks: the
 * browser takes one back when its page closes, crashes or is discarded.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function indexedDb(options: IndexedDbOptions = {}): Store {
  check("indexedDb()", options);
  const { name = "linekeeper", locks = browserLocks() } = options;
  let opened: Promise<IDBPDatabase> | undefined;

  function database(): Promise<IDBPDatabase> {
    if (opened) return opened;
    const opening = openDB(name, 1, {
      upgrade(created, _from, _to, { done }) {
        // Of a full disk the open itself tells.
        done.catch(() => {});
        created.createObjectStore(objectStore);
      },
      terminated: () => forget(opening),
      // Another page deletes it, or has a newer version of us: whoever holds on blocks that page.
      blocking: () => forget(opening),
    });
    opening.catch(() => forget(opening));
    return (opened = opening);
  }

  /** The next use opens another; what is under way on this one goes on to its end. */
  function forget(connection: Promise<IDBPDatabase>): void {
    if (opened === connection) opened = undefined;
    connection.then(
      (known) => known.close(),
      () => {},
    );
  }

  /**
   * One transaction. A browser closes a connection when it likes, and tells of it later or not at all: what fails on one from before is
   * tried once on another, and none that something failed on is used again.
   */
  async function transact<T>(mode: Mode, work: (kept: Kept) => Promise<T>): Promise<T> {
    const isFromBefore = opened !== undefined;
    const connection = database();
    try {
      const { store, done } = (await connection).transaction(objectStore, mode);
      const [worked] = await Promise.all([work(store), done]);
      return worked;
    } catch (error) {
      forget(connection);
      if (!isFromBefore) throw error;
      return transact(mode, work);
    }
  }

  return {
    name: "indexeddb",
    read: (key) => transact("readonly", (kept) => kept.get(key) as Promise<string | undefined>),
    write: (key, text) => transact("readwrite", async (kept) => void (await kept.put?.(text, key))),
    remove: (key) => transact("readwrite", async (kept) => void (await kept.delete?.(key))),
    // U+FFFF is no character: nothing that begins with the prefix comes after it.
    keys: (prefix) => transact("readonly", (kept) => kept.getAllKeys(IDBKeyRange.bound(prefix, `${prefix}\uffff`)) as Promise<string[]>),
    ...(locks && { claim: (claimed) => claim(locks, `${name}/${claimed}`) }),
  };
}

/** Missing on an insecure page. */
const browserLocks = (): LockManager | undefined => (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;

/** The browser holds a lock for as long as the promise of its callback is pending. */
function claim(locks: Pick<LockManager, "request">, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null) => (lock ? new Promise<void>((release) => resolve(release)) : resolve(undefined));
    locks.request(name, { ifAvailable: true }, held).catch(reject);
  });
}
