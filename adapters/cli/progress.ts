/** How far long work has come, for whoever sits at a terminal. */
import type { Io } from "./io.ts";

/** Work that is done by then needs no bar, ms. */
const patienceMs = 500;
const width = 24;

export interface Progress {
  /** One more is done. */
  step(): void;
  /** Wipes the bar away: what comes after it is not told beside it. */
  end(): void;
}

/** @param what in the plural. */
export function createProgress(io: Io, total: number, what: string): Progress {
  const startedMs = io.now();
  let done = 0;
  let isShown = false;
  return {
    step() {
      done += 1;
      if (io.errColumns === undefined || io.now() - startedMs < patienceMs) return;
      isShown = true;
      const full = Math.round((width * done) / total);
      io.err(`\r${"#".repeat(full)}${"·".repeat(width - full)} ${done} of ${total} ${what}`.slice(0, io.errColumns));
    },
    end() {
      if (isShown) io.err("\r\u001b[K");
    },
  };
}
