/** The one way from values to markup: everything that is not markup already is escaped. */
import { visible } from "../visible.ts";

const isMarkup: unique symbol = Symbol("markup");

/** Text that is safe to stand between tags. Only `html` makes it. */
export interface Markup {
  readonly [isMarkup]: true;
  toString(): string;
}

/** `false` and `undefined` leave nothing behind, so that `condition && html…` reads well. */
export type Piece = string | number | Markup | false | undefined | readonly Piece[];

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;" };

const escape = (text: string) => visible(text).replace(/[&<>"'`]/g, (character) => entities[character] ?? "");

function render(piece: Piece): string {
  if (piece === undefined || piece === false) return "";
  if (typeof piece === "string") return escape(piece);
  if (typeof piece === "number") return `${piece}`;
  if (isMarkup in piece) return piece.toString();
  return piece.map(render).join("");
}

/** Markup from a template. Values stand between tags or inside double-quoted attributes, nowhere else. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  const text = parts.reduce((before, part, index) => before + render(values[index - 1]) + part);
  return { [isMarkup]: true, toString: () => text };
}
