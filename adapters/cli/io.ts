/** What the command touches of its host, so that a test can be the host. */
import { readFile, writeFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { styleText } from "node:util";
import { gunzipSync } from "node:zlib";
import { systemClock } from "../../src/clock.ts";

export interface Io {
  /** @param path `-` for standard input. @throws what the host throws. */
  read(path: string): Promise<Uint8Array>;
  write(path: string, text: string): Promise<void>;
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal that is written to; undefined where it is none. */
  readonly columns: number | undefined;
  /** Bold, on a terminal that shows it. */
  bold(text: string): string;
  now(): number;
}

export const hostIo = (): Io => ({
  read: (path) => (path === "-" ? buffer(process.stdin) : readFile(path)),
  write: (path, text) => writeFile(path, text),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  bold: (text) => styleText("bold", text, { stream: process.stdout }),
  now: () => systemClock.dateMs(),
});

const gzipMagic = [0x1f, 0x8b] as const;

/** A file's text, unzipped where it is zipped. @throws what the host or zlib throws. */
export async function readText({ read }: Io, path: string): Promise<string> {
  const bytes = await read(path);
  const isZipped = bytes[0] === gzipMagic[0] && bytes[1] === gzipMagic[1];
  return new TextDecoder().decode(isZipped ? gunzipSync(bytes) : bytes);
}
