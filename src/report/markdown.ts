/** A report as Markdown (CommonMark, with the tables of GFM), for an issue tracker or a chat. */
import { sheetOf, type RenderOptions } from "./audience.ts";
import { supportSheet } from "./audiences/support.ts";
import type { ReportDocument } from "./document.ts";
import type { Catalogue } from "./language.ts";
import { en } from "./languages/en.ts";
import { barTable, blocksOf, type Block, type Sheet } from "./sheet.ts";
import { plainSpaces, visible } from "./visible.ts";

/** Renders a report as Markdown. */
export function renderMarkdown(report: ReportDocument, { audience = "support", language = en, trunkId }: RenderOptions = {}): string {
  const sheet = audience === "support" ? supportSheet(report, language) : sheetOf(report, audience, language, trunkId);
  return sheetMarkdown(sheet, language);
}

/** A sheet as Markdown. */
export function sheetMarkdown(sheet: Sheet, language: Catalogue): string {
  const blocks = blocksOf(sheet, language).map((block) => blockMarkdown(block, language));
  return `${[`# ${plain(sheet.title)}`, `**${plain(sheet.lead)}**`, ...blocks.filter((part) => part !== "")].join("\n\n")}\n`;
}

function blockMarkdown(block: Block, language: Catalogue): string {
  const { pair } = language;
  switch (block.kind) {
    case "heading":
      return `## ${plain(block.text)}`;
    case "paragraph":
      return plain(block.text);
    case "list":
      return block.items.map((item) => `- ${plain(item)}`).join("\n");
    case "facts":
      return block.rows.map(([name, value]) => `- **${plain(pair(name, "")).trimEnd()}** ${plain(value)}`).join("\n");
    case "bars":
      return blockMarkdown(barTable(block), language);
    case "table":
      return [block.head, block.head.map(() => undefined), ...block.rows].map(tableRow).join("\n");
  }
}

const tableRow = (cells: readonly (string | undefined)[]) =>
  `| ${cells.map((cell) => (cell === undefined ? "---" : plain(cell))).join(" | ")} |`;

/**
 * Every character that Markdown, its tables or the HTML in it could read as its own gets a backslash, which CommonMark
 * takes back (§2.4); so does the colon of what GFM would make a link.
 */
const special = /[\\`*_[\]<>#|~&$]|(?<=^\s*)[-+](?=\s)|(?<=^\s*\d+)[.)](?=\s)|(?<=https?|ftp|mailto|xmpp):|(?<=www)\./gi;

const plain = (text: string): string => plainSpaces(visible(text)).replace(special, "\\$&");
