/** A cell of the page as a test. */
import { expect, test } from "vitest";
import type { Fault } from "./faults.ts";
import { moments } from "./moments.ts";
import { observe } from "./observe.ts";
import { cellOf } from "./page.ts";

/** Plays a row: one test for each cell that can be, and is wanted. */
export function playRow(name: string, fault: Fault, cells: readonly string[], isWanted = (_moment: string) => true): void {
  for (const [place, moment] of moments.entries()) {
    const cell = cellOf(cells[place] ?? "");
    if (!cell || !isWanted(moment.name)) continue;
    test(`${name} × ${moment.name}: ${cell.expected}`, async () => {
      const observed = await observe(fault, moment);
      if (cell.debt === undefined) return expect(observed).toBe(cell.expected);
      expect(observed, "mended: take the mark of the debt off docs/fault-matrix.md").not.toBe(cell.expected);
      expect(observed).toBe(cell.debt);
    });
  }
}
