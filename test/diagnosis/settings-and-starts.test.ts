/** What a change of the settings breaks and mends, and edges that one start of the CRM loses and another reaches. */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

const codes = (told: Story) => evidenceOf(observe(told.entries)).map(({ code }) => code);

describe("calls that fail from a change of their trunk's settings on", () => {
  const sets = (told: Story, what?: string) => told.sets(["A"], what);
  const barred = { code: 403, q850: { value: 21 } } as const;
  const fails = (told: Story, end: CallEnd = barred) =>
    told.repeats(5, (more) =>
      more.calls("local", ["A", end], ["B", "answered"]).after(8_000).calls("mobile", ["A", end], ["B", "answered"]).after(8_000),
    );
  const works = (told: Story) =>
    told.after(5_000).calls("local", ["A", "answered"]).after(8_000).calls("mobile", ["A", "answered"]).after(20_000);
  const before = () => works(wellBegun("A", "B"));

  test("and until the next one, are the settings' doing, whatever another carrier reaches meanwhile", () => {
    const told = fails(sets(before()));
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config" });
    expect(diagnose(works(sets(told)).entries)).toMatchObject({ leader: "crm-config", conclusion: "clear" });
  });

  test("are the carrier's where nothing changed, where what changed is only its turn, or where it names what it lacks", () => {
    expect(diagnose(fails(before(), { code: 500, q850: { value: 127 } }).entries).leader).toMatch(/^carrier-/);
    expect(codes(fails(before()))).not.toContain("broken-after-change-of-settings");
    expect(codes(fails(sets(before(), "weight")))).not.toContain("broken-after-change-of-settings");
    const congested = fails(sets(before()), { code: 503, q850: { value: 42 } });
    expect(codes(congested)).not.toContain("broken-after-change-of-settings");
    expect(diagnose(congested.entries).leader).toBe("carrier-routing");
  });

  test("are the settings' from the first on, though that route was called long before, where another of the trunk was carried just before", () => {
    const long = () => before().after(400_000);
    const refused = (told: Story) =>
      sets(told, "server")
        .calls("local", ["A", { code: 404, q850: { value: 3 } }], ["B", "answered"])
        .after(4_000);
    const told = refused(long().calls("mobile", ["A", "answered"]).after(20_000));
    expect(codes(told)).toContain("broken-after-change-of-settings");
    expect(diagnose(told.entries).leader).toBe("crm-config");
    expect(codes(refused(long()))).not.toContain("broken-after-change-of-settings");
  });

  test("on one route alone are not the trunk's settings'", () => {
    const told = sets(before()).repeats(3, (more) =>
      more
        .calls("local", ["A", { code: 503 }], ["B", "answered"])
        .after(8_000)
        .calls("mobile", ["A", "answered"])
        .after(8_000),
    );
    expect(codes(told)).not.toContain("broken-after-change-of-settings");
  });

  test("and had come back between two changes by themselves are not theirs", () => {
    const told = sets(fails(works(fails(sets(before())))));
    expect(codes(works(told))).not.toContain("well-after-change-of-settings");
  });
});

describe("an edit of how numbers are written, which one route alone cannot take", () => {
  const both = ["A", "A2"];
  const edits = (told: Story, what = "target", which: readonly string[] = both) => told.sets(which, what).after(2_000);
  const refused = { code: 503 } as const;
  const unknown = { code: 404, q850: { value: 1 } } as const;
  const fails = (told: Story, end: CallEnd = refused) =>
    told.repeats(5, (more) =>
      more.calls("international", ["A", end], ["A2", end], ["B", "answered"]).after(8_000).calls("local", ["A", "answered"]).after(8_000),
    );
  const works = (told: Story) =>
    told.repeats(3, (more) => more.calls("international", ["A", "answered"]).after(8_000).calls("local", ["A", "answered"]).after(8_000));
  const before = () => works(wellBegun("A", "A2", "B"));
  const undone = (what?: string, which?: readonly string[], end?: CallEnd) =>
    works(edits(fails(edits(before(), what, which), end), what, which));

  test("and that was undone with effect, is the settings', and nobody's beside: not of the carrier's other trunk that was never tried before", () => {
    expect(codes(undone())).toContain("broken-after-change-of-settings");
    expect(diagnose(undone().entries)).toMatchObject({ leader: "crm-config", conclusion: "clear", faults: [{ domain: "crm-config" }] });
  });

  test("is so where some of the numbers that it spoils were tried nowhere else", () => {
    const spoils = (told: Story) =>
      told.repeats(4, (more) =>
        more
          .calls("international", ["A", unknown])
          .after(8_000)
          .calls("international", ["A", unknown], ["B", "answered"])
          .after(8_000)
          .calls("local", ["A", "answered"])
          .after(8_000),
      );
    const told = works(edits(spoils(edits(works(edits(spoils(edits(before()))))))));
    expect(codes(told)).toContain("broken-after-change-of-settings");
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-config", conclusion: "clear" });
  });

  test("is chance until it was undone with effect", () => {
    expect(codes(fails(edits(before())))).not.toContain("broken-after-change-of-settings");
    const { probabilities } = diagnose(fails(edits(before())).entries);
    for (const domain of ["crm-config", "carrier-routing", "carrier-signalling"] as const) expect(probabilities[domain]).toBeLessThan(0.8);
    expect(codes(works(fails(edits(before()))))).not.toContain("broken-after-change-of-settings");
    expect(diagnose(works(fails(edits(fails(edits(before()))))).entries).leader).toMatch(/^carrier-/);
  });

  test("is the carrier's where its other trunk refused the same and was set as ever, or where the edit was of the order alone", () => {
    for (const told of [undone("target", ["A"]), undone("priority")]) {
      expect(codes(told)).not.toContain("broken-after-change-of-settings");
      expect(diagnose(told.entries).leader).toMatch(/^carrier-/);
    }
  });

  test("is told apart from an edit of what all of the trunk's calls are sent with: that one breaks them all", () => {
    expect(codes(undone("callerId"))).not.toContain("broken-after-change-of-settings");
  });
});

describe("an edge that no socket of a new start reaches", () => {
  const refused = { wasOpen: false, code: 1006, clean: false } as const;
  const closes = (told: Story, trunkId: string) => told.write("flow:changed", { trunkId, from: "open", to: "closed", tookMs: 0 });
  const restarts = (told: Story, run: number) => closes(closes(told.proves("A", "B"), "A"), "B").boots(run, "passes");
  const loses = (told: Story, run: number) =>
    restarts(told, run).loses("A", refused).connects("B").after(60_000).proves("B").loses("A", refused);
  const lost = () => loses(wellBegun("A", "B"), 2);

  test("is nobody's for certain, though others are well", () => {
    expect(codes(lost())).toContain("edge-lost-with-start");
    expect(diagnose(lost().entries).conclusion).not.toBe("clear");
  });

  test("and that the next one's reaches was the CRM's", () => {
    const told = restarts(lost(), 3).connects("A", "B").after(30_000);
    expect(diagnose(told.entries)).toMatchObject({ leader: "crm-init", conclusion: "clear", faults: [{ domain: "crm-init" }] });
  });

  test("is the carrier's where it comes back by itself, or was lost before we closed it", () => {
    const back = lost().after(60_000).connects("A").after(30_000);
    expect(codes(back)).not.toContain("edge-back-with-start");
    const before = wellBegun("A", "B").loses("A").proves("B").after(2_000).boots(2, "passes").after(60_000).proves("B");
    expect(codes(before)).not.toContain("edge-lost-with-start");
    expect(diagnose(before.entries)).toMatchObject({ leader: "carrier-signalling" });
  });
});
