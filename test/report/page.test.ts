import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import type { Incident } from "../../src/diagnosis/model.ts";
import { evidenceWeights, type EvidenceCode } from "../../src/diagnosis/weights.ts";
import type { Entry } from "../../src/journal.ts";
import { stalledOutcome } from "../../src/outcome.ts";
import { buildReport, renderHtml, renderText, scriptHash, styleHash, type ReportDocument } from "../../src/report/index.ts";
import { axisOf } from "../../src/report/html/axis.ts";
import { script as ownScript } from "../../src/report/html/script.ts";
import { en } from "../../src/report/languages/en.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { busyHour, carrierRouting, cases, crmInit, localNetwork, type Case } from "./journals.ts";

const reportOf = ({ entries, incident }: Case) => buildReport(entries, incident, { generatedAtMs: Date.UTC(2026, 1, 3, 15) });
const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>\u202e\u0000\n`;

/** The same document with every string replaced, codes and times too. */
function poison(value: unknown): unknown {
  if (typeof value === "string") return hostile;
  if (Array.isArray(value)) return value.map(poison);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, poison(child)]));
}

/** One string of the document at a time, so that every known code still picks its sentence. */
function* poisonEach(value: unknown): Generator<unknown> {
  if (typeof value === "string") yield hostile;
  else if (Array.isArray(value))
    for (const [index, child] of value.entries()) for (const poisoned of poisonEach(child)) yield value.with(index, poisoned);
  else if (value !== null && typeof value === "object")
    for (const [key, child] of Object.entries(value)) for (const poisoned of poisonEach(child)) yield { ...value, [key]: poisoned };
}

const voidTags = new Set(["meta", "br", "link", "img", "input", "hr", "!doctype"]);

/** Reads markup strictly: every tag closed in order, every attribute quoted. @returns the tags' names, with attributes. */
function parse(page: string): { readonly name: string; readonly attributes: ReadonlyMap<string, string> }[] {
  const tags: { name: string; attributes: Map<string, string> }[] = [];
  const open: string[] = [];
  const body = page.replace(/<style>[^<]*<\/style>/g, "<style></style>").replace(ownScript.toString(), "");
  const token = /<(\/?)([a-zA-Z!][\w-]*)((?:\s+[\w-:]+(?:="[^"<>]*")?)*)\s*(\/?)>|([^<]+)|(<)/g;
  for (const [whole, closing, name = "", attributes = "", selfClosing, , stray] of body.matchAll(token)) {
    if (stray) throw new Error(`stray < at ${body.slice(body.indexOf(whole), 80)}`);
    if (name === "") continue;
    if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    if (!selfClosing && !voidTags.has(name)) open.push(name);
    tags.push({
      name,
      attributes: new Map([...attributes.matchAll(/([\w-:]+)(?:="([^"]*)")?/g)].map(([, key = "", value = ""]) => [key, value])),
    });
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(" ")}`);
  return tags;
}

const allowed = new Set(
  "!doctype html head meta title style body main header p strong span h1 h2 h3 figure figcaption div svg g defs pattern rect circle marker path line text ul li section dl dt dd table caption thead tbody tr th td small em code abbr br details summary a dfn bdi".split(
    " ",
  ),
);

/** An entry with every string but its type replaced, at any depth. */
const poisonEntry = ({ type, ...facts }: Entry) => ({ type, ...(poison(facts) as object) }) as Entry;

/** Nothing that runs, loads or submits. */
function expectInert(page: string): void {
  const tags = parse(page);
  for (const { name, attributes } of tags) {
    if (!allowed.has(name) && name !== "title") throw new Error(`<${name}> has no place here`);
    for (const [key, value] of attributes) {
      if (key === "href") expect(value).toMatch(/^#[a-z0-9-]+$/);
      else expect(key).not.toMatch(/^on|^(?:style|src|action|data|srcset|formaction|xlink:href|srcdoc)$/i);
    }
  }
}

/** What is read of a page, without its tags. */
const words = (page: string) => page.replace(/<[^>]*>/g, "");

/** Neither ends a string nor turns the reading direction. */
const expectPrintable = (text: string) => expect(["\u202e", "\u0000"].some((character) => text.includes(character))).toBe(false);

describe("the page", () => {
  test.each(Object.entries(cases))("%s is well-formed, inert and self-contained", (_, make) => {
    const page = renderHtml(reportOf(make()));
    expectInert(page);
    expect(page.includes("default-src &#39;none&#39;")).toBe(true);
    expect(/url\((?!#lk-)|@import|https?:|NaN|undefined|Infinity|\[object/.exec(page)?.[0]).toBeUndefined();
  });

  test("its policy allows the one style and the one script that it has, by their hashes, and the documentation names them", () => {
    const page = renderHtml(reportOf(carrierRouting()));
    const [style = "", ...others] = [...page.matchAll(/<style>(.*?)<\/style>/gs)].map(([, text]) => text ?? "");
    expect(others).toEqual([]);
    expect(styleHash).toBe(`sha256-${createHash("sha256").update(style).digest("base64")}`);
    const [script = "", ...more] = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text]) => text ?? "");
    expect(more).toEqual([]);
    expect(scriptHash).toBe(`sha256-${createHash("sha256").update(script).digest("base64")}`);
    expect(page).toContain(`style-src &#39;${styleHash}&#39;; script-src &#39;${scriptHash}&#39;;`);
    const documentation = readFileSync(new URL("../../docs/report.md", import.meta.url), "utf8");
    for (const hash of [styleHash, scriptHash]) expect(documentation).toContain(`'${hash}'`);
  });

  test("what its script needs is on it: the words of its language, and a key where words sort badly", () => {
    const page = renderHtml(reportOf(carrierRouting()), { language: fr });
    expect(page).toContain('<main data-sort="Trier par" data-filter="Filtrer">');
    expect(page).toMatch(/<td class="figure" data-key="\d+">[^<]* \/ /);
  });

  test("hostile strings everywhere stay text", () => {
    for (const make of [carrierRouting, crmInit, localNetwork]) {
      const page = renderHtml(poison(reportOf(make())) as ReportDocument);
      expectInert(page);
      expect(page.includes("&lt;script&gt;alert(1)")).toBe(true);
      expectPrintable(page);
    }
  });

  test("hostile strings in every entry of the journal stay text", async () => {
    // Codes that nobody knows fit no schema, and may still be read from a file.
    const unseen = await vi.importActual<{ readonly buildReport: typeof buildReport }>("../../src/report/document.ts");
    for (const make of [carrierRouting, crmInit, localNetwork]) {
      const { entries, incident } = make();
      const report = unseen.buildReport(entries.map(poisonEntry), poison(incident) as Incident, { generatedAtMs: 0 });
      expectInert(renderHtml(report));
      expectPrintable(renderHtml(report) + renderText(report));
    }
  });

  test("one hostile string anywhere, a code or a time as well, neither throws nor becomes markup", () => {
    for (const make of [carrierRouting, crmInit, localNetwork]) {
      const report = reportOf(make());
      const compact = { ...report, attempts: report.attempts.slice(0, 3), calls: report.calls.slice(0, 3) };
      for (const poisoned of poisonEach(compact)) {
        expect(/<script|<img/i.test(renderHtml(poisoned as ReportDocument).replace(ownScript.toString(), ""))).toBe(false);
        expectPrintable(renderText(poisoned as ReportDocument));
      }
    }
  });

  test("says in one sentence where the fault lies and who acts", () => {
    expect(words(renderHtml(reportOf(carrierRouting())))).toContain(
      "The fault lies in the routing of calls at Carthage Telecom (trunk a).",
    );
    expect(renderHtml(reportOf(crmInit()))).toContain("The CRM’s vendor");
    expect(renderHtml(reportOf(localNetwork()))).toContain("The fault likely lies in the local network");
  });

  test("what is inconclusive leans, and nobody is sent off", () => {
    const report = reportOf(localNetwork());
    const verdict = { ...report.verdict, conclusion: "inconclusive", actor: "nobody" };
    const page = renderHtml({ ...report, verdict } as ReportDocument);
    expect(page).toContain("The record does not settle where the fault lies");
    expect(page).toContain("it leans towards one in the local network");
    expect(page).toContain("Nobody yet");
  });

  test("a session without an incident", () => {
    const page = renderHtml(buildReport(crmInit().entries, undefined, { generatedAtMs: 0 }));
    expectInert(page);
    expect(page).toContain("No incident on record");
  });

  test("an empty session", () => expectInert(renderHtml(buildReport([], undefined, { generatedAtMs: 0 }))));

  test("200 calls: the picture keeps to the ones that met a fault, and says so; the list has all", () => {
    const report = reportOf(busyHour());
    const page = renderHtml(report);
    expect(page).toContain(`The picture shows 8 of ${report.calls.length} calls`);
    expect(page.match(/<details class="call /g)).toHaveLength(report.calls.length);
  });

  test("a day of thousands of calls lists 500, those that met a fault before the others, and says so", () => {
    const report = reportOf(busyHour());
    const lost = report.calls.filter(({ fate }) => fate === "lost").map(({ callId }) => callId);
    const calm = report.calls.filter(({ fate }) => fate === "carried");
    const calls = [...Array.from({ length: 20 }, () => calm).flat(), ...report.calls];
    const page = renderHtml({ ...report, calls });
    expect(page).toContain(
      `The first 500 of ${calls.length} calls, those that met a fault before the others; the report as JSON has them all.`,
    );
    expect(page.match(/<details class="call /g)).toHaveLength(500);
    expect(page.match(/<details class="call [a-z]+ printed"/g)?.length).toBeLessThanOrEqual(50);
    for (const callId of lost) expect(page).toContain(`<span class="id">${callId}</span>`);
  });

  test("what the picture shows of stages and states stands in tables as well", () => {
    const page = renderHtml(reportOf(crmInit()));
    const tables = /<details class="equivalent">.*?<\/details>/s.exec(page)?.[0] ?? "";
    for (const word of ["telephony-config", "failed (not done in time)", "failed (HttpError 502)", "13:58:20.640", "registered"])
      expect(tables).toContain(word);
  });

  test("every table has a caption and scoped heads", () => {
    const page = renderHtml(reportOf(carrierRouting()));
    expect(page.match(/<table/g)?.length).toBe(page.match(/<caption/g)?.length);
    expect(page).not.toMatch(/<th(?! scope="(?:col|row)")[\s>]/);
  });
});

describe("the text", () => {
  test.each(Object.entries(cases))("%s keeps to 80 columns", (_, make) => {
    const lines = renderText(reportOf(make())).split("\n");
    expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    expect(lines.join("\n")).not.toMatch(/undefined|NaN|\[object/);
  });

  test("hostile strings cannot widen it or break its lines", () => {
    const text = renderText(poison(reportOf(carrierRouting())) as ReportDocument);
    expect(text.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
  });
});

describe("English", () => {
  const params = {
    stage: "sign-in",
    error: "TypeError",
    status: 502,
    calls: 2,
    numbers: 6,
    trunks: "a, b",
    trunk: "a",
    carrier: "Carthage Telecom",
    route: "mobile",
    code: 503,
    cause: 34,
    other: "b",
  };
  const codes = Object.keys(evidenceWeights) as EvidenceCode[];

  test.each(codes)("%s has a sentence, with and without its params", (code) => {
    for (const given of [params, {}]) {
      const sentence = en.evidence[code](given);
      expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
      expect(sentence).not.toMatch(/undefined|NaN|\(\)| {2}/);
    }
  });

  test("every test that the diagnosis may propose has a sentence", () => {
    const source = readFileSync(new URL("../../src/diagnosis/next-test.ts", import.meta.url), "utf8");
    const proposed = [...source.matchAll(/\bcode: "([a-z-]+)"/g)].map(([, code]) => code);
    expect(proposed.length).toBeGreaterThan(0);
    expect(Object.keys(en.nextTests).sort()).toEqual(proposed.sort());
  });

  test("what is inferred is never worded as somebody's statement", () => {
    const inferred: EvidenceCode[] = [
      "edge-unreachable",
      "edge-fell-silent",
      "registrar-silent",
      "invite-swallowed-by-live-edge",
      "call-stalled-after-trying",
      "all-routes-failed-on-trunk",
      "unrelated-trunks-failed-together",
    ];
    for (const code of inferred) {
      const sentence = en.evidence[code](params);
      expect(sentence).toMatch(/infer/);
      expect(sentence.replace("nobody said it", "")).not.toMatch(/\b(?:said|says|told us|refused|declared)\b/);
    }
  });

  test("an answer to our giving up is not told as a refusal", () => {
    const given = { callId: "c", attempt: 1, trunkId: "a", route: "national", tookMs: 8_100 };
    const sentence = en.timeline["attempt:ended"]({
      seq: 1,
      atMs: 0,
      type: "attempt:ended",
      ...given,
      outcome: stalledOutcome,
      answer: { code: 487, said: "peer" },
    });
    expect(sentence).toContain("this is inferred, and the 487 answers only our giving up");
  });

  /** Figure and unit do not part at a line's end. */
  const spaced = (text: string) => text.replaceAll("\u00a0", " ");

  test.each([
    [0.99, "almost certain"],
    [0.95, "almost certain"],
    [0.949, "very likely"],
    [0.8, "very likely"],
    [0.55, "likely"],
    [0.5, "about even"],
    [0.2, "unlikely"],
    [0.05, "very unlikely"],
    [0, "almost ruled out"],
  ])("%d is %s", (probability, word) => expect(en.confidence(probability)).toBe(word));

  test.each([
    [0, "0 ms"],
    [999.4, "999 ms"],
    [999.6, "1.0 s"],
    [1_234, "1.2 s"],
    [9_960, "10 s"],
    [59_400, "59 s"],
    [60_000, "1 min"],
    [125_000, "2 min 5 s"],
    [3_600_000, "1 h"],
    [5_400_000, "1 h 30 min"],
    [-1_500, "−1.5 s"],
    [Number.NaN, "–"],
  ])("%d ms is %s", (ms, words) => expect(spaced(en.duration(ms))).toBe(words));

  test.each([
    [undefined, "–"],
    [0, "0 %"],
    [0.001, "< 1 %"],
    [0.5, "50 %"],
    [0.999, "> 99 %"],
    [1, "100 %"],
  ])("%s is %s", (share, words) => expect(spaced(en.percent(share))).toBe(words));
});

describe("the time axis", () => {
  test.each([500, 10_000, 95_000, 600_000, 3_600_000, 30 * 3_600_000, 400 * 24 * 3_600_000])(
    "%d ms: few ticks, in order, on round times",
    (lengthMs) => {
      const { ticks } = axisOf({ fromMs: 777, toMs: 777 + lengthMs, from: "2026-02-03T13:58:20.777Z", to: "" });
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThanOrEqual(10);
      expect(ticks.map(({ x }) => x)).toEqual(ticks.map(({ x }) => x).sort((a, b) => a - b));
      expect(ticks.every(({ x }) => x >= 0 && x <= 100)).toBe(true);
    },
  );

  test("a window without length", () =>
    expect(axisOf({ fromMs: 5, toMs: 5, from: "nonsense", to: "" }).ticks.length).toBeLessThanOrEqual(10));
});
