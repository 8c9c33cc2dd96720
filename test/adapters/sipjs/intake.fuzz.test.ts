/** Nothing that a peer writes makes the intake throw, or work longer than in proportion to its length. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type PeerRequest, readMessage } from "../../../adapters/sipjs/intake/message.ts";
import { refusalText, refuse } from "../../../adapters/sipjs/intake/screen.ts";
import { servicesOf } from "../../../adapters/sipjs/served.ts";
import { callerOf } from "../../../adapters/sipjs/caller.ts";
import { answerOf } from "../../../adapters/sipjs/answer.ts";
import { getBody } from "sip.js/lib/core/messages/body.js";

const services = servicesOf();

/** Everything that is done with a text before sip.js sees it. */
function readWhole(text: string): void {
  const read = readMessage(text);
  if (read?.kind === "request") {
    const refusal = refuse(read, services);
    if (refusal) refusalText(read as PeerRequest, refusal, "tag");
    callerOf(read.message);
  } else if (read) answerOf(read.message);
}

/** What sip.js takes apart: its grammar does not ship, so that the intake must have been there before. */
function takeApart(text: string): void {
  const message = readMessage(text)?.message;
  for (const header of ["contact", "to", "www-authenticate", "proxy-authenticate"]) message?.parseHeader(header);
  if (message) getBody(message);
}

const piece = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    '"',
    "<",
    ">",
    ";",
    ",",
    "\\",
    "%",
    "@",
    ":",
    " ",
    "\t",
    "\r\n",
    "\r\n ",
    "\r",
    "\n",
    "=",
    "?",
    "[",
    "]",
    "sip:",
    "tel:",
    ";tag=",
    "--b",
  ),
);
const value = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
const name = fc.constantFrom(
  "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Record-Route", "Content-Type", "Content-Length", "Content-Disposition",
  "Require", "Accept", "Reason", "P-Asserted-Identity", "Privacy", "Retry-After", "Date", "WWW-Authenticate", "Proxy_Authenticate", "Content_Type", "__proto__", "constructor", "m", "f",
); // prettier-ignore
const start = fc.oneof(
  fc.constantFrom("SIP/2.0 180", "SIP/2.0 200 OK", "INVITE sip:a@b SIP/2.0", "ACK tel:1 SIP/2.0", "X <sip:> SIP/9.9"),
  value,
);
const message = fc
  .tuple(start, fc.array(fc.tuple(name, value), { maxLength: 12 }), value)
  .map(([first, headers, body]) => `${first}\r\n${headers.map(([key, text]) => `${key}: ${text}\r\n`).join("")}\r\n${body}`);

test.prop([message], { numRuns: 3_000 })("whatever stands in it, nothing throws", (text) => {
  expect(() => readWhole(text)).not.toThrow();
  expect(() => takeApart(text)).not.toThrow();
});

test.prop([fc.string({ unit: "binary" })], { numRuns: 1_000 })("nor in what is no message at all", (text) => {
  expect(() => readWhole(text)).not.toThrow();
});

/** What made others slow: long runs of what their patterns may match in more than one way. */
const runs = [" ", "\t ", "a", "<", "<a", "<a:", "<sip:a>", '"', '\\"', '"a', ";", ";a", "; tag", ",", ", ", "a,", "a:", ":", "@", "a@", "%", "[", "\r\n ", "\r\n", "\r", "\n", "=", ";a=", ".", "é", "--b\r\n", "-", "0", "x:y\r\n", "f:<a>\r\n", "m:<sip:a@b>\r\n"]; // prettier-ignore
const places = [
  (run: string) => run,
  (run: string) => `${run}\r\n\r\n`,
  (run: string) => `INVITE ${run} SIP/2.0\r\n\r\n`,
  (run: string) => `SIP/2.0 200 ${run}\r\n\r\n`,
  ...["Via", "From", "To", "CSeq", "Contact", "Record-Route", "Content-Type", "Content-Length", "Accept", "Require", "Reason", "Privacy", "P-Asserted-Identity", "Retry-After", "Date", "X"].flatMap(
    (header) => [
      (run: string) => `INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/WS a;branch=b\r\n${header}: ${run}\r\n\r\nv=0`,
      (run: string) => `INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/WS a;branch=b\r\nFrom: <sip:a@b>;tag=1\r\n${header}: <sip:a@b>${run}\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\nv=0`,
      (run: string) => `SIP/2.0 503 x\r\nVia: SIP/2.0/WS a;branch=b\r\n${header}: "${run}\r\n\r\n`,
    ],
  ),
  (run: string) => `INVITE sip:a@b SIP/2.0\r\nContent-Type: multipart/mixed;boundary=b\r\n\r\n${run}`,
]; // prettier-ignore

/** What the machine does besides only ever adds to the time: one of a few tries is quick, or all of them are by what the thread has computed. */
function isQuick(text: string): boolean {
  const tries = 20;
  const before = process.threadCpuUsage();
  for (let each = 0; each < tries; each++) {
    const since = performance.now();
    readWhole(text);
    if (performance.now() - since <= 5) return true;
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000 / tries <= 5;
}

describe("64 kB are read in 5 ms, whatever they hold", () => {
  it.each(runs.map((run) => [JSON.stringify(run), run] as const))("runs of %s", (_, run) => {
    const slow = places.filter((place) => !isQuick(place(run.repeat(Math.floor(65_000 / run.length)))));
    expect(slow.map((place) => place("…"))).toEqual([]);
  });
});
