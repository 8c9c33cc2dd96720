/** Lists and parameters inside a header's value (RFC 3261 §7.3.1, §25.1), pure; in one pass, however long. */

/** More values, parameters or header lines than this nobody means: what goes beyond is not read, so that it costs nothing. */
export const MOST = 500;

/** Splits at `separator` outside quoted strings and angle brackets; a backslash quotes the next character. Empty parts are left out. */
export function split(value: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let start = 0;
  let inside: '"' | ">" | undefined;
  const add = (end: number) => {
    const part = value.slice(start, end).trim();
    if (part !== "") parts.push(part);
    start = end + 1;
  };
  for (let at = 0; at < value.length && parts.length < MOST; at++) {
    const character = value[at];
    if (inside === '"' && character === "\\") at++;
    else if (inside !== undefined) inside = character === inside ? undefined : inside;
    else if (character === '"') inside = '"';
    else if (character === "<") inside = ">";
    else if (character === separator) add(at);
  }
  if (parts.length < MOST) add(value.length);
  return parts;
}

/** Comments may hold comments (§25.1). Of one that is never closed nobody knows what it holds: then all stays as it is. */
export function withoutComments(value: string): string {
  if (!value.includes("(")) return value;
  let depth = 0;
  let without = "";
  for (const character of value) {
    if (character === "(") depth++;
    else if (character === ")" && depth > 0) depth--;
    else if (depth === 0) without += character;
  }
  return depth === 0 ? without : value;
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

/**
 * `delta-seconds` (RFC 3261 §25.1), with as many zeros before it as it likes; so is "120" in quotes, `120s`, `120.5`, or `120 (in a meeting)`.
 * @returns undefined for what is none, or more than ten digits hold.
 */
export function secondsIn(value: string | null | undefined): number | undefined {
  const seconds = Number(/^\s*["+]?(\d+)(?![\de])/i.exec(value ?? "")?.[1] ?? NaN);
  return seconds < 1e10 ? seconds : undefined;
}

/** Every value of a list header, over all its lines. */
export const listOf = (values: readonly string[]): string[] => values.flatMap((value) => split(value, ",")).slice(0, MOST);
