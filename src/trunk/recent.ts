/** A map that is made as it is asked, and holds no more than so many. */

export interface Recent<Key, Value> {
  /** The one known, or a new one. */
  of(key: Key): Value;
  /** All, the one asked for longest ago first. */
  readonly all: readonly (readonly [Key, Value])[];
}

/** @param mayGo what is spared as long as something else can go. @param drop takes leave of what went. */
export function createRecent<Key, Value>(
  most: number,
  make: (key: Key) => Value,
  mayGo: (value: Value) => boolean,
  drop: (value: Value) => void,
): Recent<Key, Value> {
  const known = new Map<Key, Value>();
  return {
    of(key) {
      let value = known.get(key);
      if (value === undefined) value = make(key);
      else known.delete(key);
      known.set(key, value);
      if (known.size <= most) return value;
      const others = [...known].slice(0, -1);
      const gone = others.find(([, other]) => mayGo(other)) ?? others[0];
      if (gone) {
        known.delete(gone[0]);
        drop(gone[1]);
      }
      return value;
    },
    get all() {
      return [...known];
    },
  };
}
