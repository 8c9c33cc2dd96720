/** Bytes on their way to lines: unzipped where they are zipped, and never all of them at once. */
import { once } from "node:events";
import { createGunzip } from "node:zlib";

const gzipMagic = [0x1f, 0x8b] as const;

/**
 * A file's text, piece by piece, as far as it goes.
 * @param onCut told where it is zipped and the zip is not whole: what came is what stands before the cut.
 * @throws what the host or zlib throws, of a zip that is cut too where nothing can be read before the cut.
 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>, onCut: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of plainOf(bytes, onCut)) yield decoder.decode(piece, { stream: true });
  yield decoder.decode();
}

async function* plainOf(bytes: AsyncIterable<Uint8Array>, onCut: () => void): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = new Uint8Array();
  let unzip: Unzip | undefined;
  for await (const piece of bytes) {
    // A pipe may say its first byte alone.
    const next: Uint8Array = start ? Buffer.concat([start, piece]) : piece;
    if (start && next.length < gzipMagic.length) {
      start = next;
      continue;
    }
    if (start && gzipMagic.every((byte, at) => next[at] === byte)) unzip = createUnzip();
    start = undefined;
    if (unzip) yield* await unzip.write(next);
    else yield next;
  }
  if (start) yield start;
  if (unzip) yield* await unzip.end(onCut);
}

interface Unzip {
  /** @returns what has come out of it by then. @throws what zlib throws. */
  write(zipped: Uint8Array): Promise<readonly Uint8Array[]>;
  end(onCut: () => void): Promise<readonly Uint8Array[]>;
}

function createUnzip(): Unzip {
  const gunzip = createGunzip();
  let out: Uint8Array[] = [];
  let hasCome = false;
  gunzip.on("data", (piece: Uint8Array) => {
    hasCome = true;
    out.push(piece);
  });
  // It may end before its bytes do: nothing but zeros behind a zip is padding, and nobody's fault.
  const over = once(gunzip, "end");
  // It may fail while nobody waits for it.
  over.catch(() => {});
  const taken = () => {
    const come = out;
    out = [];
    return come;
  };
  return {
    async write(zipped) {
      await Promise.race([over, new Promise<void>((resolve) => gunzip.write(zipped, () => resolve()))]);
      return taken();
    },
    async end(onCut) {
      try {
        gunzip.end();
        await over;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "Z_BUF_ERROR" || !hasCome) throw error;
        onCut();
      }
      return taken();
    },
  };
}
