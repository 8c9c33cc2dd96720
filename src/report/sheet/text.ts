/** A sheet as plain text, never wider than 80 columns. */
import type { Catalogue } from "../language.ts";
import { barTable, blocksOf, type Block, type Sheet } from "../sheet.ts";
import { columns, lengthOf, wrap } from "../text/lines.ts";

export function sheetText(sheet: Sheet, language: Catalogue): string[] {
  const { title, lead } = sheet;
  return [
    ...wrap(title),
    "=".repeat(Math.min(columns, lengthOf(title))),
    ...wrap(lead),
    ...blocksOf(sheet, language).flatMap((block) => blockText(block, language)),
  ];
}

function blockText(block: Block, language: Catalogue): string[] {
  const { pair } = language;
  switch (block.kind) {
    case "heading":
      return ["", ...wrap(block.text), "-".repeat(Math.min(columns, lengthOf(block.text)))];
    case "paragraph":
      return ["", ...wrap(block.text)];
    case "list":
      return block.items.flatMap((item) => wrap(item, "- ", "  "));
    case "facts":
      return block.rows.flatMap(([name, value]) => wrap(value, pair(name, ""), "  "));
    case "bars":
      return blockText(barTable(block), language);
    case "table":
      return [...wrap(block.head.join(" · "), "", "  "), ...block.rows.flatMap((row) => wrap(row.join(" · "), "- ", "  "))];
  }
}
