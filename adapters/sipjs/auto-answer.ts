/** A call that asks to be answered by itself, as standards and PBXs write it, pure. */
import type { IncomingMessage } from "sip.js/lib/core/index.js";
import { listOf, parametersOf, split, unquote } from "./intake/values.ts";

/** Who waits longer for somebody to speak has hung up; nor is a timer wanted for every number that somebody writes. */
const LONGEST_MS = 60_000;

/** @returns after how many ms; undefined where it asks for nothing of the kind. */
export function answerAfterMsOf(message: IncomingMessage): number | undefined {
  const parametersIn = (header: string) => listOf(message.getHeaders(header)).map((value) => parametersOf(split(value, ";")));
  // Snom, Broadworks, Asterisk: `Call-Info: <sip:a>;answer-after=0`; some write it into Alert-Info.
  for (const parameters of [...parametersIn("call-info"), ...parametersIn("alert-info")]) {
    const after = parameters.get("answer-after");
    if (after !== undefined) return msOf(after);
    // `Alert-Info: <http://a>;info=alert-autoanswer;delay=0`, with or without the URI.
    if (unquote(parameters.get("info") ?? "").toLowerCase() === "alert-autoanswer") return msOf(parameters.get("delay"));
  }
  // RFC 5373 §4.1: `Manual` is the other word.
  const modes = [...message.getHeaders("answer-mode"), ...message.getHeaders("priv-answer-mode")];
  return modes.some((mode) => /^auto\s*(;|$)/i.test(mode.trim())) ? 0 : undefined;
}

/** Of seconds as they were written; at once where nothing can be made of them. */
function msOf(seconds: string | null | undefined): number {
  const ms = Number(unquote(seconds ?? "")) * 1_000;
  return ms > 0 ? Math.min(ms, LONGEST_MS) : 0;
}
