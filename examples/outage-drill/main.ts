/**
 * The outage drill: the story of Linekeeper told by the running SDK on real SIP over real WebSockets.
 * `npm start -- [--scenario NAME] [--seed N] [--json] [--out FOLDER]`
 */
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { writeIncidents } from "./files.ts";
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

/** Answers a wrong command line with what is right, and exit code 2. */
function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function optionsOf(args: string[]): Options {
  const names = scenarios.map(({ name }) => name);
  try {
    const { values } = parseArgs({
      args,
      options: {
        scenario: { type: "string" },
        seed: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
        out: { type: "string", default: "drill-reports" },
      },
    });
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed) || seed < 0) refuse(`--seed takes a whole number of 0 or more, not "${values.seed}".`);
    const chosen = scenarios.filter(({ name }) => values.scenario === undefined || name === values.scenario);
    if (chosen.length === 0) refuse(`There is no scenario "${values.scenario}". There are: ${names.join(", ")}.`);
    return { chosen, seed, json: values.json, out: values.out };
  } catch (error) {
    return refuse(
      `${error instanceof Error ? error.message : String(error)}\nUsage: npm start -- [--scenario ${names.join("|")}] [--seed N] [--json] [--out FOLDER]`,
    );
  }
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

const options = optionsOf(process.argv.slice(2));
const screen = createScreen(process.stdout, options.json);
const played: { result: Result; folders: string[] }[] = [];
for (const scenario of options.chosen) played.push(await play(scenario, options, screen));

const results = played.map(({ result }) => result);
const passed = results.every(({ verdictRight, lost, rungTwice }) => verdictRight && lost === 0 && rungTwice === 0);
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
      `${result.scenario}: ${folders.length} incidents, each with report.html, report.json and journal.jsonl; for instance ${relative(".", first)}/report.html`,
    );
}
screen.line(passed ? "Every verdict was right; no call was lost; no phone rang twice." : "The drill failed: see the marked cells.");
process.exitCode = passed ? 0 : 1;
