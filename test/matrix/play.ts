/** A cell of the page as a test. */
import { expect, test } from "vitest";
import { tongueName } from "../support/tongue.ts";
import type { Fault } from "./faults.ts";
import { moments } from "./moments.ts";
import { observe } from "./observe.ts";
import { cellOf } from "./page.ts";

/** A row of the page. */
export interface Row {
  readonly name: string;
  readonly fault: Fault;
  readonly cells: readonly string[];
  /** The moments of its cells; default: all. */
  readonly heads?: readonly string[];
  readonly isWanted?: (moment: string) => boolean;
  /** There is no carrier B. */
  readonly isAlone?: boolean;
}

const allMoments: readonly string[] = moments.map(({ name }) => name);
const longestMs = 30_000;

/**
 * Plays a row: one test for each cell that can be, and is wanted.
 * @param draw in which tongues the carriers speak at a cell
 */
export function playRow(
  { name, fault, cells, heads = allMoments, isWanted = () => true, isAlone = false }: Row,
  draw: () => readonly number[] = () => [0],
): void {
  for (const [place, head] of heads.entries()) {
    const moment = moments.find((each) => each.name === head);
    if (!moment) throw new Error(`there is no moment "${head}"`);
    const cell = cellOf(cells[place] ?? "");
    if (!cell || !isWanted(moment.name)) continue;
    const tongues = draw();
    const play = async () => {
      for (const tongue of tongues) {
        const observed = await observe(fault, moment, isAlone, tongue);
        if (cell.debt !== undefined) expect(observed, "mended: take the mark of the debt off docs/fault-matrix.md").not.toBe(cell.expected);
        expect(observed, tongueName(tongue)).toBe(cell.debt ?? cell.expected);
      }
    };
    test(`${name} × ${moment.name}: ${cell.expected}`, play, longestMs + tongues.length * 1_000);
  }
}
