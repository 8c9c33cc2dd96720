/** What the `linekeeper` command understands. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UnknownEvidenceError } from "../../src/diagnosis/index.ts";
import { version } from "../../src/index.ts";
import { explainJournal, type ExplainOptions } from "./explain.ts";
import type { Io } from "./io.ts";
import { InputError } from "./journal.ts";
import { formats, renderJournal, type RenderOptions } from "./render.ts";

/** Exit codes. */
const done = 0;
const badInput = 1;
const badUsage = 2;

function wholeNumber(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return Number(value);
}

/**
 * Runs the command.
 * @param args without program and script.
 * @returns the exit code: 0 done, 1 what was given cannot be used, 2 the command was used wrongly.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const program = new Command("linekeeper")
    .description("Reads what Linekeeper wrote: whose fault was it, and why.")
    .version(version, "-v, --version")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHelpWidth: () => io.columns ?? 80,
      getErrHelpWidth: () => io.columns ?? 80,
    })
    .addHelpText(
      "after",
      "\nA journal is a file with one entry per line (JSON Lines), zipped or not; - is standard input.\nExit codes: 0 done, 1 a file cannot be used, 2 the command was used wrongly.",
    );
  const incident = () => new Option("-i, --incident <number>", "only this incident, counted from 1").argParser(wholeNumber);

  program
    .command("explain")
    .description("tell the verdicts on a journal, as the live session told them")
    .argument("[journal]", "the journal", "-")
    .option("-w, --what-if <change...>", "drop evidence (-code) or add it (+code) and see what the verdict would be")
    .addOption(incident())
    .option("--json", "print JSON instead of text")
    .addHelpText(
      "after",
      "\nExamples:\n  linekeeper explain journal.jsonl\n  zcat journal.jsonl.gz | linekeeper explain --json\n  linekeeper explain journal.jsonl --what-if=-edge-unreachable --what-if=+well-after-reinitialisation",
    )
    .action((journal: string, options: ExplainOptions) => explainJournal(io, journal, options));

  program
    .command("render")
    .description("write the report on a journal")
    .argument("[journal]", "the journal", "-")
    .addOption(new Option("-f, --format <format>", "what to write").choices(formats).default("text"))
    .addOption(incident())
    .option("-o, --output <file>", "write to a file instead of standard output")
    .addHelpText("after", "\nThe report is on the last incident, or on the whole session where there was none.")
    .action((journal: string, options: RenderOptions) => renderJournal(io, journal, options));

  try {
    await program.parseAsync(args, { from: "user" });
    return done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? done : badUsage;
    if (error instanceof InputError) return told(error, badInput);
    if (error instanceof UnknownEvidenceError) return told(error, badUsage);
    throw error;
  }

  function told({ message }: Error, code: number): number {
    io.err(`linekeeper: ${message}\n`);
    return code;
  }
}
