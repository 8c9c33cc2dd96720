/** Calls of which a share fails, or is answered as callees may answer, from one start of the CRM to the next. */
import { describe, expect, test } from "vitest";
import { explain } from "../../src/diagnosis/explain.ts";
import { wellBegun, type CallEnd, type Story } from "./story.ts";

/** `o` is reached; `e` meets a 500, `n` a number that nobody knows; before a phone rings `d` declines and `b` is busy, `r` declines a ringing phone; `|` is a start of the CRM. */
const endOf: Readonly<Record<string, CallEnd>> = {
  o: "answered",
  e: { code: 500 },
  n: { code: 404 },
  d: { code: 603 },
  b: { code: 486 },
  r: { code: 603, after: 180 },
};
const day = (calls: string): Story => {
  let run = 1;
  return [...calls].reduce(
    (told, call, index) =>
      call === "|"
        ? told.boots(++run, "passes").after(5_000)
        : told.dials(`n${100 + index}`, "local", ["A", endOf[call] ?? "answered"]).after(8_000),
    wellBegun("A"),
  );
};

const judged = (calls: string) => {
  const { verdict } = explain(day(calls).entries);
  return { ...verdict, codes: [...verdict.reasonsFor, ...verdict.reasonsAgainst].map(({ code }) => code) };
};

describe("a share of all calls that fails between two starts, and not between others", () => {
  test.each([
    ["every other", "oooooo|eoeeoeoee|oooooo|eeoeoeeoe|oooooo"],
    ["most", "ooooooo|eeoeeeeeeoe|oooooo|oeeeeeoeee|ooooooo"],
    ["of hundreds", `${"o".repeat(400)}|${"eoe".repeat(200)}|${"o".repeat(400)}|${"eeo".repeat(200)}|oooooo`],
    ["every other number unknown", "oooooooo|nonnonnnnonn|ooooonoo|nnnnonnonnn|oooooooo"],
  ])("is lost and found by those starts: %s", (_, calls) => {
    const { leader, conclusion, codes } = judged(calls);
    expect([leader, conclusion]).toEqual(["crm-init", "clear"]);
    expect(codes).toEqual(expect.arrayContaining(["broken-by-start", "well-after-reinitialisation"]));
    expect(codes).not.toContain("well-without-reinitialisation");
  });

  test.each([
    ["it begins and ends between them", "ooooeoeeoe|eoeeoooooo|ooooeoeeoo|oeoeoooooo|oooooo"],
    ["it goes on through all of them", "eoeoeoee|oeeoeoeo|eoeeoeoe|eoeoeoeo|eoeeoeoe"],
    ["it has ended long before the next", "oooooo|eoeeoooooooooo|oooooo|eeoeoooooooooo|oooooo"],
    ["once alone, by chance", "ooooooooooo|eoeeoeoee|ooooooooooo"],
  ])("is not theirs where %s", (_, calls) => {
    const { probabilities, leader } = judged(calls);
    expect(leader).not.toBe("crm-init");
    expect(probabilities["crm-init"]).toBeLessThan(0.3);
  });
});

describe("callees who are told to decline before their phones ring", () => {
  test.each([
    ["all of them", "oooo|dddddd|oooo|ddddddd|oooo"],
    ["most, and one is reached", "ooooo|ddddodd|ooooo|dddddddd|ooooo"],
    ["or are busy, all of them", "oooo|bbbbbb|oooo|bbbbbbb|oooo"],
  ])("from one start to the next, and not between others, were never asked: %s", (_, calls) => {
    const { leader, conclusion, codes, probabilities } = judged(calls);
    expect([leader, conclusion]).toEqual(["crm-init", "clear"]);
    expect(codes).toContain("callee-answers-between-starts");
    expect(codes).not.toContain("callee-refused");
    expect(probabilities["carrier-routing"] + probabilities["carrier-signalling"]).toBeLessThan(0.01);
  });

  test.each([
    ["now and then, whatever was started", "oodod|doood|odooo|ddoodo|odood"],
    ["from some hour on, across the starts", "oooooo|oodddd|dddddd|dddooo|oooooo"],
    ["once alone", "ooooo|dddddddd|ooooo"],
    ["once their phones have rung", "oooo|rrrrrr|oooo|rrrrrrr|oooo"],
  ])("are believed: %s", (_, calls) => {
    const { codes, leader } = judged(calls);
    expect(codes).not.toContain("callee-answers-between-starts");
    expect(["remote-party", undefined, "unknown"]).toContain(leader);
  });
});
