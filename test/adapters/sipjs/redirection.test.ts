import { C, type IncomingResponseMessage } from "sip.js/lib/core/index.js";
import { describe, expect, it } from "vitest";
import { parseUri } from "../../../adapters/sipjs/identity.ts";
import { readMessage } from "../../../adapters/sipjs/intake/message.ts";
import { redirectOf } from "../../../adapters/sipjs/redirection.ts";

const asked = parseUri("sip:+21671000001@carrier.example");

function answer(code: number, contacts: readonly string[]): IncomingResponseMessage {
  const lines = [
    `SIP/2.0 ${code} Moved`,
    "Via: SIP/2.0/WSS us.invalid;branch=z9hG4bK1",
    "From: <sip:agent7@carrier.example>;tag=us",
    "To: <sip:+21671000001@carrier.example>;tag=them",
    "Call-ID: one",
    `CSeq: 1 ${C.INVITE}`,
    ...contacts.map((contact) => `Contact: ${contact}`),
    "Content-Length: 0",
    "",
    "",
  ];
  const read = readMessage(lines.join("\r\n"));
  if (read?.kind !== "response") throw new Error("no response");
  return read.message;
}

const followed = (code: number, ...contacts: string[]) => redirectOf(answer(code, contacts), asked, "carrier.example")?.toString();

describe("a redirect", () => {
  it.each([300, 301, 302])("%i to another host of the same domain is followed", (code) =>
    expect(followed(code, "<sip:+21671000001@gw2.carrier.example:5080>")).toBe("sip:+21671000001@gw2.carrier.example:5080"),
  );
  it("is followed however the number is written, with what says how it is routed", () => {
    expect(followed(302, "<sip:+216-71-000-001;npdi;rn=+21699@gw2.carrier.example>")).toBe(
      "sip:+216-71-000-001;npdi;rn=+21699@gw2.carrier.example",
    );
    expect(followed(302, "sip:+21671000001@GW2.Carrier.Example")).toBe("sip:+21671000001@gw2.carrier.example");
  });
  it("goes where its q is highest, of those that may be followed", () =>
    expect(
      followed(
        300,
        "<sip:+21671000001@one.carrier.example>;q=0.5, <sip:+21671000001@stranger.example>;q=1",
        "<sip:+21671000001@two.carrier.example>;q=0.9",
      ),
    ).toBe("sip:+21671000001@two.carrier.example"));
  it("says where to ask, and nothing else: no parameter or header leads the request elsewhere", () =>
    expect(followed(302, "<sip:+21671000001@gw2.carrier.example;maddr=192.0.2.1?Route=%3Csip:stranger.example%3E>")).toBe(
      "sip:+21671000001@gw2.carrier.example",
    ));

  it.each([
    ["a stranger's host", 302, ["<sip:+21671000001@stranger.example>"]],
    ["a host that only ends alike", 302, ["<sip:+21671000001@evilcarrier.example>"]],
    ["another number, which the agent did not dial and would pay for", 302, ["<sip:+88213000001@carrier.example>"]],
    ["where it was asked already", 302, ["<sip:+21671000001@carrier.example>"]],
    ["no number", 302, ["<sip:gw2.carrier.example>"]],
    ["another scheme", 302, ["<tel:+21671000001>", "<https://carrier.example>"]],
    ["nowhere", 302, []],
    ["what cannot be read", 302, ["<<<"]],
    ["a proxy (305)", 305, ["<sip:+21671000001@gw2.carrier.example>"]],
    ["another service (380)", 380, ["<sip:+21671000001@gw2.carrier.example>"]],
    ["nowhere, being none", 404, ["<sip:+21671000001@gw2.carrier.example>"]],
  ] as const)("to %s is not followed", (_, code, contacts) => expect(followed(code, ...contacts)).toBeUndefined());
});
