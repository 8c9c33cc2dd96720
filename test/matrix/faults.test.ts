import { describe, expect, test } from "vitest";
import { faultKinds } from "../../adapters/mock-trunk/faults.ts";
import { readFileSync } from "node:fs";
import { underFakeTime } from "../support/house.ts";
import { aloneFaults, aloneRows, faultRows, faults } from "./faults.ts";
import { moments } from "./moments.ts";
import { tableOf } from "./page.ts";
import { playRow } from "./play.ts";

underFakeTime();

const { heads, rows } = tableOf("carrier A");

describe("docs/fault-matrix.md", () => {
  test("has every moment, and every fault, in the order of the code", () => {
    expect(heads.slice(1)).toEqual(moments.map(({ name }) => name));
    expect(rows.map(([name]) => name)).toEqual(Object.keys(faults));
  });

  test("decides every cell", () => {
    for (const [name = "", ...cells] of rows) {
      expect(cells, name).toHaveLength(moments.length);
      expect(
        cells.filter((cell) => cell === "" || (cell.startsWith("—") && !/^— (not yet|too late)$/.test(cell))),
        name,
      ).toEqual([]);
    }
  });

  test("uses every way in which the mock trunk can fail", () => {
    const source = readFileSync(new URL("faults.ts", import.meta.url), "utf8");
    const unused = faultKinds.filter((kind) => !source.includes(`kind: "${kind}"`));
    // Only ever seen with REGISTER, and tested in test/integration/trunk.test.ts.
    expect(unused).toEqual(["short-binding"]);
  });
});

const alone = tableOf("the only carrier");

describe("where there is one carrier", () => {
  test("the page has a row for each fault that a second one would have saved the call from", () => {
    expect(alone.rows.map(([name]) => name)).toEqual(aloneFaults);
  });

  for (const row of aloneRows("none")) playRow(row);
});

describe("where the other carrier is out of service, no call is lost that it would not be with one", () => {
  describe.each(["isolated", "resting", "down"] as const)("%s", (other) => {
    const isOfCall = other !== "isolated";
    const isWanted = (moment: string) => moment === "INVITE sent" || (moment === "after 100" && !isOfCall);
    for (const row of aloneRows(other)) playRow({ ...row, isWanted, isOfCall });
  });
});

describe("every fault at every moment", () => {
  for (const row of faultRows()) playRow(row);
});
