/**
 * The outage drill: the story of Linekeeper told by the running SDK on real SIP over real WebSockets.
 * `npm start -- [--scenario NAME] [--seed N] [--json] [--out FOLDER]`
 */
import { relative } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { claimFolder, writeIncidents } from "./files.ts";
import { resultOf, type Result } from "./result.ts";
import { scenarios, type Scenario } from "./scenarios.ts";
import { createScene } from "./scene.ts";
import { createScreen, type Screen } from "./screen.ts";

interface Options {
  readonly chosen: readonly Scenario[];
  readonly seed: number;
  readonly json: boolean;
  readonly out: string;
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new InvalidArgumentError("It takes a whole number of 0 or more.");
}

function optionsOf(args: readonly string[]): Options {
  const names = scenarios.map(({ name }) => name);
  const { scenario, ...options } = new Command("npm start --")
    .description("The outage drill: agents at work while carriers and CRM break; reports are written on whose fault it was.")
    .addOption(new Option("--scenario <name>", "plays one part only").choices(names))
    .option("--seed <n>", "another run; the same seed draws the same calls, by the real clock", seedOf, 1)
    .option("--json", "prints data instead of a screen", false)
    .option("--out <folder>", "where the reports go; one drill at a time has it", "drill-reports")
    .addHelpText(
      "after",
      "\nExit code: 0 when every verdict was right and no call was lost that could be\ncarried, or rung twice; 1 when not; 2 for a wrong command line, or a folder that\nanother drill has.",
    )
    .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
    .parse(args, { from: "user" })
    .opts<Omit<Options, "chosen"> & { readonly scenario?: string }>();
  return { ...options, chosen: scenarios.filter(({ name }) => scenario === undefined || name === scenario) };
}

async function play(scenario: Scenario, { seed, out }: Options, screen: Screen): Promise<{ result: Result; folders: string[] }> {
  screen.title(scenario.title);
  const scene = await createScene(seed);
  await scene.open();
  const stop = screen.follow(scene);
  for (const agent of scene.agents) agent.work();
  await scenario.run(scene, (what) => screen.say(what));
  stop();
  await scene.close();
  return { result: resultOf(scenario, scene), folders: await writeIncidents(out, scenario.name, scene.agents) };
}

function refuse(why: string): never {
  process.stderr.write(`error: ${why}\n`);
  process.exit(2);
}

const options = optionsOf(process.argv.slice(2));
const release = await claimFolder(options.out).catch((error: unknown) =>
  refuse(`${options.out} cannot be written to: ${error instanceof Error ? error.message : String(error)}`),
);
if (!release) refuse(`another drill is writing to ${options.out}; give this one a folder of its own with --out`);
const screen = createScreen(process.stdout, options.json);
const played: { result: Result; folders: string[] }[] = [];
for (const scenario of options.chosen) played.push(await play(scenario, options, screen));

const results = played.map(({ result }) => result);
const passed = results.every(({ verdictRight, lost, unreachable, rungTwice }) => verdictRight && lost === unreachable && rungTwice === 0);
if (options.json)
  process.stdout.write(
    `${JSON.stringify({ seed: options.seed, passed, results, reports: played.flatMap(({ folders }) => folders) }, null, 2)}\n`,
  );
screen.table(results);
screen.line("");
for (const { result, folders } of played) {
  const [first] = folders;
  if (first)
    screen.line(
      `${result.scenario}: ${folders.length} incidents, each a page, data and journal, such as\n  ${relative(".", first)}/report.html`,
    );
}
screen.line(
  passed ? "Every verdict was right; no call was lost needlessly; no phone rang twice." : "The drill failed: see the marked cells.",
);
process.exitCode = passed ? 0 : 1;
release();
