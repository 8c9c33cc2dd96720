/** A cell of the page as a test. */
import { expect, test } from "vitest";
import { tongueName } from "../support/tongue.ts";
import type { Fault } from "./faults.ts";
import { moments } from "./moments.ts";
import { observe } from "./observe.ts";
import { cellOf } from "./page.ts";
import type { Other } from "./scene.ts";

/** A row of the page. */
export interface Row {
  readonly name: string;
  readonly fault: Fault;
  readonly cells: readonly string[];
  /** The moments of its cells; default: all. */
  readonly heads?: readonly string[];
  readonly isWanted?: (moment: string) => boolean;
  /** What carrier B is worth; default: it is well. */
  readonly other?: Other;
  /** Only what becomes of the call is held to it, not what comes next. */
  readonly isOfCall?: boolean;
}

const allMoments: readonly string[] = moments.map(({ name }) => name);
const longestMs = 30_000;

/**
 * Plays a row: one test for each cell that can be, and is wanted.
 * @param draw in which tongues the carriers speak at a cell
 */
export function playRow(
  { name, fault, cells, heads = allMoments, isWanted = () => true, other = "well", isOfCall = false }: Row,
  draw: () => readonly number[] = () => [0],
): void {
  for (const [place, head] of heads.entries()) {
    const moment = moments.find((each) => each.name === head);
    if (!moment) throw new Error(`there is no moment "${head}"`);
    const cell = cellOf(cells[place] ?? "");
    if (!cell || !isWanted(moment.name)) continue;
    const tongues = draw();
    const said = (text: string) => (isOfCall ? text.split(" · ")[0] : text);
    const play = async () => {
      for (const tongue of tongues) {
        const observed = said(await observe(fault, moment, other, tongue));
        if (cell.debt !== undefined)
          expect(observed, "mended: take the mark of the debt off docs/fault-matrix.md").not.toBe(said(cell.expected));
        expect(observed, tongueName(tongue)).toBe(said(cell.debt ?? cell.expected));
      }
    };
    test(`${name} × ${moment.name}: ${said(cell.expected)}`, play, longestMs + tongues.length * 1_000);
  }
}
