import type { Table } from "../../src/machine.ts";
import {
  attemptTable,
  breakerTable,
  callTable,
  flowTable,
  holdTable,
  incomingCallTable,
  registrationTable,
  stageTable,
} from "../../src/states.ts";

/** Every machine as the Markdown that docs/architecture.md shows: ´·´ is ignored, an empty cell a violation. */
export const machines: Readonly<Record<string, Table<string, string>>> = {
  Flow: flowTable as Table<string, string>,
  Registration: registrationTable as Table<string, string>,
  Breaker: breakerTable as Table<string, string>,
  Attempt: attemptTable as Table<string, string>,
  Call: callTable as Table<string, string>,
  "Incoming call": incomingCallTable as Table<string, string>,
  Hold: holdTable as Table<string, string>,
  "Boot stage": stageTable as Table<string, string>,
};

export function markdownOf(table: Table<string, string>): string {
  const events = [...new Set(Object.values(table).flatMap((row) => Object.keys(row)))];
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    row(["in \\ on", ...events]),
    row(["---", ...events.map(() => "---")]),
    ...Object.entries(table).map(([state, cells]) =>
      row([`**${state}**`, ...events.map((event) => (cells[event] === "ignored" ? "·" : (cells[event] ?? "")))]),
    ),
  ].join("\n");
}
