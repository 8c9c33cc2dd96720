/** Frames that no softphone should trip over. */
import type { FaultOf } from "./faults.ts";
import { headerOf, textOf, withContent } from "./draft.ts";

const unmatchedLines = [
  "Via: SIP/2.0/WS nobody.invalid;branch=z9hG4bKnothing",
  "From: <sip:nobody@nobody.invalid>;tag=nobody",
  "To: <sip:nothing@nobody.invalid>;tag=nothing",
  "Call-ID: nothing@nobody.invalid",
  "CSeq: 1 OPTIONS",
];

const unmatched = (text?: string) =>
  textOf(
    withContent({
      method: "OPTIONS",
      code: 200,
      startLine: "SIP/2.0 200 OK",
      headers: unmatchedLines.map(headerOf),
      ...(text === undefined ? {} : { body: { type: "application/sdp", text } }),
    }),
  );

export function rubbish({ text, frame }: FaultOf<"garbage">): string {
  switch (frame) {
    case "malformed":
      return "SIP/2.0 200 OK\r\nVia SIP/2.0/WS\r\nCSeq: many\r\n\r\n";
    case "unmatched":
      return unmatched();
    case "oversize":
      return unmatched("x".repeat(10 * 1_048_576));
    default:
      return text ?? "";
  }
}
