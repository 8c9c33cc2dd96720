import { describe, expect, it } from "vitest";
import { readSipUri } from "../../../adapters/sipjs/sip-uri.ts";

describe("readSipUri", () => {
  it.each([
    ["sip:agent7@pbx.example"],
    ["sip:pbx.example:5061"],
    ["sip:+21671000001@pbx.example;user=phone"],
    ["sip:agent7:secret@pbx.example"],
    ["sip:*97@192.0.2.1"],
    ["sip:a%20b@pbx.example"],
    ["sips:a@[2001:db8::1]:5061;transport=ws;lr"],
    ["sip:a@asterisk_1"],
    ["sip:a@pbx.example;maddr=192.0.2.1;ttl=5;x=[1]"],
    ["sip:a@pbx.example?Subject=x&Priority=urgent"],
  ])("%s is written as it was read", (text) => {
    expect(readSipUri(text)?.toString()).toBe(text);
  });

  it("knows its parts, and writes scheme and host in lower case", () => {
    const uri = readSipUri("SIP:Agent%207;x=1@PBX.Example:5061;Transport=WS;lr;lr=2");
    expect(uri).toMatchObject({ scheme: "sip", user: "Agent 7;x=1", host: "pbx.example", port: 5061 });
    expect(uri?.parameters).toEqual({ transport: "WS", lr: null });
    expect(uri?.toRaw()).toBe("SIP:Agent%207%3Bx%3D1@PBX.Example:5061;transport=WS;lr");
  });

  it.each([
    "",
    "sip:",
    "sip:@pbx.example",
    "tel:+21671000001",
    "+21671000001",
    "sip: a@pbx.example",
    "sip:a@pbx.example ",
    "sip:a@pbx.example\r\nX: y",
    "sip:a@pbx.example\n",
    "sip:a@b@pbx.example",
    "sip:a#b@pbx.example",
    "sip:é@pbx.example",
    '"A" <sip:a@pbx.example>',
    "<sip:a@pbx.example>",
    "sip:a@pbx..example",
    "sip:a@300.1.1.1",
    "sip:a@1.2.3",
    "sip:a@pbx.example:123456",
    "sip:a@pbx.example:",
    "sip:a@pbx.example/path",
    "sip:a@pbx.example;",
    "sip:a@pbx.example;x=",
    "sip:a@pbx.example?x",
    "sip:%ff@pbx.example",
    "sip:a%2@pbx.example",
    "sip:100%25@pbx.example",
  ])("%j is none", (text) => {
    expect(readSipUri(text)).toBeUndefined();
  });

  it("takes no longer for what is long", () => {
    const since = performance.now();
    for (const run of ["a", "a.", "%41", ";a", "a@", "?a=b&", "1."]) readSipUri(`sip:${run.repeat(20_000)}!`);
    expect(performance.now() - since).toBeLessThan(500);
  });
});
