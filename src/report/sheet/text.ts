/** A sheet as plain text, never wider than 80 columns. */
import type { Catalogue } from "../language.ts";
import type { Block, Sheet } from "../sheet.ts";
import { columns, lengthOf, wrap } from "../text/lines.ts";

export function sheetText({ title, lead, blocks }: Sheet, language: Catalogue): string[] {
  return [
    ...wrap(title),
    "=".repeat(Math.min(columns, lengthOf(title))),
    ...wrap(lead),
    ...blocks.flatMap((block) => blockText(block, language)),
  ];
}

function blockText(block: Block, { pair }: Catalogue): string[] {
  switch (block.kind) {
    case "heading":
      return ["", ...wrap(block.text), "-".repeat(Math.min(columns, lengthOf(block.text)))];
    case "paragraph":
      return ["", ...wrap(block.text)];
    case "list":
      return block.items.flatMap((item) => wrap(item, "- ", "  "));
    case "facts":
      return block.rows.flatMap(([name, value]) => wrap(value, pair(name, ""), "  "));
    case "table":
      return [...wrap(block.head.join(" · "), "", "  "), ...block.rows.flatMap((row) => wrap(row.join(" · "), "- ", "  "))];
  }
}
