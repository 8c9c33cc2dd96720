/** How the picture gets its place on the first sheet of A4, below the verdict: paper has no scroll bar, and a picture is not cut. */
import type { ReportDocument } from "../document.ts";
import type { Catalogue } from "../language.ts";
import { conclusionOf, instructionsOf } from "../wording.ts";

/** A sheet of A4 less its margins, CSS px. */
const sheetHeight = 1_017;
/** What stands there whatever the report says: the eyebrow, who acts, the box around what to do; the picture's caption and legend. */
const fixedHeight = 155;
const frameHeight = 90;
/** The sentence on the calls that have no lane, px. */
export const noteHeight = 50;

/** Of a wide font: others need less. */
const title = { characters: 46, height: 28 } as const;
const step = { characters: 80, height: 21, gap: 5 } as const;

const linesOf = (text: string, { characters }: { readonly characters: number }) => Math.ceil(text.length / characters);

/** Smaller than the last nobody reads it: then it takes the next sheet, as large as it is. */
const scales = [90, 85, 80, 75, 70, 65] as const;
/** Before it gets smaller than this, calls lose their lanes. */
const fairScale = 75;

/** What is left below what stands above the picture, px. */
function roomOf(report: ReportDocument, catalogue: Catalogue): number {
  const steps = instructionsOf(report, catalogue).map(({ who = "", what }) => linesOf(`${who}: ${what}`, step) * step.height + step.gap);
  const above = fixedHeight + linesOf(conclusionOf(report, catalogue), title) * title.height + steps.reduce((sum, one) => sum + one, 0);
  return sheetHeight - above;
}

/** As much of lanes and notes, px, as can be printed there and read with ease. */
export const mostHeight = (report: ReportDocument, catalogue: Catalogue): number =>
  (roomOf(report, catalogue) / fairScale) * 100 - frameHeight;

/**
 * The class with which the picture is printed smaller: the largest that fits below what stands above it.
 * @param height of its lanes and notes, px.
 */
export function paperScale(report: ReportDocument, height: number, catalogue: Catalogue): string | false {
  const share = (roomOf(report, catalogue) / (height + frameHeight)) * 100;
  if (share >= 100) return false;
  const scale = scales.find((each) => each <= share);
  return scale !== undefined && `paper-${scale}`;
}
