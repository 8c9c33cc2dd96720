/** How far long work has come, for whoever sits at a terminal. */
import type { Io } from "./io.ts";

/** Work that is done by then needs no bar, ms. */
const patienceMs = 500;
const width = 24;
/** A file of so many bytes takes longer than that by itself: the bar is there before it is read. */
const longBytes = 16_000_000;

/**
 * Does work that reads these files in their order, under a bar that grows by the bytes that are read: a long file is most of the work.
 * @param work reads and writes by the host that it is given: what it says is not said beside the bar.
 */
export async function withProgress<T>(io: Io, paths: readonly string[], work: (io: Io) => Promise<T>): Promise<T> {
  if (io.errColumns === undefined) return work(io);
  const sizes = await Promise.all(paths.map((path) => io.size(path)));
  const bar = createBar(io, sizes);
  const left = [...paths];
  try {
    return await work({
      ...io,
      // What is read beside them, as a key, is none of the bar's.
      read: (path) => (left[0] === path ? bar.through(io.read(left.shift() ?? path)) : io.read(path)),
      out: bar.wipedFor(io.out),
      err: bar.wipedFor(io.err),
    });
  } finally {
    bar.wipe();
  }
}

function createBar(io: Io, sizes: readonly number[]) {
  const startedMs = io.now();
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let [begun, before, within] = [0, 0, 0];
  let shown = "";

  function show(done: number): void {
    const isLong = (sizes[begun - 1] ?? 0) >= longBytes;
    if (total === 0 || (!isLong && io.now() - startedMs < patienceMs)) return;
    const share = Math.min(1, (before + within) / total);
    const full = Math.round(width * share);
    const far = sizes.length > 1 ? `${done} of ${sizes.length} files` : `${Math.floor(100 * share)} %`;
    const bar = `\r${"#".repeat(full)}${"·".repeat(width - full)} ${far}`.slice(0, io.errColumns);
    if (bar === shown) return;
    shown = bar;
    io.err(bar);
  }

  function wipe(): void {
    if (shown !== "") io.err("\r\u001b[K");
    shown = "";
  }

  return {
    wipe,
    async *through(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      const size = sizes[begun] ?? 0;
      begun++;
      show(begun - 1);
      for await (const piece of bytes) {
        yield piece;
        // What is done with it is done when the next is asked for.
        within = Math.min(size, within + piece.byteLength);
        show(begun - 1);
      }
      before += size;
      within = 0;
      show(begun);
    },
    wipedFor:
      (say: (text: string) => void) =>
      (text: string): void => {
        wipe();
        say(text);
      },
  };
}
