/** An edge that is overloaded or broken says so to whatever asks, not to calls alone (RFC 3261 §21.5). */
import { describe, expect, test } from "vitest";
import { evidenceOf } from "../../src/diagnosis/evidence.ts";
import { observe } from "../../src/diagnosis/observe.ts";
import { diagnose } from "../../src/diagnosis/verdict.ts";
import { story, wellBegun, type Story } from "./story.ts";

const codes = (told: Story) => evidenceOf(observe(told.entries)).map(({ code }) => code);
const busy = { code: 503, retryAfterS: 10 };
const refuses = (told: Story, code = 503) =>
  told.write("probe:answered", { trunkId: "A", method: "OPTIONS", rttMs: 36, answer: { code, said: "peer", retryAfterS: 10 } });
/** Of three calls on A one is refused, as it happens on one route; the others go through. */
const sheds = (told: Story, probe: (told: Story) => Story) =>
  told.repeats(2, (more) =>
    probe(more.calls("local", ["A", busy], ["B", "answered"]))
      .after(9_000)
      .calls("mobile", ["A", "answered"])
      .after(9_000)
      .calls("international", ["A", "answered"])
      .after(60_000),
  );
const begun = () => wellBegun("A", "B").proves("A", "B");

describe("calls that one edge refuses now and then, on one route by chance", () => {
  test.each([500, 503])("are the edge's where it answers its probes with %i as well", (code) => {
    const told = sheds(begun(), (more) => refuses(refuses(more, code).after(4_000), code));
    expect(codes(told)).toContain("edge-refuses-probes");
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
  });

  test("are the route's as far as is known where it takes its probes", () => {
    const told = sheds(begun(), (more) => more.proves("A").after(4_000).proves("A"));
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-routing", trunkId: "A" });
  });

  test("are its own word on itself where they are on several routes", () => {
    const told = begun().repeats(4, (more, time) =>
      more
        .calls(["local", "mobile"][time % 2] ?? "", ["A", busy], ["B", "answered"])
        .after(9_000)
        .calls("local", ["A", "answered"])
        .after(9_000)
        .calls("mobile", ["A", "answered"])
        .after(60_000),
    );
    expect(diagnose(told.entries)).toMatchObject({ leader: "carrier-signalling", trunkId: "A" });
  });
});

describe("a probe that is refused", () => {
  test("is no fault by itself: nobody was the worse for it", () => {
    expect(diagnose(refuses(refuses(begun())).entries).conclusion).toBe("healthy");
  });

  test.each([404, 405, 501, 504])("says nothing of the edge where the method is what it will not take: %i", (code) => {
    expect(codes(sheds(begun(), (more) => refuses(more, code)))).not.toContain("edge-refuses-probes");
  });

  test("nor where the edge never took one", () => {
    expect(codes(sheds(story("A", "B").boots(1, "passes").connects("A", "B"), (more) => refuses(more)))).not.toContain(
      "edge-refuses-probes",
    );
  });
});
