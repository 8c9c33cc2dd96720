/** What the audience sees: a line that moves while calls are placed, then one table. */
import { countBy, type Result } from "./result.ts";
import type { Scene } from "./scene.ts";

/** A terminal has at least so many; a longer line would not be written over. */
const columns = 80;

const colours = { bold: 1, red: 31, green: 32, grey: 90 } as const;

export interface Screen {
  title(text: string): void;
  say(text: string): void;
  /** Shows the scene's state until it is stopped. @returns what stops it. */
  follow(scene: Scene): () => void;
  table(results: readonly Result[]): void;
  line(text: string): void;
}

export function createScreen(out: NodeJS.WriteStream, quiet: boolean): Screen {
  const isTerminal = out.isTTY === true;
  const paint = (colour: keyof typeof colours, text: string) => (isTerminal ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text);
  // Whoever reads may stop before the end, as `head` does: the drill goes on to its reports.
  out.on("error", () => {});
  const line = (text: string) => void (quiet || out.write(isTerminal ? `\r\u001b[2K${text}\n` : `${text}\n`));

  return {
    line,
    title: (text) => line(`\n${paint("bold", text)}`),
    say: (text) => line(`  ${paint("grey", "•")} ${text}`),
    follow(scene) {
      if (quiet) return () => {};
      const startedMs = performance.now();
      const show = () => {
        const status = statusOf(scene, performance.now() - startedMs);
        if (isTerminal) out.write(`\r\u001b[2K  ${paint("grey", status.slice(0, columns - 4))}`);
        else line(`    ${status}`);
      };
      const timer = setInterval(show, isTerminal ? 100 : 1_000);
      return () => {
        clearInterval(timer);
        show();
        if (isTerminal) out.write("\n");
      };
    },
    table(results) {
      line("");
      const rows = results.map((result) => cells(result, paint));
      const head = ["scenario", "placed", "answered", "refused", "lost", "offline", "rung twice", "failover ms"];
      const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => visibleLength(row[column] ?? ""))));
      const format = (row: readonly string[]) =>
        row
          .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - visibleLength(cell)))
          .join("  ")
          .trimEnd();
      line(paint("bold", format(head)));
      for (const row of rows) line(format(row));
      line("refused: the CRM was not ready; lost: a fault ended it; offline: of the lost,");
      line("where nothing could carry it; failover ms: median/worst, INVITE to INVITE");
      line("");
      for (const result of results) line(verdictLine(result, paint));
    },
  };
}

/** What is as it should be is not told: the verdicts come last, and must not be cut off. */
function statusOf({ agents }: Scene, elapsedMs: number): string {
  const calls = agents.flatMap((agent) => agent.calls);
  const on = (trunkId: string) => calls.filter(({ answeredBy }) => answeredBy === trunkId).length;
  const open = agents
    .flatMap(({ line }) => line.trunks)
    .flatMap(({ breakers }) => breakers)
    .filter(({ state }) => state !== "closed").length;
  const ready = agents.flatMap(({ line }) => line.trunks).filter(({ ready }) => ready).length;
  const leaders = countBy(agents.map(({ line }) => line.verdict?.leader ?? "healthy"));
  const faults = Object.entries(leaders).filter(([leader]) => leader !== "healthy");
  const isWhole = ready === agents.length * 2 && open === 0;
  return [
    `${(elapsedMs / 1_000).toFixed(1).padStart(4)} s  ${calls.length} calls, A ${on("A")}, B ${on("B")}`,
    ...(ready < agents.length * 2 ? [`trunks ${ready}/${agents.length * 2}`] : []),
    ...(open > 0 ? [`breakers not closed ${open}`] : []),
    faults.map(([leader, count]) => `${leader} ${count}/${agents.length}`).join(", ") || (isWhole ? "healthy" : "no fault named"),
  ].join("; ");
}

function cells(result: Result, paint: (colour: keyof typeof colours, text: string) => string): string[] {
  const mark = (bad: boolean, text: string) => paint(bad ? "red" : "green", text);
  return [
    result.scenario,
    String(result.placed),
    String(result.answered),
    String(result.refused),
    mark(result.lost > result.unreachable, String(result.lost)),
    String(result.unreachable),
    mark(result.rungTwice > 0, String(result.rungTwice)),
    // Median and worst.
    result.failoverMedianMs === undefined ? "–" : `${result.failoverMedianMs}/${result.failoverWorstMs}`,
  ];
}

function verdictLine(
  { scenario, injected, verdicts, verdictRight }: Result,
  paint: (colour: keyof typeof colours, text: string) => string,
) {
  const said = verdicts.map(({ domain, agents }) => `${domain} (${agents})`).join(", ");
  return `${scenario}: ${verdictRight ? paint("green", `right: ${said}`) : paint("red", `WRONG: ${said}; it was ${injected}`)}`;
}

const visibleLength = (text: string) => text.replace(/\u001b\[\d+m/g, "").length; // oxlint-disable-line no-control-regex
