/** What every lane of the picture is drawn with. Each state has a colour and a texture or a sign of its own. */
import { wordOf } from "../language.ts";
import type { Stretch } from "../spans.ts";
import { placeOf, type Axis } from "./axis.ts";
import type { Extent } from "./label.ts";
import { html, type Markup } from "./markup.ts";

/** px */
export const laneHeight = 20;
export const groupHeight = 26;

export type Look = "well" | "doubtful" | "failed" | "pending" | "idle" | "callee";

export interface Lane {
  readonly label: string;
  readonly heading?: boolean;
  /** px */
  readonly height: number;
  /** Draws with `y` at the lane's top. */
  draw(y: number): Markup | readonly Markup[];
}

const looks: Readonly<Record<string, Look>> = {
  "flow open": "well",
  "flow doubted": "doubtful",
  "flow waiting": "failed",
  "flow connecting": "pending",
  "registration registered": "well",
  "registration refreshing": "well",
  "registration registering": "pending",
  "registration refused": "failed",
  "breaker closed": "well",
  "breaker open": "failed",
  "breaker probing": "doubtful",
  "stage passed": "well",
  "stage failed": "failed",
  "stage running": "pending",
  "attempt answered": "well",
  "attempt callee": "callee",
  "attempt local": "callee",
  "attempt carrier": "failed",
  "attempt network": "failed",
  "attempt caller": "doubtful",
  "attempt ambiguous": "doubtful",
};
export const lookOf = (kind: string, state: string): Look => wordOf(looks, `${kind} ${state}`) ?? (kind === "attempt" ? "pending" : "idle");

/** Narrower bars, in per cent, get a wider stroke; SVG draws nothing at all of one without width. */
const tinyWidth = 0.4;
const leastWidth = 0.05;

/** A bar of its look. */
export function bar(axis: Axis, stretch: Stretch, look: Look, y: number, height: number, title: string): Markup {
  const { x, width } = placeOf(axis, stretch);
  return html`<rect
    class="bar ${look}${width < tinyWidth && look !== "pending" && look !== "idle" && " tiny"}"
    x="${x}%"
    width="${Math.max(leastWidth, width)}%"
    y="${y}"
    height="${height}"
    rx="1.5"
    ><title>${title}</title></rect
  >`;
}

export const heading = (label: string): Lane => ({
  label,
  heading: true,
  height: groupHeight,
  draw: (y) => html`<line class="rule" x1="0" x2="100%" y1="${y + 4}" y2="${y + 4}" />`,
});

/** From and to of a stretch on the picture. */
export const extentOn = ({ x }: Axis, { fromMs, toMs }: Stretch): Extent => [x(fromMs), x(toMs)];
