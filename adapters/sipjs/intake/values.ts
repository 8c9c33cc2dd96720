/** Lists and parameters inside a header's value (RFC 3261 §7.3.1, §25.1), pure; in one pass, however long. */

/** Splits at `separator` outside quoted strings and angle brackets; a backslash quotes the next character. Empty parts are left out. */
export function split(value: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let start = 0;
  let inside: '"' | ">" | undefined;
  for (let at = 0; at < value.length; at++) {
    const character = value[at];
    if (inside === '"' && character === "\\") at++;
    else if (inside !== undefined) inside = character === inside ? undefined : inside;
    else if (character === '"') inside = '"';
    else if (character === "<") inside = ">";
    else if (character === separator) {
      parts.push(value.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, value.slice(start)].map((part) => part.trim()).filter((part) => part !== "");
}

export const unquote = (value: string): string => (/^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, "$1") : value);

/** Parameters by their name in lower case; null for one without a value. The first of two equal names counts. */
export function parametersOf(parts: readonly string[]): ReadonlyMap<string, string | null> {
  const named = new Map<string, string | null>();
  for (const part of parts) {
    const equals = part.indexOf("=");
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!named.has(name)) named.set(name, equals < 0 ? null : part.slice(equals + 1).trim());
  }
  return named;
}

/** Every value of a list header, over all its lines. */
export const listOf = (values: readonly string[]): string[] => values.flatMap((value) => split(value, ","));
