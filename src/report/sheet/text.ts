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

/** More values in a line are not told apart by their place. */
const mostUnnamed = 5;

/** A short row is its values, below the columns' names. In a long one each value but the first bears its name, and what is not known is left out. */
function tableText({ head, rows }: Extract<Block, { readonly kind: "table" }>): string[] {
  const told = (row: readonly string[]) => row.filter((value) => value !== "").join(" · ");
  if (head.length <= mostUnnamed) return [head, ...rows].flatMap((row, index) => wrap(told(row), index === 0 ? "" : "- ", "  "));
  const named = (row: readonly string[]) =>
    row.flatMap((value, index) => (index === 0 ? [value] : value === "–" ? [] : [`${head[index] ?? ""} ${value}`]));
  return rows.flatMap((row) => wrap(named(row).join(" · "), "- ", "  "));
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
      return tableText(block);
  }
}
