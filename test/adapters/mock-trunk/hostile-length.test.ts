/** Reading takes time in proportion to what is read, whatever stands in it. */
import { describe, expect, test } from "vitest";
import { bench } from "./bench.ts";

const length = 32_000;

const frame = (change: (lines: string[]) => string[]) =>
  [
    "REGISTER sip:a.example SIP/2.0",
    ...change([
      "Via: SIP/2.0/WS client.invalid;branch=z9hG4bK1",
      "From: <sip:agent7@a.example>;tag=us",
      "To: <sip:agent7@a.example>",
      "Call-ID: 1",
      "CSeq: 1 REGISTER",
      "Contact: <sip:agent7@client.invalid>",
    ]),
    "",
    "",
  ].join("\r\n");

const replacing = (name: string, value: string) =>
  frame((lines) => [...lines.filter((line) => !line.startsWith(name)), `${name}: ${value}`]);

describe("a message that is long in a hostile way is read in milliseconds", () => {
  test.each([
    ["spaces in From", replacing("From", `a${" ".repeat(length)}b <sip:agent7@a.example>;tag=us`)],
    ["brackets that open", replacing("To", `${"<".repeat(length)}`)],
    ["quotes", replacing("Contact", `"${'\\"'.repeat(length)}`)],
    ["semicolons", replacing("From", `<sip:agent7@a.example>${"; ".repeat(length)};tag=us`)],
    ["a word for credentials", replacing("Authorization", `Digest ${"a".repeat(length)}`)],
    ["commas in credentials", replacing("Authorization", `Digest ${"a=b,".repeat(length)}`)],
    ["spaces in CSeq", replacing("CSeq", `1${" ".repeat(length)}REGISTER`)],
    ["folded lines", replacing("Subject", "\r\n x".repeat(length))],
    ["header lines", frame((lines) => [...lines, ...Array.from({ length }, (_, index) => `X-${index}: 1`)])],
  ])("%s", (_, text) => {
    const { client } = bench({ users: { agent7: "secret" } });
    const beganMs = performance.now();
    client.say(text);
    expect(performance.now() - beganMs).toBeLessThan(500);
  });
});
