import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { entryRules, redactJournal } from "../../../adapters/cli/redaction/journal.ts";
import { redactReport } from "../../../adapters/cli/redaction/report.ts";
import type { Rule } from "../../../adapters/cli/redaction/rules.ts";
import { explain } from "../../../src/diagnosis/index.ts";
import type { Entry } from "../../../src/journal.ts";
import { buildReport, renderHtml, type ReportDocument } from "../../../src/report/index.ts";
import { readJournal, readLabels } from "../../corpus/files.ts";
import { faultsOf } from "../../report/published-schema.ts";
import { cases } from "../../report/journals.ts";

/** All but who is meant by it. */
const judged = (entries: readonly Entry[]): unknown =>
  JSON.parse(JSON.stringify(explain(entries), (key, value: unknown) => (["params", "trunkId", "route"].includes(key) ? undefined : value)));

/** One journal of each kind of fault. */
const oneOfEach = [...new Map(Object.entries(readLabels()).map(([id, { kind }]) => [kind, id])).values()];

test("the verdict on a redacted journal is the verdict on the journal, for each kind of fault", () => {
  for (const id of oneOfEach) {
    const entries = readJournal(id);
    const redacted = redactJournal(entries);
    expect(redacted.length, id).toBe(entries.length);
    expect(judged(redacted), id).toEqual(judged(entries));
  }
});

test("no word of ours is taken for a stranger's", () => {
  for (const id of oneOfEach) expect(JSON.stringify(redactJournal(readJournal(id))), id).not.toContain('"other"');
});

/** What must not go out, in the shapes that it has. */
const secret = fc.oneof(
  fc.constantFrom("Amira Ben Salah", "+21671123456", "0021698765432", "sip:amira@carthage.example", "Bearer eyJhbGciOiJIUzI1NiJ9.x.y"),
  fc.constantFrom(
    "192.168.1.20",
    "edge.carthage.example",
    "https://crm.example/?token=abc",
    "<b>Amira</b>",
    "ZzMARKzZ",
    "amira@example.com",
  ),
  fc.stringMatching(/^[A-Z][a-z]{3,9} [A-Z][a-z]{3,9}$/),
  fc.stringMatching(/^\+?[0-9]{7,14}$/),
);

/** An entry of that type with the secret in every text that it has a rule for, and in some that it has none for. */
const filled = (rule: Rule, text: string): unknown => {
  if (rule === "keep") return text;
  if (typeof rule === "string") return rule === "figures" || rule === "params" ? { trunk: text, anything: text, [text]: 1 } : text;
  if (rule["each"] !== undefined) return [filled(rule["each"], text), text];
  return Object.fromEntries([
    ...Object.entries(rule).map(([name, each]) => [name, filled(each, text)] as const),
    ["unknown", text],
    [text, text],
  ]);
};

describe.each(Object.entries(entryRules))("%s", (type, rule) => {
  property.prop([secret], { numRuns: 20 })("lets no secret through, in whatever field", (text) => {
    const entry = { ...(filled(rule, text) as object), seq: 1, atMs: 1, type } as unknown as Entry;
    const [redacted] = redactJournal([entry]);
    expect(redacted).toBeDefined();
    expect(JSON.stringify(redacted)).not.toContain(text);
  });
});

/** The document once for each of its texts, with the secret in that place. */
function* markEach(value: unknown, text: string): Generator<unknown> {
  if (typeof value === "string") yield text;
  else if (Array.isArray(value)) {
    for (const [index, child] of value.slice(0, 3).entries()) for (const marked of markEach(child, text)) yield value.with(index, marked);
  } else if (value !== null && typeof value === "object")
    for (const [key, child] of Object.entries(value)) for (const marked of markEach(child, text)) yield { ...value, [key]: marked };
}

const names = ["Carthage Telecom", "Sahel Voice", "carthage", "sahel", "Medina CRM", "Tunis", "party-c", "agent-0042", "CASE-77"];

describe.each(Object.entries(cases))("the report on %s", (_, make) => {
  const { entries, incident } = make();
  const report = { ...buildReport(entries, incident, { generatedAtMs: 0 }), journalDigest: { value: "ab12", entries: 1, lastSeq: 1 } };

  test("is a report as the schema says, without a name, and can be rendered", () => {
    const redacted = redactReport(report);
    expect(faultsOf(redacted)).toEqual([]);
    for (const name of names) expect(JSON.stringify(redacted)).not.toContain(name);
    expect(redacted.journalDigest).toBeUndefined();
    expect(redacted.verdict?.probabilities).toEqual(report.verdict?.probabilities);
    expect(redacted.redacted).toEqual(expect.arrayContaining(["error-messages", "reason-text"]));
    expect(renderHtml(redacted)).toContain("</html>");
  });

  test.each(["Amira Ben Salah", "+21671123456", "ZzMARKzZ"])("lets %s through in no field", (text) => {
    for (const marked of markEach(report, text)) expect(JSON.stringify(redactReport(marked as ReportDocument))).not.toContain(text);
  });
});

test("one party, trunk or Call-ID is followed by its alias; two are told apart", () => {
  const [first, second] = ["one", "two"].map((alias) => ({ route: "+216 71", alias, tail: "42" }));
  const placed = (seq: number, party: object) => ({ seq, atMs: seq, type: "call:placed", callId: `c${seq}`, party });
  const redacted = redactJournal([placed(1, first ?? {}), placed(2, second ?? {}), placed(3, first ?? {})] as Entry[]);
  expect(redacted.map((entry) => "party" in entry && entry.party)).toEqual([
    { route: "route-1", alias: "party-1", tail: "" },
    { route: "route-1", alias: "party-2", tail: "" },
    { route: "route-1", alias: "party-1", tail: "" },
  ]);
});

test("what this version does not know is left out: entries, and fields of those that it knows", () => {
  const entries = [
    { seq: 1, atMs: 1, type: "quantum:entangled", who: "Amira" },
    { seq: 2, atMs: 2, type: "constructor" },
    { seq: 3, atMs: 3, type: "network:changed", online: true, who: "Amira" },
    { seq: 4, atMs: 4, type: "network:changed", online: { who: "Amira" } },
    { seq: 5, atMs: 5, type: "call:muted", callId: 21671123456, muted: true },
  ] as unknown as Entry[];
  expect(redactJournal(entries)).toEqual([
    { seq: 3, atMs: 3, type: "network:changed", online: true },
    { seq: 4, atMs: 4, type: "network:changed" },
    { seq: 5, atMs: 5, type: "call:muted", muted: true },
  ]);
});
