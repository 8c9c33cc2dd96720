import type { Entry, FactType } from "../../src/journal.ts";

/** The journal entries of one type, in order. */
export const entriesOf = <T extends FactType>(entries: readonly Entry[], type: T): readonly Entry<T>[] =>
  // TypeScript cannot tell that a member of the union with this type is Entry<T>.
  entries.filter((entry) => entry.type === type) as unknown as readonly Entry<T>[];
