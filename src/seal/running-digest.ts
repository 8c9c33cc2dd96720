/**
 * The journal's digest while the journal grows: each entry is hashed once. At once, and not by WebCrypto, whose answer a page that ends
 * does not live to see; `chain.ts` comes to the same.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Entry } from "../journal.ts";
import { forEachSliced, type Sliced } from "../slices.ts";
import type { JournalDigest } from "./chain.ts";

/** Of the first `done` entries. */
interface Known {
  readonly value: string;
  readonly done: number;
  readonly first?: Entry | undefined;
  readonly last?: Entry | undefined;
}

const nothing: Known = { value: "", done: 0 };

/** @returns the digest of all these entries, the oldest first. */
export function createRunningDigest(): (entries: readonly Entry[]) => Sliced<JournalDigest> {
  let known = nothing;

  return function* (entries) {
    // Else it was trimmed, in whatever place, or is another page's.
    const isGrown = entries[0] === known.first && entries[known.done - 1] === known.last;
    let { value, done } = isGrown ? known : nothing;
    yield* forEachSliced(entries.slice(done), (entry) => {
      value = bytesToHex(sha256(utf8ToBytes(value + JSON.stringify(entry))));
    });
    done = entries.length;
    known = { value, done, first: entries[0], last: entries.at(-1) };
    return { value, entries: done, lastSeq: known.last?.seq ?? -1 };
  };
}
