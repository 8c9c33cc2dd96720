/** Ways to write the same message otherwise, by name. Those of values come first: they know headers by their usual names. */
import { inParts } from "./draft.ts";
import { forHeader, listed } from "./message.ts";
import {
  adding,
  addressed,
  addresses,
  challenge,
  compactNames,
  escaped,
  everyHeader,
  exceptBindings,
  folded,
  inRequests,
  one,
  parameters,
  quoted,
  rebodied,
  reordered,
  requoted,
  reseated,
  shuffled,
  status,
  unbracketed,
  values,
  type Spell,
} from "./spelling.ts";

export interface Respelling {
  readonly name: string;
  /** A standard allows it. */
  readonly isLegal: boolean;
  /** All messages of a call have it, or none: a CANCEL repeats its INVITE's Via (RFC 3261 §9.1). */
  readonly isOfCall?: true;
  readonly spell: Spell;
}

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
