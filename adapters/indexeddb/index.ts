/** `linekeeper/indexeddb`: what outlives the page, in the browser's IndexedDB. The only place that knows idb. */
import { openDB, type IDBPDatabase } from "idb";
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
    const forget = () => (opened = undefined);
    opened ??= openDB(name, 1, {
      upgrade: (created) => void created.createObjectStore(objectStore),
      terminated: forget,
      // Another page deletes it, or has a newer version of us: whoever holds on blocks that page.
      blocking(_current, _wanted, event) {
        forget();
        (event.target as IDBDatabase).close();
      },
    }).catch((error: unknown) => {
      forget();
      throw error;
    });
    return opened;
  }

  return {
    name: "indexeddb",
    async read(key) {
      return (await database()).get(objectStore, key) as Promise<string | undefined>;
    },
    async write(key, text) {
      await (await database()).put(objectStore, text, key);
    },
    async remove(key) {
      await (await database()).delete(objectStore, key);
    },
    async keys(prefix) {
      // U+FFFF is no character: nothing that begins with the prefix comes after it.
      return (await database()).getAllKeys(objectStore, IDBKeyRange.bound(prefix, `${prefix}\uffff`)) as Promise<string[]>;
    },
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
