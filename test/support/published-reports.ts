/**
 * In every test of every family: who makes a report that does not fit its published schema has failed, be it the test, the softphone, what
 * is delivered, the command or a fleet's merge. All that makes reports is replaced by itself with a look at what comes out; it throws
 * nothing, as the softphone would swallow it.
 */
import { afterEach, expect, vi } from "vitest";
import { faultsOf, fleetSchemaFile } from "../report/published-schema.ts";

const unfit: string[] = [];

function look<T>(document: T, schemaFile?: string): T {
  unfit.push(...faultsOf(document, schemaFile).slice(0, 5));
  return document;
}

vi.mock(import("../../src/report/document.ts"), async (original) => {
  const { buildReport, buildReportSliced, ...rest } = await original();
  return {
    ...rest,
    buildReport: (...given) => look(buildReport(...given)),
    *buildReportSliced(...given) {
      return look(yield* buildReportSliced(...given));
    },
  };
});

/** What is delivered has its journal's digest besides. What is written to be signed may have been altered, which is to be seen then. */
vi.mock(import("../../src/report/json.ts"), async (original) => {
  const { jsonSliced, ...rest } = await original();
  return { ...rest, jsonSliced: (report, ...given) => jsonSliced(given.length === 0 ? look(report) : report, ...given) };
});

vi.mock(import("../../src/fleet/merge.ts"), async (original) => {
  const { mergeReports } = await original();
  return {
    mergeReports(...given) {
      const fleet = mergeReports(...given);
      return fleet && look(fleet, fleetSchemaFile);
    },
  };
});

afterEach(() => expect(unfit.splice(0), "what the published schema says against the reports that were made").toEqual([]));
