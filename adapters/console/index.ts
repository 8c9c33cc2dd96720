/** `linekeeper/console`: tells a developer in plain words what goes wrong, each thing once. Off unless `debug` is true. */
import { flag, methods, shape } from "../../src/checks.ts";
import type { Linekeeper } from "../../src/index.ts";
import { sentenceOf } from "./sentences.ts";

/** Whether anything is said on the console, and on which. */
export interface ConsoleOptions {
  /** Default false: nothing is said. */
  readonly debug?: boolean;
  /** Where it is said. The host's console, looked up at each use, when left out. */
  readonly console?: Pick<Console, "warn">;
}

const check = shape<ConsoleOptions>({ debug: flag, console: methods("a console has warn()", "warn") });

/**
 * Follows the journal of `line`. What has been said of a thing (this trunk's password, that endpoint) is not said again.
 * @returns what stops it; `close()` of the line does too.
 * @throws LinekeeperError `bad-config`, naming the option.
 */
export function explainOnConsole(line: Pick<Linekeeper, "on">, options: ConsoleOptions = {}): () => void {
  methods("pass what createLinekeeper() gave", "on")("explainOnConsole(): line", line);
  check("explainOnConsole()", options);
  const { debug = false, console: given } = options;
  if (!debug) return () => {};
  const said = new Set<string>();
  return line.on("journal:written", (entry) => {
    const sentence = sentenceOf(entry);
    if (sentence === undefined || said.has(sentence)) return;
    said.add(sentence);
    (given ?? console).warn(`Linekeeper: ${sentence}`);
  });
}
