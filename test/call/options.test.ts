import { fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { placedWith, readOptions, wordsOn, type CallOptions } from "../../src/call/options.ts";

const aor = "sip:agent7@a.example";
const read = (options: unknown) => readOptions(options, false);
const said = (options: unknown, callerId?: "from" | "p-preferred-identity") =>
  wordsOn({ aor, ...(callerId && { callerId }) }, read(options).words);

describe("what is asked of a call", () => {
  test("nothing: From is the account, without a name, and no header is added", () => {
    expect(said(undefined)).toEqual({ from: { uri: aor }, headers: [] });
    expect(read(undefined)).toMatchObject({ again: false, bad: undefined, given: [], without: [] });
  });

  test("what is undefined is left out, as a page hands it on that has none", () => {
    const options: CallOptions = { callerId: undefined, displayName: undefined, headers: undefined, anonymous: undefined, by: undefined };
    expect(said(options)).toEqual({ from: { uri: aor }, headers: [] });
    expect(read(options)).toMatchObject({ bad: undefined, given: [] });
  });

  test("the number that the customer sees, where the trunk wants it", () => {
    const options = { callerId: "+21671000099", displayName: 'Zoë "Z" \\ Co' };
    expect(said(options)).toEqual({ from: { uri: "sip:+21671000099@a.example", name: 'Zoë "Z" \\ Co' }, headers: [] });
    expect(said(options, "p-preferred-identity")).toEqual({
      from: { uri: aor, name: 'Zoë "Z" \\ Co' },
      headers: ['P-Preferred-Identity: "Zoë \\"Z\\" \\\\ Co" <sip:+21671000099@a.example>'],
    });
    expect(said({ callerId: "12#" }).from?.uri).toBe("sip:12%23@a.example");
  });

  test.each(["from", "p-preferred-identity"] as const)("whoever hides tells the carrier alone, whatever the trunk wants: %s", (where) => {
    expect(said({ anonymous: true, callerId: "+21671000099", displayName: "Zoë" }, where)).toEqual({
      from: { uri: "sip:anonymous@anonymous.invalid", name: "Anonymous" },
      headers: ["Privacy: id", "P-Preferred-Identity: <sip:+21671000099@a.example>"],
    });
    expect(said({ anonymous: true }, where).headers).toContain(`P-Preferred-Identity: <${aor}>`);
  });

  test("headers by any name that is not the stack's", () => {
    const headers = { "X-Ticket": " 4711 ", "P-Asserted-Service": "urn:x", "User-to-User": "00;encoding=hex", "Alert-Info": "<urn:a>" };
    expect(said({ headers }).headers).toEqual([
      "X-Ticket: 4711",
      "P-Asserted-Service: urn:x",
      "User-to-User: 00;encoding=hex",
      "Alert-Info: <urn:a>",
    ]);
  });
});

describe("what cannot be used is named", () => {
  const owned = [
    "Via From To Call-ID CSeq Contact Route Record-Route Max-Forwards Content-Type Content-Length Authorization Proxy-Authorization",
    "Supported Require Proxy-Require Session-Expires Min-SE Allow Replaces Privacy P-Preferred-Identity v f t i m l c k x",
  ].flatMap((names) => names.split(" "));

  test.each(owned.flatMap((name) => [name, name.toUpperCase()]))("the header %s is the stack's own", (name) => {
    expect(read({ headers: { [name]: "a" } })).toMatchObject({
      bad: { option: "headers", field: `headers.${name}` },
      words: { lines: [] },
    });
  });

  test.each<[unknown, string, string]>([
    [null, "options", "options"],
    ["x", "options", "options"],
    [{ callerID: "1" }, "options", "callerID"],
    [{ by: "me" }, "by", "by"],
    [{ again: 1 }, "again", "again"],
    [{ headers: [] }, "headers", "headers"],
    [{ headers: "X: y" }, "headers", "headers"],
    [{ headers: { "X-A": 1 } }, "headers", "headers.X-A"],
    [{ headers: { "X-A": "1\r\nVia: x" } }, "headers", "headers.X-A"],
    [{ headers: { "X-A": "1\u0000" } }, "headers", "headers.X-A"],
    [{ headers: { "X-A": "1\u0085" } }, "headers", "headers.X-A"],
    [{ headers: { "X-A": "1\u2028" } }, "headers", "headers.X-A"],
    [{ headers: { "X-A": "x".repeat(2_049) } }, "headers", "headers.X-A"],
    [{ headers: { "X A": "1" } }, "headers", "headers.X A"],
    [{ headers: { "X-A: 1\r\nVia": "1" } }, "headers", "headers.X-A: 1Via"],
    [{ headers: Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`X-${at}`, ""])) }, "headers", "headers"],
    [{ callerId: "+216 71" }, "callerId", "callerId"],
    [{ callerId: "a@b" }, "callerId", "callerId"],
    [{ callerId: "" }, "callerId", "callerId"],
    [{ displayName: "a\r\nb" }, "displayName", "displayName"],
    [{ anonymous: "yes" }, "anonymous", "anonymous"],
  ])("%j", (options, option, field) => {
    expect(read(options).bad).toEqual({ option, field });
  });

  test.each([
    ["a Headers", new Headers({ "x-ticket": "4711" })],
    ["a Map", new Map([["X-Ticket", "4711"]])],
    ["a list", [["X-Ticket", "4711"]]],
  ])("%s, of which nothing would be read, is missed by nobody else", (_, given) => {
    expect(read({ headers: given })).toMatchObject({ bad: { option: "headers", field: "headers" }, words: { lines: [] } });
    expect(read(given)).toMatchObject({ bad: { option: "options", field: "options" } });
  });

  test("a getter that throws is no reason to throw", () => {
    const options = {
      get headers() {
        throw new Error("secret");
      },
    };
    expect(read(options).bad).toEqual({ option: "options", field: "options" });
  });

  test("an emergency call goes out without it, and never anonymous", () => {
    const options = { headers: { Via: "x", "X-A": "1" }, callerId: "+21671000099", displayName: "\n", anonymous: true, nonsense: 1 };
    const { bad, without, words } = readOptions(options, true);
    expect(bad).toBeUndefined();
    expect([...without].sort()).toEqual(["anonymous", "displayName", "headers", "options"]);
    expect(words).toEqual({ lines: ["X-A: 1"], callerId: "+21671000099" });
    expect(readOptions({ anonymous: false }, true).without).toEqual([]);
  });
});

test("no option, whatever it holds, begins another header", () => {
  const anything = fc.oneof(fc.string({ unit: "binary" }), fc.anything());
  const headers = fc.dictionary(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("X-A", "Via")), anything);
  const options = fc.record({ headers, callerId: anything, displayName: anything, anonymous: anything }, { requiredKeys: [] });
  fc.assert(
    fc.property(options, fc.boolean(), (given, isEmergency) => {
      const { from, headers: lines = [] } = wordsOn({ aor, callerId: "p-preferred-identity" }, readOptions(given, isEmergency).words);
      for (const text of [...lines, from?.uri ?? "", from?.name ?? ""]) expect(text).not.toMatch(/\p{Cc}/u);
      for (const line of lines) expect(line).toMatch(/^[\w\-.!%*+`'~]+: /);
    }),
  );
});

describe("what the journal may know", () => {
  test("which options there are, and of the context what is named", () => {
    const context = { ticket: "T-1", name: "Zoë", rank: 3, vip: true, more: { secret: 1 }, none: NaN };
    const options = read({ by: "click-to-dial", context, callerId: "+21671000099", headers: { "X-A": "1" } });
    expect(placedWith(options, [])).toEqual({ by: "click-to-dial", options: ["headers", "callerId", "context"] });
    expect(placedWith(options, ["ticket", "rank", "vip", "more", "none"]).context).toEqual({ ticket: "T-1", rank: 3, vip: true });
    expect(placedWith(read({ context: "text" }), ["length"])).toEqual({ options: ["context"] });
  });
});
