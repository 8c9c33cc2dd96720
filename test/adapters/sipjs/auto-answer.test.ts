import { expect, it } from "vitest";
import { answerAfterMsOf } from "../../../adapters/sipjs/auto-answer.ts";
import { readMessage } from "../../../adapters/sipjs/intake/message.ts";

function asks(...headers: string[]) {
  const read = readMessage(["INVITE sip:a@b SIP/2.0", ...headers, "", ""].join("\r\n"));
  if (!read) throw new Error("no message");
  return answerAfterMsOf(read.message);
}

it.each<[string, number]>([
  ["Call-Info: <sip:a.example>;answer-after=0", 0],
  ["Call-Info: <http://x/icon>;purpose=icon, <sip:a>; Answer-After = 2", 2_000],
  ["Call-Info: <sip:a>;answer-after=0.5", 500],
  ["Call-Info: <sip:a>;answer-after=86400", 60_000],
  ["Call-Info: <sip:a>;answer-after=-1", 0],
  ["Call-Info: <sip:a>;answer-after=soon", 0],
  ["Call-Info: <sip:a>;answer-after", 0],
  ["Alert-Info: <http://www.notused.com>;info=alert-autoanswer;delay=0", 0],
  ['Alert-Info: info="Alert-AutoAnswer";delay=3', 3_000],
  ["Answer-Mode: Auto", 0],
  ["Answer-Mode: auto;require", 0],
  ["Priv-Answer-Mode: Auto", 0],
])("%s asks for it", (header, afterMs) => expect(asks(header)).toBe(afterMs));

it.each([
  "Subject: nothing",
  "Call-Info: <http://x/?answer-after=0>;purpose=info",
  "Alert-Info: <http://x/alert-autoanswer>;info=alert-internal",
  "Answer-Mode: Manual",
  "Answer-Mode: Automatic",
])("%s does not", (header) => expect(asks(header)).toBeUndefined());
