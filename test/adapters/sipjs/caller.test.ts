import { describe, expect, it } from "vitest";
import { callerOf } from "../../../adapters/sipjs/caller.ts";
import { readMessage } from "../../../adapters/sipjs/intake/message.ts";

const caller = (...headers: string[]) => {
  const read = readMessage(["INVITE sip:a@b SIP/2.0", ...headers, "", ""].join("\r\n"));
  if (!read) throw new Error("no message");
  return callerOf(read.message);
};

describe("who calls", () => {
  it.each([
    ["<sip:+21698000000@a.example>;tag=c", { number: "+21698000000", uri: "sip:+21698000000@a.example" }],
    ['"Zoë" <sip:98.00-(00)%2000@a>', { number: "98000000", uri: "sip:98.00-(00)%2000@a", name: "Zoë" }],
    ["<sip:+21698000000;npdi;rn=+21698@a.example>", { number: "+21698000000" }],
    ["<tel:+216-98-000-000;phone-context=x>", { number: "+21698000000" }],
    ["<sip:*31#@a>", { number: "*31#" }],
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

  it.each(["id", "header; id;critical", "user"])("is not named by it where they asked for privacy: %s", (privacy) => {
    expect(caller(anonymous, `Privacy: ${privacy}`, ...asserted)).toEqual({ uri: "sip:anonymous@anonymous.invalid", name: "Anonymous" });
  });
});
