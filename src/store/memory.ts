import type { Store } from "../ports/store.ts";

/** Outlives a Linekeeper, not its page: what is kept where no other store is given. */
export function memoryStore(): Store {
  const kept = new Map<string, string>();
  const claimed = new Map<string, () => void>();
  return {
    name: "memory",
    read: (key) => Promise.resolve(kept.get(key)),
    write: (key, text) => Promise.resolve(void kept.set(key, text)),
    remove: (key) => Promise.resolve(void kept.delete(key)),
    keys: (prefix) => Promise.resolve([...kept.keys()].filter((key) => key.startsWith(prefix)).sort()),
    claim(name) {
      if (claimed.has(name)) return Promise.resolve(undefined);
      // Released twice, it takes nothing from whoever has it then.
      const release = () => void (claimed.get(name) === release && claimed.delete(name));
      claimed.set(name, release);
      return Promise.resolve(release);
    },
  };
}
