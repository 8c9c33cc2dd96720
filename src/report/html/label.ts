/**
 * Where the picture's words stand: beside their bar, or on it, and never on each other or past an edge. Laid out for the narrowest wide
 * page; what then has no room on a phone is left to the tables there (`minor`). Text keeps its size, so a wider picture only parts them more.
 */
import { html, type Markup } from "./markup.ts";

/** px that the picture is wide, at the least and at the most: two labels that are apart at both are apart between them. */
export const wideWidths = [440, 810] as const;
/** The same in the narrow layout, from a phone of 360 px. */
export const phoneWidths = [232, 592] as const;
/** px that a letter takes, in the widest of the system's fonts. */
const letterWidth = 6.2;
/** px of a phone for the lanes' names, less what is kept free after them; and what a letter of a heading takes, which is bold. */
const [nameWidth, boldWidth] = [86, 7] as const;

/** px by which a lane's heading reaches into the picture on a phone. */
export const reachOf = (heading: string): number => Math.max(0, heading.length * boldWidth - nameWidth);

/** Shorter words say nothing. */
const fewestLetters = 4;

/** From and to, in per cent of the picture's width. */
export type Extent = readonly [from: number, to: number];

/** Words, and what they are about. */
export interface Wish {
  readonly text: string;
  /** What they stand beside. */
  readonly of: Extent;
  /** Tried in this order. */
  readonly places: readonly ("after" | "before" | "on")[];
  /** px between the two. */
  readonly gap?: number;
}

/** Where words stand: px beside a per cent of the width. */
interface Placed {
  readonly text: string;
  readonly x: number;
  readonly dx: number;
  readonly anchor: "start" | "middle" | "end";
}

interface Label extends Placed {
  /** Not on a narrow screen. */
  readonly isMinor: boolean;
}

/** What a label covers of a picture so wide. */
export function extentOf({ text, x, dx, anchor }: Placed, width: number): Extent {
  const [at, wide] = [x + (dx / width) * 100, ((text.length * letterWidth) / width) * 100];
  return anchor === "start" ? [at, at + wide] : anchor === "end" ? [at - wide, at] : [at - wide / 2, at + wide / 2];
}

const meet = ([from, to]: Extent, [otherFrom, otherTo]: Extent) => from < otherTo && otherFrom < to;

/** One line of the picture: who asks first has the choice. */
export class LabelLine {
  private readonly labels: Label[] = [];
  private readonly taken: readonly Extent[];
  private readonly reach: number;

  /**
   * @param taken by what may not be written on.
   * @param reach px from the start that its heading takes on a phone.
   */
  constructor(taken: readonly Extent[] = [], reach = 0) {
    this.taken = taken;
    this.reach = reach;
  }

  /** Nothing where there is no room for words that say anything. */
  add(wish: Wish): Label | undefined {
    const { text } = wish;
    for (
      let letters = Math.min(text.length, Math.ceil(wideWidths[0] / letterWidth));
      letters >= Math.min(text.length, fewestLetters);
      letters--
    ) {
      const words = letters < text.length ? `${text.slice(0, letters - 1)}…` : text;
      const fitting = wish.places.map((place) => labelAt(place, words, wish)).find((label) => this.hasRoom(label, wideWidths));
      if (fitting) return this.take(fitting);
    }
    return undefined;
  }

  /** A label whose place is given. */
  take(placed: Placed): Label | undefined {
    if (!this.hasRoom(placed, wideWidths)) return undefined;
    const label = { ...placed, isMinor: !this.hasRoom(placed, phoneWidths) };
    this.labels.push(label);
    return label;
  }

  private hasRoom(placed: Placed, widths: readonly number[]): boolean {
    const others = widths === phoneWidths ? this.labels.filter(({ isMinor }) => !isMinor) : this.labels;
    return widths.every((width) => {
      const extent = extentOf(placed, width);
      // Past the left edge stand the lanes' names, past the right one the page ends.
      const from = widths === phoneWidths ? (this.reach / width) * 100 : 0;
      const isWithin = extent[0] >= from && extent[1] <= 100;
      return isWithin && ![...this.taken, ...others.map((other) => extentOf(other, width))].some((other) => meet(extent, other));
    });
  }
}

function labelAt(place: Wish["places"][number], text: string, { of: [from, to], gap = 7 }: Wish): Placed {
  if (place === "after") return { text, x: to, dx: gap, anchor: "start" };
  if (place === "before") return { text, x: from, dx: 1 - gap, anchor: "end" };
  return { text, x: from, dx: 4, anchor: "start" };
}

export const drawLabel = (label: Label | undefined, y: number, look = "mark "): Markup =>
  label === undefined
    ? html``
    : html`<text class="${look}${label.isMinor && "minor"}" x="${label.x}%" dx="${label.dx}" y="${y}" text-anchor="${label.anchor}"
        >${label.text}</text
      >`;
