/** What a browser would refuse for one line (test/browser/webrtc.test.ts asks a real one) is written as it reads it. */
import { describe, expect, it } from "vitest";
import { readableAnswer, readableOffer } from "../../../adapters/webrtc/remote-description.ts";
import { plain, spellings } from "../../support/sdp-spellings.ts";

const offered = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\n";
const linesOf = (sdp: string) => sdp.split("\r\n");

describe("a peer's description", () => {
  it("that a browser reads stays letter for letter", () => {
    expect([readableOffer(plain), readableAnswer(plain, offered)]).toEqual([plain, plain]);
  });

  it.each(spellings.filter(({ means }) => means === "the same"))("with $what says what it said", ({ sdp }) => {
    expect(sdp).not.toBe(plain);
    expect([readableOffer(sdp), readableAnswer(sdp, offered)]).toEqual([plain, plain]);
  });

  it.each([
    ["what nobody reads", "t=0 0", "i=x\r\nu=http://a\r\ne=a@b\r\np=+1\r\nb=X:1\r\nk=prompt\r\nr=7d 1h 0 25h\r\nz=0 -1h\r\nt=0 0", []],
    ["an origin that is none", "o=peer 7 1 IN IP4 192.0.2.1", "o=- 0 0", ["o=- 0 0 IN IP4 0.0.0.0"]],
    ["an address of many", "c=IN IP4 192.0.2.1", "c=IN IP4 192.0.2.1/127", ["c=IN IP4 0.0.0.0"]],
    ["no address", "c=IN IP4 192.0.2.1\r\n", "", ["c=IN IP4 0.0.0.0"]],
    ["an address of the other kind", "c=IN IP4 192.0.2.1", "c=IN IP6 192.0.2.1", ["c=IN IP4 0.0.0.0"]],
    ["the address of the session", "t=0 0", "c=IN IP4 192.0.2.2\r\nt=0 0", ["c=IN IP4 192.0.2.2"]],
    ["a payload type beyond RTP", "8 101", "8 101 200 *", []],
    ["what is about a payload type that is not there", "a=setup", "a=rtpmap:77 X/8000\r\na=fmtp:77 x\r\na=setup", []],
    ["a second extension of one number", "a=setup", "a=extmap:1 urn:a\r\na=extmap:1 urn:b\r\na=extmap:0 urn:c\r\na=setup", ["a=extmap:1 urn:a"]],
    ["one fingerprint that is of no use", "a=fingerprint", "a=fingerprint:md5 AA:BB\r\na=fingerprint", []],
    ["attributes that it does not know", "a=setup", "a=X-cap: 1 image\r\na=silenceSupp:off - - - -\r\na=setup", ["a=X-cap:1 image", "a=silenceSupp:off - - - -"]],
  ])("with %s", (_, from, to, more) => {
    const read = linesOf(readableOffer(plain.replace(from, to)));
    expect(read.filter((line) => !linesOf(plain).includes(line))).toEqual(more);
  }); // prettier-ignore

  it.each(["", "\0", "m=", "a=candidate:1 of connection 0", "m=audio\r\nm=\r\n=", "v=0\r\n".repeat(3)])(
    "that is %j breaks nothing",
    (sdp) => {
      expect([readableOffer(sdp), readableAnswer(sdp, ""), readableAnswer(sdp, sdp)].every((read) => read.startsWith("v=0\r\n"))).toBe(
        true,
      );
    },
  );

  it("of 64 kB is read at once", () => {
    const startedMs = performance.now();
    for (const junk of [" ", "a=candidate:", "a= ", "m=audio\r\n", "\r\n", "a=a "])
      readableAnswer(junk.repeat(65_536 / junk.length), offered);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});

describe("an answer", () => {
  const refused = "m=image 0 udptl t38\r\n";
  const live = plain.slice(plain.indexOf("m="));
  const kinds = (sdp: string) => Array.from(sdp.matchAll(/^m=(\w+) (\d+)/gm), ([, kind, port]) => `${kind} ${port}`);

  it.each([
    ["one more that is refused", `${plain}${refused}`, ["audio 40000"]],
    ["one before it that is refused", plain.replace("m=", "m=audio 0 RTP/AVP 8\r\nm="), ["audio 40000"]],
    ["one more that is live", `${plain}${live}`, ["audio 40000"]],
    ["none but refused ones", plain.replace("audio 40000", "audio 0") + refused, ["audio 0"]],
    ["none at all", plain.slice(0, plain.indexOf("m=")), []],
  ])("with %s has what was offered", (_, answer, streams) => {
    expect(kinds(readableAnswer(answer, offered))).toEqual(streams);
  });

  it("has several where several were offered", () => {
    const video = "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n";
    expect(kinds(readableAnswer(`${plain}${refused}m=video 0 RTP/AVP 96\r\n`, offered + video))).toEqual(["audio 40000", "video 0"]);
  });

  it("is known by its order where its names are not ours", () => {
    const group = (name: string) =>
      plain.replace("t=0 0\r\n", `t=0 0\r\na=group:BUNDLE ${name}\r\n`).replace("a=setup", `a=mid:${name}\r\na=setup`);
    expect(readableAnswer(group("audio"), offered)).toBe(plain);
    expect(readableAnswer(group("0"), offered)).toBe(group("0"));
    expect(readableOffer(group("audio"))).toBe(group("audio"));
  });

  it("that leaves the DTLS role to us waits for our handshake", () => {
    const open = plain.replace("setup:active", "setup:actpass");
    expect(readableAnswer(open, offered)).toBe(plain.replace("setup:active", "setup:passive"));
    expect(readableOffer(open)).toBe(open);
  });
});
