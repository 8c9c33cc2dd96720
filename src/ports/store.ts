/**
 * Texts by key, kept for the next page: `indexedDb()` in a browser, `fileStore()` in Node. Pages that share a store share
 * its keys. Whatever a store does wrong (it throws, is full, hangs) costs what it would have kept, nothing else.
 */
export interface Store {
  /** Names it in the journal. */
  readonly name: string;
  /** What was last written under `key`; undefined where there is nothing. */
  read(key: string): Promise<string | undefined>;
  /** Whole or not at all: a page that dies meanwhile leaves what was there before. */
  write(key: string, text: string): Promise<void>;
  /** Harmless where there is none. */
  remove(key: string): Promise<void>;
  /** Every key that begins with `prefix`, in the order of its UTF-16 code units. */
  keys(prefix: string): Promise<readonly string[]>;
  /**
   * Takes `name` for the caller alone, among all who share the store, until it is released or its page is gone, crashed
   * ones too. Left out where pages cannot be kept apart: then each sends what is kept, and none takes another for dead.
   * @returns what releases it; undefined when another has it.
   */
  claim?(name: string): Promise<(() => void) | undefined>;
}
