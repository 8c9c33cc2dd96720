import { describe, expect, test } from "vitest";
import type { Evidence } from "../../src/diagnosis/model.ts";
import {
  audiences,
  buildReport,
  en,
  languageFor,
  languageTags,
  renderHtml,
  renderMarkdown,
  renderText,
  troubleTicket,
} from "../../src/report/index.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { carrierRouting, cases, type Case } from "./journals.ts";

const reportOf = ({ entries, incident }: Case) => buildReport(entries, incident, { generatedAtMs: Date.UTC(2026, 1, 3, 15) });

/** Stands for a value that a sentence is given: which one, so that it is seen where it comes out. */
const given = (name: string) => `‹${name}›`;

/** Answers each question for a fact with the fact's own name, at any depth, and keeps in mind which were asked. */
function factsOf(known: Readonly<Record<string, unknown>>, asked: Set<string>): object {
  return new Proxy(known, {
    get: (target, key) => {
      if (typeof key !== "string") return undefined;
      asked.add(key);
      return key in target ? target[key] : given(key);
    },
    has: () => true,
  });
}

/** Facts that are no text, and choices between words; each set lets other branches speak. */
const fact = { code: 503, said: "peer", q850: { value: 34, location: "TN" } };
const path = { wasConnected: true, dtls: "connected", answers: true, ice: "failed", localAddressChanged: true };
const settingsChange = { added: ["‹added›"], removed: ["‹removed›"], changed: [{ id: "‹changed›", what: ["‹what›"] }] };
const facts: readonly Readonly<Record<string, unknown>>[] = [
  {
    ...settingsChange,
    ...{
      atMs: 1,
      byMs: 1_500,
      tookMs: 2_000,
      waitedMs: 3_000,
      forMs: 4_000,
      firstMs: 0,
      lastMs: 5_000,
      ejectionMs: 6_000,
      jitterMs: 7,
      rttMs: 8,
    },
    ...{
      count: 2,
      calls: 2,
      trunks: 2,
      tries: 2,
      entries: 2,
      confirmed: 2,
      failed: 2,
      attempts: 2,
      answered: 2,
      lost: 2,
      run: 2,
      attempt: 2,
    },
    ...{
      status: 502,
      code: 503,
      cause: 34,
      bytes: 400,
      mos: 3.2,
      lossPercent: 1.5,
      uplink: { mos: 2.1, lossPercent: 2.5 },
      httpStatus: 500,
    },
    ...{ critical: true, final: false, online: true, isLocal: true, possibleDuplicate: true, edgeAlive: true, muted: true },
    ...{
      fault: { kind: "threw", name: "TypeError" },
      end: { code: 1006, wasOpen: false },
      answer: fact,
      outcome: { row: "sip-503", class: "carrier" },
    },
    ...{ path, carriers: ["A", "B"], direction: "inbound", kind: "stopped", held: "here", wished: "hold", level: "poor", plane: "media" },
    ...{
      overdue: { awaited: "ringing", waitedMs: 4_000, edgeAlive: true },
      abandoned: "silence",
      settled: "cancelled",
      blockedByNetwork: true,
    },
    ...{ retryAfterS: 30, sent: false, row: "silence-edge-alive", firstSeq: 1, lastSeq: 9, subject: "incident", incidentId: 1 },
  },
  {
    ...settingsChange,
    ...{
      atMs: 1,
      byMs: -1_500,
      tookMs: 2_000,
      waitedMs: 3_000,
      forMs: 0,
      ejectionMs: undefined,
      jitterMs: 7,
      rttMs: undefined,
      count: undefined,
    },
    ...{
      calls: 1,
      trunks: undefined,
      tries: 1,
      entries: 1,
      confirmed: 1,
      failed: 1,
      attempts: 1,
      answered: 1,
      lost: 0,
      run: 1,
      attempt: 1,
    },
    ...{
      status: undefined,
      code: undefined,
      cause: undefined,
      bytes: 1,
      mos: 4.1,
      lossPercent: 0,
      uplink: undefined,
      httpStatus: undefined,
    },
    ...{
      critical: false,
      final: true,
      online: false,
      isLocal: false,
      possibleDuplicate: false,
      edgeAlive: false,
      muted: false,
      error: undefined,
    },
    ...{
      fault: { kind: "overdue" },
      end: undefined,
      answer: { code: 408, said: "inferred" },
      outcome: { row: "stalled-after-100", class: "ambiguous" },
      header: undefined,
    },
    ...{
      path: undefined,
      carriers: ["A", "B"],
      direction: "both",
      kind: "silent",
      held: "none",
      wished: "resume",
      level: "good",
      plane: "signalling",
    },
    ...{
      overdue: undefined,
      abandoned: undefined,
      settled: undefined,
      blockedByNetwork: false,
      retryAfterS: undefined,
      sent: true,
      row: undefined,
    },
    ...{
      stage: undefined,
      heard: undefined,
      because: "busy",
      firstSeq: undefined,
      lastSeq: undefined,
      subject: "session",
      route: undefined,
      carrier: undefined,
    },
    ...{ text: undefined, what: undefined, trunk: undefined, other: undefined, hosts: undefined, name: undefined, to: undefined },
  },
];

interface Phrase {
  readonly at: string;
  readonly text: string;
  /** What the sentence asked for. */
  readonly asked: readonly string[];
}

/** Functions of plain values, and what they are given. */
const plain: Readonly<Record<string, readonly unknown[]>> = {
  undecided: [["X", "Y"]],
  alsoAt: [["X", "Y"]],
  strength: [2],
  confidence: [0.7],
  someCalls: [3, 9],
  someMoments: [3, 9],
  seen: [3],
  clockSkew: ["X", 1_500],
  duration: [1_500],
  percent: [0.5],
  number: [1.5],
  moment: ["2026-02-03T14:01:00.000Z"],
  pair: ["X", "Y"],
  carrierOf: ["X", "a"],
  routeOf: ["*"],
  stageFault: [{ kind: "overdue" }],
  "agent.tell": [{ from: "2026-02-03T14:01:00.000Z" }],
  "ticket.no": ["X"],
  "ticket.unended": ["2026-02-03T14:01:00.000Z"],
  "statement.isOver": ["2026-02-03T14:01:00.000Z"],
  "statement.unended": ["2026-02-03T14:01:00.000Z"],
};

function phrasesOf(value: unknown, known: Readonly<Record<string, unknown>>, at = ""): Phrase[] {
  if (typeof value === "string") return [{ at, text: value, asked: [] }];
  if (typeof value === "function") {
    const asked = new Set<string>();
    const isOfName = /^(?:conclusions|actors|sends|domains|ticket\.tests)\./.test(at);
    const values = plain[at] ?? (isOfName ? ["X"] : [factsOf(known, asked)]);
    const text: unknown = (value as (...values: readonly unknown[]) => unknown)(...values);
    return [{ at, text: String(text), asked: [...asked].sort() }];
  }
  if (Array.isArray(value)) return value.flatMap((child, index) => phrasesOf(child, known, `${at}.${index}`));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, child]) => phrasesOf(child, known, at === "" ? key : `${at}.${key}`));
}

/** Spelt alike in both languages: names of the protocols, abbreviations, and words that French and English share. */
const shared =
  /^(?:direction|duration|pair|subject)$|^labels\.(?:route|srd|pdd|rrd|sipCallId|fromTag|codes|legendIncident|journal|ourSide|codec)$|^microphoneKinds\.bluetooth$|^terms\..*\.forms\.\d+$/;

describe.each(facts.map((known, index) => [index, known] as const))("French beside English, facts %i", (_, known) => {
  const [english, french] = [phrasesOf(en, known), phrasesOf(fr, known)];
  const englishAt = new Map(english.map((phrase) => [phrase.at, phrase]));

  test("has the same phrases; a term may have other forms", () => {
    const keys = (phrases: readonly Phrase[]) =>
      phrases
        .map(({ at }) => at)
        .filter((at) => !/\.forms\.[1-9]/.test(at))
        .sort();
    expect(keys(french)).toEqual(keys(english));
    expect(french.length).toBeGreaterThan(450);
  });

  test("each says what the English one says of the facts, and leaves none out", () => {
    const values = (text: string) => [...text.matchAll(/‹\w+›/g)].map(([value]) => value).sort();
    const differing = french.filter(({ at, text }) => {
      const other = englishAt.get(at);
      return other !== undefined && [...new Set(values(text))].join() !== [...new Set(values(other.text))].join();
    });
    expect(differing.map(({ at, text }) => `${at}: ${text} | ${englishAt.get(at)?.text}`)).toEqual([]);
  });

  test("none was left in English", () => {
    const same = french.filter(
      ({ at, text }) => /\p{L}{3}/u.test(text.replace(/‹\w+›/g, "")) && englishAt.get(at)?.text === text && !shared.test(at),
    );
    expect(same.map(({ at, text }) => `${at}: ${text}`)).toEqual([]);
    const stray =
      /(?<![\p{L}’‹-])(?:the|of|and|was|were|with|from(?! tag)|this|that|call|calls|failed|trunk(?! SIP)|trunks|carrier|carriers|edge|agent’s|its|not|did|has|had|after|before|while|which|by|to|at|in|is|it|no|for|answer|answered|line|network|start|stage)(?![\p{L}›-])/u;
    const withStrays = french.filter(({ text }) => stray.test(text.replace(/‹\w+›/g, "").replace(/allow="microphone"/, "")));
    expect(withStrays.map(({ at, text }) => `${at}: ${text}`)).toEqual([]);
  });

  test("French typography: spaces that do not break, and apostrophes that are no ticks", () => {
    const faults = french.filter(
      ({ at, text }) =>
        !/undefined|\[object/.test(englishAt.get(at)?.text ?? "") && / [:;!?%»]|« |[a-z]'|undefined|NaN|\[object|\(\)| {2}/.test(text),
    );
    expect(faults.map(({ at, text }) => `${at}: ${text}`)).toEqual([]);
  });

  test("sentences of evidence begin with a capital and end with a full stop", () => {
    for (const { at, text } of french.filter(({ at: where }) => /^(?:evidence|timeline|steps)\./.test(where)))
      expect(`${at}: ${text}`).toMatch(/: [‹\p{Lu}\d].*[.?]$/u);
  });
});

describe("French", () => {
  test("what is inferred is said to be inferred", () => {
    const inferred = [
      "edge-unreachable",
      "edge-fell-silent",
      "registrar-silent",
      "invite-swallowed-by-live-edge",
      "call-stalled-after-trying",
      "all-routes-failed-on-trunk",
      "unrelated-trunks-failed-together",
    ] as const satisfies readonly Evidence["code"][];
    for (const code of inferred) expect(fr.evidence[code]({ trunk: "a" })).toMatch(/dédui/);
  });

  test("names take their prepositions", () => {
    const named = (carrier: string) => fr.evidence["edge-fell-silent"]({ trunk: "a", carrier }).replace("\u00a0a", " a");
    expect(named("Orange")).toContain("Le frontal d’Orange (ligne a)");
    expect(named("Sahel Voice")).toContain("Le frontal de Sahel Voice (ligne a)");
    expect(named("")).toContain("Le frontal de la ligne a");
  });

  const spaced = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

  test.each([
    [0, "0 ms"],
    [1_234, "1,2 s"],
    [125_000, "2 min 5 s"],
    [5_400_000, "1 h 30 min"],
    [Number.NaN, "–"],
  ])("%d ms is %s", (ms, words) => expect(spaced(fr.duration(ms))).toBe(words));

  test("figures and dates as French writes them", () => {
    expect(spaced(fr.number(12_345.6))).toBe("12 345,6");
    expect(spaced(fr.statement.isOver("2026-02-03T14:01:00.000Z"))).toMatch(/à la normale le 3 février 2026 à 14:01 UTC\.$/);
    expect(fr.statement.isOver("nonsense")).toContain("nonsense");
    const report = reportOf(carrierRouting());
    for (const render of [renderText, renderMarkdown, renderHtml])
      expect(spaced(render(report, { language: fr }))).toContain("3 février 2026 à 15:00 UTC · ");
  });

  test.each(Object.entries(cases))("%s: every audience and format, within 80 columns", (_, make) => {
    const report = reportOf(make());
    for (const audience of audiences) {
      const text = renderText(report, { audience, language: fr });
      expect(text.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
      expect(text + renderMarkdown(report, { audience, language: fr })).not.toMatch(/undefined|NaN|\[object/);
      expect(renderHtml(report, { audience, language: fr })).toContain('<html lang="fr" dir="ltr">');
    }
  });

  test("the verdict, and the carrier's ticket", () => {
    const report = reportOf(carrierRouting());
    expect(spaced(renderText(report, { language: fr }))).toContain(
      "La panne est dans l’acheminement des appels de Carthage Telecom (ligne a).",
    );
    expect(troubleTicket(report, { language: fr })?.name).toBe("3 tentatives d’appel sur 5 vers edge.carthage.example en échec");
  });
});

describe("a language by locale", () => {
  test.each([
    ["fr", "fr"],
    ["fr-TN", "fr"],
    ["FR-ca", "fr"],
    [["de-CH", "fr-CH", "en"], "fr"],
    ["de", "en"],
    [[], "en"],
    ["constructor", "en"],
    ["", "en"],
  ])("%j is %s", async (locales, tag) => expect((await languageFor(locales)).tag).toBe(tag));

  test.each(languageTags)("%s is there under its own tag", async (tag) => expect((await languageFor(tag)).tag).toBe(tag));

  test("one that is read from right to left turns the page, and not the axis of time", () => {
    const page = renderHtml(reportOf(carrierRouting()), { language: { ...en, tag: "ar", direction: "rtl" } });
    expect(page).toContain('<html lang="ar" dir="rtl">');
    const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? "";
    expect(style).toContain("svg { direction: ltr");
    expect(style.match(/(?:margin|padding|border)-(?:left|right)|text-align: (?:left|right)|[^-](?:left|right):/g)).toBeNull();
  });
});

test("three carriers are told as a list, not strung together", () => {
  const together = { carriers: ["A", "B", "C"] } as never;
  expect(en.timeline["common-mode:suspected"]?.(together)).toContain("A, B and C failed together");
  expect(fr.timeline["common-mode:suspected"]?.(together)).toContain("A, B et C en panne ensemble");
});

test("the first of a month is an ordinal, the eleventh is not", () => {
  expect(fr.statement.isOver("2027-01-01T00:01:00.000Z")).toContain("1er janvier 2027");
  expect(fr.statement.isOver("2027-01-11T00:01:00.000Z")).toContain("le 11 janvier 2027");
  expect(fr.statement.since({ from: "2027-01-01T00:01:00.000Z", to: "2027-01-01T00:09:00.000Z" })).toMatch(/^Le 1er janvier 2027 de /);
});
