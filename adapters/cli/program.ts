/** What the `linekeeper` command understands. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UnknownEvidenceError } from "../../src/diagnosis/index.ts";
import { version } from "../../src/index.ts";
import { audiences } from "../../src/report/index.ts";
import { dialectNames } from "../mock-trunk/index.ts";
import { explainJournals, type ExplainCommandOptions } from "./explain.ts";
import { InputError } from "./input.ts";
import type { Io } from "./io.ts";
import { languages } from "./languages.ts";
import { commandsHelp, serveMockTrunk, type MockTrunkCommandOptions } from "./mock-trunk.ts";
import { withProgress } from "./progress.ts";
import { redactFile } from "./redact.ts";
import { formats, renderFile, UsageError, type RenderCommandOptions } from "./render.ts";
import { sealFile } from "./seal.ts";
import { summariseFolder } from "./summarise.ts";
import { validateFile } from "./validate.ts";
import { verifyFile, type VerifyCommandOptions } from "./verify.ts";

/** Exit codes. */
const done = 0;
const finding = 1;
const unusable = 2;

function wholeNumber(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return Number(value);
}

function portNumber(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw new InvalidArgumentError("It must be a port, 0 to 65535.");
  return Number(value);
}

const more = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/**
 * Runs the command.
 * @param args without program and script.
 * @returns the exit code: 0 done and well, 1 `verify` or `validate` found something, 2 used wrongly, or a file cannot be used.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let code = done;
  const judged = (isWell: boolean) => void (code = isWell ? done : finding);
  const program = new Command("linekeeper")
    .description("Reads what Linekeeper wrote: whose fault was it, and why. Or plays a carrier.")
    .version(version, "-v, --version")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      getOutHelpWidth: () => io.columns ?? 80,
      getErrHelpWidth: () => io.columns ?? 80,
    })
    // Beside the options' names little is left of a narrow terminal, and words are still kept whole.
    .configureHelp({ minWidthToWrap: 20 })
    .addHelpText(
      "after",
      "\nA journal is a file with one entry per line (JSON Lines), a report one JSON\nobject; zipped or not. - is standard input, and read if nothing is named.\nExit codes: 0 done and well, 1 something was found (verify, validate), 2 a file\ncannot be used, or the command was used wrongly.",
    );
  const incident = () => new Option("-i, --incident <number>", "only this incident, counted from 1").argParser(wholeNumber);
  const audience = () => new Option("-a, --audience <audience>", "who reads it (default: support)").choices(audiences);
  const language = () => new Option("-l, --lang <language>", "in which language").choices(Object.keys(languages)).default("en");
  const format = () => new Option("-f, --format <format>", "what to write").choices(formats).default("text");
  const output = () => new Option("-o, --output <file>", "write to a file instead of standard output");

  program
    .command("explain")
    .description("tell the verdicts on journals, as the live sessions told them")
    .argument("[journals...]", "the journals", ["-"])
    .option("--without <code>", "as if this evidence had not been seen; may be repeated", more, [])
    .option("--with <code>", "as if this evidence had been seen; may be repeated", more, [])
    .option("-w, --what-if <change...>", "the same in one: -code drops evidence, +code adds it")
    .addOption(incident())
    .addOption(language())
    .option("--json", "print JSON instead of text")
    .addHelpText("after", "\nExample:\n  linekeeper explain journal.jsonl --without edge-unreachable")
    .action((journals: readonly string[], options: ExplainCommandOptions) =>
      withProgress(io, journals, (shown) => explainJournals(shown, journals, options)),
    );

  program
    .command("render")
    .description("write the report on a journal, or a report again, for one audience")
    .argument("[file]", "the journal or report", "-")
    .addOption(audience())
    .addOption(language())
    .addOption(format())
    .option("-t, --trunk <id>", "whose ticket it is; the one at fault if left out")
    .addOption(incident())
    .addOption(output())
    .addHelpText(
      "after",
      "\nThe report is on the last incident, or on the whole session if there was none.\n\nExample:\n  linekeeper render journal.jsonl --audience carrier --format md -o ticket.md",
    )
    .action((file: string, options: RenderCommandOptions) => withProgress(io, [file], (shown) => renderFile(shown, file, options)));

  program
    .command("summarise")
    .description("put the journals and reports of many agents together: one outage, one report")
    .argument("<folder>", "where they lie, in folders of its own too")
    .addOption(audience())
    .addOption(language())
    .addOption(format())
    .option("-t, --trunk <id>", "whose ticket it is; the one at fault if left out")
    .addOption(output())
    .addHelpText("after", "\nExample:\n  linekeeper summarise monday/ --format html -o outage.html")
    .action((folder: string, options: RenderCommandOptions) => summariseFolder(io, folder.replace(/\/+$/, ""), options));

  program
    .command("redact")
    .description("write a journal or report fit to hand on: no name, number or host, verdict as before")
    .argument("[file]", "the journal or report", "-")
    .addOption(output())
    .addHelpText("after", "\nExample:\n  linekeeper redact journal.jsonl -o for-the-forum.jsonl")
    .action((file: string, options: { output?: string }) => withProgress(io, [file], (shown) => redactFile(shown, file, options.output)));

  program
    .command("seal")
    .description("write a journal so that a change shows: a digest in each line, over all before it")
    .argument("[journal]", "the journal", "-")
    .addOption(output())
    .addHelpText("after", "\nExample:\n  linekeeper seal journal.jsonl -o sealed.jsonl")
    .action((journal: string, options: { output?: string }) =>
      withProgress(io, [journal], (shown) => sealFile(shown, journal, options.output)),
    );

  program
    .command("verify")
    .description("say whether a report or a sealed journal was altered, cut or reordered, and where first")
    .argument("[file]", "the report or journal", "-")
    .option("-j, --journal <file>", "the journal that the report was made of")
    .option("-k, --key <file>", "the public key that it was signed for: JWK or PEM")
    .addHelpText("after", "\nExample:\n  linekeeper verify report.json --journal journal.jsonl --key public.pem")
    .action(async (file: string, options: VerifyCommandOptions) => {
      const files = [file, options.journal].filter((path) => path !== undefined);
      judged(await withProgress(io, files, (shown) => verifyFile(shown, file, options)));
    });

  program
    .command("validate")
    .description("say whether a report is as its schema says, or a journal can be read")
    .argument("[file]", "the report or journal", "-")
    .addHelpText("after", "\nExample:\n  linekeeper validate report.json")
    .action(async (file: string) => judged(await withProgress(io, [file], (shown) => validateFile(shown, file))));

  program
    .command("mock-trunk")
    .description("be a carrier that misbehaves on command, for any softphone, and show what it hears")
    .addOption(new Option("-p, --port <port>", "where; 0 is any that is free").argParser(portNumber).default(0))
    .option("--host <address>", "at which address", "127.0.0.1")
    .option("--tls", "wss: instead of ws:, with a certificate of its own")
    .option("-d, --domain <domain>", "its SIP domain, and digest realm", "carrier.example")
    .addOption(
      new Option("-u, --user <name:password>", "an agent's account; may be repeated")
        .argParser(more)
        .default([], "anybody, without a password"),
    )
    .addOption(new Option("--dialect <dialect>", "how what it says is spelled").choices(dialectNames))
    .addOption(new Option("--mangle <seed>", "spell each message anew, by chance").argParser(wholeNumber))
    .addOption(
      new Option("--fault <fault>", "broken from the start, as typed while it runs; may be repeated").argParser(more).default([], "none"),
    )
    .option("--raw", "show the messages themselves")
    .addHelpText("after", `\n${commandsHelp}\n\nExample:\n  linekeeper mock-trunk -p 8080 -u agent7:secret --fault "reject code=503"`)
    .action((options: MockTrunkCommandOptions) => serveMockTrunk(io, options));

  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? done : unusable;
    if (error instanceof InputError || error instanceof UnknownEvidenceError || error instanceof UsageError) {
      io.err(`linekeeper: ${error.message}\n`);
      return unusable;
    }
    throw error;
  }
}
