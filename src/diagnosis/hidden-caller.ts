/**
 * Callees who take no anonymous calls (433, RFC 5079 §5). One in some has that habit, and is nobody's fault; that several in a row on one trunk
 * have it, and nobody is reached between, is no chance: what they share is who calls, whom our settings do not name.
 */
import type { Entry } from "../journal.ts";
import { isRinging } from "./answers.ts";
import type { CallBook } from "./call-book.ts";

export interface HiddenNews {
  /** Refusals that speak of the caller from now on, each once: when there is enough of them, those before as well. */
  readonly ends: readonly Entry<"attempt:ended">[];
  /** Somebody took a call on this trunk again. */
  readonly mended?: string;
}

export interface HiddenCaller {
  read(entry: Entry): HiddenNews;
}

/** So many different numbers. */
const enough = 4;

/** So many refusals of one row are remembered. */
const longest = 50;

interface Row {
  readonly ends: Entry<"attempt:ended">[];
  readonly numbers: Set<string>;
}

const nothing: HiddenNews = { ends: [] };

/** @param book has read each entry before. */
export function createHiddenCaller({ numberOf }: CallBook): HiddenCaller {
  const rows = new Map<string, Row>();

  function refuse(entry: Entry<"attempt:ended">): HiddenNews {
    const number = numberOf(entry.callId);
    if (entry.answer?.code !== 433 || entry.answer.said !== "peer" || entry.outcome.class !== "callee" || number === undefined)
      return nothing;
    const row = rows.get(entry.trunkId) ?? { ends: [], numbers: new Set() };
    rows.set(entry.trunkId, row);
    row.numbers.add(number);
    row.ends.push(entry);
    if (row.ends.length > longest) row.ends.shift();
    return row.numbers.size < enough ? nothing : { ends: row.ends.splice(0) };
  }

  function reach(trunkId: string): HiddenNews {
    const wasTold = (rows.get(trunkId)?.numbers.size ?? 0) >= enough;
    rows.delete(trunkId);
    return wasTold ? { ends: [], mended: trunkId } : nothing;
  }

  return {
    read(entry) {
      switch (entry.type) {
        case "attempt:progressed":
          return isRinging(entry.answer) ? reach(entry.trunkId) : nothing;
        case "attempt:answered":
          return reach(entry.trunkId);
        case "attempt:ended":
          return refuse(entry);
        default:
          return nothing;
      }
    },
  };
}
