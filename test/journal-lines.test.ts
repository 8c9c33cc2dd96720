import { describe, expect, test } from "vitest";
import { JournalSyntaxError, journalText, parseJournal } from "../src/journal-lines.ts";
import { wellBegun } from "./diagnosis/story.ts";

const { entries } = wellBegun("A", "B").calls("local", ["A", "swallowed"], ["B", "answered"]);

describe("a journal as JSON Lines", () => {
  test("comes back as it went", () => {
    expect(parseJournal(journalText(entries))).toEqual(entries);
    expect(journalText([])).toBe("");
  });

  test("may have empty lines and Windows' line ends, and entries of types that are not known", () => {
    const odd = '\n{"seq":0,"atMs":0,"type":"of-tomorrow","more":1}\r\n\r\n{"seq":7,"atMs":1.5,"type":"session:closed"}';
    expect(parseJournal(odd).map(({ seq }) => seq)).toEqual([0, 7]);
  });

  test.each([
    ["no JSON", '{"seq":0,"atMs":0,"type":"a"}\n{"seq":', 2, "no JSON"],
    ["no object", "null", 1, "object"],
    ["no number", '{"seq":"0","atMs":0,"type":"a"}', 1, "seq"],
    ["no time", '{"seq":0,"atMs":"now","type":"a"}', 1, "atMs"],
    ["no type", '{"seq":0,"atMs":0}', 1, "type"],
    ["an order that was changed", '{"seq":1,"atMs":0,"type":"a"}\n\n{"seq":0,"atMs":0,"type":"a"}', 3, "after entry 1"],
  ])("with %s is refused by the line", (_, text, line, words) => {
    expect(() => parseJournal(text)).toThrow(JournalSyntaxError);
    expect(() => parseJournal(text)).toThrow(new RegExp(`^line ${line}: .*${words}`));
  });
});
