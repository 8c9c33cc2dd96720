/**
 * JSON in its one canonical form (RFC 8785): what is signed has to be the same text for all who read it. ECMAScript
 * writes numbers and strings as the RFC asks (§3.2.2); what is left to do is the order of the names (§3.2.3).
 * @param value as `JSON.parse` gives it.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  // By UTF-16 code units, as sort() does.
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson((value as Record<string, unknown>)[name])}`).join(",")}}`;
}
