import { IncomingResponseMessage } from "sip.js/lib/core/index.js";
import { describe, expect, it } from "vitest";
import { answerOf, inferred, sdpOf } from "../../../adapters/sipjs/answer.ts";
import { readMessage } from "../../../adapters/sipjs/intake/message.ts";

/** A response as it comes from the wire. */
function response(line: string, headers: readonly string[] = [], body = ""): IncomingResponseMessage {
  const always = [
    "Via: SIP/2.0/WSS x.invalid;branch=z9hG4bK1",
    "From: <sip:a@x>;tag=1",
    "To: <sip:b@x>;tag=2",
    "Call-ID: 1",
    "CSeq: 1 INVITE",
  ];
  const read = readMessage(`SIP/2.0 ${line}\r\n${[...always, ...headers].join("\r\n")}\r\n\r\n${body}`);
  if (read?.kind !== "response") throw new Error("not a response");
  return read.message;
}

describe("answerOf", () => {
  it.each([
    ["486 Busy Here", [], { code: 486, text: "Busy Here" }],
    ["503 ", [], { code: 503 }],
    ["503 Service Unavailable", ["Retry-After: 120"], { retryAfterS: 120 }],
    ["503 Service Unavailable", ["Retry-After: 18000;duration=3600"], { retryAfterS: 18_000 }],
    ["480 Later", ["Retry-After: 120 (I'm in a meeting)"], { retryAfterS: 120 }],
    ["503 Later", ['Retry-After: "120"'], { retryAfterS: 120 }],
    ["503 Later", ["Retry-After: 120s"], { retryAfterS: 120 }],
    ["503 Later", ["Retry-After: +120.5"], { retryAfterS: 120 }],
    ["503 Later", ["Date: Sat, 13 Nov 2010 23:29:00 GMT", "Retry-After: Sat, 13 Nov 2010 23:31:00 GMT"], { retryAfterS: 120 }],
    ["503 No", ['Reason: Q.850;cause=34;text="No circuit";location=LN'], { q850: { value: 34, location: "LN" }, text: "No circuit" }],
    ["503 No", ["Reason: SIP;cause=503", "Reason: Q.850;cause=41"], { q850: { value: 41 }, text: "No" }],
    ["200 OK", ["Date: Sat, 13 Nov 2010 23:29:00 GMT"], { dateMs: Date.UTC(2010, 10, 13, 23, 29) }],
    [
      "603 Network Blocked",
      ['Reason: Q.850;cause=21;text="v=analytics1.0;url=https://x";location=LN'],
      { blockedByNetwork: true, text: "v=analytics1.0;url=https://x" },
    ],
  ])("%s with %j", (line, headers, expected) => {
    expect(answerOf(response(line, headers))).toMatchObject({ said: "peer", ...expected });
  });

  it.each(["Retry-After: soon", "Retry-After: -1", "Retry-After: 1e9", "Retry-After: 99999999999", "Date: yesterday", "Reason: ;;;"])(
    "leaves out an unreadable %s",
    (header) => {
      expect(answerOf(response("503 No", [header]))).toEqual({ code: 503, said: "peer", text: "No" });
    },
  );

  it.each([[], ["Date: Sat, 13 Nov 2010 23:32:00 GMT"]])(
    "makes no rest of a date that is past, or that nothing is to be held against: %j",
    (...date) => {
      expect(answerOf(response("503 No", [...date, "Retry-After: Sat, 13 Nov 2010 23:31:00 GMT"]))).not.toHaveProperty("retryAfterS");
    },
  );

  it("603 alone is the callee's", () => {
    expect(answerOf(response("603 Decline"))).toEqual({ code: 603, said: "peer", text: "Decline" });
  });

  it("does not keep a text without end", () => {
    expect(answerOf(response(`500 ${"a".repeat(10_000)}`)).text).toHaveLength(200);
  });

  it("tells what sip.js made up by its want of a Via", () => {
    const made = new IncomingResponseMessage();
    made.statusCode = 408;
    made.reasonPhrase = "Request Timeout";
    expect(answerOf(made)).toEqual(inferred(408, "Request Timeout"));
  });

  it.each([
    ["application/sdp", true],
    ["Application/SDP; charset=utf-8", true],
    ["application/sdpx", false],
    ["text/plain", false],
  ])("a body of type %s is SDP: %j", (type, isSdp) => {
    const message = response("183 Progress", [`Content-Type: ${type}`], "v=0\r\n");
    expect(sdpOf(message)).toBe(isSdp ? "v=0\r\n" : undefined);
    expect(answerOf(message).hasSdp).toBe(isSdp || undefined);
  });
});
