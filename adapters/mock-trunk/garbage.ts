/** Frames that no softphone should trip over. */
import type { FaultOf } from "./faults.ts";
import { compose } from "./response.ts";

const unmatchedLines = [
  "Via: SIP/2.0/WS nobody.invalid;branch=z9hG4bKnothing",
  "From: <sip:nobody@nobody.invalid>;tag=nobody",
  "To: <sip:nothing@nobody.invalid>;tag=nothing",
  "Call-ID: nothing@nobody.invalid",
  "CSeq: 1 OPTIONS",
];

export function rubbish({ text, frame }: FaultOf<"garbage">): string {
  switch (frame) {
    case "malformed":
      return "SIP/2.0 200 OK\r\nVia SIP/2.0/WS\r\nCSeq: many\r\n\r\n";
    case "unmatched":
      return compose("SIP/2.0 200 OK", unmatchedLines);
    case "oversize":
      return compose("SIP/2.0 200 OK", unmatchedLines, "x".repeat(10 * 1_048_576));
    default:
      return text ?? "";
  }
}
