/** Terms of the trade as links to the page's own glossary. */
import type { Catalogue, TermCode } from "../language.ts";
import { partsOf } from "../terms.ts";
import { html, type Markup, type Piece } from "./markup.ts";

/** Links each term where it first stands: one marker for each section, so that a reader by keyboard is not held up by each. */
export function termMarker(catalogue: Catalogue): (text: string) => Piece {
  const marked = new Set<TermCode>();
  return (text) =>
    partsOf(text, catalogue).map((part) => {
      if (part.term === undefined || marked.has(part.term)) return part.text;
      marked.add(part.term);
      return html`<a class="term" href="#term-${part.term}">${part.text}</a>`;
    });
}

/** Explains what the rest of the page links to. */
export function glossary(page: Markup, { terms, labels }: Catalogue): Markup {
  const text = page.toString();
  const linked = Object.entries(terms).filter(([code]) => text.includes(`href="#term-${code}"`));
  if (linked.length === 0) return html``;
  return html`<section aria-labelledby="terms">
    <h2 id="terms">${labels.terms}</h2>
    <dl class="about terms">
      ${linked.map(
        ([code, { forms, means }]) =>
          html`<div>
            <dt id="term-${code}"><dfn>${forms[0]}</dfn></dt>
            <dd>${means}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}
