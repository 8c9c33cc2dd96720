/** An agent's shift as a contact centre has them: eight hours, 400 calls, one carrier's outage before noon; judged by our own diagnosis. */
import { explain } from "../../src/diagnosis/index.ts";
import { buildReport, type ReportDocument } from "../../src/report/index.ts";
import type { AnswerFact } from "../../src/journal.ts";
import { begin, boot, call, connect, script } from "./journals.ts";

const minuteMs = 60_000;
const everyMs = 72_000;
const outage = { fromMs: 170 * minuteMs, toMs: 194 * minuteMs };

const isOut = (atMs: number) => atMs >= outage.fromMs && atMs < outage.toMs;
const noCircuit: AnswerFact = { code: 503, said: "peer", q850: { value: 34, location: "TN" } };
const routes = ["mobile", "national", "mobile", "national", "international"] as const;

/** The report on the incident of that shift. */
export function shiftReport(calls = 400): ReportDocument {
  const day = script();
  const { at } = day;
  begin(day);
  boot(day, 100);
  connect(day, "a", 1_400);
  connect(day, "b", 1_420);
  for (let index = 0; index < calls; index++) {
    const fromMs = 20_000 + index * everyMs;
    const [callId, route, tail] = [`c${index + 1}`, routes[index % routes.length] ?? "national", `${10 + (index % 90)}`];
    const refuses = { trunkId: "a", route, answer: noCircuit, tookMs: 2_400 };
    if (!isOut(fromMs)) {
      const answer: AnswerFact | undefined = index % 11 === 5 ? { code: 486, said: "peer", q850: { value: 17, location: "U" } } : undefined;
      call(day, fromMs, callId, [{ trunkId: "a", route, ...(answer && { answer, rings: true }) }], {
        ...{ talkMs: 20_000 + (index % 7) * 4_000, tail },
        ...(answer && { end: "callee-refused" as const }),
      });
    } else if (index % 6 === 1) {
      call(day, fromMs, callId, [refuses, { trunkId: "b", route, answer: { code: 500, said: "peer" } }], { tail, end: "failed" });
    } else if (index % 6 === 4) {
      call(
        day,
        fromMs,
        callId,
        [
          { trunkId: "a", route, silent: "edge-alive" },
          { trunkId: "b", route },
        ],
        { tail },
      );
    } else call(day, fromMs, callId, [refuses, { trunkId: "b", route }], { tail });
  }
  for (let atMs = 40_000; atMs < calls * everyMs; atMs += 5 * minuteMs)
    for (const trunkId of ["a", "b"])
      at(atMs, "probe:answered", { trunkId, method: "OPTIONS", rttMs: 34, answer: { code: 200, said: "peer" } });
  const of = { plane: "signalling", trunkId: "a", route: "mobile" } as const;
  at(outage.fromMs + 80_000, "breaker:changed", { ...of, from: "closed", to: "open", because: "q850-34", ejectionMs: 60_000 });
  for (let atMs = outage.fromMs + 140_000; atMs < outage.toMs; atMs += 2 * minuteMs) {
    at(atMs, "breaker:changed", { ...of, from: "open", to: "probing", because: "ejection-over" });
    at(atMs + 30_000, "breaker:changed", { ...of, from: "probing", to: "open", because: "q850-34", ejectionMs: 90_000 });
  }
  at(outage.toMs + 60_000, "breaker:changed", { ...of, from: "open", to: "probing", because: "ejection-over" });
  at(outage.toMs + 90_000, "breaker:changed", { ...of, from: "probing", to: "closed", because: "recovered" });
  const entries = day.entries();
  const { verdict, incidents } = explain(entries);
  const [outageMet] = incidents;
  return buildReport(entries, undefined, { generatedAtMs: Date.UTC(2026, 1, 4, 8), verdict: outageMet?.verdict ?? verdict });
}
