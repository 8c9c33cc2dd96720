/** A cell of the page as a test. */
import { expect, test } from "vitest";
import type { Fault } from "./faults.ts";
import { moments } from "./moments.ts";
import { observe } from "./observe.ts";
import { cellOf } from "./page.ts";

/** Plays a row: one test for each cell that can be, and is wanted. */
export function playRow(
  name: string,
  fault: Fault,
  cells: readonly string[],
  { heads = moments.map((moment) => moment.name as string), isWanted = (_moment: string): boolean => true, isAlone = false } = {},
): void {
  for (const [place, head] of heads.entries()) {
    const moment = moments.find((each) => each.name === head);
    if (!moment) throw new Error(`there is no moment "${head}"`);
    const cell = cellOf(cells[place] ?? "");
    if (!cell || !isWanted(moment.name)) continue;
    test(`${name} × ${moment.name}: ${cell.expected}`, async () => {
      const observed = await observe(fault, moment, isAlone);
      if (cell.debt === undefined) return expect(observed).toBe(cell.expected);
      expect(observed, "mended: take the mark of the debt off docs/fault-matrix.md").not.toBe(cell.expected);
      expect(observed).toBe(cell.debt);
    });
  }
}
