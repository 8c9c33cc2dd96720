/** What can be written otherwise in a message, and how: addresses and their parameters, challenges, lines, the body. Pure. */
import type { Random } from "../../src/clock.ts";
import type { Draft, Header } from "./draft.ts";
import { bracketed, forHeader, listed, longNames } from "./message.ts";

export type Spell = (draft: Draft, random: Random) => Draft;

export const one = <T>(choices: readonly T[], random: Random): T => choices[Math.floor(random() * choices.length)] as T;

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const drawn = items.map((item) => ({ item, rank: random() }));
  return drawn.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

/** Changes the values of some headers. */
export const values =
  (names: readonly string[], change: (value: string, random: Random, draft: Draft) => string): Spell =>
  (draft, random) => ({
    ...draft,
    headers: draft.headers.map((header) =>
      names.includes(header.name) ? { ...header, value: change(header.value, random, draft) } : header,
    ),
  });

export const adding =
  (lines: readonly (readonly [name: string, value: string])[]): Spell =>
  (draft, random) => {
    const [name, value] = one(lines, random);
    const [length = { name: "Content-Length", value: "0" }, ...before] = [...draft.headers].reverse();
    return { ...draft, headers: [...before.reverse(), { name, value }, length] };
  };

export const inRequests =
  (spell: Spell): Spell =>
  (draft, random) =>
    draft.code === undefined ? spell(draft, random) : draft;

export const exceptBindings =
  (spell: Spell): Spell =>
  (draft, random) =>
    draft.method === "REGISTER" ? draft : spell(draft, random);

/** A phrase that somebody chose says something. */
export const status =
  (change: (code: number, random: Random) => string): Spell =>
  (draft, random) =>
    draft.hasUsualPhrase === true && draft.code !== undefined ? { ...draft, startLine: change(draft.code, random) } : draft;

// ── Addresses and their parameters ────────────────────────────────────────────────────────────────

export const addressed = ["From", "To", "Contact"];

interface Address {
  /** With its quotes, if it has any. */
  readonly name: string;
  readonly uri: string;
  readonly parameters: readonly string[];
}

/** `*` and what else is no address stays as it is. */
function readdressed(value: string, change: (address: Address) => Address, joint = ";"): string {
  const found = bracketed(value);
  const [bare = "", ...after] = listed(found?.rest ?? value, ";");
  const uri = found?.uri ?? bare;
  if (!/^(sips?|tel):/i.test(uri)) return value;
  const address = change({ name: found?.name ?? "", uri, parameters: after });
  return [`${address.name === "" ? "" : `${address.name} `}<${address.uri}>`, ...address.parameters].join(joint);
}

export const addresses = (names: readonly string[], change: (address: Address, random: Random) => Address): Spell =>
  values(names, (value, random) => readdressed(value, (address) => change(address, random)));

/** Changes the user and the host of a URI. */
export function reseated(uri: string, change: (user: string, host: string) => string): string {
  const [, scheme = "", user = "", host = "", rest = ""] = /^(sips?:)([^@;?]*)@([^;?:]+)(.*)$/i.exec(uri) ?? [];
  return scheme === "" ? uri : `${scheme}${change(user, host)}${rest}`;
}

/** The parts of a Via, or of an address, between semicolons. */
export const parameters = (change: (parameters: readonly string[], random: Random) => readonly string[], joint = ";"): Spell => {
  const ofVia = values(["Via"], (value, random) => {
    const [sent = "", ...rest] = listed(value, ";");
    return [sent, ...change(rest, random)].join(joint);
  });
  const ofAddress = values(addressed, (value, random) =>
    readdressed(value, (address) => ({ ...address, parameters: change(address.parameters, random) }), joint),
  );
  return (draft, random) => ofAddress(ofVia(draft, random), random);
};

export const quoted = (name: string) => `"${name.replace(/["\\]/g, "\\$&")}"`;

export function requoted(name: string): string {
  const inner = /^"((?:[\w.!%*+`'~-]+ ?)+)"$/.exec(name)?.[1];
  return inner ?? (name === "" || name.startsWith('"') ? name : quoted(name));
}

/** A digit by its code (§19.1.4: the same user). */
export const escaped = (user: string) => user.replace(/\d(?=\d*$)/, (digit) => `%3${digit}`);

/** Brackets may go where the URI has no parameters and there is no name (§20.10). */
export function unbracketed(value: string): string {
  const { name, uri = "", rest = "" } = bracketed(value) ?? {};
  return name === "" && !/[;,?]/.test(uri) ? `${uri}${rest}` : value;
}

// ── Challenges ────────────────────────────────────────────────────────────────────────────────────

export const challenge = (change: (fields: string[], random: Random) => string): Spell =>
  values(["WWW-Authenticate", "Proxy-Authenticate"], (value, random) => change(listed(value.replace(/^digest /i, ""), ","), random));

// ── Lines ─────────────────────────────────────────────────────────────────────────────────────────

export const everyHeader =
  (change: (header: Header, random: Random) => Header): Spell =>
  (draft, random) => ({ ...draft, headers: draft.headers.map((header) => change(header, random)) });

export const compactNames: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(longNames).map(([short, long]) => [long, short]),
);

/** Goes on in the next line at a place where white space may stand (§7.3.1). */
export function folded(header: Header, random: Random): Header {
  if (["call-id", "i", "date", "content-length", "l"].includes(header.name.toLowerCase())) return header;
  const places = foldable(header.value);
  if (places.length === 0) return header;
  const at = one(places, random);
  const isSpace = header.value[at] === " ";
  return {
    ...header,
    value: `${header.value.slice(0, at)}\r\n${one([" ", "\t", "    "], random)}${header.value.slice(isSpace ? at + 1 : at)}`,
  };
}

/** Spaces and semicolons that are in no quotes and no brackets. */
function foldable(value: string): number[] {
  const places: number[] = [];
  let inside = "";
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index);
    if (inside === '"' && character === "\\") index++;
    else if (inside !== "") inside = character === (inside === "<" ? ">" : '"') ? "" : inside;
    else if (character === '"' || character === "<") inside = character;
    else if (index > 0 && (character === ";" || (character === " " && !" \r\n\t".includes(value.charAt(index + 1))))) places.push(index);
  }
  return places;
}

/** Headers of one name keep their order, which means something (§7.3.1). */
export function reordered(draft: Draft, random: Random): Draft {
  const names = shuffled([...new Set(draft.headers.map(({ name }) => name.toLowerCase()))], random);
  const rank = ({ name }: Header) => names.indexOf(name.toLowerCase());
  return { ...draft, headers: [...draft.headers].sort((a, b) => rank(a) - rank(b)) };
}

// ── The body ─────────────────────────────────────────────────────────────────────────────────────

/** The body changed: so did what the headers say of it. */
export function rebodied(before: Draft, { body }: Draft): Draft {
  const told: Readonly<Record<string, string>> = {
    "Content-Type": body?.type ?? "",
    "Content-Length": String(new TextEncoder().encode(body?.text).length),
  };
  const headers = before.headers.map((header) => ({ ...header, value: forHeader(told, header.name) ?? header.value }));
  return { ...before, headers, ...(body && { body }) };
}
