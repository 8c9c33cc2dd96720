/** Why the other side's network ended a talk (RFC 3326), as reports tell it. */
import { expect, test } from "vitest";
import { redactJournal } from "../../adapters/cli/redaction/journal.ts";
import { explain } from "../../src/diagnosis/explain.ts";
import { isWhole } from "../../src/entry-shape.ts";
import type { Entry } from "../../src/journal.ts";
import type { EndReason } from "../../src/ports/sip-answer.ts";
import { renderText } from "../../src/report/index.ts";
import { buildReport } from "../../src/report/document.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { renderHtml } from "../../src/report/html.ts";
import { story, type Story } from "../diagnosis/story.ts";

function talks(told: Story, callId: string, trunkId: string, reason?: EndReason): Story {
  told.write("call:placed", { callId, party: { route: "local", alias: callId, tail: "01" } });
  const attempt = { callId, attempt: 1, trunkId, route: "local" } as const;
  told.write("attempt:started", { ...attempt, sipCallId: `${callId}@example`, fromTag: "us" });
  told.write("attempt:sent", { ...attempt, sipCallId: `${callId}@example`, fromTag: "us" });
  told.write("attempt:answered", { ...attempt, answer: { code: 200, said: "peer" }, tookMs: 600 });
  told.write("call:answered", { callId, trunkId, setupMs: 600 });
  const end = { callId, end: "hung-up-there", possibleDuplicate: false, talkedMs: 40_000, ...(reason && { reason }) } as const;
  return told.after(40_000).write("call:ended", end).after(5_000);
}
const reason: EndReason = { q850: { value: 38, location: "TN" }, sip: 503 };
const { entries } = story("A", "B")
  .boots(1, "passes")
  .connects("A", "B")
  .repeats(3, (told, time) => talks(talks(told, `a${time}`, "A", reason), `b${time}`, "B", { q850: { value: 16 } }));
const report = buildReport(entries, explain(entries).incidents.at(-1), { generatedAtMs: 0 });
const oneLine = (text: string) => text.replace(/\s+/g, " ");

test("the time line tells of those that a network ended, and no others, in each language", () => {
  expect(report.timeline.filter(({ type }) => type === "call:ended")).toHaveLength(3);
  const why = "Q.850 38 network out of order, from the transit network (TN), SIP 503 service unavailable";
  expect(oneLine(renderText(report, { audience: "support" }))).toContain(`Call a0: ended by the other party (${why}).`);
  expect(oneLine(renderText(report, { audience: "support", language: fr }))).toMatch(
    /Appel a0 : raccroché par le correspondant \(Q\.850 38 [^)]*\(TN\), SIP 503 [^)]*\)\./,
  );
});

test("the list of calls says of each why it ended", () => {
  expect(report.calls.map((call) => call.reason?.q850?.value)).toEqual([38, 16, 38, 16, 38, 16]);
  const page = oneLine(renderHtml(report));
  expect(page).toContain("ended by the other party (Q.850 38 network out of order");
  expect(page).toContain("ended by the other party (Q.850 16 ");
});

test("the carrier is shown its own talks that were ended, and asked why", () => {
  const text = oneLine(renderText(report, { audience: "carrier" }));
  expect(text).toContain("3 calls over A.example that went wrong");
  expect(text.match(/BYE: Q\.850 38 network out of order, from the transit network \(TN\), SIP 503 service unavailable/g)).toHaveLength(3);
  expect(text).toContain("Your BYEs said that a network ended calls, and no person");
  expect(oneLine(renderText(report, { audience: "support" }))).toContain(
    "Trace the Call-IDs given and say why the network ended those talks (Q.850 cause 38 network out of order).",
  );
  expect(oneLine(renderText(report, { audience: "carrier", language: fr }))).toContain("Vos BYE disaient qu’un réseau");
});

test("so is it where customers had called, and of those that people ended it is shown none", () => {
  const incoming = story("A", "B")
    .boots(1, "passes")
    .connects("A", "B")
    .repeats(3, (told, time) => {
      const names = { sipCallId: `in${time}@example`, fromTag: "them" };
      told.write("call:offered", { callId: `in${time}`, trunkId: "A", party: { route: "local", alias: `n${time}`, tail: "01" } });
      told.write("call:answered", { callId: `in${time}`, trunkId: "A", setupMs: 600, ...names }).after(40_000);
      const end = { callId: `in${time}`, end: "hung-up-there", possibleDuplicate: false, talkedMs: 40_000, reason } as const;
      return talks(told.write("call:ended", end), `b${time}`, "B", { q850: { value: 16 } });
    }).entries;
  const made = buildReport(incoming, explain(incoming).incidents.at(-1), { generatedAtMs: 0 });
  const text = oneLine(renderText(made, { audience: "carrier" }));
  expect(text).toContain("3 calls over A.example that went wrong");
  expect(text.match(/Call-ID: in\d@example From tag: them .*?BYE: Q\.850 38 /g)).toHaveLength(3);
  expect(text).not.toContain("b0");
});

test("a redacted journal keeps it, but for what no peer can have said", () => {
  const hostile = { q850: { value: 38, location: "+21671000001" }, sip: 503, mediaTimeout: true, text: "to +21671000001" };
  const ended = entries.find(({ type }) => type === "call:ended") as Entry<"call:ended">;
  const [kept] = redactJournal([{ ...ended, reason: hostile as EndReason }]) as readonly Entry<"call:ended">[];
  expect(kept?.reason).toMatchObject({ q850: { value: 38 }, sip: 503, mediaTimeout: true });
  expect(JSON.stringify(kept)).not.toContain("21671000001");
});

test.each([["text"], [7], [[]], [{ q850: 38 }], [{ q850: "38" }]])("an entry whose reason is %j is read by nobody", (spoilt) => {
  const ended = entries.find(({ type }) => type === "call:ended") as Entry<"call:ended">;
  expect([isWhole(ended), isWhole({ ...ended, reason: spoilt as EndReason })]).toEqual([true, false]);
});
