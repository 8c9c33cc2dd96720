/** `docs/fault-matrix.md` is the table of what is expected: the tests read it, and play what it says. */
import { readFileSync } from "node:fs";

/** A table of the page: its first column's head, the other heads, and its rows. */
interface PageTable {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());

const tables: readonly PageTable[] = readFileSync(new URL("../../docs/fault-matrix.md", import.meta.url), "utf8")
  .split("\n\n")
  .filter((paragraph) => paragraph.startsWith("|"))
  .map((paragraph) => {
    const [heads = [], , ...rows] = paragraph.trimEnd().split("\n").map(cellsOf);
    return { heads, rows };
  });

/** The table whose first column is headed so. */
export function tableOf(head: string): PageTable {
  const table = tables.find(({ heads }) => heads[0] === head);
  if (!table) throw new Error(`docs/fault-matrix.md has no table headed "${head}"`);
  return table;
}

/** What the page says of a cell. `debt`: what happens instead, today. */
export interface Cell {
  readonly expected: string;
  readonly debt: string | undefined;
}

/** @returns undefined for a cell that cannot be. */
export function cellOf(text: string): Cell | undefined {
  if (text.startsWith("— ")) return undefined;
  const [expected = "", debt] = text.split(" ✗ today: ");
  return { expected, debt };
}
