import type { Catalogue } from "./language.ts";
import { termsIn } from "./terms.ts";

/** One share of a whole. */
export interface Bar {
  readonly name: string;
  /** 0…1. */
  readonly share: number;
  readonly figure: string;
  readonly words: string;
  /** Stands out from the others. */
  readonly isLeader?: boolean;
}

/** Shares beside each other: bars on a page, else a table. */
interface Bars {
  readonly kind: "bars";
  readonly caption: string;
  readonly head: readonly [name: string, figure: string, words: string];
  readonly rows: readonly Bar[];
}

/** A report for one audience as plain blocks: chosen once, then written as text, Markdown or a page. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "facts"; readonly rows: readonly (readonly [name: string, value: string])[] }
  | Bars
  | { readonly kind: "table"; readonly caption: string; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

export interface Sheet {
  readonly title: string;
  /** What it comes to, in one sentence. */
  readonly lead: string;
  readonly blocks: readonly Block[];
  /** Are the terms that occur explained at the end? Engineers know them. */
  readonly explains: boolean;
}

/** A heading with its blocks; nothing where there are none. */
export const part = (text: string, ...blocks: readonly Block[]): Block[] =>
  blocks.every(isEmpty) ? [] : [{ kind: "heading", text }, ...blocks.filter((block) => !isEmpty(block))];

function isEmpty(block: Block): boolean {
  switch (block.kind) {
    case "list":
      return block.items.length === 0;
    case "facts":
    case "bars":
    case "table":
      return block.rows.length === 0;
    default:
      return block.text === "";
  }
}

/** The same as a table, where nothing can be drawn. */
export const barTable = ({ caption, head, rows }: Bars): Extract<Block, { kind: "table" }> => ({
  kind: "table",
  caption,
  head,
  rows: rows.map(({ name, figure, words }) => [name, figure, words]),
});

/** Its blocks, and where it explains them, the terms that occur. */
export function blocksOf(sheet: Sheet, language: Catalogue): readonly Block[] {
  const terms = sheet.explains ? termsIn(wordsOf(sheet), language) : [];
  const explained = terms.map((code) => [language.terms[code].forms[0], language.terms[code].means] as const);
  return [...sheet.blocks, ...part(language.labels.terms, { kind: "facts", rows: explained })];
}

/** All that a reader reads of it, for the terms that occur. */
const wordsOf = ({ lead, blocks }: Sheet): string =>
  [
    lead,
    ...blocks.flatMap((block) => {
      if (block.kind === "list") return block.items;
      if (block.kind === "facts") return block.rows.flat();
      if (block.kind === "bars") return block.rows.map(({ name }) => name);
      return block.kind === "table" ? [...block.head, ...block.rows.flat()] : [block.text];
    }),
  ].join("\n");
