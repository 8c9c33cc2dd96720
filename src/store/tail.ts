/** The journal as a page leaves it behind: kept as it grows, at most once a second, for whoever comes next. */
import type { Entry, Journal } from "../journal.ts";
import { createJournalReader, journalText } from "../journal-lines.ts";
import type { CancelTimer, Clock } from "../clock.ts";
import { isWhole } from "../entry-shape.ts";
import type { GuardedStore } from "./guarded.ts";

/** What a crash may lose, ms. */
const keepMs = 1_000;
/** A piece that has grown to this is left as it is, and the next begun. */
const pieceChars = 16_384;
/** As much as the journal's own entries are; then the oldest pieces go, but for the first, which says what session it is. */
const tailChars = 4_000_000;

export interface Tail {
  /** Keeps what is not kept yet, now. */
  flush(): Promise<void>;
  close(): void;
}

/** Where its first line is kept once more: no other tells what time it was, and of which trunks. */
const startKey = (place: string) => `${place}-start`;

interface TailPorts {
  /** What its keys begin with. */
  readonly place: string;
  readonly store: GuardedStore;
  readonly journal: Pick<Journal, "entries" | "subscribe">;
  readonly clock: Clock;
}

export function createTail({ place, store, journal, clock }: TailPorts): Tail {
  let pending: Entry[] = [...journal.entries];
  let piece = 0;
  let text = "";
  /** Pieces that are full, with their lengths. */
  const full: { readonly key: string; readonly chars: number }[] = [];
  let cancelTimer: CancelTimer | undefined;

  const keyOf = (number: number) => `${place}/${String(number).padStart(8, "0")}`;
  const unsubscribe = journal.subscribe((entry) => {
    pending.push(entry);
    keepSoon();
  });
  void store.write(startKey(place), journalText(journal.entries.slice(0, 1)));
  keepSoon();

  function keepSoon(): void {
    cancelTimer ??= clock.setTimer(() => void flush(), keepMs);
  }

  /** Writes may overlap: each holds all of its piece, and a store takes them in order. */
  async function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    if (pending.length === 0) return;
    text += journalText(pending);
    pending = [];
    const written = store.write(keyOf(piece), text);
    if (text.length >= pieceChars) {
      full.push({ key: keyOf(piece++), chars: text.length });
      text = "";
    }
    await written;
    await trim();
  }

  async function trim(): Promise<void> {
    let surplus = full.reduce((sum, { chars }) => sum + chars, 0) - tailChars;
    while (surplus > 0 && full.length > 1) {
      const [oldest] = full.splice(1, 1);
      if (!oldest) return;
      surplus -= oldest.chars;
      await store.remove(oldest.key);
    }
  }

  return {
    flush,
    close() {
      unsubscribe();
      cancelTimer?.();
    },
  };
}

/** What a page left of its journal. */
export interface LeftJournal {
  readonly entries: readonly Entry[];
  /** So many of its lines are damaged, or pieces gone: what they told is not among the entries. */
  readonly unreadable: number;
}

/** What can be read of it: a disk that was full or a browser that fell may have spoilt a line, and the others tell as much as before. */
export async function readTail(store: GuardedStore, place: string): Promise<LeftJournal> {
  const pieces: (string | undefined)[] = [];
  for (const key of await store.keys(`${place}/`)) pieces.push(await store.read(key));
  const left = entriesIn(pieces);
  if (left.entries[0]?.type === "session:started") return left;
  const { entries } = entriesIn([await store.read(startKey(place))]);
  return { ...left, entries: [...entries.filter(({ type }) => type === "session:started"), ...left.entries] };
}

/** @param pieces undefined: it is gone. */
function entriesIn(pieces: readonly (string | undefined)[]): LeftJournal {
  const { entries, read } = createJournalReader();
  let unreadable = pieces.filter((piece) => piece === undefined).length;
  for (const line of pieces.flatMap((piece) => piece?.split("\n") ?? []))
    try {
      read(line);
    } catch {
      unreadable++;
    }
  const whole = entries.filter(isWhole);
  return { entries: whole, unreadable: unreadable + entries.length - whole.length };
}
