import { fc } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import type { AnswerFact } from "../../src/journal.ts";
import { buildReport, renderHtml, type Catalogue } from "../../src/report/index.ts";
import { extentOf, LabelLine, phoneWidths, wideWidths, type Extent } from "../../src/report/html/label.ts";
import { en } from "../../src/report/languages/en.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { begin, busyHour, call, connect, script } from "./journals.ts";

const answers: readonly (AnswerFact | "swallowed" | undefined)[] = [
  undefined,
  "swallowed",
  { code: 486, said: "peer" },
  { code: 503, said: "peer" },
];
const trunkId = fc.constantFrom("a", "b", "trunk-of-a-carrier-with-a-long-name");
const atMs = fc.integer({ min: 1_000, max: 600_000 });

/** A day of which only this is drawn by lot: when what was tried, on which trunk, and what became of it. */
const day = fc.record({
  starts: fc.array(fc.tuple(atMs, fc.integer({ min: 10, max: 30_000 }), fc.boolean()), { maxLength: 6 }),
  calls: fc.array(
    fc.record({
      atMs,
      talkMs: fc.integer({ min: 0, max: 400_000 }),
      tries: fc.array(fc.tuple(trunkId, fc.constantFrom(...answers)), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
});
type Day = typeof day extends fc.Arbitrary<infer T> ? T : never;

function pictureOf({ starts, calls }: Day, language = en): string {
  const told = script();
  begin(told);
  for (const trunk of ["a", "b"]) connect(told, trunk, 0);
  starts.forEach(([fromMs, tookMs, fails], index) => {
    const of = { stage: "telephony-config", run: index + 1, attempt: 1, critical: true };
    told.at(fromMs, "boot:started", { run: index + 1 });
    told.at(fromMs, "stage:started", of);
    if (fails) told.at(fromMs + tookMs, "stage:failed", { ...of, tookMs, final: true, fault: { kind: "overdue" } });
    else told.at(fromMs + tookMs, "stage:passed", { ...of, tookMs });
  });
  calls.forEach(({ atMs: fromMs, talkMs, tries }, index) => {
    const answered = tries.findIndex(([, answer]) => answer === undefined);
    const made = answered < 0 ? tries : tries.slice(0, answered + 1);
    const asTried = made.map(([id, answer]) => ({
      trunkId: id,
      ...(answer === "swallowed" ? { silent: "edge-alive" as const } : answer && { answer }),
    }));
    call(told, fromMs, `c${index + 1}`, asTried, { talkMs, end: answered < 0 ? "failed" : "hung-up-here" });
  });
  return renderHtml(buildReport(told.entries(), undefined, { generatedAtMs: 0 }), { language }).split("</figure>")[0] ?? "";
}

interface Drawn {
  readonly y: number;
  readonly isMinor: boolean;
  readonly on: (width: number) => Extent;
}

const drawnIn = (picture: string): Drawn[] =>
  [...picture.matchAll(/<text class="([^"]*)" x="([^"]+)%" dx="([^"]+)" y="([^"]+)" text-anchor="(start|middle|end)"\s*>([^<]*)</g)].map(
    ([, look = "", x, dx, y, anchor, text = ""]) => ({
      y: Number(y),
      isMinor: look.includes("minor"),
      on: (width) => extentOf({ text, x: Number(x), dx: Number(dx), anchor: anchor as "start" | "middle" | "end" }, width),
    }),
  );

/** px that a line of letters is high. */
const letterHeight = 11;

function collisions(labels: readonly Drawn[], width: number): number {
  const on = labels.map((label) => ({ y: label.y, extent: label.on(width) }));
  const meet = on.flatMap((one, index) =>
    on
      .slice(index + 1)
      .filter(({ y, extent }) => Math.abs(one.y - y) < letterHeight && one.extent[0] < extent[1] && extent[0] < one.extent[1]),
  );
  return meet.length + on.filter(({ extent: [from, to] }) => from < 0 || to > 100).length;
}

describe("the picture's labels", () => {
  test.each([en, fr])("$tag: none lies on another or past an edge, on whatever day, wide or on a phone", (language) => {
    fc.assert(
      fc.property(day, (any) => {
        const labels = drawnIn(pictureOf(any, language));
        expect(labels.length).toBeGreaterThan(any.calls.length);
        for (const width of [...wideWidths, 600]) expect(collisions(labels, width)).toBe(0);
        const onPhone = labels.filter(({ isMinor }) => !isMinor);
        for (const width of [...phoneWidths, 300]) expect(collisions(onPhone, width)).toBe(0);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  test("words that have no room whole are cut, and left out where a cut says nothing", () => {
    const wish = (text: string) => ({ text, of: [40, 60] as const, places: ["after", "before"] as const });
    const line = new LabelLine();
    const long = "x".repeat(200);
    expect(line.add(wish(long))?.text).toMatch(/^x{10,}…$/);
    expect(line.add(wish(long))?.anchor).toBe("end");
    expect(line.add(wish(long))).toBeUndefined();
  });
});

test("a lane's heading that is long in its language covers no word on a phone", () => {
  const { entries, incident } = busyHour();
  const report = buildReport(entries, incident, { generatedAtMs: 0 });
  const lookOf = (language: Catalogue) => /class="(mark [^"]*)"[^>]*>[^<]*(?:Run|Lancement) 1/.exec(renderHtml(report, { language }))?.[1];
  expect([lookOf(en), lookOf(fr)]).toEqual(["mark ", "mark minor"]);
});
