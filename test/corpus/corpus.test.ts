/** The corpus is what it says it is, and the verdicts on it are as good as docs/eval.md says. */
import { readFileSync, readdirSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { faultDomains, type FaultDomain, type Verdict } from "../../src/diagnosis/model.ts";
import type { Case } from "./score.ts";
import { documentOf } from "./document.ts";
import { browserKinds } from "./browser/kinds.ts";
import { evaluate, evaluateBrowser } from "./evaluate.ts";
import { browserFilesOf, filesOf, readBrowserJournal, readBrowserLabels, readJournal, readLabels, type Seeds } from "./files.ts";
import { kinds } from "./kinds/index.ts";
import { caseOf, scoreOf } from "./score.ts";
import { targets } from "./targets.ts";

const labels = readLabels();
const ids = Object.keys(labels);

describe("the corpus", () => {
  test("has at least 500 journals of 60 kinds, each with a label and a seed of its own", () => {
    const seeds = JSON.parse(readFileSync(filesOf.seeds, "utf8")) as Seeds;
    expect(ids.length).toBeGreaterThanOrEqual(500);
    expect(new Set(Object.values(labels).map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(60);
    expect(
      readdirSync(filesOf.journals)
        .map((file) => file.replace(".jsonl.gz", ""))
        .sort(),
    ).toEqual([...ids].sort());
    expect(Object.keys(seeds).sort()).toEqual([...ids].sort());
    expect(new Set(Object.values(seeds)).size).toBe(ids.length);
  });

  test("keeps a kind of fault in one half, and has faults of every domain in both", () => {
    for (const { id, half, truth, isOpen } of kinds)
      for (const label of Object.values(labels).filter(({ kind }) => kind === id))
        expect(label, id).toEqual({ kind: id, half, truth, ...(isOpen && { isOpen }) });
    for (const half of ["tune", "score"])
      for (const domain of faultDomains.filter((each) => each !== "unknown"))
        expect(
          kinds.some((kind) => kind.half === half && kind.truth.includes(domain)),
          `${domain} in ${half}`,
        ).toBe(true);
  });

  test("shows the diagnosis neither label nor seed nor password", () => {
    for (const id of ids) {
      const text = JSON.stringify(readJournal(id));
      for (const secret of [labels[id]?.kind ?? "", "not-in-any-journal"]) expect(text.includes(secret), `${id}: ${secret}`).toBe(false);
    }
  });
});

describe("what was recorded in a browser", () => {
  const recorded = readBrowserLabels();

  test("has journals of every kind, each labelled as its kind says, and shows the diagnosis neither label nor password", () => {
    const files = readdirSync(browserFilesOf.journals).map((file) => file.replace(".jsonl.gz", ""));
    expect(files.sort()).toEqual(Object.keys(recorded).sort());
    for (const { id, truth } of browserKinds) {
      const labelled = Object.entries(recorded).filter(([, { kind }]) => kind === id);
      expect(labelled.length, id).toBeGreaterThanOrEqual(2);
      for (const [journal, label] of labelled) {
        expect(label, journal).toEqual({ kind: id, truth });
        const text = JSON.stringify(readBrowserJournal(journal));
        for (const secret of [id, "not-in-any-journal"]) expect(text.includes(secret), `${journal}: ${secret}`).toBe(false);
      }
    }
  });
});

describe("the verdicts on it", () => {
  const halves = {} as Record<"tune" | "score", ReturnType<typeof evaluate>>;
  let browser: ReturnType<typeof evaluateBrowser>;
  beforeAll(() => {
    browser = evaluateBrowser();
    halves.tune = evaluate("tune");
    halves.score = evaluate("score");
    // It computes, as long as the machine takes: a minute when nothing else runs.
  }, 600_000);

  test.each(targets.map((target) => [target.name, target] as const))("%s", (_, { isMet, show }) => {
    expect(isMet(halves.score.score), show(halves.score.score)).toBe(true);
  });

  test("are those of docs/eval.md", () => {
    expect(readFileSync(new URL("../../docs/eval.md", import.meta.url), "utf8")).toBe(documentOf(halves.tune, halves.score, browser));
  });

  test("blame nobody across in what was recorded in a browser", () => {
    expect(browser.score.crossBlame.map(({ id, misled }) => [id, misled])).toEqual([]);
  });
});

describe("the score", () => {
  const even = Object.fromEntries(faultDomains.map((domain) => [domain, 0])) as Case["probabilities"];
  const word = (leader: FaultDomain, confidence: number): Verdict => ({
    conclusion: "clear",
    leader,
    probabilities: { ...even, [leader]: confidence, unknown: 1 - confidence },
    faults: [],
    reasonsFor: [],
    reasonsAgainst: [],
    actor: "nobody",
  });
  const said = (leader: FaultDomain, confidence: number, ...truth: Case["truth"]) => caseOf("x", "x", truth, word(leader, confidence));

  test("is perfect where all is right and sure", () => {
    expect(scoreOf([said("crm-init", 1, "crm-init"), said("carrier-media", 1, "carrier-media")])).toMatchObject({
      accuracy: 1,
      brier: 0,
      ece: 0,
    });
  });

  test("counts a sure error fully in Brier and in calibration", () => {
    const score = scoreOf([said("crm-init", 1, "local-network")]);
    expect(score).toMatchObject({ accuracy: 0, brier: 2, ece: 1 });
    expect(score.misses).toHaveLength(1);
  });

  test("takes doubt for right where nothing could tell, and calls its leader wrong all the same when it asks how sure it was", () => {
    const doubt = { ...word("local-network", 0.55), conclusion: "inconclusive" as const };
    const open = (verdict: Verdict) => caseOf("x", "x", ["carrier-media"], verdict, [], [], true);
    expect(open(doubt).isRight).toBe(true);
    expect(scoreOf([open(doubt)]).ece).toBeCloseTo(0.55);
    expect(open(word("local-network", 0.95)).isRight).toBe(false);
    expect(caseOf("x", "x", ["carrier-media"], doubt).isRight).toBe(false);
  });

  test("finds those who say 75 % and are right in half of the cases", () => {
    const cases = [said("crm-init", 0.75, "crm-init"), said("crm-init", 0.75, "agent-device")];
    expect(scoreOf(cases).ece).toBeCloseTo(0.25);
  });

  test.each([
    ["a carrier for the CRM's fault", said("carrier-routing", 0.81, "crm-init"), 1],
    ["the CRM for a carrier's", said("crm-config", 0.81, "carrier-media"), 1],
    ["neither when not sure", said("crm-config", 0.79, "carrier-media"), 0],
    ["neither when both are at fault", said("crm-init", 0.95, "carrier-media", "crm-init"), 0],
    ["neither when a third is at fault", said("crm-init", 0.95, "local-network"), 0],
  ])("blames across: %s", (_, one, count) => expect(scoreOf([one]).crossBlame).toHaveLength(count));

  test("blames across with the first word too, whatever the last one was", () => {
    const [first, last] = [word("carrier-routing", 0.9), word("crm-init", 0.9)];
    expect(scoreOf([caseOf("x", "x", ["crm-init"], last, [{ atMs: 0, verdict: first }])]).crossBlame).toHaveLength(1);
    expect(scoreOf([caseOf("x", "x", ["crm-init"], last)]).crossBlame).toHaveLength(0);
  });

  test("asks who led within 5 s of the second failed call, and what was said first", () => {
    const [right, wrong] = [word("crm-init", 0.9), word("carrier-media", 0.6)];
    const told = (failedMs: readonly number[], ...words: readonly [number, Verdict][]) =>
      caseOf(
        "x",
        "x",
        ["crm-init"],
        right,
        words.map(([atMs, verdict]) => ({ atMs, verdict })),
        failedMs,
      );
    const [soon, late, once] = [
      told([400, 1_000], [500, wrong], [5_900, right]),
      told([600, 1_000], [500, right], [900, wrong], [6_100, right]),
      told([]),
    ];
    expect([soon, late, once].map(({ isFirstRight, isInTime }) => [isFirstRight, isInTime])).toEqual([
      [false, true],
      [true, false],
      [undefined, undefined],
    ]);
    // From the first failed call on: 5.5 s, and at once, for the right one led already.
    expect([soon, late, once].map(({ foundAfterMs }) => foundAfterMs)).toEqual([5_500, 0, undefined]);
    // From the second on: 5 s, and 0.1 s after it the right one led no more, and came back after 5.1 s.
    expect([soon, late, once].map(({ foundAfterSecondMs }) => foundAfterSecondMs)).toEqual([4_900, 5_100, undefined]);
    expect(scoreOf([soon, late, once])).toMatchObject({
      firstRight: 0.5,
      inTime: 0.5,
      late: [late],
      inconclusive: 0,
      foundMs: { median: 0, p95: 5_500 },
      foundSecondMs: { median: 4_900, p95: 5_100 },
    });
  });
});
