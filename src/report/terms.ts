/** Which terms of the trade a text uses. */
import type { Catalogue, TermCode } from "./language.ts";

interface Reader {
  readonly pattern: RegExp;
  readonly codes: ReadonlyMap<string, TermCode>;
}

const readers = new WeakMap<Catalogue["terms"], Reader>();

/** Made once per language: a page asks for each of its sentences. */
function readerOf({ terms }: Catalogue): Reader {
  const known = readers.get(terms);
  if (known) return known;
  const codes = new Map(Object.entries(terms).flatMap(([code, { forms }]) => forms.map((form) => [form, code as TermCode] as const)));
  // The longest first: "media relay" before "relay".
  const forms = [...codes.keys()].sort((a, b) => b.length - a.length).map((form) => form.replace(/[.]/g, "\\."));
  const reader = { pattern: new RegExp(`(?<![\\p{L}\\p{N}-])(?:${forms.join("|")})(?![\\p{L}\\p{N}-])`, "gu"), codes };
  readers.set(terms, reader);
  return reader;
}

/** The text in parts, each with the term that it is, if it is one. */
export function partsOf(text: string, catalogue: Catalogue): readonly { readonly text: string; readonly term?: TermCode }[] {
  const { pattern, codes } = readerOf(catalogue);
  const parts: { text: string; term?: TermCode }[] = [];
  let done = 0;
  for (const { 0: form, index } of text.matchAll(pattern)) {
    const term = codes.get(form);
    if (index > done) parts.push({ text: text.slice(done, index) });
    parts.push({ text: form, ...(term && { term }) });
    done = index + form.length;
  }
  return done < text.length ? [...parts, { text: text.slice(done) }] : parts;
}

/** The terms of a text, in the glossary's order. */
export const termsIn = (text: string, catalogue: Catalogue): readonly TermCode[] =>
  inOrder(
    partsOf(text, catalogue).flatMap(({ term }) => term ?? []),
    catalogue,
  );

/** Each once, by the alphabet of the language. */
export const inOrder = (codes: Iterable<TermCode>, { terms, tag }: Catalogue): readonly TermCode[] =>
  [...new Set(codes)].sort((a, b) => terms[a].forms[0].localeCompare(terms[b].forms[0], tag));
