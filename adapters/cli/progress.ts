/** How far long work has come, for whoever sits at a terminal. */
import type { Io } from "./io.ts";

/** Work that is done by then needs no bar, ms. */
const patienceMs = 500;
const width = 24;
/** A file of so many bytes takes longer than that by itself: the bar is there before it is read. */
const longBytes = 16_000_000;

export interface Progress {
  /** The next file is begun. */
  begin(): void;
  /** It is done. */
  step(): void;
  /** Wipes the bar away: what comes after it is not told beside it. */
  end(): void;
}

/** @param sizes of the files in their order, bytes: the bar grows by these, for a long one is most of the work. */
export function createProgress(io: Io, sizes: readonly number[]): Progress {
  const startedMs = io.now();
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let [done, doneBytes] = [0, 0];
  let isShown = false;

  function show(): void {
    if (io.errColumns === undefined) return;
    isShown = true;
    const full = Math.round((width * doneBytes) / Math.max(1, total));
    io.err(`\r${"#".repeat(full)}${"·".repeat(width - full)} ${done} of ${sizes.length} files`.slice(0, io.errColumns));
  }

  return {
    begin() {
      if ((sizes[done] ?? 0) >= longBytes) show();
    },
    step() {
      doneBytes += sizes[done] ?? 0;
      done += 1;
      if (io.now() - startedMs >= patienceMs) show();
    },
    end() {
      if (isShown) io.err("\r\u001b[K");
    },
  };
}
