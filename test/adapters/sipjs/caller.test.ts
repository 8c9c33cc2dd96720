import { describe, expect, it } from "vitest";
import { callerOf } from "../../../adapters/sipjs/caller.ts";
import { readMessage } from "../../../adapters/sipjs/intake/message.ts";

const caller = (...headers: string[]) => {
  const read = readMessage(["INVITE sip:a@b SIP/2.0", ...headers, "", ""].join("\r\n"));
  if (!read) throw new Error("no message");
  return callerOf(read.message);
};

describe("a From in which nobody can be read", () => {
  const hidden = "sip:anonymous@anonymous.invalid";

  it.each([
    ['"Anonymous" <>;tag=c', { uri: hidden, name: "Anonymous" }],
    ["Amel Trabelsi <>;tag=c", { uri: hidden, name: "Amel Trabelsi" }],
    ['"a<b;tag=x" <unknown>;tag=c', { uri: hidden, name: "a<b;tag=x" }],
    [";tag=c", { uri: hidden }],
    ["anonymous;tag=c", { uri: hidden }],
    ["<:@>;tag=c", { uri: hidden }],
    ["<sip:>;tag=c", { uri: hidden }],
    ["<@>;tag=c", { uri: hidden }],
    ['"open <sip:+216@a;tag=c', { uri: "sip:+216@a", number: "+216", name: "open" }],
    // Whom it names all the same.
    ["<+21698000000@a.example>;tag=c", { uri: "sip:+21698000000@a.example", number: "+21698000000" }],
    ["+21698000000@a.example;tag=c", { uri: "sip:+21698000000@a.example", number: "+21698000000" }],
    ["<98000000>;tag=c", { uri: "tel:98000000", number: "98000000" }],
    ["<sip:+216@a .example>;tag=c", { uri: "sip:+216@a.example", number: "+216" }],
  ])("%s is %j", (from, told) => expect(caller(`From: ${from}`)).toEqual(told));

  it("is whom the carrier vouches for", () =>
    expect(caller('From: "Anonymous" <>;tag=c', "P-Asserted-Identity: <tel:+21698000000>")).toMatchObject({
      number: "+21698000000",
      assertedBy: "carrier",
    }));
});

describe("by whom a call was sent on", () => {
  const from = "From: <sip:+21698000000@a.example>;tag=c";
  const diversion = (...headers: string[]) => caller(from, ...headers).diversion;

  it("is nobody, for most calls", () => expect(caller(from)).not.toHaveProperty("diversion"));

  it("is what Diversion says, the last first (RFC 5806)", () => {
    expect(
      diversion(
        'Diversion: "Reception" <sip:+21671000010@a.example;user=phone>;reason=no-answer;counter=1, <tel:+21671000011>;reason="user-busy"',
        "Diversion: <sip:alice:secret@a.example>;reason=x-lunch",
      ),
    ).toEqual([
      { number: "+21671000010", uri: "sip:+21671000010@a.example;user=phone", name: "Reception", reason: "no-answer" },
      { number: "+21671000011", uri: "tel:+21671000011", reason: "user-busy" },
      { uri: "sip:alice@a.example", reason: "unknown" },
    ]);
  });

  it("is withheld where they ask for privacy; the reason is not", () => {
    expect(diversion('Diversion: "R" <sip:+21671000010@a>;reason=unconditional;privacy=full')).toEqual([{ reason: "unconditional" }]);
    expect(diversion('Diversion: "R" <sip:+21671000010@a>;privacy="name"')).toEqual([
      { number: "+21671000010", uri: "sip:+21671000010@a", reason: "unknown" },
    ]);
    expect(diversion("History-Info: <sip:+21671000010@a?Privacy=history>;index=1, <sip:b@a;cause=486>;index=1.1")).toEqual([
      { reason: "user-busy" },
    ]);
  });

  it("is what History-Info says where there is no Diversion (RFC 7044, RFC 4458)", () => {
    expect(
      diversion(
        "History-Info: <sip:+21671000010@a.example>;index=1",
        "History-Info: <sip:+21671000011@a.example;cause=302>;index=1.1;mp=1, <sip:gw@b.example>;index=1.1.1;rc=1.1",
        "History-Info: <sip:agent7@a.example;cause=408>;index=1.2;mp=1.1",
      ),
    ).toEqual([
      { number: "+21671000011", uri: "sip:+21671000011@a.example;cause=302", reason: "no-answer" },
      { number: "+21671000010", uri: "sip:+21671000010@a.example", reason: "unconditional" },
    ]);
    expect(diversion("History-Info: <sip:+21671000010@a?Reason=SIP%3Bcause%3D486>;index=1,<sip:b@a>;index=2;mp=1")).toMatchObject([
      { number: "+21671000010", reason: "user-busy" },
    ]);
  });

  it.each([
    "Diversion: ;;;",
    "Diversion: <nothing>",
    "History-Info: <sip:a@b;cause=302>;index=1;mp=1",
    "History-Info: ,,<sip:a@b>;index=1",
  ])("is nobody that can be read: %s", (header) => expect(caller(from, header)).not.toHaveProperty("diversion"));

  it("is never longer than anybody would show", () => {
    expect(diversion(`Diversion: ${Array(400).fill("<sip:12@a>").join(",")}`)).toHaveLength(20);
  });
});

describe("who calls", () => {
  it.each([
    ["<sip:+21698000000@a.example>;tag=c", { number: "+21698000000", uri: "sip:+21698000000@a.example" }],
    ['"Zoë" <sip:98.00-(00)%2000@a>', { number: "98000000", uri: "sip:98.00-(00)%2000@a", name: "Zoë" }],
    ["<sip:+21698000000;npdi;rn=+21698@a.example>", { number: "+21698000000" }],
    ["<tel:+216-98-000-000;phone-context=x>", { number: "+21698000000" }],
    ["<sip:*31#@a>", { number: "*31#" }],
    ["<sip:+216 98 000 000@a.example>", { number: "+21698000000" }],
    ["<sip:%2B216%2098000000@a.example;user=phone>", { number: "+21698000000" }],
    ["<sip:+21698000000:secret@a.example:5060>", { number: "+21698000000", uri: "sip:+21698000000@a.example:5060" }],
    ["<tel:+216-(98)-000.000;cpc=ordinary;isub=1>", { number: "+21698000000" }],
    ["<tel:98000000;phone-context=tn.example>", { number: "98000000" }],
    ["<SIP:+21698000000@A.EXAMPLE:5060;USER=PHONE>", { number: "+21698000000" }],
    ["<sip:+21698000000;ext=12@a.example>", { number: "+21698000000" }],
    ["sip:+21698000000@a.example;user=phone;tag=1", { number: "+21698000000" }],
    ["<tel: +21698000000>", { number: "+21698000000" }],
    ['"Zoë \\"the\\\\boss\\"" <sip:98@a>', { number: "98", name: 'Zoë "the\\boss"' }],
    ['"<sip:1@b>, \\"" <sip:98@a>', { number: "98", name: '<sip:1@b>, "' }],
    ["=?UTF-8?Q?Zo=C3=AB?= <sip:98@a>", { number: "98", name: "=?UTF-8?Q?Zo=C3=AB?=" }],
    // Anybody may write anything into a name.
    ['"sip:+21671111111@bank.example" <sip:+21698000000@a>', { number: "+21698000000", name: "sip:+21671111111@bank.example" }],
    ["tel:+21671111111, sip:12 <sip:+21698000000@a>", { number: "+21698000000" }],
  ])("%s", (from, expected) => {
    expect(caller(`From: ${from}`)).toMatchObject(expected);
    expect(caller(`From: ${from}`)).not.toHaveProperty("assertedBy");
  });

  it.each(["<sip:anonymous@anonymous.invalid>", "<sip:a.example>", "<sip:alice@a.example>", "<sip:5@a>"])("%s has no number", (from) => {
    expect(caller(`From: ${from}`)).not.toHaveProperty("number");
  });

  const anonymous = 'From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=c';
  const asserted = ['P-Asserted-Identity: "Bank" <sip:service@a.example>', "p-asserted-identity: <tel:+21698000000>"];

  it("is whom the carrier vouches for (RFC 3325), by the assertion that has a number", () => {
    const expected = { number: "+21698000000", uri: "tel:+21698000000", name: "Bank", assertedBy: "carrier" };
    expect(caller(anonymous, ...asserted)).toEqual(expected);
    expect(caller(anonymous, "Privacy: none", ["P-Asserted-Identity: Bank <sip:service@a>, <tel:+21698000000>"].join())).toEqual(expected);
  });

  it.each([
    ["in a list", ['P-Asserted-Identity: "Bank" <sip:service@a>,<tel:+21698000000>']],
    [
      "unreadable ones among them",
      ["P-Asserted-Identity: , <sip:>, Bank <sip:service@a>", "P-Asserted-Identity: tel:+216-98-000-000;cpc=x"],
    ],
    ["with spaces in the number", ['P-Asserted-Identity: "Bank" <sip:+216 98 000 000@a>']],
    ["without brackets", ["P-Asserted-Identity: tel:+21698000000", "P-Asserted-Identity: Bank <sip:service@a>"]],
    ["empty before it", ["P-Asserted-Identity:", 'P-Asserted-Identity: "Bank" <sip:+21698000000@a;user=phone>']],
    ["folded", ['P-Asserted-Identity: "Bank"\r\n <sip:+21698000000@a>']],
  ])("is whom several assertions name, %s", (_, lines) => {
    expect(caller(anonymous, ...lines)).toMatchObject({ number: "+21698000000", name: "Bank", assertedBy: "carrier" });
  });

  it.each(["id", "header; id;critical", "user"])("is not named by it where they asked for privacy: %s", (privacy) => {
    expect(caller(anonymous, `Privacy: ${privacy}`, ...asserted)).toEqual({ uri: "sip:anonymous@anonymous.invalid", name: "Anonymous" });
  });

  const party = { number: "+21698000000", uri: "sip:+21698000000@a", name: "Amel" };
  it.each<[string, string, object]>([
    ["calling", '"Amel" <sip:+21698000000@a>;party=calling;screen=yes;privacy=off', { ...party, assertedBy: "carrier" }],
    ["of which nobody says who", "Amel <sip:+21698000000@a>", { ...party, assertedBy: "carrier" }],
    ["in capitals and quotes", 'Amel <sip:+21698000000@a>;PARTY="Calling";Privacy="OFF"', { ...party, assertedBy: "carrier" }],
    ["that nobody screened", "Amel <sip:+21698000000@a>;party=calling;screen=no", party],
    ["whose name is private", "Amel <sip:+21698000000@a>;privacy=name", { ...party, name: "Anonymous", assertedBy: "carrier" }],
    ["behind the called one", "<sip:7@b>;party=called, Amel <sip:+21698000000@a>;party=calling", { ...party, assertedBy: "carrier" }],
  ])("is whom Remote-Party-ID names where From names nobody: %s", (_, value, expected) => {
    expect(caller(anonymous, `Remote-Party-ID: ${value}`)).toEqual(expected);
  });

  const nobody = { uri: "sip:anonymous@anonymous.invalid", name: "Anonymous" };
  it.each<[string, readonly string[], object]>([
    ["privacy=full", [anonymous, "Remote-Party-ID: Amel <sip:+21698000000@a>;party=calling;privacy=full"], nobody],
    ["privacy=uri", [anonymous, 'Remote-Party-ID: Amel <sip:+21698000000@a>;privacy="uri"'], nobody],
    ["Privacy: id", [anonymous, "Privacy: id", "Remote-Party-ID: Amel <sip:+21698000000@a>"], nobody],
    ["the called one", [anonymous, "Remote-Party-ID: Amel <sip:+21698000000@a>;party=called"], nobody],
    ["nobody that can be read", [anonymous, "Remote-Party-ID: <sip:>;party=calling"], nobody],
    ["another than From", ["From: <sip:+21671000001@a>", "Remote-Party-ID: <sip:+21698000000@a>"], { number: "+21671000001" }],
    ["another than the carrier asserts", [anonymous, ...asserted, "Remote-Party-ID: <sip:+21671000001@a>"], { number: "+21698000000" }],
  ])("is not whom Remote-Party-ID names: %s", (_, lines, expected) => {
    expect(caller(...lines)).toMatchObject(expected);
    if (expected === nobody) expect(caller(...lines)).toEqual(nobody);
  });
});
