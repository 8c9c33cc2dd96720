import { describe, expect, test } from "vitest";
import { audiences, buildReport, renderHtml, renderMarkdown, renderText, type ReportDocument } from "../../src/report/index.ts";
import { visible } from "../../src/report/visible.ts";
import { carrierRouting } from "./journals.ts";

/** A document with the same name wherever a carrier, a route, a host or a Call-ID stands. */
function named(name: string): ReportDocument {
  const { entries, incident } = carrierRouting();
  const report = buildReport(entries, incident, { generatedAtMs: 0 });
  return {
    ...report,
    trunks: report.trunks.map((trunk) => ({ ...trunk, carrier: name, host: name })),
    kpis: report.kpis.map((kpi) => ({ ...kpi, route: name })),
    attempts: report.attempts.map((attempt) => ({ ...attempt, sipCallId: name, fromTag: name })),
    environment: { sdk: name, crm: { vendor: name }, runtime: name },
  };
}

const renderers = { text: renderText, Markdown: renderMarkdown, page: renderHtml };
const invisible = ["\u202e", "\u200b", "\u2066", "\u061c", "\ufeff", "\u00ad", "\u0000", "\u001b", "\u2028", "\u{e0041}", "\u3164"];

describe.each(Object.entries(renderers))("hostile names in %s", (_, render) => {
  test.each(invisible)("%j is shown as its number, for each audience", (character) => {
    const report = named(`evil${character}name`);
    const number = `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`;
    for (const audience of audiences) {
      const text = render(report, { audience });
      expect(text.includes(character)).toBe(false);
      if (audience === "support" || audience === "carrier") expect(text.replace(/\s/g, "")).toContain(`evil${number}name`);
    }
  });
});

test("letters of every script, accents and emoji stay as they are", () => {
  for (const name of ["تونس للاتصالات", "Société Générale", "株式会社", "📞 Ligne"]) expect(visible(name)).toBe(name);
});

describe("Markdown", () => {
  const name = "a|b <img src=x onerror=alert(1)> [x](https://evil.example) **bold** `code` # h ~~s~~ &amp; _i_";

  test("a hostile name adds no column, no tag, no link", () => {
    const text = renderMarkdown(named(name));
    const tables = text.split("\n\n").filter((block) => block.startsWith("| "));
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables) {
      const columns = table.split("\n").map((line) => line.replace(/\\./g, "").split("|").length);
      expect(new Set(columns).size).toBe(1);
    }
    const unescaped = text.replace(/\\./g, "");
    expect(unescaped).not.toMatch(/<|\]\(|https?:|~~|`|&amp;/);
    const bold = (markdown: string) => markdown.match(/\*\*/g)?.length;
    expect(bold(unescaped)).toBe(bold(renderMarkdown(named("plain"))));
  });

  test("a name that looks like a heading, a list or a quote at a line's start is none", () => {
    for (const start of ["# x", "- x", "1. x", "> x", "+ x"]) {
      const { verdict: _, ...report } = named(start);
      const lines = renderMarkdown({ ...report, calls: [], attempts: [] }).split("\n");
      expect(lines.filter((line) => /^(?:#|-|1\.|>|\+) x/.test(line))).toEqual([]);
    }
  });

  test("a line break in a name breaks no table", () => {
    expect(renderMarkdown(named("one\ntwo"))).toContain("one‹U+000A›two");
  });
});

describe("200 characters without a space", () => {
  const long = "x".repeat(200);

  test("wrap in text, for each audience", () => {
    for (const audience of audiences) {
      const text = renderText(named(long), { audience });
      expect(text.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
    }
    expect(renderText(named(long)).replace(/\s/g, "")).toContain(long);
  });
});
