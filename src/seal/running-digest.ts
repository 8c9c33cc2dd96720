/**
 * The journal's digest while the journal grows: each entry is hashed once. At once, and not by WebCrypto, whose answer a page that ends
 * does not live to see; `chain.ts` comes to the same.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Entry } from "../journal.ts";
import type { JournalDigest } from "./chain.ts";

/** @returns the digest of all these entries, the oldest first. */
export function createRunningDigest(): (entries: readonly Entry[]) => JournalDigest {
  let value = "";
  let done = 0;
  let first: Entry | undefined;
  let last: Entry | undefined;

  return (entries) => {
    // Else it was trimmed, in whatever place, or is another page's.
    if (entries[0] !== first || entries[done - 1] !== last) {
      value = "";
      done = 0;
    }
    for (const entry of entries.slice(done)) value = bytesToHex(sha256(utf8ToBytes(value + JSON.stringify(entry))));
    done = entries.length;
    [first, last] = [entries[0], entries.at(-1)];
    return { value, entries: done, lastSeq: last?.seq ?? -1 };
  };
}
