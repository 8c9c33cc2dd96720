import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { audiences, renderHtml, renderMarkdown, renderText } from "../../src/report/index.ts";
import { parseReport } from "../../src/report/read.ts";
import { en } from "../../src/report/languages/en.ts";
import { fr } from "../../src/report/languages/fr.ts";
import { faultsOf } from "./published-schema.ts";

/** As earlier versions wrote them, byte for byte: never made anew. */
const folder = new URL("stored/", import.meta.url);
const stored = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")] as const);

describe("a report that an earlier version wrote", () => {
  test("there is one", () => expect(stored.length).toBeGreaterThan(0));

  test.each(stored)("%s is read, fits today's schema, and is written for all", (_, text) => {
    const report = parseReport(text);
    expect(faultsOf(report)).toEqual([]);
    for (const language of [en, fr]) {
      for (const audience of audiences) {
        const options = { audience, language };
        for (const written of [renderText(report, options), renderMarkdown(report, options), renderHtml(report, options)])
          expect(/undefined|NaN|\[object/.exec(written)?.[0]).toBeUndefined();
      }
      // What was not measured then is not told as measured.
      expect(renderText(report, { language }).replaceAll("\u00a0", " ")).toContain(language.labels.notMeasured);
    }
  });
});
