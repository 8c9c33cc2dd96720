/**
 * JSON in its one canonical form (RFC 8785): what is signed has to be the same text for all who read it. ECMAScript
 * writes numbers and strings as the RFC asks (§3.2.2); what is left to do is the order of the names (§3.2.3).
 * @param value what is undefined in an object is left out, as `JSON.stringify` does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
  const known = value as Readonly<Record<string, unknown>>;
  const names = namesInOrder(known).filter((name) => known[name] !== undefined);
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalJson(known[name])}`).join(",")}}`;
}

/** By UTF-16 code units, as sort() does. */
export const namesInOrder = (value: object): string[] => Object.keys(value).sort();
