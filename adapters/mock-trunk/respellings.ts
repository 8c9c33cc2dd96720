/** Ways to write the same message otherwise. Those of values come first: they know headers by their usual names. */
import type { Random } from "../../src/clock.ts";
import { inParts, type Draft, type Header } from "./draft.ts";
import { bracketed, forHeader, listed, longNames } from "./message.ts";

type Spell = (draft: Draft, random: Random) => Draft;

export interface Respelling {
  readonly name: string;
  /** A standard allows it. */
  readonly isLegal: boolean;
  /** All messages of a call have it, or none: a CANCEL repeats its INVITE's Via (RFC 3261 §9.1). */
  readonly isOfCall?: true;
  readonly spell: Spell;
}

const one = <T>(choices: readonly T[], random: Random): T => choices[Math.floor(random() * choices.length)] as T;

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const drawn = items.map((item) => ({ item, rank: random() }));
  return drawn.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}

/** Changes the values of some headers. */
const values =
  (names: readonly string[], change: (value: string, random: Random, draft: Draft) => string): Spell =>
  (draft, random) => ({
    ...draft,
    headers: draft.headers.map((header) =>
      names.includes(header.name) ? { ...header, value: change(header.value, random, draft) } : header,
    ),
  });

const adding =
  (lines: readonly (readonly [name: string, value: string])[]): Spell =>
  (draft, random) => {
    const [name, value] = one(lines, random);
    const [length = { name: "Content-Length", value: "0" }, ...before] = [...draft.headers].reverse();
    return { ...draft, headers: [...before.reverse(), { name, value }, length] };
  };

const inRequests =
  (spell: Spell): Spell =>
  (draft, random) =>
    draft.code === undefined ? spell(draft, random) : draft;

const exceptBindings =
  (spell: Spell): Spell =>
  (draft, random) =>
    draft.method === "REGISTER" ? draft : spell(draft, random);

/** A phrase that somebody chose says something. */
const status =
  (change: (code: number, random: Random) => string): Spell =>
  (draft, random) =>
    draft.hasUsualPhrase === true && draft.code !== undefined ? { ...draft, startLine: change(draft.code, random) } : draft;

// ── Addresses and their parameters ────────────────────────────────────────────────────────────────

const addressed = ["From", "To", "Contact"];

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

const addresses = (names: readonly string[], change: (address: Address, random: Random) => Address): Spell =>
  values(names, (value, random) => readdressed(value, (address) => change(address, random)));

/** Changes the user and the host of a URI. */
function reseated(uri: string, change: (user: string, host: string) => string): string {
  const [, scheme = "", user = "", host = "", rest = ""] = /^(sips?:)([^@;?]*)@([^;?:]+)(.*)$/i.exec(uri) ?? [];
  return scheme === "" ? uri : `${scheme}${change(user, host)}${rest}`;
}

/** The parts of a Via, or of an address, between semicolons. */
const parameters = (change: (parameters: readonly string[], random: Random) => readonly string[], joint = ";"): Spell => {
  const ofVia = values(["Via"], (value, random) => {
    const [sent = "", ...rest] = listed(value, ";");
    return [sent, ...change(rest, random)].join(joint);
  });
  const ofAddress = values(addressed, (value, random) =>
    readdressed(value, (address) => ({ ...address, parameters: change(address.parameters, random) }), joint),
  );
  return (draft, random) => ofAddress(ofVia(draft, random), random);
};

const quoted = (name: string) => `"${name.replace(/["\\]/g, "\\$&")}"`;

// ── Challenges ────────────────────────────────────────────────────────────────────────────────────

const challenge = (change: (fields: string[], random: Random) => string): Spell =>
  values(["WWW-Authenticate", "Proxy-Authenticate"], (value, random) => change(listed(value.replace(/^digest /i, ""), ","), random));

// ── Lines ─────────────────────────────────────────────────────────────────────────────────────────

const everyHeader =
  (change: (header: Header, random: Random) => Header): Spell =>
  (draft, random) => ({ ...draft, headers: draft.headers.map((header) => change(header, random)) });

const compactNames: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(longNames).map(([short, long]) => [long, short]));

/** Goes on in the next line at a place where white space may stand (§7.3.1). */
function folded(header: Header, random: Random): Header {
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

// ── All of them ───────────────────────────────────────────────────────────────────────────────────

const legal = (name: string, spell: Spell): Respelling => ({ name, isLegal: true, spell });
const illegal = (name: string, spell: Spell): Respelling => ({ name, isLegal: false, spell });

const tidyNames = ["Société du Câble", "عميل", "Müller & Söhne", "O'Neil"];
const untidyNames = ["Société Générale, Paris", "Dupont (bureau)", "عميل", "a.b@c"];

export const respellings: readonly Respelling[] = [
  legal("parameters in another order", parameters(shuffled)),
  legal(
    "names of parameters in capitals",
    parameters((given) => given.map((each) => each.replace(/^[^=]*/, (name) => name.toUpperCase()))),
  ),
  legal(
    "spaces around parameters",
    parameters((given) => given, " ; "),
  ),
  legal(
    "spaces around equals signs",
    parameters((given) => given.map((each) => each.replace("=", " = "))),
  ),
  legal(
    "display names quoted, or not where they need not be",
    addresses(addressed, ({ name, ...rest }) => ({ ...rest, name: requoted(name) })),
  ),
  legal(
    "a display name, in UTF-8",
    addresses(["To", "Contact"], (address, random) => ({ ...address, name: quoted(one(tidyNames, random)) })),
  ),
  legal(
    "an empty display name",
    addresses(["From"], (address) => ({ ...address, name: address.name || '""' })),
  ),
  illegal(
    "a display name that needs quotes and has none",
    addresses(["To", "Contact"], (address, random) => ({ ...address, name: one(untidyNames, random) })),
  ),
  legal(
    "tel: in From",
    inRequests(addresses(["From"], ({ uri, ...rest }) => ({ ...rest, uri: uri.replace(/^sip:(\+\d+)@.*$/i, "tel:$1") }))),
  ),
  legal(
    "escapes in the user",
    addresses(["From", "Contact"], ({ uri, ...rest }) => ({ ...rest, uri: reseated(uri, (user, host) => `${escaped(user)}@${host}`) })),
  ),
  legal(
    "the host in capitals",
    addresses(["Contact"], ({ uri, ...rest }) => ({ ...rest, uri: reseated(uri, (user, host) => `${user}@${host.toUpperCase()}`) })),
  ),
  illegal(
    "an underscore in the Contact's host",
    addresses(["Contact"], ({ uri, ...rest }) => ({ ...rest, uri: reseated(uri, (user, host) => `${user}@sbc_1.${host}`) })),
  ),
  illegal(
    "an underscore in the caller's host",
    inRequests(addresses(["From"], ({ uri, ...rest }) => ({ ...rest, uri: reseated(uri, (user, host) => `${user}@sbc_1.${host}`) }))),
  ),
  {
    ...illegal("an underscore in our Via", inRequests(values(["Via"], (value) => value.replace(/^(\S+) ([\w.-]+)/, "$1 sbc_1.$2")))),
    isOfCall: true,
  },
  illegal(
    "# in the Contact's user",
    // A registrar leaves the user of a binding as it is: that is how its owner knows it.
    exceptBindings(addresses(["Contact"], ({ uri, ...rest }) => ({ ...rest, uri: reseated(uri, (user, host) => `${user}#1@${host}`) }))),
  ),
  legal("no brackets", values(addressed, unbracketed)),
  illegal(
    "a semicolon too many",
    values(addressed, (value) => (value === "*" ? value : `${value};`)),
  ),
  illegal(
    "a life in quotes",
    values(["Contact"], (value) => value.replace(/;expires=(\d+)/i, ';expires="$1"')),
  ),
  legal(
    "CSeq with zeros and spaces",
    values(["CSeq"], (value) => `00${value.replace(" ", "   ")}`),
  ),
  legal(
    "a comment after Retry-After",
    values(["Retry-After"], (value) => `${value} (we are busy)`),
  ),
  legal(
    "spaces in a Reason",
    values(["Reason"], (value) => listed(value, ";").join(" ;")),
  ),
  illegal(
    "commas too many",
    values(["Supported", "Allow"], (value) => (value === "" ? value : `${value},,`)),
  ),
  legal(
    "a challenge in another order",
    challenge((fields, random) => `Digest ${shuffled(fields, random).join(",")}`),
  ),
  legal(
    "a challenge in other capitals",
    challenge((fields) => `digest ${fields.map((field) => field.replace(/^[^=]*/, (name) => name.toUpperCase())).join(", ")}`),
  ),
  illegal(
    "a challenge with quotes where none belong",
    challenge((fields) => `Digest ${fields.map((field) => field.replace(/^(algorithm|stale)=([^"]*)$/i, '$1="$2"')).join(", ")}`),
  ),
  legal(
    "no reason phrase",
    status((code) => `SIP/2.0 ${code} `),
  ),
  legal(
    "a reason phrase in UTF-8",
    status((code, random) => `SIP/2.0 ${code} ${one(["Ça sonne", "جار الاتصال", "応答"], random)}`),
  ),
  illegal(
    "no reason phrase, nor a space",
    status((code) => `SIP/2.0 ${code}`),
  ),
  illegal(
    "a reason phrase with anything",
    status((code, random) => `SIP/2.0 ${code} ${one(['[Q.850] "x"', "100% `done`", "<none> {1} ^|\\"], random)}`),
  ),
  legal(
    "unknown headers",
    adding([
      ["X-Gateway", 'a;b="c,d" <e>'],
      ["P-Charging-Vector", "icid-value=1;icid-generated-at=192.0.2.1"],
      ["Subject", "Réunion"],
      ["History-Info", "<sip:a@b.invalid>;index=1"],
    ]),
  ),
  legal(
    "empty headers",
    adding([
      ["Subject", ""],
      ["Supported", ""],
      ["Organization", ""],
    ]),
  ),
  illegal(
    "headers that say nothing sensible",
    adding([
      ["Date", "yesterday"],
      ["Timestamp", "now"],
      ["Warning", "none"],
      ["Server", '"unclosed'],
      ["Max-Forwards", "many"],
      ["Priority", "{}"],
      ["Accept", "///"],
      ["User-Agent", "(a (b"],
    ]),
  ),
  illegal(
    "a Max-Forwards that is no number",
    values(["Max-Forwards"], () => "seventy"),
  ),
  legal("a body in parts", (draft, random) =>
    draft.body?.type === "application/sdp" ? rebodied(draft, inParts(draft, `b${Math.floor(random() * 1e9)}`)) : draft,
  ),
  legal(
    "a Content-Type in other words",
    values(["Content-Type"], (value, random) =>
      value === "application/sdp" ? one(["Application/SDP", "application/sdp;charset=utf-8", "application / sdp"], random) : value,
    ),
  ),
  illegal("bare line feeds in the SDP", (draft) =>
    draft.body?.type === "application/sdp"
      ? rebodied(draft, { ...draft, body: { ...draft.body, text: draft.body.text.replaceAll("\r\n", "\n") } })
      : draft,
  ),
  legal("no Content-Length", (draft) => ({ ...draft, headers: draft.headers.filter(({ name }) => name !== "Content-Length") })),
  legal("headers in another order", reordered),
  legal(
    "compact names",
    everyHeader((header) => ({ ...header, name: forHeader(compactNames, header.name.toLowerCase()) ?? header.name })),
  ),
  legal(
    "names in any case",
    everyHeader((header, random) => ({ ...header, name: one([header.name.toUpperCase(), header.name.toLowerCase()], random) })),
  ),
  legal(
    "spaces around the colon",
    everyHeader((header, random) => ({ ...header, gap: one([":", " : ", ":\t", ":    "], random) })),
  ),
  legal(
    "spaces at the end",
    everyHeader((header) => (header.value === "" ? header : { ...header, value: `${header.value}  ` })),
  ),
  legal("headers that go on in the next line", everyHeader(folded)),
];

function requoted(name: string): string {
  const inner = /^"((?:[\w.!%*+`'~-]+ ?)+)"$/.exec(name)?.[1];
  return inner ?? (name === "" || name.startsWith('"') ? name : quoted(name));
}

/** A digit by its code (§19.1.4: the same user). */
const escaped = (user: string) => user.replace(/\d(?=\d*$)/, (digit) => `%3${digit}`);

/** Brackets may go where the URI has no parameters and there is no name (§20.10). */
function unbracketed(value: string): string {
  const { name, uri = "", rest = "" } = bracketed(value) ?? {};
  return name === "" && !/[;,?]/.test(uri) ? `${uri}${rest}` : value;
}

/** The body changed: so did what the headers say of it. */
function rebodied(before: Draft, { body }: Draft): Draft {
  const told: Readonly<Record<string, string>> = {
    "Content-Type": body?.type ?? "",
    "Content-Length": String(new TextEncoder().encode(body?.text).length),
  };
  const headers = before.headers.map((header) => ({ ...header, value: forHeader(told, header.name) ?? header.value }));
  return { ...before, headers, ...(body && { body }) };
}

/** Headers of one name keep their order, which means something (§7.3.1). */
function reordered(draft: Draft, random: Random): Draft {
  const names = shuffled([...new Set(draft.headers.map(({ name }) => name.toLowerCase()))], random);
  const rank = ({ name }: Header) => names.indexOf(name.toLowerCase());
  return { ...draft, headers: [...draft.headers].sort((a, b) => rank(a) - rank(b)) };
}
