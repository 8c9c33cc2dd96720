/** Frames that are no SIP, or bad SIP: answered by 400 or ignored, and the trunk goes on. */
import { afterEach, describe, expect, test } from "vitest";
import { bench, type Bench } from "./bench.ts";

const good = [
  "OPTIONS sip:a.example SIP/2.0",
  "Via: SIP/2.0/WS client.invalid;branch=z9hG4bK1",
  "From: <sip:agent7@a.example>;tag=us",
  "To: <sip:a.example>",
  "Call-ID: 1",
  "CSeq: 1 OPTIONS",
  "Content-Length: 0",
  "",
  "",
].join("\r\n");

let on: Bench;
const codesTo = (frame: string): string[] => {
  on = bench();
  on.client.say(frame);
  return on.client.frames.map(({ method }) => method);
};

afterEach(() => {
  expect(on.client.codes(on.client.options())).toEqual([200]);
});

test("the frame that the others are made of is good", () => {
  expect(codesTo(good)).toEqual(["200"]);
});

describe("answered by 400", () => {
  test.each([
    ["CSeq names another method", good.replace("1 OPTIONS", "1 INVITE")],
    ["CSeq is no number", good.replace("CSeq: 1", "CSeq: x")],
    ["no tag in From", good.replace(";tag=us", "")],
    ["an old branch", good.replace("z9hG4bK", "")],
    ["a body that is shorter than announced", good.replace("Content-Length: 0", "Content-Length: 10")],
    ["a Content-Length that is no number", good.replace("Content-Length: 0", "Content-Length: x")],
    ["a header without a name", good.replace("Content-Length: 0", ": 0")],
  ])("%s", (_, frame) => expect(codesTo(frame)).toEqual(["400"]));
});

describe("ignored", () => {
  test.each([
    ["nothing", ""],
    ["a single CRLF", "\r\n"],
    ["white space", " \r\n \r\n"],
    ["a word", "hello"],
    ["no empty line", good.trimEnd()],
    ["bare line feeds", good.replaceAll("\r\n", "\n")],
    ["no Via", good.replace(/Via.*\r\n/, "")],
    ["no Call-ID", good.replace(/Call-ID.*\r\n/, "")],
    ["another protocol", good.replace("SIP/2.0\r\n", "HTTP/1.1\r\n")],
    ["a response to nothing", good.replace("OPTIONS sip:a.example SIP/2.0", "SIP/2.0 200 OK")],
    ["a code that is none", good.replace("OPTIONS sip:a.example SIP/2.0", "SIP/2.0 999 What")],
    ["a bad ACK", good.replaceAll("OPTIONS", "ACK").replace("1 ACK", "1 BYE")],
    ["zeros", "\0".repeat(100)],
    ["10 MB of nothing", "x".repeat(10 * 1_048_576)],
    ["a SIP message of 10 MB", good.replace("\r\n\r\n", `\r\nX: ${"x".repeat(10 * 1_048_576)}\r\n\r\n`)],
  ])("%s", (_, frame) => expect(codesTo(frame)).toEqual([]));
});

describe("read all the same", () => {
  test.each([
    ["short header names", good.replace("Via", "v").replace("From", "f").replace("To", "t").replace("Call-ID", "i")],
    ["empty lines before it", `\r\n\r\n${good}`],
    ["names in any case", good.replace("Call-ID", "CALL-id")],
    ["a header that goes on in the next line", good.replace("CSeq: 1 ", "CSeq: 1\r\n ")],
    ["a display name that looks like a parameter", good.replace("From: <", 'From: "x;tag=no <sip:y@z>" <')],
  ])("%s", (_, frame) => expect(codesTo(frame)).toEqual(["200"]));
});
