/** Terms of the trade as links to the page's own glossary. */
import type { Catalogue, TermCode } from "../language.ts";
import { inOrder, partsOf } from "../terms.ts";
import { html, type Markup, type Piece } from "./markup.ts";

/** Links each term where it first stands. */
export type Marker = (text: string) => Piece;

export interface PageTerms {
  /** One for each section, so that a reader by keyboard is not held up by each. */
  marker(): Marker;
  /** Explains what was linked so far. */
  glossary(): Markup;
}

export function pageTerms(catalogue: Catalogue): PageTerms {
  const linked = new Set<TermCode>();
  return {
    marker() {
      const marked = new Set<TermCode>();
      return (text) =>
        partsOf(text, catalogue).map((part) => {
          if (part.term === undefined || marked.has(part.term)) return part.text;
          marked.add(part.term);
          linked.add(part.term);
          return html`<a class="term" href="#term-${part.term}">${part.text}</a>`;
        });
    },
    glossary: () => glossaryOf(linked, catalogue),
  };
}

function glossaryOf(linked: ReadonlySet<TermCode>, catalogue: Catalogue): Markup {
  const { terms, labels } = catalogue;
  const explained = inOrder(linked, catalogue);
  if (explained.length === 0) return html``;
  return html`<section aria-labelledby="terms">
    <h2 id="terms">${labels.terms}</h2>
    <dl class="about terms">
      ${explained.map((code) => {
        const { forms, means } = terms[code];
        return html`<div>
          <dt id="term-${code}"><dfn>${forms[0]}</dfn></dt>
          <dd>${means}</dd>
        </div>`;
      })}
    </dl>
  </section>`;
}
