/** A report for one audience as plain blocks: chosen once, then written as text, Markdown or a page. */
export type Block =
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[] }
  | { readonly kind: "facts"; readonly rows: readonly (readonly [name: string, value: string])[] }
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
    case "table":
      return block.rows.length === 0;
    default:
      return block.text === "";
  }
}

/** All that a reader reads of it, for the terms that occur. */
export const wordsOf = ({ lead, blocks }: Sheet): string =>
  [
    lead,
    ...blocks.flatMap((block) => {
      if (block.kind === "list") return block.items;
      if (block.kind === "facts") return block.rows.flat();
      return block.kind === "table" ? [...block.head, ...block.rows.flat()] : [block.text];
    }),
  ].join("\n");
