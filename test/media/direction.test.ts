import { describe, expect, it } from "vitest";
import { directionOf, fittedTo, withoutOldHold, type Direction } from "../../src/media/direction.ts";

const sdp = ({ line = "", session = "", port = 4000, address = "192.0.2.1", own = "" } = {}) =>
  [
    "v=0",
    "o=x 1 1 IN IP4 192.0.2.1",
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
    session,
    `m=audio ${port} RTP/AVP 0`,
    own,
    "a=rtpmap:0 PCMU/8000",
    line,
    "",
  ]
    .filter((each, index, all) => each !== "" || index === all.length - 1)
    .join("\r\n");

describe("the direction of a description", () => {
  it.each([
    ["nothing is said", sdp(), "sendrecv"],
    ["the stream says it", sdp({ line: "a=sendonly" }), "sendonly"],
    ["the session says it", sdp({ session: "a=inactive" }), "inactive"],
    ["both do: the stream's counts", sdp({ session: "a=inactive", line: "a=recvonly" }), "recvonly"],
    ["there is no audio", "v=0\r\n", "sendrecv"],
    ["lines end with LF alone", sdp({ line: "a=sendonly" }).replaceAll("\r", ""), "sendonly"],
  ])("%s", (_, text, direction) => {
    expect(directionOf(text)).toBe(direction);
  });
});

describe("a hold as it was written before RFC 3264", () => {
  it.each([
    ["an address of 0.0.0.0", { address: "0.0.0.0" }, "sendonly"],
    ["… of the stream's own", { own: "c=IN IP4 0.0.0.0" }, "sendonly"],
    ["… and nothing is sent either", { address: "0.0.0.0", line: "a=recvonly" }, "inactive"],
    ["… that says so in both ways", { address: "0.0.0.0", line: "a=inactive" }, "inactive"],
    ["an address that is one", {}, "sendrecv"],
    ["the stream's own address is one", { address: "0.0.0.0", own: "c=IN IP4 192.0.2.1" }, "sendrecv"],
    ["port 9: candidates are to come", { address: "0.0.0.0", port: 9 }, "sendrecv"],
    ["port 0: no stream", { address: "0.0.0.0", port: 0 }, "sendrecv"],
  ])("%s", (_, how, direction) => {
    expect(directionOf(withoutOldHold(sdp(how)))).toBe(direction);
  });
});

describe("an answer fits its offer", () => {
  const table: [Direction, Direction, Direction][] = [
    ["sendrecv", "sendrecv", "sendrecv"],
    ["sendrecv", "recvonly", "recvonly"],
    ["sendonly", "sendrecv", "recvonly"],
    ["sendonly", "recvonly", "recvonly"],
    ["sendonly", "sendonly", "inactive"],
    ["sendonly", "inactive", "inactive"],
    ["recvonly", "sendrecv", "sendonly"],
    ["recvonly", "recvonly", "inactive"],
    ["inactive", "sendrecv", "inactive"],
  ];
  it.each(table)("offered %s, answered %s: %s", (offered, answered, fitted) => {
    const answer = fittedTo(sdp({ line: `a=${offered}` }), sdp({ line: `a=${answered}` }));
    expect(directionOf(answer)).toBe(fitted);
    expect(answer.match(/^a=(send|recv|inactive)/gm)).toHaveLength(1);
  });
});
