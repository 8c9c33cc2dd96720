/** What the command touches of its host, so that a test can be the host. */
import { createReadStream } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { styleText } from "node:util";
import { systemClock } from "../../src/clock.ts";

/** A terminal that does not say how wide it is, as one without a window, says 0. */
const unknownWidth = 80;

export type Style = "bold" | "green" | "red";

export interface Io {
  /** A file's bytes, piece by piece. @param path `-` for standard input. @throws what the host throws. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** The files of a folder, those of its folders too. @throws what the host throws. */
  list(folder: string): Promise<readonly string[]>;
  /** How long a file is, in bytes; 0 where the host cannot tell: to read it will say why. */
  size(path: string): Promise<number>;
  /** What is typed, line by line, until its end or the signal. */
  lines(signal: AbortSignal): AsyncIterable<string>;
  /** Resolves when the user stops the command. */
  stopped(): Promise<void>;
  /** @throws what the host throws. */
  write(path: string, text: string): Promise<void>;
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal that is written to; undefined where it is none. */
  readonly columns: number | undefined;
  /** The same of the terminal that errors and progress go to. */
  readonly errColumns: number | undefined;
  /** On a terminal that shows it, and whose user has not said otherwise (NO_COLOR); elsewhere where they ask for it (FORCE_COLOR). */
  style(style: Style, text: string): string;
  now(): number;
}

type Host = Pick<NodeJS.Process, "stdin" | "stdout" | "stderr" | "once" | "env"> & { exitCode?: NodeJS.Process["exitCode"] };

/** As Node reads it, who on a terminal does so itself. */
const forcing: ReadonlySet<string> = new Set(["", "1", "2", "3", "true"]);

export function hostIo(host: Host = process): Io {
  const { stdin, stdout, stderr } = host;
  // `hasColors()` knows NO_COLOR and FORCE_COLOR, and terminals that show none.
  const hasColours = stdout.isTTY ? stdout.hasColors() : forcing.has(host.env["FORCE_COLOR"] ?? "none");
  // Whoever reads may stop before the end, as `head` does: nothing is left to be said to anybody then.
  stderr.on("error", () => {});
  stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    stderr.write(`linekeeper: standard output: ${message}\n`);
    host.exitCode = 2;
  });
  return {
    read: (path) => (path === "-" ? stdin : createReadStream(path)),
    list: async (folder) => {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = found.filter((one) => one.isFile() || one.isSymbolicLink()).map((one) => `${one.parentPath}/${one.name}`);
      // A link to a file stands for it, and is told of where it leads nowhere; one to a folder may lead round in a circle.
      const folders = await Promise.all(
        paths.map((path) =>
          stat(path).then(
            (one) => one.isDirectory(),
            () => false,
          ),
        ),
      );
      return paths.filter((_, index) => !folders[index]);
    },
    size: (path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    lines: (signal) => createInterface({ input: stdin, signal }),
    stopped: () => new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => host.once(signal, () => resolve()))),
    write: (path, text) => writeFile(path, text),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns: stdout.isTTY ? stdout.columns || unknownWidth : undefined,
    errColumns: stderr.isTTY ? stderr.columns || unknownWidth : undefined,
    style: (style, text) => (hasColours ? styleText(style, text, { validateStream: false }) : text),
    now: () => systemClock.dateMs(),
  };
}
