/** Lines of text that are never wider than 80 columns. */
import { visible } from "../visible.ts";

export const columns = 80;

export const lengthOf = (text: string) => [...text].length;

/** Breaks `text` at spaces, or within a word that is longer than a line. @param hang indent of the second line on. */
export function wrap(text: string, first = "", hang = " ".repeat(Math.min(columns / 2, lengthOf(first)))): string[] {
  const lines: string[] = [];
  let line = [...visible(first)].slice(0, columns - 20).join("");
  let isFresh = true;
  for (const word of visible(text).split(" ")) {
    let rest = [...word];
    if (!isFresh && lengthOf(line) + 1 + rest.length > columns) {
      lines.push(line);
      line = hang;
      isFresh = true;
    }
    if (!isFresh) line += " ";
    while (lengthOf(line) + rest.length > columns) {
      const room = columns - lengthOf(line);
      lines.push(line + rest.slice(0, room).join(""));
      rest = rest.slice(room);
      line = hang;
    }
    line += rest.join("");
    isFresh = false;
  }
  return [...lines, line];
}

/** A heading with its lines; nothing where there are none. */
export const section = (title: string, lines: readonly string[]) =>
  lines.length === 0 ? [] : ["", ...wrap(title), "-".repeat(Math.min(columns, lengthOf(title))), ...lines];
